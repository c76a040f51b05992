"""The texts of a version, section by section: where each stands in the content and what it is. Pure.

A section is what one form of the editor holds: the general texts, the scale, each key, the patterns, the order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from assessments.checks import META_TEXTS, Path
from assessments.instrument import ITEMS_PER_PAGE, Band
from assessments.key_pages import LANGUAGES, slugs

GENERAL, SCALE, PATTERNS, ORDER = "general", "scale", "patterns", "order"
SECTIONS: Final = (GENERAL, SCALE, *slugs(), PATTERNS, ORDER)
SHORT: Final = {"name", "short", "option", "not_applicable", "band_label", "cta", "pattern_name"}
Content = dict[str, Any]


@dataclass(frozen=True)
class Text:
    path: Path  # without the language
    name: str  # what it is, as `said.py` calls it
    group: str = ""  # texts that stand together under one heading
    number: int = 0  # of several of one name, from 1; 0 where there is one
    kind: str = ""  # the band of a feedback

    @property
    def is_short(self) -> bool:
        return self.name in SHORT

    def field(self, language: str) -> str:
        """Its name in a form."""
        return field_name((*self.path, language))


def field_name(path: Path) -> str:
    return "-".join(map(str, path))


def at(content: Any, path: Path) -> Any:
    """What stands there; raises LookupError or TypeError where there is nothing."""
    return reduce(lambda inside, step: inside[step], path, content)


def put(content: Content, path: Path, value: Any) -> None:
    at(content, path[:-1])[path[-1]] = value


def place_of_key(content: Mapping[str, Any], slug: str) -> int:
    """Raises KeyError for a key that is not in this content."""
    for place, key in enumerate(content["keys"]):
        if key["slug"] == slug:
            return place
    raise KeyError(slug)


def texts(content: Mapping[str, Any], section: str) -> list[Text]:
    if section == ORDER:
        return []
    if section in OTHERS:
        return [*OTHERS[section](content)]
    return [*_of_key(content, section)]


def every_text(content: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    """With the section of each."""
    for section in SECTIONS:
        for text in texts(content, section):
            yield section, text


def section_of(where: Path, content: Mapping[str, Any]) -> str:
    """In which form something can be mended; "" when only in a file."""
    match where:
        case ("meta", "scale" | "scoring" | "overall_feedback", *_rest):
            return SCALE
        case ("meta", name, *_rest) if name in META_TEXTS:
            return GENERAL
        case ("keys", int(place), *_rest):
            return str(content["keys"][place]["slug"])
        case ("patterns", _place, _name, *_rest):
            return PATTERNS
        case ("presentation" | "pulse", *_rest):
            return ORDER
    return ""


def order_of(content: Mapping[str, Any]) -> list[str]:
    """The items as they are asked, by id."""
    return [item_id for page in content["presentation"] for item_id in page]


def in_pages(order: list[str]) -> list[list[str]]:
    return [order[first : first + ITEMS_PER_PAGE] for first in range(0, len(order), ITEMS_PER_PAGE)]


def values(content: Mapping[str, Any], section: str) -> list[Any]:
    """All that the form of a section can change, to know later whether somebody else did."""
    if section == ORDER:
        return order_of(content)
    found = [at(content, text.path).get(code, "") for text in texts(content, section) for code in LANGUAGES]
    if section not in OTHERS:
        items = content["keys"][place_of_key(content, section)]["items"]
        found += [item[flag] for item in items for flag in ("reverse", "core")]
    return found


def _general(content: Mapping[str, Any]) -> Iterator[Text]:
    for name in META_TEXTS:
        yield Text(("meta", name), "cta" if name == "cta" else f"meta_{name}")


def _scale(content: Mapping[str, Any]) -> Iterator[Text]:
    scale: Path = ("meta", "scale")
    for place, _option in enumerate(content["meta"]["scale"]["options"]):
        yield Text((*scale, "options", place), "option", "options", place + 1)
    yield Text((*scale, "not_applicable"), "not_applicable", "options")
    for band in Band:
        yield Text(("meta", "scoring", "band_labels", band.value), "band_label", "bands", kind=band.value)
    for band in Band:
        yield Text(("meta", "overall_feedback", band.value), "overall_feedback", "overall", kind=band.value)


def _patterns(content: Mapping[str, Any]) -> Iterator[Text]:
    for place, _pattern in enumerate(content["patterns"]):
        yield Text(("patterns", place, "name"), "pattern_name", f"pattern-{place}", place + 1)
        yield Text(("patterns", place, "text"), "pattern_text", f"pattern-{place}", place + 1)


def _of_key(content: Mapping[str, Any], slug: str) -> Iterator[Text]:
    place = place_of_key(content, slug)
    key, here = content["keys"][place], ("keys", place)
    for name in ("name", "short", "meaning"):
        yield Text((*here, name), name, "about")
    for number, _item in enumerate(key["items"], start=1):
        yield Text((*here, "items", number - 1, "self"), "item_self", "items", number)
        yield Text((*here, "items", number - 1, "team"), "item_team", "items", number)
    for side in ("leader", "team"):
        yield Text((*here, "mirror_pair", side), f"mirror_{side}", "mirror")
    yield Text((*here, "mirror_question"), "mirror_question", "mirror")
    for band in Band:
        yield Text((*here, "feedback", band.value), "feedback", "feedback", kind=band.value)
    for number, _action in enumerate(key["actions"], start=1):
        yield Text((*here, "actions", number - 1), "action", "actions", number)
    yield Text((*here, "coach_question"), "coach_question", "coach")


OTHERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Iterator[Text]]]] = {
    GENERAL: _general,
    SCALE: _scale,
    PATTERNS: _patterns,
}
