"""Until when a time is held for an answer: nights do not count, by the clock of whoever answers."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bookings.domain.daytime import after_daytime, held_until

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FOUR_HOURS, HALF_HOUR, MINUTE = timedelta(hours=4), timedelta(minutes=30), timedelta(minutes=1)
ZONES = [
    "Europe/Amsterdam", "America/St_Johns", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe",
    "Antarctica/Troll", "Pacific/Auckland", "Pacific/Honolulu", "Pacific/Kiritimati",
]  # fmt: skip
zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
whole_minutes = moments.map(lambda moment: moment.replace(second=0, microsecond=0))
SPRING, AUTUMN = datetime(2027, 3, 27, 20, 30, tzinfo=UTC), datetime(2027, 10, 30, 20, 30, tzinfo=UTC)


def at(text: str, zone: ZoneInfo = AMSTERDAM) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-23 13:00", "2026-11-23 17:00"),
        ("2026-11-23 17:00", "2026-11-23 21:00"),
        ("2026-11-23 17:01", "2026-11-24 08:01"),
        ("2026-11-23 20:00", "2026-11-24 11:00"),
        ("2026-11-23 21:00", "2026-11-24 12:00"),
        ("2026-11-23 22:00", "2026-11-24 12:00"),
        ("2026-11-24 03:00", "2026-11-24 12:00"),
        ("2026-11-24 08:00", "2026-11-24 12:00"),
        ("2027-03-27 22:00", "2027-03-28 12:00"),  # a night of ten hours
        ("2027-10-30 19:00", "2027-10-31 10:00"),  # and one of twelve
    ],
)
def test_four_hours_of_daytime(now, end):
    assert after_daytime(at(now), FOUR_HOURS, AMSTERDAM) == at(end)


def test_daytime_is_that_of_whoever_answers():
    tokyo = ZoneInfo("Asia/Tokyo")
    assert after_daytime(at("2026-11-23 13:00"), FOUR_HOURS, tokyo) == at("2026-11-24 12:00", tokyo)


@given(now=whole_minutes, zone=zones)
@example(now=SPRING, zone=AMSTERDAM)
@example(now=AUTUMN, zone=AMSTERDAM)
def test_whatever_the_clock_does_there_are_exactly_four_hours_between_eight_and_nine(now, zone):
    """Against the simplest model there is: look at the clock every minute."""
    end = after_daytime(now, FOUR_HOURS, zone)
    minutes = (now + MINUTE * number for number in range((end - now) // MINUTE))
    by_day = [one for one in minutes if time(8) <= one.astimezone(zone).time() < time(21)]
    assert len(by_day) * MINUTE == FOUR_HOURS


@given(now=moments, zone=zones)
@example(now=SPRING, zone=AMSTERDAM)
@example(now=AUTUMN, zone=AMSTERDAM)
def test_it_ends_by_day_and_within_a_day(now, zone):
    end = after_daytime(now, FOUR_HOURS, zone)
    assert time(8) <= end.astimezone(zone).time() <= time(21)
    assert FOUR_HOURS <= end - now <= timedelta(hours=18)  # Troll turns its clock by two hours


@given(now=moments, later=st.timedeltas(timedelta(0), timedelta(days=2)), zone=zones)
def test_whoever_is_told_later_has_no_less_time(now, later, zone):
    assert after_daytime(now, FOUR_HOURS, zone) <= after_daytime(now + later, FOUR_HOURS, zone)


@given(now=moments, room=st.timedeltas(timedelta(hours=-1), timedelta(days=2)), zone=zones)
def test_it_never_goes_past_the_latest_and_leaves_half_an_hour_by_day(now, room, zone):
    latest = now + room
    end = held_until(now, length=FOUR_HOURS, shortest=HALF_HOUR, latest=latest, zone=zone)
    if end is None:
        assert after_daytime(now, HALF_HOUR, zone) > latest
    else:
        assert after_daytime(now, HALF_HOUR, zone) <= end <= latest
        assert end in (latest, after_daytime(now, FOUR_HOURS, zone))
