"""Scans on the line of time, with the calls and promises between them: as a drawing, and the same in a table."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assessments import change, words
from assessments.history.course import along, height
from assessments.history.lines import columns
from assessments.models import Scan
from assessments.result import measure_overall
from assessments.scoring import shown
from assessments.summary import Moment
from portal.common import times

TOP, BOTTOM = 22.0, 142.0  # of 0 to 100 in the drawing
START, END = 3.0, 97.0  # per cent of its width


@dataclass(frozen=True)
class Dot:
    """One scan in the drawing."""

    x: float
    y: float
    low: float  # where its uncertainty ends
    high: float
    shown: int

    @property
    def text_y(self) -> float:
        return self.high - 8


@dataclass(frozen=True)
class Stretch:
    """The line from one scan to the next."""

    start: Dot
    end: Dot


@dataclass(frozen=True)
class Mark:
    x: float
    kind: str


@dataclass(frozen=True)
class TimeLine:
    dots: tuple[Dot, ...]
    stretches: tuple[Stretch, ...]
    marks: tuple[Mark, ...]
    first_day: str
    last_day: str
    kinds: frozenset[str]


def time_line(oldest_first: Sequence[Scan], moments: Sequence[Moment], time_zone: str) -> TimeLine:
    """All of it on one scale, from the first scan to whatever is newest."""
    instants = sorted([scan.done_at for scan in oldest_first] + [one.at for one in moments])
    places = dict(zip(instants, along(instants, START, END), strict=True))
    dots = tuple(
        _dot(places[scan.done_at], scan.overall) for scan in oldest_first if scan.overall is not None
    )
    return TimeLine(
        dots=dots,
        stretches=tuple(Stretch(one, other) for one, other in itertools.pairwise(dots)),
        marks=tuple(Mark(places[one.at], one.kind) for one in moments),
        first_day=_day(instants[0], time_zone),
        last_day=_day(instants[-1], time_zone),
        kinds=frozenset(one.kind for one in moments),
    )


def _dot(x: float, score: float) -> Dot:
    low, high = change.interval(score, change.OVERALL)
    return Dot(
        x,
        height(score, TOP, BOTTOM),
        height(low, TOP, BOTTOM),
        height(high, TOP, BOTTOM),
        shown(score),
    )


def _day(at: datetime, time_zone: str) -> str:
    return f"{times.short_day(at, time_zone)} {times.local(at, time_zone).year}"


def table(newest_first: Sequence[Scan], moments: Sequence[Moment], time_zone: str) -> list[dict[str, object]]:
    """What the drawing shows, newest first: each scan with its change since the one before, and all moments."""
    scans = list(zip(newest_first, columns(newest_first, time_zone), strict=True))
    before = [*newest_first[1:], None]
    rows: list[tuple[datetime, dict[str, object]]] = [
        (scan.done_at, column | _change(scan, earlier))
        for (scan, column), earlier in zip(scans, before, strict=True)
    ]
    rows += [(one.at, _moment(one, time_zone)) for one in moments]
    return [row for _at, row in sorted(rows, key=lambda pair: pair[0], reverse=True)]


def _moment(one: Moment, time_zone: str) -> dict[str, object]:
    day, year = times.short_day(one.at, time_zone), times.local(one.at, time_zone).year
    return {"day": day, "year": year, "words": one.words}


def _change(scan: Scan, earlier: Scan | None) -> dict[str, object]:
    total = measure_overall(scan.overall, earlier.overall if earlier else None)
    return {
        "change": words.signed(total.change) if total.change else "",
        "change_words": words.change_words(total),
        "has_grown": total.has_grown,
        "has_dropped": total.has_dropped,
    }
