"""Scans side by side: a column for each, and a line for the overall and every key, with its course and its change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments import words
from assessments.history.course import SMALL, Course, course
from assessments.models import Scan
from assessments.result import Measure, Result, Row
from assessments.scoring import shown
from portal.common import times


@dataclass(frozen=True)
class Line:
    name: str
    cells: tuple[int | None, ...]  # of the columns, oldest first
    course: Course  # of all scans that compare
    change: str
    change_words: str
    expected: int | None  # of a key: what the scan before made us expect, had nothing changed
    has_grown: bool
    has_dropped: bool
    is_weakest: bool


def columns(scans: Sequence[Scan], time_zone: str) -> list[dict[str, object]]:
    """Two scans of one day are told apart by the clock."""
    days = [times.full_date(scan.done_at, time_zone) for scan in scans]
    return [
        _column(scan, time_zone)
        | {"clock": times.clock(scan.done_at, time_zone) if days.count(day) > 1 else ""}
        for scan, day in zip(scans, days, strict=True)
    ]


def _column(scan: Scan, time_zone: str) -> dict[str, object]:
    return {
        "public_id": scan.public_id,
        "day": times.short_day(scan.done_at, time_zone),
        "year": times.local(scan.done_at, time_zone).year,
        "full_day": times.full_date(scan.done_at, time_zone),
        "version": scan.instrument.version,
        "overall": None if scan.overall is None else shown(scan.overall),
    }


def lines(result: Result, oldest_first: Sequence[Scan], count: int, *, width: int = SMALL) -> list[Line]:
    """`result`: of the newest, beside the scan before; `count`: of how many, the newest, the figures stand in cells."""
    scores = [scan.frozen_scores for scan in oldest_first]
    rows = [row for group in result.groups for row in group.rows] + list(result.missing)
    total = _line(
        _("All together"), oldest_first, [each.overall for each in scores], result.overall, count, width
    )
    return [
        total,
        *(
            _line(row.key.name, oldest_first, [each.of(row.key.slug) for each in scores], row, count, width)
            for row in rows
        ),
    ]


def _line(
    name: str, scans: Sequence[Scan], values: Sequence[float | None], newest: Measure, count: int, width: int
) -> Line:
    is_key = isinstance(newest, Row)  # the overall is expected to stay where it was: only a key has a mark
    predicted = newest.predicted if is_key else None
    is_weakest = isinstance(newest, Row) and newest.is_weakest
    dated = [(scan.done_at, value) for scan, value in zip(scans, values, strict=True)]
    return Line(
        name=name,
        cells=tuple(None if value is None else shown(value) for value in values[-count:]),
        course=course(dated, predicted=predicted, is_weakest=is_weakest, width=width),
        change=words.signed(newest.change) if newest.change else "",
        change_words=words.change_words(newest),
        expected=newest.predicted_shown if is_key else None,
        has_grown=newest.has_grown,
        has_dropped=newest.has_dropped,
        is_weakest=is_weakest,
    )
