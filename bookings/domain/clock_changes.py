"""When the clock of a zone goes forward or back, and whether that matters for a time somebody reads."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.domain.intervals import to_utc
from bookings.domain.slots import ONE_DAY, ONE_MINUTE, RESOLUTION

AROUND = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ClockChange:
    zone: ZoneInfo
    at: datetime
    on: date
    is_forward: bool


def changes_before(starts: Iterable[datetime], *, zone: ZoneInfo, now: datetime) -> list[ClockChange]:
    listed = sorted(to_utc(start) for start in starts)
    if not listed:
        return []
    first = max(to_utc(now), listed[0] - AROUND - RESOLUTION)
    return [
        change
        for change in _changes(zone, first, listed[-1])
        if any(change.at <= start <= change.at + AROUND for start in listed)
    ]


def _changes(zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[ClockChange]:
    at = after
    while at < until:
        following = min(at + ONE_DAY, until)
        if _offset(at, zone) != _offset(following, zone):
            change = _first_of_new_time(at, following, zone)
            forward = _offset(following, zone) > _offset(at, zone)
            yield ClockChange(zone, change, change.astimezone(zone).date(), forward)
        at = following


def _first_of_new_time(old: datetime, new: datetime, zone: ZoneInfo) -> datetime:
    """Clocks change at whole minutes: halve the minutes between until the first of the new time is left."""
    whole, offset = old.replace(second=0, microsecond=0), _offset(old, zone)
    minutes = range(1, (new - whole) // ONE_MINUTE + 2)
    found = bisect_left(
        minutes, True, key=lambda number: _offset(whole + number * ONE_MINUTE, zone) != offset
    )
    return whole + minutes[found] * ONE_MINUTE


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)
