"""When the calls of the demo are: within the hours of the coach, on no holiday, a few on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bookings.availability.public_holidays import dutch_holidays
from bookings.availability.query import build_query
from bookings.domain.slots import slots
from bookings.models import CallType
from portal.common import times
from portal.common.demo import LONGEST_AGO, dice

DAYS_AHEAD = 25
CHUNK = timedelta(days=180)  # the slot function looks at a year at most
TODAY, TOMORROW = 4, 3


def days(call_type: CallType) -> Iterator[tuple[date, list[datetime]]]:
    """Days with the starts of their calls. First today and the next day, because they are looked at first; then
    the past, the oldest first, and what is ahead."""
    zone = times.zone(call_type.host.time_zone)
    today = times.local(times.now(), zone.key).date()
    ahead = by_day(call_type, today, today + timedelta(days=DAYS_AHEAD))
    near = sorted(ahead)[:2]
    for on in near:
        yield on, some(call_type, on, ahead[on], TODAY if on == today else TOMORROW)
    first = today - timedelta(days=LONGEST_AGO)
    while first < today:
        until = min(first + CHUNK, today)
        past = by_day(call_type, first, until)
        for on in sorted(past):
            yield on, some(call_type, on, past[on], dice("day", on).choice((1, 2, 2, 3)))
        first = until
    for on in sorted(ahead)[2:]:
        yield on, some(call_type, on, ahead[on], dice("day", on).choice((1, 2, 2, 3)))


def by_day(call_type: CallType, first: date, until: date) -> dict[date, list[datetime]]:
    """All free starts from `first` up to (not with) `until`, whatever the notice, and none on a holiday."""
    zone = times.zone(call_type.host.time_zone)
    begins, ends = (datetime.combine(on, time(), tzinfo=zone) for on in (first, until))
    query = build_query(call_type, first=begins, until=ends, now=times.now())
    unbound = replace(
        query,
        now=query.range_start,
        minimum_notice=timedelta(),
        horizon_days=None,
        first_on=None,
        last_on=None,
        max_per_day=None,
        max_per_week=None,
    )
    closed = {one.on for one in dutch_holidays(first, until, language="nl")}
    found = defaultdict[date, list[datetime]](list)
    for slot in slots(unbound):
        on = slot.start.astimezone(zone).date()
        if on not in closed:
            found[on].append(slot.start)
    return found


def some(call_type: CallType, on: date, starts: list[datetime], number: int) -> list[datetime]:
    """So many of these, as far apart as their buffers ask, by chance of the day but the same each time."""
    apart = call_type.buffer_before + call_type.duration + call_type.buffer_after
    wanted = min(number, call_type.max_per_day or number)
    mixed = dice("starts", on).sample(starts, len(starts))
    chosen = list[datetime]()
    for start in mixed:
        if len(chosen) < wanted and all(abs(start - other) >= apart for other in chosen):
            chosen.append(start)
    return sorted(chosen)
