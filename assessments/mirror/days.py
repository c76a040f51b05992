"""The last day of a round, as people say it, and the instant at which it is over. Dutch days: the team's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from portal.common import times


def end_of(on: date) -> datetime:
    """One minute before midnight: the day that people read is the day that was chosen."""
    return datetime.combine(on, time(23, 59), tzinfo=times.zone(times.HOST_ZONE)).astimezone(UTC)


def last_day(closes_at: datetime) -> str:
    """'donderdag 26 november 2026'."""
    return times.long_date(closes_at, times.HOST_ZONE)


def last_short_day(closes_at: datetime) -> str:
    return times.near_date(closes_at, times.HOST_ZONE)


def today() -> date:
    return times.local(times.now(), times.HOST_ZONE).date()
