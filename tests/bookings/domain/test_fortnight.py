"""Which two weeks a page with times shows. No database, no Django."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bookings.domain.fortnight import DAYS, Fortnight, fortnight

TUESDAY = date(2026, 11, 24)


def day(number: int) -> date:
    return TUESDAY + timedelta(days=number)


def days(*numbers: int) -> list[date]:
    return [day(number) for number in numbers]


def weekdays(count: int) -> list[date]:
    return [one for one in days(*range(count)) if one.isoweekday() < 6]


def pages(free: list[date]) -> list[Fortnight]:
    """Every page, the first first, as 'more days' leads from one to the next."""
    found, begins = [], None
    while shown := fortnight(free, begins):
        found.append(shown)
        if (begins := shown.later_from) is None:
            break
    return found


def test_two_weeks_begin_with_the_first_free_day_and_hold_ten_working_days():
    shown = fortnight(weekdays(30))
    assert shown is not None
    assert (shown.days[0], shown.days[-1], len(shown.days)) == (TUESDAY, date(2026, 12, 7), 14)
    assert len(shown.free) == 10
    assert (shown.earlier_from, shown.later_from) == (None, date(2026, 12, 8))


def test_a_later_page_begins_where_it_was_asked_to_and_leads_back_to_the_one_before():
    later = fortnight(weekdays(30), date(2026, 12, 8))
    assert later is not None
    assert (later.first_on, later.earlier_from, later.later_from) == (
        date(2026, 12, 8),
        TUESDAY,
        date(2026, 12, 22),
    )


def test_the_page_before_never_begins_before_the_first_free_day():
    shown = fortnight(weekdays(30), day(3))
    assert shown is not None
    assert (shown.first_on, shown.earlier_from) == (day(3), TUESDAY)


def test_a_day_before_the_first_free_one_is_the_first_page():
    assert fortnight(weekdays(30), date(2026, 1, 1)) == fortnight(weekdays(30))


def test_weeks_without_a_single_free_day_are_passed_over():
    free = days(0, 40)
    first = fortnight(free)
    assert first is not None
    assert first.later_from == day(40)
    asked = fortnight(free, day(5))
    assert asked is not None
    assert (asked.first_on, asked.earlier_from) == (day(40), TUESDAY)


def test_the_day_that_was_asked_for_stands_first_although_it_is_full():
    shown = fortnight(days(0, 20, 21), day(18))
    assert shown is not None
    assert (shown.first_on, shown.free) == (day(18), (day(20), day(21)))


def test_nothing_free_or_nothing_after_that_day_is_no_page():
    assert fortnight([]) is None
    assert fortnight(days(0, 1), date.max) is None


@given(st.sets(st.integers(0, 90), min_size=1))
def test_the_pages_together_show_every_free_day_once(numbers: set[int]):
    free = days(*sorted(numbers))
    shown = pages(free)
    assert [on for page in shown for on in page.free] == free
    assert all(len(page.days) == DAYS and page.free for page in shown)


@given(st.sets(st.integers(0, 90), min_size=1), st.integers(-5, 95))
def test_earlier_days_end_just_before_and_are_there_whenever_something_is(numbers: set[int], asked: int):
    free = days(*sorted(numbers))
    shown = fortnight(free, day(asked))
    if shown is None:
        return
    before = [on for on in free if on < shown.first_on]
    assert (shown.earlier_from is None) == (not before)
    if shown.earlier_from is not None:
        earlier = fortnight(free, shown.earlier_from)
        assert earlier is not None
        assert earlier.first_on < shown.first_on
        assert before[-1] in earlier.free
