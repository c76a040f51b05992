"""What a version must be before it can be published: every text in every language, and the structure. Pure.

`problems` finds all there is, for whoever writes one; `validate` stops at the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from assessments import key_pages
from assessments.instrument import (
    ITEMS_PER_KEY,
    ITEMS_PER_PAGE,
    KEY_COUNT,
    MAX_REVERSED_PER_PAGE,
    MIN_DISTANCE,
    MIN_ITEMS_PER_KEY,
    MIN_VALID_KEYS,
    PAGE_COUNT,
    VALUES,
    Band,
    InstrumentError,
    version_number,
)
from assessments.key_pages import LANGUAGES

Path = tuple[str | int, ...]  # names and places that lead to something in the content
META_TEXTS: Final = (
    "name",
    "tagline",
    "time_frame",
    "team_time_frame",
    "intro",
    "team_intro",
    "disclaimer",
    "mirror_intro",
    "cta",
)
KEY_TEXTS: Final = ("name", "short", "meaning", "mirror_question", "coach_question")
SMALLEST_GROUP: Final = "{min_n}"  # its place in `team_intro`


@dataclass(frozen=True)
class Problem:
    """`rule` names what is broken, for whoever says it in other words than `sentence`, with the facts in it."""

    rule: str
    where: Path
    sentence: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def validate(content: Mapping[str, Any]) -> None:
    """Check texts and structure; raise InstrumentError at the first thing that is wrong.

    Every text exists in every language; ten keys of three items, one of them reversed and one of them core;
    the presentation keeps the items of a key apart.
    """
    for problem in problems(content):
        raise InstrumentError(problem.sentence)


def problems(content: Mapping[str, Any]) -> Iterator[Problem]:
    """All that is wrong, in the order of the content; what has no shape at all ends it."""
    try:
        yield from _meta(content["meta"])
        for number, key in enumerate(content["keys"], start=1):
            yield from _key(key, number)
        yield from _patterns(content)
        yield from _presentation(content)
        yield from _pulse(content)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        yield Problem("shape", (), f"Something is missing or has the wrong shape: {error}.")


def _meta(meta: Mapping[str, Any]) -> Iterator[Problem]:
    here: Path = ("meta",)
    if not str(meta["slug"]).strip():
        yield Problem("slug", here, "A slug is needed.")
    if isinstance(meta["version"], str):
        try:
            version_number(meta["version"])
        except InstrumentError as error:
            yield Problem("version", here, str(error))
    else:
        sentence = "The version stands in quotation marks, so that 1.10 is not read as 1.1."
        yield Problem("version", here, sentence)
    if not (isinstance(meta["minutes"], int) and meta["minutes"] > 0):
        yield Problem("minutes", here, "The minutes needed are a whole number.")
    for name in META_TEXTS:
        yield from _text(meta[name], (*here, name), name)
    for language in LANGUAGES:
        text = meta["team_intro"].get(language) or SMALLEST_GROUP
        if text.count(SMALLEST_GROUP) != 1 or {*"{}"} & {*text.replace(SMALLEST_GROUP, "")}:
            sentence = f"The intro for the team has {SMALLEST_GROUP} once, and no other braces: '{language}'."
            yield Problem("min_n", (*here, "team_intro", language), sentence)
    yield from _scale(meta["scale"], meta["scoring"])
    for band in Band:
        yield from _text(
            meta["scoring"]["band_labels"][band],
            (*here, "scoring", "band_labels", band.value),
            f"label of band {band}",
        )
        yield from _text(
            meta["overall_feedback"][band],
            (*here, "overall_feedback", band.value),
            f"overall feedback {band}",
        )


def _scale(scale: Mapping[str, Any], scoring: Mapping[str, Any]) -> Iterator[Problem]:
    here: Path = ("meta", "scale")
    if [option["value"] for option in scale["options"]] != list(VALUES):
        yield Problem("scale", here, "The scale has the values 1 to 5 in order.")
    for place, option in enumerate(scale["options"]):
        yield from _text(option, (*here, "options", place), f"option {option['value']}")
    if scale["not_applicable"]["value"] is not None:
        yield Problem("scale", here, "'Did not come up' is stored as nothing (null).")
    yield from _text(scale["not_applicable"], (*here, "not_applicable"), "'did not come up'")
    if (scoring["min_items_per_key"], scoring["min_valid_keys"]) != (MIN_ITEMS_PER_KEY, MIN_VALID_KEYS):
        sentence = "The scoring rules of the content differ from those of the program."
        yield Problem("scoring", ("meta", "scoring"), sentence)


def _key(key: Mapping[str, Any], number: int) -> Iterator[Problem]:
    slug, here = key["slug"], ("keys", number - 1)

    def found(rule: str, sentence: str) -> Problem:
        return Problem(rule, here, sentence, {"slug": slug})

    if slug not in key_pages.slugs():
        yield found("unknown_key", f"Key {slug} has no phrase and no page: add it to key_pages.yaml.")
    if key["order"] != number:
        yield found("key_order", f"Key {slug} stands in place {number} but has order {key['order']}.")
    for name in KEY_TEXTS:
        yield from _text(key[name], (*here, name), f"{slug}: {name}")
    for side in ("leader", "team"):
        yield from _text(key["mirror_pair"][side], (*here, "mirror_pair", side), f"{slug}: mirror, {side}")
    for band in Band:
        yield from _text(key["feedback"][band], (*here, "feedback", band.value), f"{slug}: feedback {band}")
    if len(key["actions"]) != 2:
        yield found("actions", f"Key {slug} needs exactly two actions.")
    for place, action in enumerate(key["actions"]):
        yield from _text(action, (*here, "actions", place), f"{slug}: action")
    items = key["items"]
    if len(items) != ITEMS_PER_KEY:
        yield found("items", f"Key {slug} needs exactly {ITEMS_PER_KEY} items.")
    if sum(item["reverse"] is True for item in items) != 1:
        yield found("reversed", f"Key {slug} needs exactly one reversed item.")
    if sum(item["core"] is True for item in items) != 1:
        yield found("core", f"Key {slug} needs exactly one core item.")
    for place, item in enumerate(items):
        for side in ("self", "team"):
            yield from _text(item[side], (*here, "items", place, side), f"{item['id']}: {side}")


def _patterns(content: Mapping[str, Any]) -> Iterator[Problem]:
    slugs = [key["slug"] for key in content["keys"]]
    if not len(slugs) == KEY_COUNT == len(set(slugs)):
        yield Problem("keys", ("keys",), f"There are {KEY_COUNT} keys, each with its own slug.")
    used = [slug for pattern in content["patterns"] for slug in pattern["keys"]]
    if any(len(pattern["keys"]) != 2 for pattern in content["patterns"]) or sorted(used) != sorted(slugs):
        yield Problem("patterns", ("patterns",), "The patterns pair the keys, each key exactly once.")
    for place, pattern in enumerate(content["patterns"]):
        for name in ("name", "text"):
            where = f"pattern {pattern['slug']}: {name}"
            yield from _text(pattern[name], ("patterns", place, name), where)


def _presentation(content: Mapping[str, Any]) -> Iterator[Problem]:
    here: Path = ("presentation",)
    key_of = {item["id"]: key["slug"] for key, item in _items(content["keys"])}
    reversed_ids = {item["id"] for _key, item in _items(content["keys"]) if item["reverse"]}
    if len(key_of) != KEY_COUNT * ITEMS_PER_KEY:
        yield Problem("item_ids", ("keys",), "Two items have the same id.")
    pages = content["presentation"]
    if [len(page) for page in pages] != [ITEMS_PER_PAGE] * PAGE_COUNT:
        sentence = f"The presentation has {PAGE_COUNT} pages of {ITEMS_PER_PAGE} items."
        yield Problem("pages", here, sentence)
        return
    order = [item_id for page in pages for item_id in page]
    if sorted(order) != sorted(key_of):
        yield Problem("every_item", here, "The presentation shows every item exactly once.")
        return
    last_position: dict[str, int] = {}
    for position, item_id in enumerate(order):
        key = key_of[item_id]
        if key in last_position and position - last_position[key] < MIN_DISTANCE:
            sentence = f"Item {item_id} stands less than {MIN_DISTANCE} places from another item of {key}."
            yield Problem("distance", (*here, position), sentence, {"number": position + 1, "slug": key})
        last_position[key] = position
    for number, page in enumerate(pages, start=1):
        place, facts = (*here, (number - 1) * ITEMS_PER_PAGE), {"page": number}
        if len({key_of[item_id] for item_id in page}) != ITEMS_PER_PAGE:
            yield Problem("key_twice", place, f"A key stands twice on page {number}.", facts)
        if page[0] in reversed_ids:
            yield Problem("opens_reversed", place, f"Page {number} opens with a reversed item.", facts)
        if len(reversed_ids & set(page)) > MAX_REVERSED_PER_PAGE:
            sentence = f"Page {number} has more than {MAX_REVERSED_PER_PAGE} reversed items."
            yield Problem("many_reversed", place, sentence, facts)


def _pulse(content: Mapping[str, Any]) -> Iterator[Problem]:
    core = {item["id"] for _key, item in _items(content["keys"]) if item["core"]}
    pulse = content["pulse"]
    if len(pulse) != len(core) or set(pulse) != core:
        yield Problem("pulse", ("pulse",), "The pulse is the core item of every key.")


def _items(keys: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for key in keys:
        for item in key["items"]:
            yield key, item


def _text(texts: Mapping[str, Any], where: Path, named: str) -> Iterator[Problem]:
    for language in LANGUAGES:
        text = texts.get(language)
        if not (isinstance(text, str) and text.strip()):
            yield Problem("text", (*where, language), f"A text is missing in '{language}': {named}.")
