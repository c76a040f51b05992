"""From answers to scores. Pure and total: any mapping of answers gives scores, nothing here knows Django.

The mean of the items after reversal, on 0 to 100. Computed in exact fractions, so that a score that is 75 is
75 and not 74.999…; only the display rounds, half up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessments.instrument import (
    ITEMS_PER_KEY,
    MIN_ITEMS_PER_KEY,
    MIN_VALID_KEYS,
    VALUES,
    Band,
    Instrument,
    Pattern,
)

# Every score a key can have, with two or with three answers.
KEY_SCORES = sorted(
    {100 * step / (4 * n) for n in range(MIN_ITEMS_PER_KEY, ITEMS_PER_KEY + 1) for step in range(4 * n + 1)}
)
KEY_STEP = 100 / (4 * ITEMS_PER_KEY)  # what one answer, one place along, moves a key
PATTERN_DEPTH = 3  # a pattern may also rest on the three lowest keys …
PATTERN_CEILING = 60.0  # … when both lie below this score


@dataclass(frozen=True)
class KeyScore:
    slug: str
    score: float | None  # 0 to 100, unrounded; None with fewer than two answers
    answered: int


@dataclass(frozen=True)
class Scores:
    keys: tuple[KeyScore, ...]  # in the order of the instrument
    overall: float | None  # None with fewer than eight valid keys

    def of(self, slug: str) -> float | None:
        return next((key.score for key in self.keys if key.slug == slug), None)

    @property
    def answered(self) -> int:
        return sum(key.answered for key in self.keys)

    @property
    def valid(self) -> tuple[tuple[str, float], ...]:
        return tuple((key.slug, key.score) for key in self.keys if key.score is not None)

    @property
    def mean(self) -> float | None:
        """The mean of the valid keys, however few; None without any. The overall asks for more of them."""
        values = [value for _slug, value in self.valid]
        return sum(values) / len(values) if values else None


def score(instrument: Instrument, answers: Mapping[str, object]) -> Scores:
    """Score answers {item id: 1 to 5, or None}. What is unknown or no such value counts as not answered."""
    exact: list[Fraction | None] = []
    keys: list[KeyScore] = []
    for key in instrument.keys:
        values = [
            reverse(answer) if item.reverse else answer
            for item in key.items
            if (answer := _answer(answers.get(item.id))) is not None
        ]
        value = key_score(values)
        exact.append(value)
        keys.append(KeyScore(key.slug, None if value is None else float(value), len(values)))
    overall = overall_score(exact)
    return Scores(tuple(keys), None if overall is None else float(overall))


def reverse(answer: int) -> int:
    return VALUES[-1] + 1 - answer


def key_score(values: Sequence[int]) -> Fraction | None:
    """(mean - 1) / 4 * 100 over the answered items, after reversal; None with fewer than two."""
    if len(values) < MIN_ITEMS_PER_KEY:
        return None
    return Fraction(sum(values) - len(values), 4 * len(values)) * 100


def overall_score(scores: Iterable[Fraction | None]) -> Fraction | None:
    """The unweighted mean of the valid keys; a missing key is a gap, not a zero. None below eight."""
    valid = [value for value in scores if value is not None]
    if len(valid) < MIN_VALID_KEYS:
        return None
    return sum(valid, Fraction()) / len(valid)


def band(value: float) -> Band:
    """Decided on the unrounded score: 74.9 is shown as 75 and is mid."""
    if value < 50:
        return Band.LOW
    return Band.MID if value < 75 else Band.HIGH


def shown(value: float) -> int:
    """Half up, as people round: 62.5 is 63 (Python's own round() gives 62)."""
    return math.floor(value + 0.5)


def weakest(scores: Scores) -> tuple[str, ...]:
    lowest = min((value for _slug, value in scores.valid), default=None)
    return tuple(slug for slug, value in scores.valid if value == lowest)


def strongest(scores: Scores) -> tuple[str, ...]:
    highest = max((value for _slug, value in scores.valid), default=None)
    return tuple(slug for slug, value in scores.valid if value == highest)


def pattern(instrument: Instrument, scores: Scores) -> Pattern | None:
    """At most one cross-key pattern: the pair with the lowest mean; a tie goes to the first listed.

    A pair counts when both keys are in band low, or when both are below 60 and among the three lowest valid
    keys (ties by key order).
    """
    valid = dict(scores.valid)
    lowest = sorted(valid, key=lambda slug: valid[slug])[:PATTERN_DEPTH]  # a stable sort keeps the key order

    def counts(pair: tuple[str, str]) -> bool:
        if not all(slug in valid for slug in pair):
            return False
        both_low = all(band(valid[slug]) is Band.LOW for slug in pair)
        return both_low or all(slug in lowest and valid[slug] < PATTERN_CEILING for slug in pair)

    found = [pattern for pattern in instrument.patterns if counts(pattern.keys)]
    return min(found, key=lambda pattern: valid[pattern.keys[0]] + valid[pattern.keys[1]], default=None)


def _answer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value in VALUES else None
