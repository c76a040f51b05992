"""Which starts can be booked: the one function that serves listing and booking alike.

Wall times belong to the host and become instants date by date; from there on everything is counted in UTC.
Busy time, notice, horizon and limits are all turned into stretches in which no call may *start*. Those
stretches and the opening windows are sorted once and swept together, so the cost is days + busy + slots.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from itertools import chain, pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

from bookings.domain.intervals import Interval, Span, merge, to_utc

MIDNIGHT = time(0, 0)
ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
# The smallest step between two datetimes: turns "later than x" into "from x + RESOLUTION on".
RESOLUTION = timedelta.resolution

MAX_RANGE = timedelta(days=367)  # a leap year of host-local dates, whatever its clock changes
# How long before a range the dates may lie that still decide where a grid in it begins (see `_grids`).
LOOK_BACK = 2 * ONE_WEEK
ONE_MINUTE = timedelta(minutes=1)
MAX_DAYS_AHEAD = 3650
# Python's calendar ends soon before and after these; the days around a range still need room.
FIRST_DAY, LAST_DAY = date(2, 1, 1), date(9998, 1, 1)
LAST_START = datetime(9998, 1, 1, tzinfo=UTC)

# Half-open, and without a bound where there is None.
OpenSpan = tuple[datetime | None, datetime | None]


class Cause(Enum):
    """Why a start on the grid cannot be booked; the first that holds is the one to name."""

    DATES = auto()  # outside the fixed dates
    HORIZON = auto()
    NOTICE = auto()
    FULL_WEEK = auto()
    FULL_DAY = auto()
    BUSY = auto()
    CALL = auto()


@dataclass(frozen=True, slots=True)
class Window:
    """Opening hours in host-local wall time, start inclusive, end exclusive.

    End 00:00 is the next midnight, so 00:00-00:00 is the whole day. An end before the start lies on the
    next day: the window is overnight and belongs to the day it starts on. Any other end equal to the start
    is refused with ValueError, because it reads both as nothing and as a whole day.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("A window holds wall times of the host, without a time zone.")
        if self.start == self.end != MIDNIGHT:
            raise ValueError("A window must not end at the minute it starts; 00:00-00:00 is the whole day.")


@dataclass(frozen=True, slots=True)
class WeeklyRule:
    """A window on one weekday, ISO: 1 is Monday, 7 is Sunday."""

    weekday: int
    window: Window

    def __post_init__(self) -> None:
        if not 1 <= self.weekday <= 7:
            raise ValueError(f"Weekday {self.weekday} does not exist; 1 is Monday, 7 is Sunday.")


class OpeningHours(Protocol):
    @property
    def rules(self) -> tuple[WeeklyRule, ...]: ...

    @property
    def overrides(self) -> Mapping[date, tuple[Window, ...]]: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """A booking the host already has: held or confirmed, or past and not cancelled.

    `footprint` has that booking's own buffers inside. `counts` says whether it uses up the limits a day and
    a week of the call type asked for.
    """

    start: datetime
    footprint: Interval
    counts: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", to_utc(self.start))


@dataclass(frozen=True, kw_only=True)
class SlotQuery:
    """Everything that decides which starts are free; aware times in any zone, kept in UTC.

    `zone` is the host's. `overrides` maps a host-local date to all the windows of that date;
    no windows means closed. It must hold the dates from LOOK_BACK before the range until two days after it,
    else a range would move the grid of hours that never close. `busy` is bare blocked or imported time. For
    the limit a week `taken` must reach over the whole host-local ISO weeks that the range touches.
    `first_on` and `last_on` are host-local and inclusive. The range is half-open on starts and clamped to
    MAX_RANGE from its beginning.

    Raises ValueError for lengths that make no sense.
    """

    zone: ZoneInfo
    rules: tuple[WeeklyRule, ...]
    overrides: Mapping[date, tuple[Window, ...]]
    busy: tuple[Interval, ...]
    taken: tuple[Taken, ...]
    duration: timedelta
    slot_interval: timedelta
    buffer_before: timedelta
    buffer_after: timedelta
    minimum_notice: timedelta
    horizon_days: int | None
    first_on: date | None = None
    last_on: date | None = None
    max_per_day: int | None
    max_per_week: int | None
    now: datetime
    range_start: datetime
    range_end: datetime

    def __post_init__(self) -> None:
        for name in ("now", "range_start", "range_end"):
            object.__setattr__(self, name, to_utc(getattr(self, name)))
        nothing = timedelta(0)
        for name, least, most in (
            ("duration", ONE_MINUTE, ONE_DAY),
            ("slot_interval", ONE_MINUTE, ONE_WEEK),
            ("buffer_before", nothing, ONE_DAY),
            ("buffer_after", nothing, ONE_DAY),
            ("minimum_notice", nothing, MAX_DAYS_AHEAD * ONE_DAY),
        ):
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} is {getattr(self, name)}; it must lie between {least} and {most}.")
        if self.horizon_days is not None and not 0 <= self.horizon_days <= MAX_DAYS_AHEAD:
            raise ValueError(f"horizon_days is {self.horizon_days}; it must be 0 to {MAX_DAYS_AHEAD}.")


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A free start and the end of the call, both UTC, without buffers."""

    start: datetime
    end: datetime


def slots(query: SlotQuery) -> list[Slot]:
    """Return the free starts of the range, in order of time, each once."""
    zone = query.zone
    first, until = _bounds(query, zone)
    if first >= until:
        return []
    closed = merge(chain.from_iterable(closed_to_starts(query, zone, first, until).values()))
    return starts_on_grid(query, zone, first, until, closed)


def starts_on_grid(
    query: SlotQuery, zone: ZoneInfo, first: datetime, until: datetime, closed: list[Span]
) -> list[Slot]:
    interval, duration = query.slot_interval, query.duration
    found: list[Slot] = []
    at = 0
    for origin, grid_end, window_end in _grids(query, zone, first, until):
        start = origin if origin >= first else _step_to(first, origin, interval)
        last = min(until - RESOLUTION, grid_end - RESOLUTION, window_end - duration)
        while start <= last:
            while at < len(closed) and closed[at][1] <= start:
                at += 1
            if at < len(closed) and closed[at][0] <= start:
                start = _step_to(closed[at][1], start, interval)
                continue
            found.append(Slot(start, start + duration))
            start += interval
    return found


def is_bookable(query: SlotQuery, start: datetime) -> bool:
    """Say whether `slots(query)` lists this aware start, at the cost of the days around it."""
    first, until = _clamped_range(query)
    if not first <= start < until:
        return False
    start = to_utc(start)
    return bool(slots(replace(query, range_start=start, range_end=start + RESOLUTION)))


def nearest(query: SlotQuery, start: datetime, count: int = 3) -> list[Slot]:
    """Return up to `count` free slots of the range that start nearest to a lost start, in order of time."""
    return nearest_of(slots(query), start, count)


def nearest_of(found: Iterable[Slot], start: datetime, count: int = 3) -> list[Slot]:
    """Return up to `count` of these slots that start nearest to a lost start, in order of time."""
    return sorted(heapq.nsmallest(count, found, key=lambda slot: (abs(slot.start - start), slot.start)))


def _clamped_range(query: SlotQuery) -> Span:
    start = min(query.range_start, LAST_START)
    return start, min(query.range_end, start + MAX_RANGE, LAST_START)


def _bounds(query: SlotQuery, zone: ZoneInfo) -> Span:
    first, until = _clamped_range(query)
    for opens, closes in open_to_starts(query, zone).values():
        first = first if opens is None else max(first, opens)
        until = until if closes is None else min(until, closes)
    return first, until


def open_to_starts(query: SlotQuery, zone: ZoneInfo) -> dict[Cause, OpenSpan]:
    """From when until when notice, horizon and fixed dates each let a call start; None is no bound."""
    spans: dict[Cause, OpenSpan] = {Cause.NOTICE: (query.now + query.minimum_notice, None)}
    if query.horizon_days is not None:
        today = query.now.astimezone(zone).date()
        spans[Cause.HORIZON] = None, instant_of(today + (query.horizon_days + 1) * ONE_DAY, MIDNIGHT, zone)
    opens = closes = None
    if query.first_on is not None:
        opens = instant_of(_within_calendar(query.first_on), MIDNIGHT, zone)
    if query.last_on is not None:
        closes = instant_of(_within_calendar(query.last_on) + ONE_DAY, MIDNIGHT, zone)
    spans[Cause.DATES] = opens, closes
    return spans


def _within_calendar(on: date) -> date:
    return min(max(on, FIRST_DAY), LAST_DAY)


def instant_of(on: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant of a wall time: the first of two, and in a gap by the offset before it (RFC 5545 3.3.5)."""
    local = datetime(
        on.year, on.month, on.day, wall.hour, wall.minute, wall.second, wall.microsecond, tzinfo=zone
    )
    return local.astimezone(UTC)


def _grids(
    query: SlotQuery, zone: ZoneInfo, first: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime, datetime]]:
    """Yield (first start, end of the grid, end of the window) of every grid between the bounds, in order.

    The grid is that of the window the host opened, windows that touch being one. Hours that never close have
    no beginning: when a window has been open for the whole ISO week before, its grid starts anew on Monday
    00:00. So one week and a day back always shows where a grid begins, wherever the range starts.
    """
    day = first.astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    last_day = (until + query.duration).astimezone(zone).date()
    mondays = [monday + ONE_WEEK * week for week in range(-1, (last_day - monday).days // 7 + 1)]
    week_starts = [instant_of(on, MIDNIGHT, zone) for on in mondays]
    for start, end in open_hours(query, zone, monday - ONE_WEEK - ONE_DAY, last_day):
        weeks = pairwise(week_starts) if end - start > ONE_WEEK - ONE_DAY else ()
        anew = [this for last, this in weeks if start <= last and this < end]
        for origin, grid_end in zip([start, *anew], [*anew, end], strict=True):
            yield origin, grid_end, end


def open_hours(hours: OpeningHours, zone: ZoneInfo, first_day: date, last_day: date) -> list[Span]:
    """Return the windows that begin on these dates as instants, those that touch being one, in order."""
    return merge(_windows(hours, zone, first_day, last_day))


def _windows(hours: OpeningHours, zone: ZoneInfo, first_day: date, last_day: date) -> Iterator[Span]:
    weekly: dict[int, list[Window]] = defaultdict(list)
    for rule in hours.rules:
        weekly[rule.weekday].append(rule.window)
    for number in range((last_day - first_day).days + 1):
        day = first_day + timedelta(days=number)
        next_day = day + ONE_DAY
        for window in hours.overrides.get(day, weekly[day.isoweekday()]):
            if window.end > window.start:
                end = instant_of(day, window.end, zone)
            elif next_day in hours.overrides:  # the next date has hours of its own, nothing spills into it
                end = instant_of(next_day, MIDNIGHT, zone)
            else:
                end = instant_of(next_day, window.end, zone)
            yield instant_of(day, window.start, zone), end


def closed_to_starts(
    query: SlotQuery, zone: ZoneInfo, first: datetime, until: datetime
) -> dict[Cause, list[Span]]:
    """The stretches in which no call may start, by what closes them: busy time, other calls, full limits."""
    return {
        Cause.BUSY: meeting(query, query.busy, first, until),
        Cause.CALL: meeting(query, (booking.footprint for booking in query.taken), first, until),
        **_full_days_and_weeks(query, zone, (first, until)),
    }


def meeting(query: SlotQuery, intervals: Iterable[Interval], first: datetime, until: datetime) -> list[Span]:
    """The stretches in which a start would make the call meet one of the intervals.

    A call meets [a, b) when its footprint does: start - buffer_before < b and start + duration +
    buffer_after > a. A booking's footprint has its own buffers inside, so the buffers of two calls add up;
    busy time is bare.
    """
    before, after = query.buffer_before, query.duration + query.buffer_after
    # Cut to what the range can meet: blocked "for ever" must not run out of Python's calendar.
    earliest, latest = first - before, until + after
    return [
        (max(one.start, earliest) - after + RESOLUTION, min(one.end, latest) + before)
        for one in intervals
        if one.start < one.end and one.start < latest and one.end > earliest
    ]


def _full_days_and_weeks(query: SlotQuery, zone: ZoneInfo, whole: Span) -> dict[Cause, list[Span]]:
    if query.max_per_day is None and query.max_per_week is None:
        return {}
    days = Counter(booking.start.astimezone(zone).date() for booking in query.taken if booking.counts)
    weeks: Counter[date] = Counter()
    for day, number in days.items():
        weeks[day - timedelta(days=day.weekday())] += number

    def full(limit: int | None, counted: Counter[date], length: timedelta) -> list[Span]:
        if limit == 0:
            return [whole]
        return [
            (instant_of(day, MIDNIGHT, zone), instant_of(day + length, MIDNIGHT, zone))
            for day, number in counted.items()
            if limit is not None and number >= limit
        ]

    return {
        Cause.FULL_DAY: full(query.max_per_day, days, ONE_DAY),
        Cause.FULL_WEEK: full(query.max_per_week, weeks, ONE_WEEK),
    }


def _step_to(target: datetime, start: datetime, interval: timedelta) -> datetime:
    return start - (start - target) // interval * interval
