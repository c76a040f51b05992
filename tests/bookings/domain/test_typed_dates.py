"""Dates as people write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.domain.typed_dates import MONTHS, TypedDateError, read_date, read_span

TODAY = date(2026, 12, 1)  # a Tuesday
NEW_YEAR = date(2027, 1, 3)


@pytest.mark.parametrize(
    "typed",
    [
        "3-1",
        "3/1",
        "3.1",
        "03-01",
        "3-1-2027",
        "3-1-27",
        "2027-01-03",
        "3 januari",
        "3 jan",
        "3 jan.",
        "3 Januari 2027",
        "3e januari",
        "3 january",
        "3rd January 2027",
        "January 3, 2027",
        "jan 3",
        "zondag 3 januari",
        "zo 3 jan",
        "Sunday, 3 January",
        "  3   JAN  ",
    ],
)
def test_one_day_is_read_however_it_is_written(typed: str) -> None:
    assert read_date(typed, today=TODAY) == NEW_YEAR
    assert read_span(typed, today=TODAY) == (NEW_YEAR, NEW_YEAR)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("24 dec t/m 3 jan", date(2026, 12, 24), NEW_YEAR),
        ("24 december tot en met 3 januari", date(2026, 12, 24), NEW_YEAR),
        ("24-12 t/m 3-1", date(2026, 12, 24), NEW_YEAR),
        ("24 dec – 3 jan", date(2026, 12, 24), NEW_YEAR),
        ("24 dec - 3 jan 2027", date(2026, 12, 24), NEW_YEAR),
        ("24-12-2026 - 3-1-2027", date(2026, 12, 24), NEW_YEAR),
        ("24 dec 2026 t/m 3 jan", date(2026, 12, 24), NEW_YEAR),
        ("24 t/m 28 dec", date(2026, 12, 24), date(2026, 12, 28)),
        ("24-28 dec", date(2026, 12, 24), date(2026, 12, 28)),
        ("24 t/m 28 december 2028", date(2028, 12, 24), date(2028, 12, 28)),
        ("do 24 dec t/m zo 3 jan", date(2026, 12, 24), NEW_YEAR),
        ("1 jan t/m 3 jan", date(2027, 1, 1), NEW_YEAR),
        ("vandaag t/m morgen", TODAY, TODAY + timedelta(days=1)),
        ("1 aug through 14 aug 2027", date(2027, 8, 1), date(2027, 8, 14)),
        ("29 feb", date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_a_span_has_both_its_days(typed: str, first: date, last: date) -> None:
    assert read_span(typed, today=TODAY) == (first, last)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "unknown"),
        ("ooit", "unknown"),
        ("30 feb", "unknown"),
        ("31-4", "unknown"),
        ("13-13", "unknown"),
        ("3 januarix", "unknown"),
        ("32 t/m 33 dec", "unknown"),
        ("1 jan t/m 2 jan t/m 3 jan", "unknown"),
        ("vrijdag 3 januari", "weekday"),
        ("24 dec tot 3 jan", "until"),
        ("24 dec until 3 jan", "until"),
        ("3-1-2027 t/m 24-12-2026", "order"),
        ("28-24 dec", "order"),
    ],
)
def test_what_is_no_date_says_why(typed: str, problem: str) -> None:
    with pytest.raises(TypedDateError) as refused:
        read_span(typed, today=TODAY)
    assert refused.value.problem == problem


def test_another_weekday_than_it_is_names_the_date() -> None:
    with pytest.raises(TypedDateError) as refused:
        read_date("vrijdag 3 januari", today=TODAY)
    assert refused.value.on == NEW_YEAR


@given(st.dates(date(2026, 12, 1), date(2027, 11, 30)), st.sampled_from([0, 1]))
def test_every_day_of_the_year_ahead_needs_no_year(on: date, language: int) -> None:
    names = MONTHS[on.month - 1]
    for typed in (f"{on.day}-{on.month}", f"{on.day} {names[-language]}", f"{on.day} {names[0][:3]}"):
        assert read_date(typed, today=TODAY) == on


@given(st.text(max_size=200), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_nothing_that_is_typed_breaks_it(typed: str, today: date) -> None:
    try:
        first, last = read_span(typed, today=today)
    except TypedDateError:
        return
    assert first <= last
