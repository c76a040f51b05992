"""What a coach may take along: counts of answers, covariances and the codebook. No file has a line that is a person.

Thirty answers in a row are somebody's fingerprint, and who shared a result is known to the coach: with a line for each
scan one would read that person's answers. So the answers to the three statements of a key stand together, and those to
another key do not stand beside them; what hangs together over the keys is in the covariances (decision 0053).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assessments.change import KEY, OVERALL, R_WITHIN
from assessments.instrument import MIN_ITEMS_PER_KEY, MIN_VALID_KEYS, VALUES
from assessments.key_pages import LANGUAGES
from assessments.models import Instrument
from assessments.numbers.models import Figures

Row = list[Any]


def answers(instrument: Instrument, figures: Figures) -> Iterator[Row]:
    """By key and by what was answered to its three statements, as given: how many scans."""
    yield ["key", "item_1", "item_2", "item_3", "answer_1", "answer_2", "answer_3", "scans"]
    found = figures.content.get("answers", {})
    for key in instrument.parsed(LANGUAGES[0]).keys:
        if key.slug not in found:
            continue
        ids = [item.id for item in key.items]
        for *given, scans in found[key.slug]["shown"]:
            yield [key.slug, *ids, *(answer or "" for answer in given), scans]
        yield [key.slug, *ids, "other", "other", "other", found[key.slug]["other"]]


def covariances(instrument: Instrument, figures: Figures) -> Iterator[Row]:
    """Of the thirty statements after reversal, over scans without a gap; their number stands with each."""
    ids = [item.id for key in instrument.parsed(LANGUAGES[0]).keys for item in key.items]
    yield ["item", "scans", "mean", *ids]
    rows, by_item = figures.content.get("covariances", []), figures.content.get("items", {})
    complete = figures.content.get("complete", 0)
    for name, row in zip(ids, rows, strict=False):
        yield [name, complete, by_item[name]["mean"], *row]


def codebook(instrument: Instrument) -> Iterator[Row]:
    """All that one needs to read the other two files, and to work a score out by hand."""
    both = {code: instrument.parsed(code) for code in LANGUAGES}
    dutch, english = both["nl"], both["en"]
    yield ["what", "id", "key", "number", "page", "reversed", "nl", "en"]
    facts = {"slug": instrument.slug, "version": instrument.version, "sha256": instrument.checksum}
    for name, value in facts.items():
        yield ["version", name, "", "", "", "", value, value]
    yield ["time frame", "", "", "", "", "", dutch.time_frame, english.time_frame]
    for mine, other in zip(dutch.options, english.options, strict=True):
        yield ["answer", mine.value, "", "", "", "", mine.label, other.label]
    yield ["answer", "", "", "", "", "", dutch.not_applicable.label, english.not_applicable.label]
    for key, other_key in zip(dutch.keys, english.keys, strict=True):
        yield ["key", key.slug, key.slug, key.number, "", "", key.name, other_key.name]
    for item, other_item in zip(dutch.items, english.items, strict=True):
        is_reversed = "yes" if item.reverse else "no"
        yield [
            "item",
            item.id,
            item.key_slug,
            item.number,
            item.page,
            is_reversed,
            item.text,
            other_item.text,
        ]
    for name, value in scoring_rules().items():
        yield ["scoring", name, "", "", "", "", value, value]


def scoring_rules() -> dict[str, str]:
    low, high = VALUES[0], VALUES[-1]
    return {
        "reversed": f"{low + high} - answer",
        "key score": f"(mean of the answered items after reversal - {low}) / {high - low} * 100; none below "
        f"{MIN_ITEMS_PER_KEY} answered items",
        "overall score": f"mean of the keys that have a score; none below {MIN_VALID_KEYS} keys",
        "not answered": "did not come up: missing, neither the lowest answer nor zero",
        "norms used now": f"key SD {KEY.sd:g}, r {KEY.r:g}; overall SD {OVERALL.sd:g}, r {OVERALL.r:g}; "
        f"r_w {R_WITHIN:g} (proposals)",
    }
