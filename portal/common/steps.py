"""Commands of the apps above that `setup` and `demo` run too; registered in `AppConfig.ready()`."""

from __future__ import annotations

SETUP: list[str] = []
DEMO: list[str] = []


def register(*, setup: str = "", demo: str = "") -> None:
    """Names of management commands. They run in the order of INSTALLED_APPS, so after those of the apps built
    upon."""
    SETUP.extend(filter(None, [setup]))
    DEMO.extend(filter(None, [demo]))
