"""The same hours every week, over clock changes too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.domain.weekly import weekly_periods

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ZONES = [AMSTERDAM, *map(ZoneInfo, ("America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "UTC"))]
MINUTE = timedelta(minutes=1)


def walls(
    first: date, until: date, start: time, end: time, zone: ZoneInfo = AMSTERDAM
) -> list[tuple[str, str]]:
    return [
        (f"{one.start.astimezone(zone):%d-%m %H:%M}", f"{one.end.astimezone(zone):%d-%m %H:%M}")
        for one in weekly_periods(first, until, start, end, zone)
    ]


def test_wall_clock_times_stay_over_a_clock_change() -> None:
    found = weekly_periods(date(2027, 3, 23), date(2027, 4, 6), time(12), time(13), AMSTERDAM)
    assert [one.start for one in found] == [
        datetime(2027, 3, 23, 11, tzinfo=UTC),
        datetime(2027, 3, 30, 10, tzinfo=UTC),
        datetime(2027, 4, 6, 10, tzinfo=UTC),
    ]


def test_the_last_day_is_in_it_and_another_weekday_ends_it_before() -> None:
    assert len(walls(date(2027, 1, 5), date(2027, 1, 19), time(9), time(10))) == 3
    assert len(walls(date(2027, 1, 5), date(2027, 1, 18), time(9), time(10))) == 2
    assert len(walls(date(2027, 1, 5), date(2027, 1, 5), time(9), time(10))) == 1
    assert walls(date(2027, 1, 5), date(2027, 1, 4), time(9), time(10)) == []


def test_an_end_that_is_not_after_the_start_lies_on_the_next_day() -> None:
    assert walls(date(2027, 1, 5), date(2027, 1, 5), time(22), time(2)) == [("05-01 22:00", "06-01 02:00")]
    assert walls(date(2027, 1, 5), date(2027, 1, 5), time(), time()) == [("05-01 00:00", "06-01 00:00")]


def test_what_the_clock_skips_is_left_out() -> None:
    sunday = date(2027, 3, 28)  # 02:00 to 03:00 does not exist
    assert walls(sunday, sunday, time(1, 30), time(2, 30)) == [("28-03 01:30", "28-03 03:00")]
    assert walls(sunday, sunday, time(2, 30), time(4)) == [("28-03 03:00", "28-03 04:00")]
    assert walls(sunday, sunday, time(2), time(3)) == []
    assert walls(sunday, sunday, time(2, 15), time(2, 45)) == []


def test_the_hour_that_comes_twice_is_taken_twice() -> None:
    sunday = date(2027, 10, 31)
    ((one,),) = [weekly_periods(sunday, sunday, time(2), time(3), AMSTERDAM)]
    assert one.end - one.start == timedelta(hours=2)


def test_the_end_of_the_calendar_breaks_nothing() -> None:
    assert len(weekly_periods(date(9999, 12, 20), date(9999, 12, 31), time(9), time(10), AMSTERDAM)) == 2


@pytest.mark.parametrize("zone", ZONES, ids=str)
@given(
    first=st.dates(date(2026, 1, 1), date(2027, 12, 1)),
    start=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    minutes=st.integers(1, 23 * 60),
)
def test_every_minute_the_clock_shows_between_the_times_is_taken_and_no_other(
    zone: ZoneInfo, first: date, start: time, minutes: int
) -> None:
    until = first + timedelta(days=21)
    end = (datetime.combine(first, start) + timedelta(minutes=minutes)).time()
    found = weekly_periods(first, until, start, end, zone)
    for week in range(4):
        on = first + timedelta(days=7 * week)
        opens = datetime.combine(on, start)
        closes = datetime.combine(on if end > start else on + timedelta(days=1), end)
        begin = datetime.combine(on, time(), tzinfo=zone).astimezone(UTC) - timedelta(hours=2)
        for step in range(0, 52 * 60, 13):
            instant = begin + step * MINUTE
            wall = instant.astimezone(zone).replace(tzinfo=None)
            is_taken = any(one.start <= instant < one.end for one in found)
            if opens <= wall < closes:
                assert is_taken, wall
            elif not any(
                (opens + timedelta(days=7 * other)) <= wall < (closes + timedelta(days=7 * other))
                for other in (-1, 1)
            ) and not _is_twice(instant, zone):
                assert not is_taken, wall


def _is_twice(instant: datetime, zone: ZoneInfo) -> bool:
    """Around an hour that comes twice, time between the two is taken though the clock shows an earlier one."""
    near = (instant + timedelta(hours=hours) for hours in (-2, -1, 1, 2))
    offset = instant.astimezone(zone).utcoffset()
    return any(one.astimezone(zone).utcoffset() != offset for one in near)
