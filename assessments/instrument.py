"""The questionnaire as frozen values, read from one version's content in one language. Pure: no Django.

The content is a data file in `assessments/instruments/`; `assessments/checks.py` checks the rules for its structure,
after which `parse` may rely on them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from assessments.key_pages import LANGUAGES, key_page

VALUES: Final = (1, 2, 3, 4, 5)
KEY_COUNT: Final = 10
ITEMS_PER_KEY: Final = 3
PAGE_COUNT: Final = 6
ITEMS_PER_PAGE: Final = 5
MIN_DISTANCE: Final = 6  # places between two items of one key, so that the key does not steer the answer
MAX_REVERSED_PER_PAGE: Final = 2
MIN_ITEMS_PER_KEY: Final = 2
MIN_VALID_KEYS: Final = 8
OPENS: Final = re.compile(r"(?<![^\s(])'(?=\w)(?![st]\b)")  # a quote; not the mark of ’s ochtends
NOT_STRUCTURE: Final = {*LANGUAGES, "version", "status"}


class InstrumentError(ValueError):
    """The content cannot be published; the message says in one sentence what is wrong and where."""


class Band(StrEnum):
    LOW = "low"  # [0, 50)
    MID = "mid"  # [50, 75)
    HIGH = "high"  # [75, 100]


@dataclass(frozen=True)
class ByBand:
    low: str
    mid: str
    high: str

    def of(self, band: Band) -> str:
        return {Band.LOW: self.low, Band.MID: self.mid, Band.HIGH: self.high}[band]


@dataclass(frozen=True)
class Option:
    value: int | None  # None is "did not come up": missing, never 1 and never 0
    label: str


@dataclass(frozen=True)
class Item:
    id: str
    key_slug: str
    text: str  # as the leader reads it
    team_text: str  # as the team reads it, of its leader
    reverse: bool
    is_core: bool  # the one of its key that the pulse asks
    number: int  # 1 to 30, in the order of presentation
    page: int  # 1 to 6


@dataclass(frozen=True)
class Key:
    slug: str
    number: int  # 1 to 10, in the order of the instrument
    name: str  # in headings, labels and lists
    phrase: str  # inside a sentence, from `key_pages.yaml`: 'ruimte voor ongemak'
    is_plural: bool  # the phrase asks for a plural verb
    short: str
    meaning: str
    mirror_leader: str
    mirror_team: str
    items: tuple[Item, ...]
    feedback: ByBand
    mirror_question: str
    actions: tuple[str, ...]
    coach_question: str


@dataclass(frozen=True)
class Pattern:
    slug: str
    keys: tuple[str, str]
    name: str
    text: str


@dataclass(frozen=True)
class Instrument:
    slug: str
    version: str
    language: str
    name: str
    tagline: str
    minutes: int
    time_frame: str
    team_time_frame: str
    intro: str
    team_intro: str  # has a place for the smallest group, `{min_n}`
    disclaimer: str
    options: tuple[Option, ...]
    not_applicable: Option
    band_labels: ByBand
    overall_feedback: ByBand
    mirror_intro: str
    cta: str
    keys: tuple[Key, ...]
    patterns: tuple[Pattern, ...]
    pages: tuple[tuple[Item, ...], ...]
    pulse: tuple[Item, ...]  # the core item of each key, in the order of the pulse

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for page in self.pages for item in page)

    def key(self, slug: str) -> Key:
        """Raises KeyError for a slug this version does not have."""
        for key in self.keys:
            if key.slug == slug:
                return key
        raise KeyError(slug)


def version_number(version: str) -> tuple[int, int]:
    """(major, minor), so that 1.10 comes after 1.9. A minor version changes words only.

    Raises InstrumentError for anything but 'major.minor'.
    """
    parts = re.fullmatch(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)", version)
    if parts is None:
        raise InstrumentError(f"A version is written as major.minor, such as 1.1; this is '{version}'.")
    return int(parts[1]), int(parts[2])


def structure(content: Any) -> Any:
    if isinstance(content, Mapping):
        inside = {name: structure(part) for name, part in content.items() if name not in NOT_STRUCTURE}
        return {name: part for name, part in inside.items() if part != {}}
    if isinstance(content, (list, tuple)):
        return [structure(part) for part in content]
    return content


def check_minor(content: Mapping[str, Any], published: Mapping[str, Any]) -> None:
    """Raise InstrumentError when more than words differs from a version of the same major number."""
    if structure(content) != structure(published):
        version, other = content["meta"]["version"], published["meta"]["version"]
        raise InstrumentError(
            f"Version {version} differs from {other} in more than words. Give it a new major version."
        )


def typeset(content: Any) -> Any:
    """Content with ‘…’ for quotes and ’ for an apostrophe. A published version stays as it was written, its
    checksum too: 1.0 has straight ones, and whoever reads it sees those of the rest of the site."""
    if isinstance(content, Mapping):
        return {name: typeset(part) for name, part in content.items()}
    if isinstance(content, (list, tuple)):
        return [typeset(part) for part in content]
    return OPENS.sub("‘", content).replace("'", "’") if isinstance(content, str) else content


def parse(content: Mapping[str, Any], language: str) -> Instrument:
    content = typeset(content)
    meta = content["meta"]
    positions = {
        item_id: (page * ITEMS_PER_PAGE + position + 1, page + 1)
        for page, item_ids in enumerate(content["presentation"])
        for position, item_id in enumerate(item_ids)
    }
    keys = tuple(_key(raw, positions, language) for raw in content["keys"])
    items = {item.id: item for key in keys for item in key.items}
    scale = meta["scale"]
    return Instrument(
        slug=meta["slug"],
        version=str(meta["version"]),
        language=language,
        name=meta["name"][language],
        tagline=meta["tagline"][language],
        minutes=meta["minutes"],
        time_frame=meta["time_frame"][language],
        team_time_frame=meta["team_time_frame"][language],
        intro=meta["intro"][language],
        team_intro=meta["team_intro"][language],
        disclaimer=meta["disclaimer"][language],
        options=tuple(Option(option["value"], option[language]) for option in scale["options"]),
        not_applicable=Option(None, scale["not_applicable"][language]),
        band_labels=_by_band(meta["scoring"]["band_labels"], language),
        overall_feedback=_by_band(meta["overall_feedback"], language),
        mirror_intro=meta["mirror_intro"][language],
        cta=meta["cta"][language],
        keys=keys,
        patterns=tuple(
            Pattern(
                raw["slug"], (raw["keys"][0], raw["keys"][1]), raw["name"][language], raw["text"][language]
            )
            for raw in content["patterns"]
        ),
        pages=tuple(tuple(items[item_id] for item_id in page) for page in content["presentation"]),
        pulse=tuple(items[item_id] for item_id in content["pulse"]),
    )


def _key(raw: Mapping[str, Any], positions: Mapping[str, tuple[int, int]], language: str) -> Key:
    page = key_page(raw["slug"], language)
    return Key(
        slug=raw["slug"],
        number=raw["order"],
        name=raw["name"][language],
        phrase=page.phrase,
        is_plural=page.is_plural,
        short=raw["short"][language],
        meaning=raw["meaning"][language],
        mirror_leader=raw["mirror_pair"]["leader"][language],
        mirror_team=raw["mirror_pair"]["team"][language],
        items=tuple(
            Item(
                item["id"],
                raw["slug"],
                item["self"][language],
                item["team"][language],
                item["reverse"],
                item["core"],
                *positions[item["id"]],
            )
            for item in raw["items"]
        ),
        feedback=_by_band(raw["feedback"], language),
        mirror_question=raw["mirror_question"][language],
        actions=tuple(action[language] for action in raw["actions"]),
        coach_question=raw["coach_question"][language],
    )


def _by_band(raw: Mapping[str, Any], language: str) -> ByBand:
    return ByBand(*(raw[band][language] for band in Band))
