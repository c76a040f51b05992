"""In which rows of the grid the things of a week are drawn, and what stands beside what.

A row is a quarter of an hour; rows are named by classes (`starts-5 lasts-2`), because the content policy allows no
style in the page; the command `write_week_grid` makes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bookings.admin.week.shapes import Day, Item, Rows, Week, quarter_of
from bookings.domain.intervals import Span
from bookings.models import Booking

USUAL_FIRST, USUAL_LAST = 8 * 4, 18 * 4  # shown in any case, in quarters since midnight
STEPS_ASIDE = 3  # how far a thing is drawn aside of what it lies on


def in_grid(week: Week, now: datetime, *, is_day: bool, minutes: int) -> Week:
    """`minutes`: how long a call is that begins where nothing is yet."""
    rows, length = _rows_of(week), max(-(-minutes // 15), 1)
    return replace(
        week,
        rows=rows,
        days=[_drawn(_shared(day, week, is_day=is_day), rows, now, length) for day in week.days],
        hours=[(f"starts-{quarter - rows.first + 1}", f"{quarter // 4:02d}:00") for quarter in _hours(rows)],
    )


def _hours(rows: Rows) -> range:
    return range(rows.first, rows.last, 4)


def _rows_of(week: Week) -> Rows:
    starts, ends = [USUAL_FIRST], [USUAL_LAST]
    for day in week.days:
        spans = [*day.reasons.opened, *day.spans_too]
        for item in day.items:
            if isinstance(item.source, Booking):
                spans.append((item.source.footprint.lower, item.source.footprint.upper))
            elif day.span[0] < item.start_at and item.end_at < day.span[1]:
                spans.append((item.start_at, item.end_at))
        for start, end in spans:
            starts.append(quarter_of(max(start, day.span[0]), day.span, week.zone))
            ends.append(quarter_of(min(end, day.span[1]), day.span, week.zone, up=True))
    return Rows(min(starts) // 4 * 4, -(-max(ends) // 4) * 4, week.zone)


def _shared(day: Day, week: Week, *, is_day: bool) -> Day:
    """Who shares the width of a day: two coaches, or a call and what another calendar has at that time.

    In a week only what begins under a call steps aside: a call over a longer stretch has room enough.
    """
    if week.over:
        return replace(
            day,
            items=tuple(
                replace(item, side="is-second" if item.is_second else "is-first") for item in day.items
            ),
        )
    calls = [item for item in day.items if isinstance(item.source, Booking)]
    closed = [item for item in day.items if not isinstance(item.source, Booking)]
    met = _touch if is_day else _begins_under
    apart = [other for other in closed if any(met(one, other) for one in calls)]
    shared = {id(item) for one in calls for other in apart if _touch(one, other) for item in (one, other)}
    sides = {
        id(item): "is-left" if isinstance(item.source, Booking) else "is-right"
        for item in day.items
        if id(item) in shared
    }
    return replace(day, items=tuple(replace(item, side=sides.get(id(item), "")) for item in day.items))


def _touch(call: Item, closed: Item) -> bool:
    lower, upper = _footprint(call)
    return lower < closed.end_at and closed.start_at < upper


def _begins_under(call: Item, closed: Item) -> bool:
    lower, upper = _footprint(call)
    return lower <= closed.start_at < upper


def _footprint(call: Item) -> tuple[datetime, datetime]:
    footprint = call.source.footprint if isinstance(call.source, Booking) else call.source.period
    return footprint.lower, footprint.upper


def _drawn(day: Day, rows: Rows, now: datetime, length: int) -> Day:
    items: list[Item] = []
    for item in day.items:
        under = sum(other.end_at > item.start_at and other.side == item.side for other in items)
        items.append(_in_rows(replace(item, aside=min(under, STEPS_ASIDE)), day, rows))
    return replace(
        day,
        items=tuple(items),
        opened=_open_rows(day.reasons.opened, day, rows),
        opened_too=_open_rows(day.spans_too, day, rows),
        now=rows.classes(now, now + timedelta(minutes=1), day.span).split(" ")[0] if day.is_today else "",
        empty=tuple(
            (
                f"starts-{quarter - rows.first + 1} lasts-{min(length, rows.last - quarter)}",
                f"{quarter // 4:02d}:{quarter % 4 * 15:02d}",
            )
            for quarter in range(rows.first, rows.last, 2)
            if not day.is_past and (not day.is_today or quarter > quarter_of(now, day.span, rows.zone))
        ),
    )


def _open_rows(spans: Iterable[Span], day: Day, rows: Rows) -> tuple[str, ...]:
    return tuple(classes for start, end in spans if (classes := rows.classes(start, end, day.span)))


def _in_rows(item: Item, day: Day, rows: Rows) -> Item:
    drawn = rows.classes(item.start_at, item.end_at, day.span)
    if not isinstance(item.source, Booking):
        return replace(item, rows=drawn)
    footprint = item.source.footprint
    return replace(
        item,
        rows=drawn,
        before=rows.classes(footprint.lower, item.source.start_at, day.span),
        after=rows.classes(item.source.end_at, footprint.upper, day.span),
    )
