"""A small query to change one thing of, and readable starts to compare whole lists with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bookings.domain.intervals import Interval
from bookings.domain.slots import SlotQuery, Taken, WeeklyRule, Window, slots

AMSTERDAM = "Europe/Amsterdam"
NEW_YORK = "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"
KATHMANDU = "Asia/Kathmandu"
AUCKLAND = "Pacific/Auckland"


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def at(text: str, zone: str = AMSTERDAM, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def window(text: str) -> Window:
    """``window("22:00-02:00")``; 24:00 is written 00:00."""
    start, end = text.split("-")
    return Window(time.fromisoformat(start), time.fromisoformat(end))


def weekly(weekdays: str, *windows: str) -> tuple[WeeklyRule, ...]:
    """``weekly("15", "09:00-12:00")`` opens Monday and Friday mornings."""
    return tuple(WeeklyRule(int(weekday), window(text)) for weekday in weekdays for text in windows)


def interval(start: str, end: str, zone: str = AMSTERDAM) -> Interval:
    return Interval(at(start, zone), at(end, zone))


def booking(start: str, *, length: int = 30, before: int = 0, after: int = 0, counts: bool = True) -> Taken:
    """A booking of `length` minutes, Amsterdam time, with its own buffers in the footprint."""
    begin = at(start).astimezone(UTC)
    return Taken(begin, Interval(begin - minutes(before), begin + minutes(length + after)), counts)


# Friday 27 November 2026, open 09:00-12:00 in Amsterdam; half-hour calls, nothing in the way.
FRIDAY = SlotQuery(
    zone=ZoneInfo(AMSTERDAM),
    rules=weekly("5", "09:00-12:00"),
    overrides={},
    busy=(),
    taken=(),
    duration=minutes(30),
    slot_interval=minutes(30),
    buffer_before=minutes(0),
    buffer_after=minutes(0),
    minimum_notice=minutes(0),
    horizon_days=None,
    max_per_day=None,
    max_per_week=None,
    now=datetime(2026, 11, 20, 8, tzinfo=UTC),
    range_start=at("2026-11-27 00:00"),
    range_end=at("2026-11-28 00:00"),
)


def friday(**changes: Any) -> SlotQuery:
    return replace(FRIDAY, **changes)


def days(first: str, until: str, zone: str = AMSTERDAM, **changes: Any) -> SlotQuery:
    """The Friday query over host-local dates ``[first, until)``, asked a day before the first."""
    start = at(first, zone)
    asked = {
        "now": start.astimezone(UTC) - timedelta(days=1),
        "range_start": start,
        "range_end": at(until, zone),
    }
    return replace(FRIDAY, zone=ZoneInfo(zone), **{**asked, **changes})


def times(query: SlotQuery) -> list[str]:
    """Host wall times: ``09:00``."""
    return [f"{slot.start.astimezone(query.zone):%H:%M}" for slot in slots(query)]


def dated(query: SlotQuery) -> list[str]:
    """Host date and wall time: ``11-27 09:00``."""
    return [f"{slot.start.astimezone(query.zone):%m-%d %H:%M}" for slot in slots(query)]


def offset(query: SlotQuery) -> list[str]:
    """Host date, wall time and offset: ``10-25 02:30+02:00``."""
    local = (slot.start.astimezone(query.zone) for slot in slots(query))
    return [moment.isoformat(" ", "minutes")[5:] for moment in local]
