"""Commands of the apps above that `setup` and `demo` run too; registered in `AppConfig.ready()`."""

from __future__ import annotations

SETUP: list[str] = []
DEMO: list[str] = []


def register(*, setup: str = "", demo: str = "") -> None:
    """Names of commands; an app that builds on another one is ready after it, so its steps come later too."""
    SETUP.extend(filter(None, [setup]))
    DEMO.extend(filter(None, [demo]))
