"""Slots where clocks change, and for a visitor in another zone."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bookings.domain.slots import MAX_RANGE, slots
from tests.bookings.domain.builders import (
    AUCKLAND,
    LORD_HOWE,
    NEW_YORK,
    at,
    days,
    friday,
    minutes,
    offset,
    weekly,
)


# Clock changes -------------------------------------------------------------------------------------------
def test_a_night_in_spring_holds_five_hours_and_no_start_in_the_skipped_hour() -> None:
    rules = weekly("7", "00:00-06:00")
    query = days("2027-03-28", "2027-03-29", rules=rules, duration=minutes(60), slot_interval=minutes(60))
    assert offset(query) == [
        "03-28 00:00+01:00",
        "03-28 01:00+01:00",
        "03-28 03:00+02:00",
        "03-28 04:00+02:00",
        "03-28 05:00+02:00",
    ]


def test_a_night_in_autumn_holds_seven_hours_and_both_instants_of_the_repeated_hour() -> None:
    rules = weekly("7", "00:00-06:00")
    query = days("2026-10-25", "2026-10-26", rules=rules, duration=minutes(60), slot_interval=minutes(60))
    assert offset(query) == [
        "10-25 00:00+02:00",
        "10-25 01:00+02:00",
        "10-25 02:00+02:00",
        "10-25 02:00+01:00",
        "10-25 03:00+01:00",
        "10-25 04:00+01:00",
        "10-25 05:00+01:00",
    ]


def test_time_inside_a_window_is_elapsed_time() -> None:
    query = days(
        "2026-10-25",
        "2026-10-26",
        rules=weekly("7", "01:15-04:15"),
        duration=minutes(50),
        slot_interval=minutes(50),
    )
    assert offset(query) == [
        "10-25 01:15+02:00",
        "10-25 02:05+02:00",
        "10-25 02:55+02:00",
        "10-25 02:45+01:00",
    ]


def test_the_half_hour_of_lord_howe_is_skipped_and_repeated() -> None:
    spring = days("2026-10-04", "2026-10-05", LORD_HOWE, rules=weekly("7", "01:30-03:00"))
    autumn = days("2027-04-04", "2027-04-05", LORD_HOWE, rules=weekly("7", "01:00-02:30"))
    assert offset(spring) == ["10-04 01:30+10:30", "10-04 02:30+11:00"]
    assert offset(autumn) == [
        "04-04 01:00+11:00",
        "04-04 01:30+11:00",
        "04-04 01:30+10:30",
        "04-04 02:00+10:30",
    ]


def test_new_york_skips_and_repeats_its_own_hour() -> None:
    spring = days("2027-03-14", "2027-03-15", NEW_YORK, rules=weekly("7", "01:30-03:30"))
    autumn = days("2026-11-01", "2026-11-02", NEW_YORK, rules=weekly("7", "01:30-02:30"))
    assert offset(spring) == ["03-14 01:30-05:00", "03-14 03:00-04:00"]
    assert offset(autumn) == [
        "11-01 01:30-04:00",
        "11-01 01:00-05:00",
        "11-01 01:30-05:00",
        "11-01 02:00-05:00",
    ]


def test_a_missing_wall_time_uses_the_offset_before_the_gap() -> None:
    query = days("2027-03-28", "2027-03-29", rules=weekly("7", "02:30-05:00"))
    assert offset(query) == ["03-28 03:30+02:00", "03-28 04:00+02:00", "03-28 04:30+02:00"]


def test_a_window_that_the_clock_change_turns_around_is_closed() -> None:
    assert offset(days("2027-03-28", "2027-03-29", rules=weekly("7", "02:30-03:15"))) == []


def test_a_repeated_wall_time_is_its_first_instant() -> None:
    assert offset(days("2026-10-25", "2026-10-26", rules=weekly("7", "02:15-02:45"))) == ["10-25 02:15+02:00"]


def test_a_midnight_that_does_not_exist_starts_the_day_at_the_change() -> None:
    query = days("2026-09-06", "2026-09-07", "America/Santiago", rules=weekly("7", "00:00-02:00"))
    assert offset(query) == ["09-06 01:00-03:00", "09-06 01:30-03:00"]


# Visitor zone --------------------------------------------------------------------------------------------
def test_one_host_day_splits_over_two_dates_of_a_visitor() -> None:
    query = friday(rules=weekly("5", "11:00-13:00"))
    visitor = [f"{slot.start.astimezone(ZoneInfo(AUCKLAND)):%m-%d %H:%M}" for slot in slots(query)]
    assert visitor == ["11-27 23:00", "11-27 23:30", "11-28 00:00", "11-28 00:30"]


def test_a_year_of_starts_is_the_most_that_is_listed() -> None:
    query = friday(rules=weekly("5", "09:00-09:30"), range_end=at("2126-11-27 00:00"))
    assert len(slots(query)) == 53
    assert slots(query)[-1].start - query.range_start < MAX_RANGE
