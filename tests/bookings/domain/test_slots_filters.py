"""What takes starts away: notice, horizon, range, limits, busy time and buffers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bookings.domain.intervals import Interval
from bookings.domain.slots import (
    SlotQuery,
    Taken,
    slots,
)
from tests.bookings.domain.builders import (
    AUCKLAND,
    KATHMANDU,
    at,
    booking,
    dated,
    days,
    friday,
    interval,
    minutes,
    times,
    weekly,
)

MORNING = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
EARLY = weekly("1234567", "00:00-00:30")


# Notice ------------------------------------------------------------------------------------------------
def test_a_start_exactly_at_the_notice_is_offered() -> None:
    query = friday(now=at("2026-11-27 08:00:00"), minimum_notice=minutes(90))
    assert times(query) == ["09:30", "10:00", "10:30", "11:00", "11:30"]


@pytest.mark.parametrize("late", [timedelta(seconds=1), timedelta.resolution])
def test_a_start_a_moment_inside_the_notice_is_gone(late: timedelta) -> None:
    query = friday(now=at("2026-11-27 08:00:00") + late, minimum_notice=minutes(90))
    assert times(query) == ["10:00", "10:30", "11:00", "11:30"]


def test_a_start_now_is_offered_and_one_in_the_past_is_not() -> None:
    assert times(friday(now=at("2026-11-27 10:30"))) == ["10:30", "11:00", "11:30"]
    assert times(friday(now=at("2026-11-27 10:30:01"))) == ["11:00", "11:30"]


def test_notice_is_elapsed_time_over_a_clock_change() -> None:
    query = days(
        "2026-10-25",
        "2026-10-26",
        rules=weekly("7", "08:00-12:00"),
        slot_interval=minutes(60),
        now=at("2026-10-24 10:00"),
        minimum_notice=timedelta(hours=24),
    )
    assert times(query) == ["09:00", "10:00", "11:00"]


def test_notice_of_a_day_is_not_rounded_to_whole_days() -> None:
    query = friday(now=at("2026-11-26 10:30"), minimum_notice=timedelta(hours=24))
    assert times(query) == ["10:30", "11:00", "11:30"]


# Horizon -----------------------------------------------------------------------------------------------
def test_half_past_midnight_the_whole_last_day_of_the_horizon_counts() -> None:
    rules = weekly("1234567", "00:00-00:30", "23:30-00:00")
    query = days("2026-11-27", "2026-12-05", rules=rules, now=at("2026-11-27 00:30"), horizon_days=2)
    assert dated(query) == ["11-27 23:30", "11-28 00:00", "11-28 23:30", "11-29 00:00", "11-29 23:30"]


def test_just_before_midnight_the_horizon_still_counts_from_today() -> None:
    query = days("2026-11-27", "2026-12-05", rules=EARLY, now=at("2026-11-27 23:59"), horizon_days=1)
    assert dated(query) == ["11-28 00:00"]


def test_the_horizon_counts_the_dates_of_the_host() -> None:
    # 26 November 20:00 in UTC is 27 November 01:45 in Kathmandu.
    now = datetime(2026, 11, 26, 20, tzinfo=UTC)
    query = days("2026-11-26", "2026-12-05", KATHMANDU, rules=EARLY, now=now, horizon_days=1)
    assert dated(query) == ["11-28 00:00"]


def test_a_horizon_over_the_clock_change_ends_at_midnight_of_the_host() -> None:
    rules = weekly("1234567", "23:00-00:00")
    query = days("2026-10-24", "2026-10-28", rules=rules, now=at("2026-10-24 12:00"), horizon_days=1)
    assert dated(query) == ["10-24 23:00", "10-24 23:30", "10-25 23:00", "10-25 23:30"]


def test_a_horizon_of_no_days_is_today() -> None:
    query = days(
        "2026-11-27",
        "2026-12-05",
        rules=weekly("56", "09:00-09:30"),
        now=at("2026-11-27 00:30"),
        horizon_days=0,
    )
    assert dated(query) == ["11-27 09:00"]


def test_fixed_dates_are_inclusive_at_both_ends_and_of_the_host() -> None:
    rules = weekly("1234567", "00:00-00:30", "23:30-00:00")
    query = days(
        "2026-11-20",
        "2026-12-05",
        KATHMANDU,
        rules=rules,
        first_on=date(2026, 11, 27),
        last_on=date(2026, 11, 28),
    )
    assert dated(query) == ["11-27 00:00", "11-27 23:30", "11-28 00:00", "11-28 23:30"]


@pytest.mark.parametrize(
    ("first_on", "last_on", "expected"),
    [
        (date.min, date.max, MORNING),
        (date(2026, 11, 28), date(2026, 11, 26), []),
        (date.max, None, []),
        (None, date.min, []),
    ],
)
def test_fixed_dates_may_lie_anywhere(
    first_on: date | None, last_on: date | None, expected: list[str]
) -> None:
    assert times(friday(first_on=first_on, last_on=last_on)) == expected


# Range -------------------------------------------------------------------------------------------------
def test_the_range_is_half_open_on_starts() -> None:
    query = friday(range_start=at("2026-11-27 09:30"), range_end=at("2026-11-27 10:30"))
    assert times(query) == ["09:30", "10:00"]


def test_a_slot_that_runs_past_the_end_of_the_range_is_in() -> None:
    query = friday(range_end=at("2026-11-27 10:01"), duration=minutes(90))
    assert times(query) == ["09:00", "09:30", "10:00"]


def test_a_slot_of_an_overnight_window_runs_past_the_last_day_of_the_range() -> None:
    query = friday(rules=weekly("5", "23:30-01:00"), duration=minutes(90))
    assert times(query) == ["23:30"]


def test_a_slot_runs_on_into_a_window_of_the_date_after_the_range() -> None:
    rules = (*weekly("5", "22:00-00:00"), *weekly("6", "00:00-01:00"))
    query = friday(rules=rules, duration=minutes(90), range_end=at("2026-11-27 23:15"))
    assert times(query) == ["22:00", "22:30", "23:00"]


def test_a_range_that_ends_before_it_starts_is_empty() -> None:
    assert slots(friday(range_end=at("2026-11-26 00:00"))) == []


@pytest.mark.parametrize("year", [1, 1900, 9999])
def test_a_range_in_another_age_is_empty(year: int) -> None:
    start = datetime(year, 1, 2, tzinfo=UTC)
    query = friday(range_start=start, range_end=start + timedelta(days=300))
    assert slots(query) == []


def test_an_endless_range_is_clamped_and_still_answers() -> None:
    query = friday(range_start=datetime.min.replace(tzinfo=UTC), range_end=datetime.max.replace(tzinfo=UTC))
    assert slots(query) == []


# Limits ------------------------------------------------------------------------------------------------
def test_a_day_below_its_limit_stays_open_and_at_its_limit_closes() -> None:
    taken = (booking("2026-11-27 07:00"), booking("2026-11-27 08:00"))
    assert times(friday(taken=taken, max_per_day=3)) == MORNING
    assert times(friday(taken=taken, max_per_day=2)) == []
    assert times(friday(taken=taken, max_per_day=1)) == []


def test_bookings_of_another_call_type_do_not_count() -> None:
    taken = (booking("2026-11-27 07:00"), booking("2026-11-27 10:00", counts=False))
    assert times(friday(taken=taken, max_per_day=2)) == ["09:00", "09:30", "10:30", "11:00", "11:30"]


def test_a_full_day_closes_that_date_of_the_host_only() -> None:
    # 27 November 00:00 in Kathmandu is 26 November 18:15 in UTC.
    start = at("2026-11-27 00:00", KATHMANDU)
    taken = (Taken(start, Interval(start, start + minutes(30)), True),)
    rules = weekly("1234567", "00:00-00:30", "23:30-00:00")
    query = days("2026-11-26", "2026-11-29", KATHMANDU, rules=rules, taken=taken, max_per_day=1)
    assert dated(query) == ["11-26 00:00", "11-26 23:30", "11-28 00:00", "11-28 23:30"]


def test_a_full_day_of_25_hours_is_closed_to_its_end() -> None:
    query = days(
        "2026-10-25",
        "2026-10-27",
        rules=weekly("17", "23:00-00:30"),
        taken=(booking("2026-10-25 09:00"),),
        max_per_day=1,
    )
    assert dated(query) == ["10-26 00:00", "10-26 23:00", "10-26 23:30"]


def test_a_full_iso_week_closes_from_monday_to_sunday() -> None:
    taken = (booking("2026-11-23 00:00"), booking("2026-11-29 23:30"))
    query = days("2026-11-22", "2026-12-01", rules=weekly("1234567", "09:00-09:30"), taken=taken)
    open_days = [f"11-{day} 09:00" for day in range(22, 31)]
    assert dated(query) == open_days
    full = days("2026-11-22", "2026-12-01", rules=query.rules, taken=taken, max_per_week=2)
    assert dated(full) == ["11-22 09:00", "11-30 09:00"]
    not_full = days("2026-11-22", "2026-12-01", rules=query.rules, taken=taken, max_per_week=3)
    assert dated(not_full) == open_days


def test_an_iso_week_runs_over_the_new_year() -> None:
    taken = (booking("2026-12-28 09:00"), booking("2027-01-03 10:00"))
    query = days(
        "2026-12-27", "2027-01-05", rules=weekly("1234567", "12:00-12:30"), taken=taken, max_per_week=2
    )
    assert dated(query) == ["12-27 12:00", "01-04 12:00"]


def test_a_week_of_the_host_is_not_that_of_utc() -> None:
    # Monday 30 November 00:30 in Auckland is Sunday in UTC.
    start = at("2026-11-30 00:30", AUCKLAND)
    taken = (Taken(start, Interval(start, start + minutes(30)), True),)
    query = days(
        "2026-11-29", "2026-12-01", AUCKLAND, rules=weekly("17", "12:00-12:30"), taken=taken, max_per_week=1
    )
    assert dated(query) == ["11-29 12:00"]


@pytest.mark.parametrize("limit", ["max_per_day", "max_per_week"])
def test_a_limit_of_none_at_all_closes_everything(limit: str) -> None:
    assert slots(friday(**{limit: 0})) == []


# Edges -------------------------------------------------------------------------------------------------
def test_back_to_back_is_no_conflict() -> None:
    query = friday(
        busy=(interval("2026-11-27 09:30", "2026-11-27 10:00"),),
        taken=(booking("2026-11-27 10:30"),),
    )
    assert times(query) == ["09:00", "10:00", "11:00", "11:30"]


@pytest.mark.parametrize(
    ("busy", "expected"),
    [
        (("2026-11-27 09:29:59", "2026-11-27 10:00:00"), ["10:00", "10:30", "11:00", "11:30"]),
        (("2026-11-27 09:30:00", "2026-11-27 10:00:01"), ["09:00", "10:30", "11:00", "11:30"]),
        (("2026-11-27 09:29:59.999999", "2026-11-27 10:00:00.000001"), ["10:30", "11:00", "11:30"]),
    ],
)
def test_the_smallest_overlap_is_a_conflict(busy: tuple[str, str], expected: list[str]) -> None:
    assert times(friday(busy=(interval(*busy),))) == expected


def test_a_busy_block_without_length_blocks_nothing() -> None:
    nothing = at("2026-11-27 10:10")
    query = friday(busy=(Interval(nothing, nothing),), buffer_before=minutes(15), buffer_after=minutes(15))
    assert times(query) == MORNING


def test_busy_blocks_that_overlap_and_come_unsorted_are_all_seen() -> None:
    busy = (
        interval("2026-11-27 11:30", "2026-11-27 11:40"),
        interval("2026-11-27 09:00", "2026-11-27 10:40"),
        interval("2026-11-27 09:10", "2026-11-27 09:20"),
    )
    assert times(friday(busy=busy)) == ["11:00"]


def test_time_blocked_for_ever_closes_everything() -> None:
    for_ever = Interval(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    assert slots(friday(busy=(for_ever,), buffer_before=minutes(15), buffer_after=minutes(15))) == []


# Buffers -----------------------------------------------------------------------------------------------
def test_buffers_may_stick_out_of_the_opening_hours() -> None:
    assert times(friday(buffer_before=minutes(15), buffer_after=minutes(30))) == MORNING


def quarters(**changes: object) -> SlotQuery:
    """Starts every quarter from 10:00 to 12:45; the worked example of the buffers."""
    return friday(
        rules=weekly("5", "10:00-13:15"),
        slot_interval=minutes(15),
        buffer_before=minutes(15),
        buffer_after=minutes(30),
        **changes,
    )


def test_the_buffers_of_two_calls_add_up() -> None:
    query = quarters(taken=(booking("2026-11-27 11:00", before=15, after=30),))
    assert times(query) == ["12:15", "12:30", "12:45"]
    before = quarters(taken=(booking("2026-11-27 12:00", before=15, after=30),))
    assert times(before) == ["10:00", "10:15", "10:30", "10:45"]


def test_busy_time_is_bare() -> None:
    query = quarters(busy=(interval("2026-11-27 11:00", "2026-11-27 11:30"),))
    assert times(query) == ["10:00", "11:45", "12:00", "12:15", "12:30", "12:45"]


def test_a_buffer_after_and_a_buffer_before_are_mirror_images() -> None:
    block = (interval("2026-11-27 10:15", "2026-11-27 10:45"),)
    after = friday(busy=block, slot_interval=minutes(15), buffer_after=minutes(30))
    before = friday(busy=block, slot_interval=minutes(15), buffer_before=minutes(30))
    assert times(after) == ["09:00", "09:15", "10:45", "11:00", "11:15", "11:30"]
    assert times(before) == ["09:00", "09:15", "09:30", "09:45", "11:15", "11:30"]


def test_two_call_types_keep_the_buffers_each_was_booked_with() -> None:
    other = booking("2026-11-27 10:00", length=20, before=5, after=25)
    query = friday(
        taken=(other,), slot_interval=minutes(5), buffer_before=minutes(10), buffer_after=minutes(0)
    )
    # Its footprint is 09:55-10:45: the last call before ends at 09:55, the first one after starts at 10:55.
    assert times(query) == [
        "09:00", "09:05", "09:10", "09:15", "09:20", "09:25",
        "10:55", "11:00", "11:05", "11:10", "11:15", "11:20", "11:25", "11:30",
    ]  # fmt: skip


def test_a_footprint_from_the_day_before_reaches_over_midnight() -> None:
    query = friday(rules=weekly("5", "00:00-02:00"), taken=(booking("2026-11-26 23:30", after=45),))
    assert times(query) == ["01:00", "01:30"]
