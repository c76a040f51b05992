"""The account's panel of scans: side by side, compared within one major version, change named honestly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from assessments import bridge, words
from assessments.models import Scan
from assessments.result import Measure, Result, Row, measure_overall
from assessments.scoring import shown
from assessments.summary import result_of
from portal.accounts.models import User
from portal.common import times
from portal.common.panels import Panel

MAX_COLUMNS = 4
MAX_SCANS = 40
SENSIBLE_AFTER = timedelta(days=60)  # sooner, four weeks of answers overlap too much to show a change


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    shown: int

    @property
    def dash(self) -> float:
        return self.x - 6

    @property
    def left(self) -> float:
        return self.x - 8

    @property
    def right(self) -> float:
        return self.x + 8

    @property
    def text_y(self) -> float:
        return self.y + 4.5


@dataclass(frozen=True)
class Line:
    name: str
    cells: tuple[int | None, ...]  # oldest first
    points: tuple[Point, ...]
    polyline: str
    predicted: Point | None  # where the newest score was expected, had nothing changed
    change: str
    change_words: str
    is_real: bool
    is_weakest: bool


def history(request: HttpRequest) -> Panel | None:
    user = request.user
    if not isinstance(user, User):
        return None
    own = Scan.objects.for_user(user.pk).exclude(status=Scan.Status.DISCARDED).with_instrument()
    scans = list(own.defer("instrument__content", "answers", "page_saved_at").latest_first()[:MAX_SCANS])
    completed = [scan for scan in scans if scan.is_completed]
    context: dict[str, object] = {"is_under_way": len(scans) > len(completed), "count": len(completed)}
    if completed:
        context |= _compared(completed, user.time_zone)
    can_wait = bool(context.get("can_wait")) and not context["is_under_way"]
    return Panel("assessments/_history.html", context, has_next_step=not can_wait)


def _compared(newest_first: Sequence[Scan], time_zone: str) -> dict[str, object]:
    newest = newest_first[0]
    same = [scan for scan in newest_first if scan.instrument.compares_with(newest.instrument)]
    versions = [scan.instrument.version for scan in same]
    columns = same[:MAX_COLUMNS][::-1]
    previous = same[1] if len(same) > 1 else None
    result = result_of(newest, words.language(), previous)
    return {
        "newest": newest,
        "newest_day": times.full_date(newest.done_at, time_zone),
        "versions": words.versions_named(versions),
        "reworded": words.reworded(*versions),
        "same_count": len(same),
        "columns": _columns(columns, time_zone),
        "lines": _lines(result, columns),
        "groups": words.beam_groups(result),
        "members": bridge.members(result.rows),
        "since": times.near_date(previous.done_at, time_zone) if previous else "",
        "result": result,
        "can_wait": times.now() < newest.done_at + SENSIBLE_AFTER,
        "next_day": times.full_date(newest.done_at + SENSIBLE_AFTER, time_zone),
        "others": [
            column | {"is_compared": scan in same}
            for scan, column in zip(newest_first, _columns(newest_first, time_zone), strict=True)
            if scan not in columns
        ],
        **_headline(same, time_zone),
    }


def _headline(same: Sequence[Scan], time_zone: str) -> dict[str, object]:
    first, newest = same[-1], same[0]
    total = measure_overall(newest.overall, first.overall if len(same) > 1 else None)
    if total.change is None:
        return {"total": total}
    facts = {
        "since": times.month(first.done_at, time_zone),
        "points": abs(total.change),
        "first": total.previous_shown,
        "now": total.shown,
    }
    careful = _("Look at what you did, rather than at every single figure.")
    if total.change_label == "certain_up":
        title = _("Since %(since)s your score has risen by %(points)d points.") % facts
        lead = [
            _("From %(first)d to %(now)d: almost certainly more than chance.") % facts,
            *_latest(same, time_zone),
            careful,
        ]
    elif total.change_label == "certain_down":
        title = _("Since %(since)s your score has fallen by %(points)d points.") % facts
        lead = [
            _("From %(first)d to %(now)d: almost certainly more than chance.") % facts,
            *_latest(same, time_zone),
            _("Look at what changed in that time, and begin with one key."),
        ]
    else:
        title = _("From %(first)d to %(now)d: that may be chance.") % facts
        lead = [careful]
    gauge = (
        _gauge(total, times.short_month(first.done_at, time_zone))
        if total.change_label == "certain_up"
        else None
    )
    return {"total": total, "title": title, "lead": " ".join(lead), "gauge": gauge}


def _gauge(total: Measure, from_month: str) -> dict[str, object]:
    start, end = total.previous_score or 0, total.score or 0
    return {
        "start": start,
        "end": end,
        "width": end - start,
        "middle": (start + end) / 2,
        "from": total.previous_shown,
        "to": total.shown,
        "points": words.signed(total.change),
        "from_month": from_month,
    }


def _latest(same: Sequence[Scan], time_zone: str) -> list[str]:
    if len(same) < 3:
        return []
    step = measure_overall(same[0].overall, same[1].overall)
    if step.change_label != "noise":
        return []
    facts = {"since": times.near_date(same[1].done_at, time_zone), "change": words.signed(step.change)}
    return [_("The latest step, since %(since)s (%(change)s), may be chance.") % facts]


def _columns(scans: Sequence[Scan], time_zone: str) -> list[dict[str, object]]:
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


def _lines(result: Result, columns: Sequence[Scan]) -> list[Line]:
    scores = [scan.frozen_scores for scan in columns]
    total = _line(_("All together"), [each.overall for each in scores], result.overall)
    rows = [row for group in result.groups for row in group.rows] + list(result.missing)
    return [total, *(_line(row.key.name, [each.of(row.key.slug) for each in scores], row) for row in rows)]


def _line(name: str, values: Sequence[float | None], newest: Measure) -> Line:
    points = _points(values)
    return Line(
        name=name,
        cells=tuple(None if value is None else shown(value) for value in values),
        points=points,
        polyline=" ".join(f"{point.x:g},{point.y:g}" for point in points),
        predicted=_predicted(points, newest),
        change=words.signed(newest.change) if newest.change else "",
        change_words=words.change_words(newest),
        is_real=newest.has_grown,
        is_weakest=isinstance(newest, Row) and newest.is_weakest,
    )


def _predicted(points: Sequence[Point], newest: Measure) -> Point | None:
    """The overall is expected to stay where it was: only a key has a mark of its own."""
    if not points or newest.predicted is None or not isinstance(newest, Row):
        return None
    return Point(points[-1].x, _height(newest.predicted), shown(newest.predicted))


def _height(score: float) -> float:
    return round(44 - 0.4 * score, 1)


def _points(values: Sequence[float | None]) -> tuple[Point, ...]:
    """Where the scores stand in the trend drawing: 176 by 48, 0 at y 44 and 100 at y 4."""
    step = 116 / (len(values) - 1) if len(values) > 1 else 0
    return tuple(
        Point(round(30 + step * n, 1), _height(value), shown(value))
        for n, value in enumerate(values)
        if value is not None
    )
