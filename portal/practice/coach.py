"""The name of the coach who runs the practice. It has one place, in an app above; that app says where, in `ready()`."""

from __future__ import annotations

from collections.abc import Callable

_name: list[Callable[[], str]] = []
_rename: list[Callable[[str], None]] = []


def register(*, name: Callable[[], str], rename: Callable[[str], None]) -> None:
    """`name` is empty as long as there is no coach. `rename` writes it wherever it stands."""
    _name[:], _rename[:] = [name], [rename]


def name() -> str:
    return _name[0]() if _name else ""


def rename(new: str) -> None:
    for func in _rename:
        func(new)
