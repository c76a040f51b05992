"""How far a contact is. Both ends are known here; the apps above say what lies between, in `ready()`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NEW, CLIENT, NOT_NOW = "new", "client", "not_now"
_matters: set[str] = set()  # names under which the data of an event says which thing it is about
_proofs: dict[str, str] = {}  # by kind of event: the stage somebody has when that is the last word about it
_line: list[tuple[int, str, str | Promise]] = [(0, NEW, _("new")), (100, CLIENT, _("client"))]


def register(order: int, stage: str, words: str | Promise) -> None:
    """A stage on the way, `order` from 1 to 99."""
    _line.append((order, stage, words))
    _line.sort(key=lambda one: one[0])


def register_proofs(proofs: dict[str, str], *, matter: str = "") -> None:
    """Which events put somebody at which stage. With `matter`, of all events about one thing only the last
    counts: what was called off puts nobody anywhere."""
    for kind, stage in proofs.items():
        _proofs[kind] = stage
    if matter:
        _matters.add(matter)


def replay(events: Iterable[tuple[str, Mapping[str, Any]]], *, by_hand: str, taken_back: str) -> str:
    """The stage that (kind, data), the oldest first, lead to. A stage set by hand is kept until the next event
    moves it on, unless it is the one that was just `taken_back`."""
    told = list(events)
    last_word = {_matter(data): place for place, (_kind, data) in enumerate(told) if _matter(data)}
    stage = NEW
    for place, (kind, data) in enumerate(told):
        if kind == by_hand:
            chosen = data.get("stage", NEW)
            stage = stage if chosen == taken_back else chosen
        elif (
            kind in _proofs
            and last_word.get(_matter(data), place) == place
            and is_further(_proofs[kind], stage)
        ):
            stage = _proofs[kind]
    return stage


def _matter(data: Mapping[str, Any]) -> str:
    return next((f"{name}:{data[name]}" for name in _matters if data.get(name)), "")


def choices() -> list[tuple[str, str | Promise]]:
    """In the order of the line; 'not now' stands beside it."""
    return [*((stage, words) for _order, stage, words in _line), (NOT_NOW, _("not now"))]


def is_further(stage: str, than: str) -> bool:
    """Everything on the line is further than 'not now': that person came back."""
    line = [one for _order, one, _words in _line]
    return than == NOT_NOW or line.index(stage) > line.index(than)
