"""Why a day is empty: the same rules as the list of free starts, told one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.domain.reasons import DayReasons, Hours, explain
from bookings.domain.slots import Cause, SlotQuery, slots
from tests.bookings.domain.builders import AMSTERDAM, FRIDAY, at, booking, interval, minutes, weekly, window
from tests.bookings.domain.test_slots_properties import modest, queries

DAY = date(2026, 11, 27)


def clocks(starts: tuple[datetime, ...]) -> list[str]:
    return [f"{start.astimezone(ZoneInfo(AMSTERDAM)):%H:%M}" for start in starts]


def removed(day: DayReasons) -> dict[Cause, list[str]]:
    return {cause: clocks(starts) for cause, starts in day.removed.items()}


@modest
@given(query=queries(), number=st.integers(-1, 4))
def test_what_is_free_is_what_can_be_booked_and_every_start_of_the_grid_is_told_once(
    query: SlotQuery, number: int
) -> None:
    zone = query.zone
    on = query.range_start.astimezone(zone).date() + timedelta(days=number)
    midnights = [datetime.combine(day, datetime.min.time(), zone) for day in (on, on + timedelta(days=1))]
    that_day = replace(query, range_start=midnights[0], range_end=midnights[1])
    told = explain(query, on)
    assert list(told.free) == [slot.start for slot in slots(that_day)]
    assert sorted(chain(told.free, *told.removed.values())) == list(told.grid)
    for cause, starts in told.alone.items():
        assert set(starts) <= set(told.removed[cause])


def test_a_day_with_nothing_in_the_way_is_all_free() -> None:
    told = explain(FRIDAY, DAY)
    assert told.hours is Hours.WEEKLY
    assert clocks(told.free) == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
    assert told.free == told.grid
    assert told.removed == {}


@pytest.mark.parametrize(
    ("overrides", "hours", "count"),
    [
        ({DAY: ()}, Hours.CLOSED, 0),
        ({DAY: (window("13:00-14:00"),)}, Hours.OTHER, 2),
    ],
)
def test_a_date_with_hours_of_its_own_says_so(overrides: dict, hours: Hours, count: int) -> None:
    told = explain(replace(FRIDAY, overrides=overrides), DAY)
    assert told.hours is hours
    assert len(told.grid) == count


def test_a_weekday_without_hours_may_still_hold_the_night_before() -> None:
    saturday = DAY + timedelta(days=1)
    assert explain(FRIDAY, saturday).hours is Hours.NONE
    assert explain(FRIDAY, saturday).grid == ()
    told = explain(replace(FRIDAY, rules=weekly("5", "22:00-02:00")), saturday)
    assert told.hours is Hours.NONE
    assert clocks(told.free) == ["00:00", "00:30", "01:00", "01:30"]
    assert [clocks(span) for span in told.opened] == [["00:00", "02:00"]]


def test_blocked_time_takes_starts_with_the_buffers_of_the_call() -> None:
    block = interval("2026-11-27 10:00", "2026-11-27 10:30")
    query = replace(FRIDAY, busy=(block,), buffer_before=minutes(15), buffer_after=minutes(15))
    told = explain(query, DAY)
    assert removed(told) == {Cause.BUSY: ["09:30", "10:00", "10:30"]}
    assert told.alone == told.removed
    assert told.busy == (block,)


def test_time_that_stands_in_no_start_s_way_is_not_named() -> None:
    evening = interval("2026-11-27 20:00", "2026-11-27 21:00")
    assert explain(replace(FRIDAY, busy=(evening,)), DAY).busy == ()


def test_another_call_takes_starts_with_both_its_buffers() -> None:
    call = booking("2026-11-27 10:00", before=15, after=15)
    told = explain(replace(FRIDAY, taken=(call,), buffer_after=minutes(15)), DAY)
    assert removed(told) == {Cause.CALL: ["09:30", "10:00", "10:30"]}
    assert told.calls == (call.footprint,)


def test_notice_takes_the_starts_before_it_ends() -> None:
    query = replace(FRIDAY, now=at("2026-11-27 08:00"), minimum_notice=minutes(150))
    told = explain(query, DAY)
    assert removed(told) == {Cause.NOTICE: ["09:00", "09:30", "10:00"]}


def test_a_day_behind_the_horizon_is_outside_it_whatever_else_it_holds() -> None:
    query = replace(FRIDAY, now=at("2026-11-20 08:00"), horizon_days=6, max_per_day=0)
    told = explain(query, DAY)
    assert list(told.removed) == [Cause.HORIZON]
    assert told.alone == {}


def test_fixed_dates_are_a_cause_of_their_own() -> None:
    assert list(explain(replace(FRIDAY, last_on=DAY - timedelta(days=1)), DAY).removed) == [Cause.DATES]


@pytest.mark.parametrize(
    ("limits", "cause"),
    [
        ({"max_per_day": 1}, Cause.FULL_DAY),
        ({"max_per_week": 1}, Cause.FULL_WEEK),
        ({"max_per_day": 0}, Cause.FULL_DAY),
    ],
)
def test_a_full_day_or_week_is_named_before_the_calls_that_fill_it(limits: dict, cause: Cause) -> None:
    told = explain(replace(FRIDAY, taken=(booking("2026-11-27 10:00"),), **limits), DAY)
    assert list(told.removed) == [cause]
    assert "10:00" not in clocks(told.alone[cause])
    assert len(told.alone[cause]) == 5


def test_a_date_at_the_edge_of_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="edge"):
        explain(FRIDAY, date.max)
