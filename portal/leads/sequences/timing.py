"""When a step leaves: so many days later, at an hour of the wall clock, on the days it may. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5
DAY = timedelta(days=1)
GRACE = timedelta(hours=2)  # a worker that was away may still send so long after the hour; then the next day


@dataclass(frozen=True)
class Moment:
    """`at` is a wall-clock time in `zone`; an hour that a clock change skips leaves an hour later, one that it
    gives twice leaves the first time."""

    days: int
    at: time
    weekdays_only: bool
    zone: ZoneInfo

    def may_be_on(self, day: date) -> bool:
        return not self.weekdays_only or day.weekday() < SATURDAY

    def on(self, day: date) -> datetime:
        return datetime.combine(day, self.at, tzinfo=self.zone)


def due_at(moment: Moment, begun_at: datetime) -> datetime:
    """`days` calendar days after `begun_at`, or the first day after that on which it may; never before it."""
    day = begun_at.astimezone(moment.zone).date() + moment.days * DAY
    return _first(moment, day, begun_at)


def next_at(moment: Moment, after: datetime) -> datetime:
    """The first time from `after` on at which it may leave."""
    return _first(moment, after.astimezone(moment.zone).date(), after)


def is_now(moment: Moment, now: datetime) -> bool:
    day = now.astimezone(moment.zone).date()
    return any(
        moment.may_be_on(one) and timedelta() <= _since(moment.on(one), now) <= GRACE
        for one in (day - DAY, day)
    )


def _first(moment: Moment, day: date, not_before: datetime) -> datetime:
    while not moment.may_be_on(day) or _since(not_before, moment.on(day)) < timedelta():
        day += DAY
    return moment.on(day)


def _since(earlier: datetime, later: datetime) -> timedelta:
    """In elapsed time: two wall clocks of one zone would be subtracted as they read."""
    return timedelta(seconds=later.timestamp() - earlier.timestamp())
