"""When a clock change matters for a time somebody reads."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.domain.clock_changes import ClockChange, changes_before

AMSTERDAM, NEW_YORK, LORD_HOWE = "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe"
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
SPRING = datetime(2027, 3, 28, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)


def found(*starts: datetime, zone: str = AMSTERDAM, now: datetime = NOW) -> list[ClockChange]:
    return changes_before(starts, zone=ZoneInfo(zone), now=now)


def test_change_is_told_by_its_first_instant_its_own_date_and_its_direction():
    assert found(SPRING + WEEK) == [ClockChange(ZoneInfo(AMSTERDAM), SPRING, date(2027, 3, 28), True)]
    autumn = datetime(2027, 10, 31, 1, tzinfo=UTC)
    assert found(autumn + WEEK) == [ClockChange(ZoneInfo(AMSTERDAM), autumn, date(2027, 10, 31), False)]


@pytest.mark.parametrize(
    ("start", "matters"),
    [
        (SPRING - MINUTE, False),
        (SPRING, True),
        (SPRING + WEEK, True),
        (SPRING + WEEK + MINUTE, False),
    ],
)
def test_it_matters_from_its_first_instant_until_a_week_after(start, matters):
    assert bool(found(start)) is matters


def test_change_that_is_over_matters_no_more():
    assert found(SPRING + WEEK, now=SPRING - timedelta(seconds=1)) != []
    assert found(SPRING + WEEK, now=SPRING) == []


def test_each_zone_has_its_own_date():
    assert [change.on for change in found(datetime(2027, 3, 16, 14, tzinfo=UTC), zone=NEW_YORK)] == [
        date(2027, 3, 14)
    ]
    assert found(datetime(2027, 3, 16, 14, tzinfo=UTC)) == []


def test_half_hour_change_and_a_local_date_ahead_of_utc():
    (change,) = found(datetime(2027, 4, 6, tzinfo=UTC), zone=LORD_HOWE)
    assert (change.at, change.on, change.is_forward) == (
        datetime(2027, 4, 3, 15, tzinfo=UTC),
        date(2027, 4, 4),
        False,
    )


def test_several_starts_find_each_change_once():
    starts = [NOW + timedelta(days=number) for number in range(300)]
    assert [change.on for change in found(*starts)] == [date(2027, 3, 28), date(2027, 10, 31)]


def test_zone_without_changes_has_none():
    assert found(*(NOW + WEEK * number for number in range(52)), zone="Asia/Kolkata") == []
    assert found() == []


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),
    st.integers(0, 60 * 24 * 40),
    st.sampled_from([AMSTERDAM, NEW_YORK, LORD_HOWE, "Asia/Tehran", "UTC"]),
)
def test_it_agrees_with_looking_at_every_hour(now: datetime, minutes: int, zone: str):
    start = now + minutes * MINUTE
    clock = ZoneInfo(zone)
    first = max(now, start - WEEK)
    hours = [first + number * timedelta(hours=1) for number in range(int((start - first) / WEEK * 168) + 1)]
    offsets = [at.astimezone(clock).utcoffset() for at in [*hours, start]]
    expected = sum(1 for one, other in pairwise(offsets) if one != other)
    assert len(changes_before([start], zone=clock, now=now)) == expected
