"""Why a day can or cannot be booked: the parts of `slots`, each asked on its own about one date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from zoneinfo import ZoneInfo

from bookings.domain.intervals import Interval, Span, merge
from bookings.domain.slots import (
    FIRST_DAY,
    LAST_DAY,
    MIDNIGHT,
    ONE_DAY,
    Cause,
    SlotQuery,
    closed_to_starts,
    instant_of,
    meeting,
    open_hours,
    open_to_starts,
    starts_on_grid,
)

Starts = tuple[datetime, ...]


class Hours(Enum):
    WEEKLY = auto()
    NONE = auto()  # the week has no hours for this weekday
    OTHER = auto()  # hours of this date alone
    CLOSED = auto()  # no hours on this date alone


@dataclass(frozen=True, slots=True)
class DayReasons:
    """One host-local date: the starts its hours allow, and what becomes of each. All instants are UTC.

    `opened` is the open time on this date, what is left of an overnight window of the day before included.
    Every start of `grid` is either in `free` or once in `removed`, under the first cause that holds;
    `alone` holds those that no other cause stands in the way of. `busy` and `calls` are the stretches that
    stand in the way of a start of the grid.
    """

    on: date
    hours: Hours
    opened: tuple[Span, ...]
    grid: Starts
    removed: Mapping[Cause, Starts]
    alone: Mapping[Cause, Starts]
    free: Starts
    busy: tuple[Interval, ...]
    calls: tuple[Interval, ...]


def explain(query: SlotQuery, on: date) -> DayReasons:
    """Say for each start that the hours of a host-local date allow whether it is free, and if not, why.

    The range of the query plays no part, but what it holds must have been read around this date (SlotQuery
    says how far). Raises ValueError for a date at the edge of the calendar.
    """
    if not FIRST_DAY <= on <= LAST_DAY:
        raise ValueError(f"{on} lies too near the edge of the calendar.")
    zone = query.zone
    first, until = instant_of(on, MIDNIGHT, zone), instant_of(on + ONE_DAY, MIDNIGHT, zone)
    grid = tuple(slot.start for slot in starts_on_grid(query, zone, first, until, []))
    causes = _causes(query, zone, grid, (first, until))
    return DayReasons(
        on=on,
        hours=_hours(query, on),
        opened=tuple(
            (max(start, first), min(end, until))
            for start, end in open_hours(query, zone, on - ONE_DAY, on)
            if start < until and end > first
        ),
        grid=grid,
        removed=_grouped({start: found[0] for start, found in causes.items() if found}),
        alone=_grouped({start: found[0] for start, found in causes.items() if len(found) == 1}),
        free=tuple(start for start in grid if not causes[start]),
        busy=_met(query, grid, query.busy, (first, until)),
        calls=_met(query, grid, (booking.footprint for booking in query.taken), (first, until)),
    )


def _hours(query: SlotQuery, on: date) -> Hours:
    if on in query.overrides:
        return Hours.OTHER if query.overrides[on] else Hours.CLOSED
    return Hours.WEEKLY if any(rule.weekday == on.isoweekday() for rule in query.rules) else Hours.NONE


def _causes(query: SlotQuery, zone: ZoneInfo, grid: Starts, day: Span) -> dict[datetime, list[Cause]]:
    opened = open_to_starts(query, zone)
    closed = {cause: merge(spans) for cause, spans in closed_to_starts(query, zone, *day).items()}
    return {
        start: [
            cause
            for cause in Cause
            if _is_outside(start, opened.get(cause, (None, None)))
            or any(begin <= start < end for begin, end in closed.get(cause, ()))
        ]
        for start in grid
    }


def _is_outside(start: datetime, span: tuple[datetime | None, datetime | None]) -> bool:
    opens, closes = span
    return (opens is not None and start < opens) or (closes is not None and start >= closes)


def _grouped(cause_of: Mapping[datetime, Cause]) -> dict[Cause, Starts]:
    groups = {cause: tuple(start for start, one in cause_of.items() if one is cause) for cause in Cause}
    return {cause: starts for cause, starts in groups.items() if starts}


def _met(query: SlotQuery, grid: Starts, intervals: Iterable[Interval], day: Span) -> tuple[Interval, ...]:
    met = [
        one
        for one in intervals
        for begin, end in meeting(query, [one], *day)
        if any(begin <= start < end for start in grid)
    ]
    return tuple(sorted(met, key=lambda one: (one.start, one.end)))
