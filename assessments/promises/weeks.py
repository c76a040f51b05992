"""The Fridays of a promise: from when on, how many, at what hour, and how long one can be answered. Pure.

Dates are those of the host's wall clock, and so is the hour: across a clock change it stays the same.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

WEEKS = 6
FRIDAY = 4
HOUR = time(15)  # the week is nearly over, and nobody has gone home yet
AHEAD = timedelta(days=2)  # sooner there was no time to do anything
WEEK = timedelta(days=7)
OPEN = timedelta(days=28)  # what happened longer ago nobody remembers
OF_USE = timedelta(days=2)  # a mail that could not leave on Friday may do so until Sunday, 15:00


def first_friday(made_on: date) -> date:
    """The first Friday that is at least two days after the promise."""
    earliest = made_on + AHEAD
    return earliest + timedelta(days=(FRIDAY - earliest.weekday()) % 7)


def friday_of(first_on: date, week: int) -> date:
    return first_on + (week - 1) * WEEK


def fridays(first_on: date) -> tuple[date, ...]:
    return tuple(friday_of(first_on, week) for week in range(1, WEEKS + 1))


def asked_at(friday_on: date, zone: tzinfo) -> datetime:
    """The instant, in UTC, at which the mail of a Friday is due."""
    return datetime.combine(friday_on, HOUR, tzinfo=zone).astimezone(UTC)


def of_use_until(friday_on: date, zone: tzinfo) -> datetime:
    return asked_at(friday_on + OF_USE, zone)


def over_on(first_on: date) -> date:
    """The first day on which a promise stands no more: a week after its last Friday."""
    return first_on + WEEKS * WEEK


def weeks_come(first_on: date, until_on: date) -> tuple[int, ...]:
    """Which weeks have had their Friday on a day, that day included."""
    return tuple(week for week, friday in enumerate(fridays(first_on), 1) if friday <= until_on)


def can_answer(first_on: date, week: int, today: date, ended_on: date | None = None) -> bool:
    """Whether a week can be answered, or its answer changed: from its Friday on, for four weeks. A promise that ended
    before its Friday was not kept or broken that week."""
    if week not in range(1, WEEKS + 1):
        return False
    friday = friday_of(first_on, week)
    return friday <= today < friday + OPEN and (ended_on is None or friday <= ended_on)
