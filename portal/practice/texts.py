"""Texts of ours that a coach may replace, in both languages. The app whose page it is says which, in `ready()`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language

from portal.practice.known import known

BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Text:
    """`words`: what a coach knows it by. `ours`: what stands there as long as nobody wrote another, in the active
    language. `where`: the address of the page that shows it, below the name of its URL."""

    key: str
    words: str | Promise
    ours: Callable[[], str]
    page: str
    place: str = ""

    def original(self, language: str) -> str:
        with translation.override(language):
            return self.ours()


_texts: dict[str, Text] = {}


def register(*texts: Text) -> None:
    _texts.update({one.key: one for one in texts})


def every() -> list[Text]:
    return [*_texts.values()]


def find(key: str) -> Text | None:
    return _texts.get(key)


def text(key: str, language: str | None = None) -> str:
    """The coach's, or ours."""
    language = language or get_language() or "nl"
    return known().texts.get((key, language)) or _texts[key].original(language)


def paragraphs(words: str) -> list[str]:
    return [part.strip() for part in BLANK_LINES.split(words) if part.strip()]
