"""The last day of a round, as people say it, and the instant at which it is over. Dutch days: the team's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from portal.common import times


def end_of(on: date) -> datetime:
    """The midnight that ends this day."""
    return datetime.combine(on + timedelta(days=1), time(), tzinfo=times.zone(times.HOST_ZONE)).astimezone(UTC)


def last_day(closes_at: datetime) -> str:
    """'donderdag 26 november 2026'."""
    return times.long_date(closes_at - timedelta(microseconds=1), times.HOST_ZONE)


def last_short_day(closes_at: datetime) -> str:
    return times.near_date(closes_at - timedelta(microseconds=1), times.HOST_ZONE)


def today() -> date:
    return times.local(times.now(), times.HOST_ZONE).date()
