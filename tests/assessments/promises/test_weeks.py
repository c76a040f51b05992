"""The Fridays of a promise, across the changes of the clock too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assessments.promises import weeks

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FRIDAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("made_on", "first_on"),
    [
        (date(2026, 11, 23), FRIDAY),
        (date(2026, 11, 25), FRIDAY),  # on Wednesday just two days before
        (date(2026, 11, 26), FRIDAY + weeks.WEEK),
        (FRIDAY, FRIDAY + weeks.WEEK),
        (date(2026, 11, 29), FRIDAY + weeks.WEEK),
    ],
)
def test_the_first_friday_is_at_least_two_days_after(made_on: date, first_on: date) -> None:
    assert weeks.first_friday(made_on) == first_on


def test_on_every_day_of_a_leap_year_it_is_a_friday_between_two_and_eight_days_away() -> None:
    for day in (date(2028, 1, 1) + timedelta(days=n) for n in range(366)):
        first = weeks.first_friday(day)
        assert (first.isoweekday(), 2 <= (first - day).days <= 8) == (5, True)


@pytest.mark.parametrize(
    ("made_on", "hours"),
    [
        (date(2026, 10, 12), [13, 13, 14, 14, 14, 14]),  # winter time begins on 25 October
        (date(2027, 3, 8), [14, 14, 14, 13, 13, 13]),  # summer time on 28 March
    ],
)
def test_it_is_three_in_the_afternoon_before_and_after_a_change_of_the_clock(
    made_on: date, hours: list[int]
) -> None:
    asked = [weeks.asked_at(friday, AMSTERDAM) for friday in weeks.fridays(weeks.first_friday(made_on))]
    assert [at.hour for at in asked] == hours  # in UTC
    assert {at.tzinfo for at in asked} == {UTC}
    assert {at.astimezone(AMSTERDAM).strftime("%a %H:%M") for at in asked} == {"Fri 15:00"}
    assert len({at.astimezone(AMSTERDAM).date() for at in asked}) == weeks.WEEKS


def test_a_late_mail_is_of_use_until_sunday_afternoon() -> None:
    until = weeks.of_use_until(date(2026, 10, 23), AMSTERDAM)
    assert until == datetime(2026, 10, 25, 15, tzinfo=AMSTERDAM)  # 49 hours by the watch: the clock went back


def test_the_weeks_that_have_come_count_their_friday() -> None:
    thursday = FRIDAY - timedelta(days=1)
    assert weeks.weeks_come(FRIDAY, thursday) == ()
    assert weeks.weeks_come(FRIDAY, FRIDAY) == (1,)
    assert weeks.weeks_come(FRIDAY, FRIDAY + 2 * weeks.WEEK) == (1, 2, 3)
    assert weeks.weeks_come(FRIDAY, FRIDAY + 20 * weeks.WEEK) == (1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize(
    ("week", "days", "ended", "can"),
    [
        (1, -1, None, False),
        (1, 0, None, True),
        (1, 27, None, True),
        (1, 28, None, False),
        (2, 6, None, False),
        (2, 7, None, True),
        (2, 7, 0, False),  # ended on the Friday before
        (2, 9, 7, True),  # ended on its own Friday: that week was lived
        (0, 50, None, False),
        (7, 50, None, False),
        (10**9, 50, None, False),
    ],
)
def test_a_week_can_be_answered_for_four_weeks_from_its_friday(
    week: int, days: int, ended: int | None, can: bool
) -> None:
    ended_on = None if ended is None else FRIDAY + timedelta(days=ended)
    assert weeks.can_answer(FRIDAY, week, FRIDAY + timedelta(days=days), ended_on) is can


def test_a_promise_is_over_a_week_after_its_last_friday() -> None:
    assert weeks.over_on(FRIDAY) == weeks.fridays(FRIDAY)[-1] + weeks.WEEK
