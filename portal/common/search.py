"""Looking for something across the whole admin. Apps register what they look through in `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import Promise

from portal.common.names import clean_line

MOST = 20  # of each kind
LONGEST = 200
SHORT = 3  # letters: fewer are looked for where a word begins, which is what an index knows of them


@dataclass(frozen=True)
class Hit:
    words: str
    path: str
    more: str = ""


Look = Callable[[HttpRequest, Q], list[Hit]]  # with one more than MOST when there are more


@dataclass(frozen=True)
class Hits:
    words: str | Promise
    found: list[Hit]
    are_more: bool


_kinds: list[tuple[int, str | Promise, Iterable[str], Look]] = []


def register(order: int, words: str | Promise, columns: Iterable[str], look: Look) -> None:
    """`look` gets the condition that every word typed stands in one of these columns."""
    _kinds.append((order, words, tuple(columns), look))
    _kinds.sort(key=lambda kind: kind[0])


def typed(request: HttpRequest) -> str:
    return clean_line(request.GET.get("q", ""))[:LONGEST]


def hits(request: HttpRequest, text: str) -> list[Hits]:
    words = text.split()
    if not words:
        return []
    answers = []
    for _order, title, columns, look in _kinds:
        found = look(request, _every(words, columns))
        answers.append(Hits(title, found[:MOST], len(found) > MOST))
    return answers


def _every(words: Iterable[str], columns: Iterable[str]) -> Q:
    wanted = Q()
    for word in words:
        one = Q()
        for column in columns:
            if len(word) >= SHORT:
                one |= Q(**{f"{column}__icontains": word})
            else:
                one |= Q(**{f"{column}__istartswith": word}) | Q(**{f"{column}__icontains": f" {word}"})
        wanted &= one
    return wanted
