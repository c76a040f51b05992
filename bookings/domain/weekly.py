"""The same hours every week, as stretches of time: each by the clock of its own date."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bookings.domain.intervals import Interval, to_utc
from bookings.domain.slots import ONE_DAY, ONE_MINUTE

ONE_WEEK = timedelta(days=7)


def weekly_periods(first_on: date, until_on: date, start: time, end: time, zone: ZoneInfo) -> list[Interval]:
    """On `first_on` and every week after it, up to and including `until_on`; an end that is not after the start
    lies on the next day.

    What the clock skips is left out, and a stretch that is skipped whole is none. An hour that comes twice is
    taken twice, so that nothing the clock shows between the two times is missed.
    """
    found, on = [], first_on
    while on <= until_on:
        ends_on = on if end > start else on + ONE_DAY
        begins = shown_from(datetime.combine(on, start), zone)
        ends = shown_from(datetime.combine(ends_on, end), zone, fold=1)
        if begins < ends:
            found.append(Interval(begins, ends))
        if until_on - on < ONE_WEEK:
            break
        on += ONE_WEEK
    return found


def shown_from(wall: datetime, zone: ZoneInfo, *, fold: int = 0) -> datetime:
    """The instant at which the clock shows this; what it skips is the instant at which it skips."""
    moment = to_utc(wall.replace(tzinfo=zone, fold=fold))
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    # skipped: read by the clock of before it lies too late, by that of after too early
    early, late = (to_utc(wall.replace(tzinfo=zone, fold=side)) for side in (1, 0))
    before = early.astimezone(zone).utcoffset()
    steps = range((late - early) // ONE_MINUTE + 1)
    return next(
        at for step in steps if (at := early + step * ONE_MINUTE).astimezone(zone).utcoffset() != before
    )
