"""Opening hours, grid and clock: the rows of the slot rules, each compared as a whole list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.domain.slots import LOOK_BACK, WeeklyRule, Window, slots
from tests.bookings.domain.builders import (
    AMSTERDAM,
    AUCKLAND,
    KATHMANDU,
    LORD_HOWE,
    NEW_YORK,
    at,
    dated,
    days,
    friday,
    interval,
    minutes,
    offset,
    times,
    weekly,
    window,
)

MORNING = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]


def test_an_open_morning_is_listed_whole() -> None:
    assert times(friday()) == MORNING


def test_a_slot_is_given_in_utc_with_its_end() -> None:
    first = slots(friday())[0]
    assert (first.start, first.end) == (
        datetime(2026, 11, 27, 8, tzinfo=UTC),
        datetime(2026, 11, 27, 8, 30, tzinfo=UTC),
    )
    assert first.start.tzinfo is UTC


# Rules -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("zone", "first", "until", "expected"),
    [
        (AMSTERDAM, "2026-10-23", "2026-10-31", ["10-23 09:00+02:00", "10-30 09:00+01:00"]),
        (AMSTERDAM, "2027-03-26", "2027-04-03", ["03-26 09:00+01:00", "04-02 09:00+02:00"]),
        (NEW_YORK, "2026-10-30", "2026-11-07", ["10-30 09:00-04:00", "11-06 09:00-05:00"]),
        (NEW_YORK, "2027-03-12", "2027-03-20", ["03-12 09:00-05:00", "03-19 09:00-04:00"]),
        (LORD_HOWE, "2026-10-02", "2026-10-10", ["10-02 09:00+10:30", "10-09 09:00+11:00"]),
        (LORD_HOWE, "2027-04-02", "2027-04-10", ["04-02 09:00+11:00", "04-09 09:00+10:30"]),
        (KATHMANDU, "2026-11-27", "2026-12-05", ["11-27 09:00+05:45", "12-04 09:00+05:45"]),
    ],
)
def test_a_rule_keeps_its_wall_time_on_both_sides_of_a_clock_change(
    zone: str, first: str, until: str, expected: list[str]
) -> None:
    assert offset(days(first, until, zone, rules=weekly("5", "09:00-09:30"))) == expected


def test_weekdays_are_iso_from_monday_1_to_sunday_7() -> None:
    query = days("2026-11-23", "2026-11-30", rules=weekly("17", "09:00-09:30"))
    assert dated(query) == ["11-23 09:00", "11-29 09:00"]


@pytest.mark.parametrize("weekday", [0, 8, -1])
def test_a_weekday_that_does_not_exist_is_refused(weekday: int) -> None:
    with pytest.raises(ValueError, match="1 is Monday"):
        WeeklyRule(weekday, window("09:00-10:00"))


# Windows -----------------------------------------------------------------------------------------------
def test_a_window_includes_its_start_and_excludes_its_end() -> None:
    assert times(friday(rules=weekly("5", "09:00-10:30"))) == ["09:00", "09:30", "10:00"]


def test_a_call_that_does_not_fit_before_the_end_is_not_listed() -> None:
    assert times(friday(rules=weekly("5", "09:00-10:29"))) == ["09:00", "09:30"]


def test_an_end_at_24_00_is_the_next_midnight() -> None:
    query = days("2026-11-27", "2026-11-29", rules=weekly("5", "22:30-00:00"))
    assert dated(query) == ["11-27 22:30", "11-27 23:00", "11-27 23:30"]


def test_midnight_to_midnight_is_the_whole_day() -> None:
    query = days("2026-11-27", "2026-11-29", rules=weekly("5", "00:00-00:00"), slot_interval=minutes(480))
    assert dated(query) == ["11-27 00:00", "11-27 08:00", "11-27 16:00"]


def test_an_overnight_window_belongs_to_the_day_it_starts_on() -> None:
    query = days("2026-11-23", "2026-11-30", rules=weekly("5", "22:00-02:00"), slot_interval=minutes(60))
    assert dated(query) == ["11-27 22:00", "11-27 23:00", "11-28 00:00", "11-28 01:00"]


def test_an_overnight_window_of_sunday_is_listed_on_monday_of_the_next_week() -> None:
    query = days("2026-11-23", "2026-11-24", rules=weekly("7", "22:00-01:00"))
    assert dated(query) == ["11-23 00:00", "11-23 00:30"]


def test_a_window_that_ends_where_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="whole day"):
        Window(time(9), time(9))


def test_a_window_with_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        Window(time(9, tzinfo=UTC), time(10, tzinfo=UTC))


# Merge -------------------------------------------------------------------------------------------------
def test_a_long_call_crosses_the_seam_of_two_windows_that_touch() -> None:
    rules = weekly("5", "10:00-11:00", "09:00-10:00")
    assert times(friday(rules=rules, duration=minutes(90))) == ["09:00", "09:30"]


def test_windows_with_a_gap_stay_apart() -> None:
    rules = weekly("5", "09:00-10:00", "10:01-11:00")
    assert times(friday(rules=rules, duration=minutes(60))) == ["09:00"]


def test_windows_that_overlap_are_one_grid() -> None:
    rules = weekly("5", "09:00-10:15", "10:00-11:30", "09:10-09:20")
    assert times(friday(rules=rules)) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_windows_that_touch_at_midnight_are_one_window() -> None:
    rules = (*weekly("5", "22:00-00:00"), *weekly("6", "00:00-01:30"))
    query = days("2026-11-27", "2026-11-29", rules=rules, duration=minutes(60), slot_interval=minutes(45))
    assert dated(query) == ["11-27 22:00", "11-27 22:45", "11-27 23:30", "11-28 00:15"]


def test_windows_merge_on_the_utc_line_over_the_missing_hour() -> None:
    rules = weekly("7", "01:00-02:00", "03:00-04:00")
    query = days("2027-03-28", "2027-03-29", rules=rules, duration=minutes(90))
    assert offset(query) == ["03-28 01:00+01:00", "03-28 01:30+01:00"]


def test_hours_that_never_close_start_their_grid_anew_on_monday() -> None:
    rules = weekly("1234567", "00:00-00:00")
    query = days("2026-11-29 20:00", "2026-11-30 04:00", rules=rules, slot_interval=minutes(100))
    # Monday 23 November 00:00 + 99 and 100 x 100 minutes; then from Monday 30 November 00:00 on.
    assert dated(query) == [
        "11-29 21:00",
        "11-29 22:40",
        "11-30 00:00",
        "11-30 01:40",
        "11-30 03:20",
    ]


def test_a_long_opening_keeps_the_grid_of_its_beginning_over_its_first_monday() -> None:
    rules = weekly("1234567", "00:00-00:00")
    overrides = {date(2026, 11, 24): (window("09:30-00:00"),)}

    def on_monday(first: str, until: str) -> list[str]:
        return dated(days(first, until, rules=rules, overrides=overrides, slot_interval=minutes(100)))

    # 24 November 09:30 + 81, 82, 83 x 100 minutes; a week later the hours have no beginning any more.
    assert on_monday("2026-11-30", "2026-11-30 04:00") == ["11-30 00:30", "11-30 02:10", "11-30 03:50"]
    assert on_monday("2026-12-07", "2026-12-07 04:00") == ["12-07 00:00", "12-07 01:40", "12-07 03:20"]


@pytest.mark.parametrize("weekday", range(7))
def test_overrides_before_the_look_back_decide_nothing(weekday: int) -> None:
    monday = at("2026-11-30 00:00")
    query = days(
        "2026-11-30", "2026-12-10", rules=weekly("1234567", "00:00-00:00"), slot_interval=minutes(100)
    )  # fmt: skip
    query = replace(query, range_start=monday + timedelta(days=weekday), now=monday)
    first_on = query.range_start.astimezone(ZoneInfo(AMSTERDAM)).date()
    moved = {}
    for back in range(1, 40):
        closed_once = {first_on - timedelta(days=back): (window("09:30-00:00"),)}
        moved[back] = slots(replace(query, overrides=closed_once)) != slots(query)
    assert [back for back, differs in moved.items() if differs] == list(range(1, weekday + 8))
    assert timedelta(days=weekday + 8) <= LOOK_BACK


# Overrides ---------------------------------------------------------------------------------------------
def test_an_override_without_windows_closes_the_date() -> None:
    query = days("2026-11-20", "2026-12-05", rules=weekly("5", "09:00-09:30"))
    closed = {date(2026, 11, 27): ()}
    assert dated(query) == ["11-20 09:00", "11-27 09:00", "12-04 09:00"]
    assert dated(days("2026-11-20", "2026-12-05", rules=query.rules, overrides=closed)) == [
        "11-20 09:00",
        "12-04 09:00",
    ]


def test_an_override_opens_a_date_without_rules() -> None:
    overrides = {date(2026, 11, 28): (window("14:00-15:00"),)}
    query = days("2026-11-28", "2026-11-29", overrides=overrides)
    assert dated(query) == ["11-28 14:00", "11-28 14:30"]


def test_an_override_replaces_all_windows_of_its_date() -> None:
    overrides = {date(2026, 11, 27): (window("10:15-11:15"),)}
    rules = weekly("5", "09:00-12:00", "13:00-17:00")
    assert times(friday(rules=rules, overrides=overrides)) == ["10:15", "10:45"]


def test_an_override_with_a_lunch_break_has_two_grids() -> None:
    overrides = {date(2026, 11, 27): (window("12:45-13:45"), window("11:00-12:00"))}
    assert times(friday(overrides=overrides)) == ["11:00", "11:30", "12:45", "13:15"]


def test_an_override_cuts_off_the_spill_of_the_night_before_at_midnight() -> None:
    rules = weekly("5", "22:00-02:00")
    query = days(
        "2026-11-27", "2026-11-29", rules=rules, overrides={date(2026, 11, 28): (window("10:00-10:30"),)}
    )
    assert dated(query) == ["11-27 22:00", "11-27 22:30", "11-27 23:00", "11-27 23:30", "11-28 10:00"]


def test_a_closed_date_cuts_off_the_spill_of_an_override_before_it() -> None:
    overrides = {date(2026, 11, 27): (window("23:00-01:00"),), date(2026, 11, 28): ()}
    assert dated(days("2026-11-27", "2026-11-29", overrides=overrides)) == ["11-27 23:00", "11-27 23:30"]


def test_an_override_spills_into_a_date_without_override_and_leaves_its_rules() -> None:
    overrides = {date(2026, 11, 26): (window("23:30-00:30"),)}
    query = days("2026-11-26", "2026-11-28", rules=weekly("5", "09:00-09:30"), overrides=overrides)
    assert dated(query) == ["11-26 23:30", "11-27 00:00", "11-27 09:00"]


@pytest.mark.parametrize(("zone", "hours"), [(KATHMANDU, "02:00-03:00"), (NEW_YORK, "21:00-22:00")])
def test_an_override_is_keyed_by_the_date_of_the_host_not_of_utc(zone: str, hours: str) -> None:
    query = days(
        "2026-11-26", "2026-11-29", zone, rules=weekly("4567", hours), overrides={date(2026, 11, 27): ()}
    )
    start = hours[:5]
    half_past = f"{start[:3]}30"
    assert dated(query) == [f"11-26 {start}", f"11-26 {half_past}", f"11-28 {start}", f"11-28 {half_past}"]


# Grid and interval ---------------------------------------------------------------------------------------
def test_visitors_in_two_zones_see_the_same_starts() -> None:
    seen = [
        slots(
            friday(
                range_start=friday().range_start.astimezone(zone),
                range_end=friday().range_end.astimezone(zone),
            )
        )
        for zone in (ZoneInfo(AUCKLAND), ZoneInfo(KATHMANDU), ZoneInfo(NEW_YORK), UTC)
    ]
    assert seen == [slots(friday())] * 4


def test_the_grid_of_a_host_at_a_quarter_hour_offset_is_his_own() -> None:
    query = days("2026-11-27", "2026-11-28", KATHMANDU, rules=weekly("5", "09:10-10:10"))
    assert offset(query) == ["11-27 09:10+05:45", "11-27 09:40+05:45"]


def test_a_range_that_starts_off_the_grid_does_not_move_it() -> None:
    assert times(friday(range_start=at("2026-11-27 10:07"))) == ["10:30", "11:00", "11:30"]


def test_a_range_that_starts_inside_a_night_does_not_move_the_grid() -> None:
    query = days("2026-11-28", "2026-11-29", rules=weekly("5", "21:50-01:30"), slot_interval=minutes(40))
    assert dated(query) == ["11-28 00:30"]
    assert dated(days("2026-11-27", "2026-11-29", rules=query.rules, slot_interval=minutes(40))) == [
        "11-27 21:50",
        "11-27 22:30",
        "11-27 23:10",
        "11-27 23:50",
        "11-28 00:30",
    ]


def test_busy_time_filters_and_does_not_move_the_grid() -> None:
    query = friday(busy=(interval("2026-11-27 09:40", "2026-11-27 10:10"),))
    assert times(query) == ["09:00", "10:30", "11:00", "11:30"]


def test_notice_filters_and_does_not_move_the_grid() -> None:
    query = friday(now=at("2026-11-27 08:07"), minimum_notice=minutes(60))
    assert times(query) == ["09:30", "10:00", "10:30", "11:00", "11:30"]


def test_the_interval_is_independent_of_a_longer_duration() -> None:
    query = friday(duration=minutes(50))
    assert times(query) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_the_interval_is_independent_of_a_shorter_duration() -> None:
    query = friday(duration=minutes(20), slot_interval=minutes(70))
    assert times(query) == ["09:00", "10:10", "11:20"]
