"""What two contents differ in: texts word by word, and what is more than words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from assessments.editor.fields import Text, at, every_text, order_of
from assessments.instrument import structure, typeset
from assessments.key_pages import LANGUAGES

Sign = Literal["same", "gone", "new"]
PIECES = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Part:
    sign: Sign
    words: str


@dataclass(frozen=True)
class Change:
    section: str
    text: Text
    language: str
    parts: tuple[Part, ...]


def parts(was: str, now: str) -> tuple[Part, ...]:
    """Both texts at once: the words they share, those that are gone, and the new ones where they stand."""
    before, after = PIECES.findall(was), PIECES.findall(now)
    found: list[Part] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Part("same", "".join(before[i1:i2])))
            continue
        pieces: tuple[tuple[Sign, str], ...] = (
            ("gone", "".join(before[i1:i2])),
            ("new", "".join(after[j1:j2])),
        )
        found += [Part(sign, words) for sign, words in pieces if words]
    return tuple(found)


def changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    """Of the texts as people read them; a key is compared with itself, wherever it stands."""
    was, now = typeset(was), typeset(now)
    before = {(section, _same(text)): at(was, text.path) for section, text in every_text(was)}
    for section, text in every_text(now):
        old, new = before.get((section, _same(text)), {}), at(now, text.path)
        for code in LANGUAGES:
            one, other = old.get(code) or "", new.get(code) or ""
            if one != other:
                yield Change(section, text, code, parts(one, other))


def _same(text: Text) -> tuple[Any, ...]:
    return text.name, text.number, text.kind


def is_more_than_words(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return bool(structure(was) != structure(now))


def beyond_words(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    """What is more than words, by its name in `said.py` and with whatever it is about, as slugs and numbers."""
    found: list[tuple[str, tuple[str, ...]]] = []
    if structure(was) == structure(now):
        return found
    old, new = ({key["slug"]: key for key in content["keys"]} for content in (was, now))
    if [*old] != [*new]:
        found.append(("keys", ()))
    for slug in new:
        if slug in old:
            found += [(name, (slug,)) for name in _of_items(old[slug]["items"], new[slug]["items"])]
    if order_of(was) != order_of(now):
        moved = sum(one != other for one, other in zip(order_of(was), order_of(now), strict=False))
        found.append(("order", (str(moved),)))
    if structure(was["patterns"]) != structure(now["patterns"]):
        found.append(("patterns", ()))
    if structure(was["meta"]) != structure(now["meta"]):
        found.append(("meta", ()))
    return found or [("other", ())]


def _of_items(old: list[Mapping[str, Any]], new: list[Mapping[str, Any]]) -> Iterator[str]:
    for flag, name in (("id", "items"), ("reverse", "reversed"), ("core", "core")):
        if [item[flag] for item in old] != [item[flag] for item in new]:
            yield name
