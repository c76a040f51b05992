"""What the apps above add to `setup`, `demo` and `restore`; registered in `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable

SETUP: list[str] = []
DEMO: list[str] = []
RESTORED: list[
    tuple[str, Callable[[], int]]
] = []  # what is counted, in words for an operator, and what does it


def register(*, setup: str = "", demo: str = "") -> None:
    """Names of management commands. They run in the order of INSTALLED_APPS, so after those of the apps built
    upon."""
    SETUP.extend(filter(None, [setup]))
    DEMO.extend(filter(None, [demo]))


def register_restored(words: str, func: Callable[[], int]) -> None:
    """Let `func` end what was under way in a database that was put back from a backup."""
    RESTORED.append((words, func))
