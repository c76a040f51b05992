"""Which calls lie outside the hours: by cases, and against the engine's own starts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.domain.intervals import Interval
from bookings.domain.outside import Outside, WeekHours, find_outside
from bookings.domain.slots import SlotQuery, slots
from tests.bookings.domain import model
from tests.bookings.domain.builders import AMSTERDAM, interval, minutes, weekly, window
from tests.bookings.domain.test_slots_properties import modest, queries

FRIDAY = date(2026, 11, 27)
HOURS = WeekHours(weekly("5", "09:00-12:00", "13:00-17:00"), {})


def outside(call: Interval, hours: WeekHours = HOURS, *blocked: Interval) -> Outside | None:
    return find_outside([call], hours=hours, blocked=blocked, zone=ZoneInfo(AMSTERDAM)).get(call)


def on_friday(start: str, end: str) -> Interval:
    return interval(f"2026-11-27 {start}", f"2026-11-27 {end}")


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        ("09:00", "09:30", None),
        ("11:30", "12:00", None),  # ends where the hours end
        ("08:59", "09:29", Outside.HOURS),
        ("11:31", "12:01", Outside.HOURS),  # begins inside, runs over
        ("12:15", "12:45", Outside.HOURS),
        ("11:30", "13:30", Outside.HOURS),  # across the lunch
    ],
)
def test_a_call_lies_inside_when_one_stretch_of_open_time_holds_it(
    start: str, end: str, why: Outside | None
) -> None:
    assert outside(on_friday(start, end)) is why


def test_windows_that_touch_are_one_stretch_also_over_midnight() -> None:
    hours = WeekHours(weekly("5", "09:00-12:00", "12:00-00:00") + weekly("6", "00:00-02:00"), {})
    assert outside(on_friday("11:45", "12:15"), hours) is None
    assert outside(interval("2026-11-27 23:45", "2026-11-28 00:15"), hours) is None


def test_the_night_before_counts_until_the_date_has_hours_of_its_own() -> None:
    night = WeekHours(weekly("4", "22:00-02:00"), {})
    call = on_friday("01:00", "01:30")
    assert outside(call, night) is None
    assert outside(call, replace(night, overrides={FRIDAY: ()})) is Outside.HOURS


def test_hours_of_a_date_replace_those_of_the_week() -> None:
    other = WeekHours(HOURS.rules, {FRIDAY: (window("18:00-20:00"),)})
    assert outside(on_friday("09:00", "09:30"), other) is Outside.HOURS
    assert outside(on_friday("18:00", "18:30"), other) is None


def test_blocked_time_that_touches_a_call_does_not_meet_it() -> None:
    call = on_friday("10:00", "10:30")
    assert outside(call, HOURS, on_friday("09:00", "10:00"), on_friday("10:30", "12:00")) is None
    assert outside(call, HOURS, on_friday("10:29", "12:00")) is Outside.BLOCKED
    assert outside(call, HOURS, on_friday("08:00", "10:01")) is Outside.BLOCKED
    assert outside(call, HOURS, on_friday("10:10", "10:11")) is Outside.BLOCKED


def test_no_hours_at_all_is_named_before_blocked_time() -> None:
    call = on_friday("12:15", "12:45")
    assert outside(call, HOURS, on_friday("12:00", "13:00")) is Outside.HOURS


def hours_of(query: SlotQuery) -> WeekHours:
    return WeekHours(query.rules, query.overrides)


@modest
@given(query=queries())
def test_whatever_the_engine_lists_lies_inside(query: SlotQuery) -> None:
    calls = [Interval(slot.start, slot.end) for slot in slots(query)]
    found = find_outside(calls, hours=hours_of(query), blocked=query.busy, zone=query.zone)
    assert found == {}


@modest
@given(query=queries(), first=st.integers(0, 4000), length=st.integers(1, 200))
def test_any_call_is_judged_as_the_dull_model_judges_its_minutes(
    query: SlotQuery, first: int, length: int
) -> None:
    dull = model.Model(replace(query, taken=()))
    start = dull.first + timedelta(days=22) + minutes(first)
    call = Interval(start, start + minutes(length))
    numbers = range(dull._number(call.start), dull._number(call.end))
    found = find_outside([call], hours=hours_of(query), blocked=query.busy, zone=query.zone)
    if not all(number in dull.open for number in numbers):
        assert found == {call: Outside.HOURS}
    elif any(number in dull.in_the_way for number in numbers):
        assert found == {call: Outside.BLOCKED}
    else:
        assert found == {}
