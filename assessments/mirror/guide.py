"""The questions of a team meeting, from `guide.yaml`, and which keys it is about. Pure.

A guide comes with the figures, as it does with other surveys of teams: figures alone start no conversation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from assessments.key_pages import LANGUAGES, slugs

FILE = Path(__file__).with_name("guide.yaml")
MOST_KEYS: Final = 2  # one meeting is about two keys at most


class GuideError(ValueError):
    """The file is not complete; the message says in one sentence what is missing and where."""


@dataclass(frozen=True)
class Questions:
    less: str  # when the team sees it less often than the leader does
    more: str


@dataclass(frozen=True)
class Gap:
    """What the guide must know of a key that is shown on both sides. `points`: own score minus the team's."""

    slug: str
    points: int
    is_divided: bool = False


def questions(slug: str, language: str) -> Questions:
    """Raises KeyError for an unknown key."""
    return _questions()[slug, language]


def widest(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """The keys to talk about: widest gap first, a tie goes to where the team sees less, then to the order given."""
    return tuple(sorted(gaps, key=lambda gap: (-abs(gap.points), gap.points < 0))[:MOST_KEYS])


@cache
def _questions() -> Mapping[tuple[str, str], Questions]:
    return read(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def read(content: Mapping[str, Any]) -> dict[tuple[str, str], Questions]:
    """Every key in every language, or GuideError."""
    return {(slug, language): _of(content, slug, language) for slug in slugs() for language in LANGUAGES}


def _of(content: Mapping[str, Any], slug: str, language: str) -> Questions:
    words = (content.get(slug) or {}).get(language) or {}
    for name in ("less", "more"):
        if not isinstance(words.get(name), str) or not words[name].strip():
            raise GuideError(f"A question is missing in '{language}': {slug}, {name}.")
    return Questions(less=words["less"], more=words["more"])
