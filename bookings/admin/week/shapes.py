"""What a laid out week is made of: things, days, and the rows of its grid."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from bookings.domain.intervals import Span
from bookings.domain.reasons import DayReasons, Hours
from bookings.domain.slots import SlotQuery
from bookings.models import BlockedTime, Booking, BusyTime, CalendarSource, DateOverride, Host
from portal.common import times

Closed = BlockedTime | BusyTime
DAY_QUARTERS = 96


@dataclass(frozen=True)
class Item:
    """A call or blocked time as far as it lies on one day. `kind`: call, past, held, blocked or imported."""

    kind: str
    source: Booking | Closed
    start_at: datetime
    end_at: datetime
    clock: str
    until: str
    title: str
    tag: str
    starts: str = ""  # where all of it begins and ends by the coach's clock: 2026-11-26T09:45
    ends: str = ""
    fixed: str = ""  # why it cannot be dragged
    asks: bool = False  # a call that is over, and nobody said how it went
    where: str = ""
    span: str = ""  # all of a call in words, with its date
    whose: str = ""  # beside the calls of another coach: the initials of this one, and the name
    coach: str = ""
    is_second: bool = False  # of the coach who was laid over
    aside: int = 0
    side: str = ""  # things that share the width of a day: is-left, is-right, is-first, is-second
    rows: str = ""  # the classes of the rows it is drawn in
    before: str = ""  # the rows of the buffers
    after: str = ""


@dataclass(frozen=True)
class Day:
    on: date
    name: str
    span: Span
    reasons: DayReasons
    is_today: bool
    is_chosen: bool
    is_past: bool
    items: tuple[Item, ...] = ()
    all_day: tuple[Item, ...] = ()  # blocked or taken from midnight to midnight
    holiday: str = ""
    override: DateOverride | None = None  # hours of this date alone
    opened: tuple[str, ...] = ()  # the rows of open time
    opened_too: tuple[str, ...] = ()  # those of the coach who was laid over
    spans_too: tuple[Span, ...] = ()
    hours: tuple[tuple[str, str], ...] = ()  # open time by the clock
    now: str = ""
    empty: tuple[tuple[str, str], ...] = ()  # (rows of a call, clock) of the half hours to come

    @property
    def has_all_day(self) -> bool:
        return bool(self.all_day or self.holiday or self.is_closed)

    @property
    def is_closed(self) -> bool:
        """By hand, on this date alone."""
        return self.reasons.hours is Hours.CLOSED


@dataclass(frozen=True)
class Week:
    monday: date
    zone: str
    query: SlotQuery
    days: list[Day]
    chosen: Day
    blocked: list[Closed]
    unread: list[CalendarSource]  # calendars that close everything until they can be read
    stale: list[CalendarSource]
    calls: list[Booking]
    over: Host | None = None  # the coach who was laid over
    hours: list[tuple[str, str]] = field(default_factory=list)  # (row, clock) of every full hour
    rows: Rows | None = None

    @property
    def has_all_day(self) -> bool:
        return any(day.has_all_day for day in self.days)


@dataclass(frozen=True)
class Rows:
    """The quarters of the day that are drawn, `first` inclusive, `last` exclusive."""

    first: int
    last: int
    zone: str

    @property
    def count(self) -> int:
        return self.last - self.first

    def classes(self, start_at: datetime, end_at: datetime, day: Span) -> str:
        start_at, end_at = max(start_at, day[0]), min(end_at, day[1])
        if start_at >= end_at:
            return ""
        start = max(self.first, quarter_of(start_at, day, self.zone))
        end = min(self.last, quarter_of(end_at, day, self.zone, up=True))
        if start >= self.last or end <= self.first:
            return ""
        # In the hour that comes twice a call can end at an earlier clock time than it began.
        return f"starts-{start - self.first + 1} lasts-{max(end - start, 1)}"


def quarter_of(at: datetime, day: Span, zone: str, *, up: bool = False) -> int:
    if at >= day[1]:
        return DAY_QUARTERS
    shown = times.local(at, zone)
    minutes = shown.hour * 60 + shown.minute
    return -(-minutes // 15) if up else minutes // 15
