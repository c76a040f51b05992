"""How far a contact is. Both ends are known here; the apps above say what lies between, in `ready()`."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NEW, CLIENT, NOT_NOW = "new", "client", "not_now"
_line: list[tuple[int, str, str | Promise]] = [(0, NEW, _("new")), (100, CLIENT, _("client"))]


def register(order: int, stage: str, words: str | Promise) -> None:
    """A stage on the way, `order` from 1 to 99."""
    _line.append((order, stage, words))
    _line.sort(key=lambda one: one[0])


def choices() -> list[tuple[str, str | Promise]]:
    """In the order of the line; 'not now' stands beside it."""
    return [*((stage, words) for _order, stage, words in _line), (NOT_NOW, _("not now"))]


def is_further(stage: str, than: str) -> bool:
    """Everything on the line is further than 'not now': that person came back."""
    line = [one for _order, one, _words in _line]
    return than == NOT_NOW or line.index(stage) > line.index(than)
