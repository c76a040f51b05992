"""The one view of a result: page, print, mail and the coach's summary all read this. Pure.

A difference is the difference of the two *shown* scores, so that the page adds up; whether it may be chance
is decided on the unrounded ones (`assessments/change.py`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assessments import change, scoring
from assessments.change import Expected, Label, Norm
from assessments.instrument import Band, Instrument, Key, Pattern
from assessments.scoring import Scores

BOUNDS = {Band.LOW: (0, 50), Band.MID: (50, 75), Band.HIGH: (75, 100)}


@dataclass(frozen=True)
class Measure:
    score: float | None
    shown: int | None
    band: Band | None
    low: float | None  # how far off it may be, clipped to 0 to 100
    high: float | None
    previous_score: float | None
    previous_shown: int | None
    change: int | None
    change_label: Label
    predicted: float | None  # what the earlier scan made us expect of this score, had nothing changed
    expected: Expected | None  # of the next score, when nothing changes

    @property
    def has_grown(self) -> bool:
        return self.change_label in ("likely_up", "certain_up")

    @property
    def has_dropped(self) -> bool:
        return self.change_label in ("likely_down", "certain_down")

    @property
    def predicted_shown(self) -> int | None:
        return _shown(self.predicted)

    @property
    def low_shown(self) -> int | None:
        return _shown(self.low)

    @property
    def high_shown(self) -> int | None:
        return _shown(self.high)


@dataclass(frozen=True)
class Row(Measure):
    key: Key
    is_weakest: bool
    is_strongest: bool

    @property
    def feedback(self) -> str:
        return self.key.feedback.of(self.band) if self.band else ""

    @property
    def expected_shown(self) -> int | None:
        return _shown(self.expected.score) if self.expected else None

    @property
    def grown_above(self) -> int | None:
        """The next score, as shown, must lie above this to be likely growth; None when none can."""
        if self.expected is None or self.expected.is_at_ceiling:
            return None
        limit, label = self.expected.likely_above, self.expected.label
        grown = [value for value in scoring.KEY_SCORES if value >= limit and label(value) != "noise"]
        chance = [value for value in scoring.KEY_SCORES if value < grown[0]]
        return min(max(math.floor(limit), scoring.shown(chance[-1])), scoring.shown(grown[0]) - 1)

    @property
    def dropped_below(self) -> int | None:
        """The next score, as shown, must lie below this to be a likely drop; None when none can."""
        if self.expected is None or self.expected.is_at_floor:
            return None
        limit, label = self.expected.likely_below, self.expected.label
        dropped = [value for value in scoring.KEY_SCORES if value <= limit and label(value) != "noise"]
        chance = [value for value in scoring.KEY_SCORES if value > dropped[-1]]
        return max(min(math.ceil(limit), scoring.shown(chance[0])), scoring.shown(dropped[-1]) + 1)


@dataclass(frozen=True)
class Group:
    band: Band
    label: str
    low: int
    high: int
    rows: tuple[Row, ...]  # high to low


@dataclass(frozen=True)
class Result:
    instrument: Instrument
    overall: Measure
    rows: tuple[Row, ...]  # in the order of the instrument
    groups: tuple[Group, ...]  # high band first, empty ones left out
    missing: tuple[Row, ...]  # keys without a score
    weakest: tuple[Row, ...]  # all that are tied, in the order of the instrument
    strongest: tuple[Row, ...]
    pattern: Pattern | None
    pattern_keys: tuple[Key, ...]
    answered: int
    has_previous: bool

    @property
    def is_valid(self) -> bool:
        return self.overall.score is not None

    @property
    def is_even(self) -> bool:
        """No key stands out: between the highest and the lowest lies one answer at most."""
        return not any(row.is_weakest for row in self.rows)

    @property
    def weakest_first(self) -> tuple[Row, ...]:
        """The keys that have a score, low to high; ties in the order of the instrument."""
        return tuple(sorted((row for row in self.rows if row.score is not None), key=_score))

    @property
    def is_near_an_end(self) -> bool:
        """Some key lies so near an end of the scale that no score can show a change that way."""
        bounds = [(row.grown_above, row.dropped_below) for row in self.rows if row.expected]
        return any(None in pair for pair in bounds)

    @property
    def share_kept(self) -> int:
        """Of the difference between a key and the mean, the percentage that we expect to see again."""
        return scoring.shown(100 * change.R_WITHIN)

    @property
    def overall_feedback(self) -> str:
        return self.instrument.overall_feedback.of(self.overall.band) if self.overall.band else ""


def build(instrument: Instrument, scores: Scores, previous: Scores | None = None) -> Result:
    """Put scores beside the scan before.

    `previous` must be of the same major version; the caller sees to that.
    """
    before = expectations(previous) if previous else {}
    after = expectations(scores)
    lowest, highest = scoring.weakest(scores), scoring.strongest(scores)
    is_even = _spread(scores) <= round(scoring.KEY_STEP, 6)
    rows = tuple(
        Row(
            **vars(measure(scores.of(key.slug), change.KEY, before.get(key.slug), after.get(key.slug))),
            key=key,
            is_weakest=key.slug in lowest and not is_even,
            is_strongest=key.slug in highest and not is_even,
        )
        for key in instrument.keys
    )
    pattern = scoring.pattern(instrument, scores)
    return Result(
        instrument=instrument,
        overall=measure_overall(scores.overall, previous.overall if previous else None),
        rows=rows,
        groups=_groups(instrument, rows),
        missing=tuple(row for row in rows if row.score is None),
        weakest=tuple(row for row in rows if row.key.slug in lowest),
        strongest=tuple(row for row in rows if row.key.slug in highest),
        pattern=pattern,
        pattern_keys=tuple(instrument.key(slug) for slug in pattern.keys) if pattern else (),
        answered=scores.answered,
        has_previous=previous is not None,
    )


def expectations(scores: Scores) -> dict[str, Expected | None]:
    """{slug: what the key would score next time if nothing changed}."""
    return {key.slug: change.expect_key(key.score, scores.mean) for key in scores.keys}


def measure_overall(score: float | None, previous: float | None = None) -> Measure:
    return measure(score, change.OVERALL, change.expect(previous), change.expect(score))


def measure(score: float | None, norm: Norm, before: Expected | None, after: Expected | None) -> Measure:
    """`before`: what the earlier scan made us expect of this score; `after`: what we expect of the next."""
    previous = before.before if before else None
    if score is None:
        return Measure(None, None, None, None, None, previous, _shown(previous), None, "", None, None)
    low, high = change.interval(score, norm)
    shown = scoring.shown(score)
    previous_shown = _shown(previous)
    return Measure(
        score=score,
        shown=shown,
        band=scoring.band(score),
        low=low,
        high=high,
        previous_score=previous,
        previous_shown=previous_shown,
        change=None if previous_shown is None else shown - previous_shown,
        change_label=change.label(before, score),
        predicted=before.score if before else None,
        expected=after,
    )


def _groups(instrument: Instrument, rows: Sequence[Row]) -> tuple[Group, ...]:
    high_to_low = sorted((row for row in rows if row.score is not None), key=_score, reverse=True)
    groups = []
    for band in (Band.HIGH, Band.MID, Band.LOW):
        inside = tuple(row for row in high_to_low if row.band is band)
        if inside:
            groups.append(Group(band, instrument.band_labels.of(band), *BOUNDS[band], inside))
    return tuple(groups)


def _spread(scores: Scores) -> float:
    """Points between the highest and the lowest key, without the dust of floating point."""
    values = [value for _slug, value in scores.valid]
    return round(max(values) - min(values), 6) if values else 0.0


def _score(row: Row) -> float:
    return row.score if row.score is not None else 0.0


def _shown(score: float | None) -> int | None:
    return None if score is None else scoring.shown(score)
