"""When a step leaves: by the wall clock, on the days it may, over clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.leads.sequences.timing import GRACE, Moment, due_at, is_now, next_at
from tests.sequences.people import here

ZONE = ZoneInfo("Europe/Amsterdam")
MORNING = time(8, 30)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))
moments = st.builds(
    Moment,
    days=st.integers(0, 90),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None)),
    weekdays_only=st.booleans(),
    zone=st.sampled_from([ZONE, ZoneInfo("America/New_York")]),
)


@pytest.mark.parametrize(
    ("begun", "days", "due"),
    [
        ("2026-11-23 20:00", 2, "2026-11-25 08:30"),  # Monday evening: Wednesday
        ("2026-11-25 23:30", 2, "2026-11-27 08:30"),  # Wednesday, just before midnight
        ("2026-11-26 09:00", 2, "2026-11-30 08:30"),  # Thursday: Saturday becomes Monday
        ("2026-11-27 09:00", 2, "2026-11-30 08:30"),  # Friday: Sunday becomes Monday
        ("2027-03-26 09:00", 2, "2027-03-29 08:30"),  # over the change to summer time
        ("2026-10-23 09:00", 2, "2026-10-26 08:30"),  # over the change to winter time
        ("2026-11-23 09:00", 0, "2026-11-24 08:30"),  # this morning is past
        ("2026-11-23 08:00", 0, "2026-11-23 08:30"),
        ("2026-11-23 20:00", 60, "2027-01-22 08:30"),
    ],
)
def test_days_later_at_its_own_hour_on_a_weekday(begun, days, due):
    at = due_at(Moment(days, MORNING, weekdays_only=True, zone=ZONE), here(begun))
    assert at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") == due


def test_with_every_day_a_saturday_will_do():
    at = due_at(Moment(2, MORNING, weekdays_only=False, zone=ZONE), here("2026-11-26 09:00"))
    assert at == here("2026-11-28 08:30")


def test_it_agrees_with_looking_at_every_minute():
    @given(moments, instants)
    def holds(moment: Moment, begun: datetime) -> None:
        due = due_at(moment, begun)
        wall, first_day = (
            due.astimezone(moment.zone),
            begun.astimezone(moment.zone).date() + timedelta(moment.days),
        )
        assert due.timestamp() >= begun.timestamp()
        assert not (moment.weekdays_only and due.date().weekday() >= 5)
        assert due.replace(tzinfo=None).time() == moment.at  # what it says, though a clock change may skip it
        assert (wall.date() - first_day).days <= 3
        days = [first_day + timedelta(n) for n in range((due.date() - first_day).days)]
        earlier = [
            datetime.combine(day, moment.at, tzinfo=moment.zone) for day in days if moment.may_be_on(day)
        ]
        assert all(one.timestamp() < begun.timestamp() for one in earlier)  # none of them would have done

    holds()


def test_the_next_moment_is_one_at_which_it_may_leave():
    @given(moments, instants)
    def holds(moment: Moment, after: datetime) -> None:
        at = next_at(moment, after)
        assert at.timestamp() >= after.timestamp()
        assert is_now(moment, at)

    holds()


@pytest.mark.parametrize(
    ("now", "answer"),
    [
        ("2026-11-25 08:29", False),
        ("2026-11-25 08:30", True),
        ("2026-11-25 10:30", True),  # the worker was away for a while
        ("2026-11-25 10:31", False),
        ("2026-11-28 08:30", False),  # Saturday
        ("2027-03-29 08:30", True),  # the Monday after the change to summer time
        ("2027-03-29 07:30", False),
        ("2026-10-26 08:30", True),
    ],
)
def test_it_may_leave_at_its_hour_and_shortly_after(now, answer):
    assert timedelta(hours=2) == GRACE
    assert is_now(Moment(2, MORNING, weekdays_only=True, zone=ZONE), here(now)) is answer


def test_an_hour_that_the_clock_skips_leaves_an_hour_later():
    at = due_at(Moment(1, time(2, 30), weekdays_only=False, zone=ZONE), here("2027-03-27 12:00"))
    assert at.astimezone(UTC) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert at.astimezone(UTC).astimezone(ZONE).hour == 3


def test_late_in_the_evening_the_grace_goes_past_midnight():
    assert is_now(
        Moment(0, time(23, 30), weekdays_only=True, zone=ZONE), here("2026-11-28 01:00")
    )  # of Friday
