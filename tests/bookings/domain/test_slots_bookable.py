"""One start asked about, the nearest ones, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.domain.slots import (
    Slot,
    Taken,
    is_bookable,
    nearest,
    slots,
)
from tests.bookings.domain.builders import (
    AMSTERDAM,
    AUCKLAND,
    at,
    booking,
    days,
    friday,
    interval,
    minutes,
    weekly,
)


# Bookable and nearest ------------------------------------------------------------------------------------
def test_every_listed_start_is_bookable_in_any_zone() -> None:
    query = friday(taken=(booking("2026-11-27 10:00"),))
    for slot in slots(query):
        assert is_bookable(query, slot.start)
        assert is_bookable(query, slot.start.astimezone(ZoneInfo(AUCKLAND)))


@pytest.mark.parametrize(
    "start",
    [
        at("2026-11-27 10:00"),  # taken
        at("2026-11-27 09:15"),  # off the grid
        at("2026-11-27 09:00:01"),
        at("2026-11-27 09:29:59"),
        at("2026-11-27 08:30"),  # before hours
        at("2026-11-27 12:00"),  # after hours
        at("2026-11-20 09:00"),  # outside the range asked about
        at("2026-12-04 09:00"),
        datetime(1, 1, 1, tzinfo=ZoneInfo(AUCKLAND)),
        datetime(9999, 12, 31, 23, 59, tzinfo=ZoneInfo("America/Los_Angeles")),
    ],
)
def test_a_start_that_is_not_listed_is_refused(start: datetime) -> None:
    assert not is_bookable(friday(taken=(booking("2026-11-27 10:00"),)), start)


def test_a_start_in_the_missing_hour_is_the_instant_after_it() -> None:
    query = days("2027-03-28", "2027-03-29", rules=weekly("7", "01:00-04:00"), slot_interval=minutes(60))
    assert is_bookable(query, at("2027-03-28 02:00"))  # by the offset before the gap this is 03:00
    assert not is_bookable(query, at("2027-03-28 02:30"))


def test_a_start_inside_notice_beyond_horizon_or_on_a_full_day_is_refused() -> None:
    start = at("2026-11-27 09:00")
    assert is_bookable(friday(), start)
    assert not is_bookable(friday(minimum_notice=timedelta(days=8)), start)
    assert not is_bookable(friday(horizon_days=6), start)
    assert not is_bookable(friday(max_per_day=1, taken=(booking("2026-11-27 17:00"),)), start)
    assert not is_bookable(friday(max_per_week=1, taken=(booking("2026-11-23 17:00"),)), start)


def test_the_three_nearest_starts_come_in_order_of_time() -> None:
    query = friday(taken=(booking("2026-11-27 10:30"),))
    found = nearest(query, at("2026-11-27 10:30"))
    assert [f"{slot.start.astimezone(ZoneInfo(AMSTERDAM)):%H:%M}" for slot in found] == [
        "09:30",
        "10:00",
        "11:00",
    ]


def test_fewer_starts_than_asked_for_are_all_given() -> None:
    query = friday(rules=weekly("5", "09:00-09:30"))
    only = Slot(datetime(2026, 11, 27, 8, tzinfo=UTC), datetime(2026, 11, 27, 8, 30, tzinfo=UTC))
    assert nearest(query, at("2026-11-25 09:00", AUCKLAND)) == [only]
    assert nearest(friday(rules=()), at("2026-11-27 09:00")) == []


# Refusals ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    [
        {"duration": minutes(0)},
        {"duration": minutes(1441)},
        {"slot_interval": minutes(0)},
        {"slot_interval": timedelta(seconds=59)},
        {"buffer_before": minutes(-1)},
        {"buffer_after": minutes(-1)},
        {"minimum_notice": minutes(-1)},
        {"minimum_notice": timedelta.max},
        {"horizon_days": -1},
        {"horizon_days": 999_999_999},
        {"now": datetime(2026, 11, 20, 8)},
        {"range_start": datetime(2026, 11, 20, 8)},
        {"range_end": datetime(2026, 11, 20, 8)},
    ],
)
def test_a_query_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must|no time zone"):
        friday(**change)


def test_a_booking_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 20, 8)
    with pytest.raises(ValueError, match="no time zone"):
        Taken(naive, interval("2026-11-27 09:00", "2026-11-27 10:00"), True)
