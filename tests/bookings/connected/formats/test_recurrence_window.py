"""Which part of a rule is listed, and how little is looked at for it."""

from __future__ import annotations

from datetime import datetime

import pytest

from bookings.connected.formats.recurrence import MOST_STEPS, RuleError, parse, walk


class Clock:
    """Counts how often it was asked; rings when that is too often."""

    def __init__(self, most: int = 1_000_000) -> None:
        self.asked, self.most = 0, most

    def __call__(self) -> None:
        self.asked += 1
        if self.asked > self.most:
            raise TimeoutError


def window(
    text: str, start: str, since: str, until: str, *, last: str | None = None, clock: Clock | None = None
) -> list[str]:
    found = walk(
        parse(text),
        datetime.fromisoformat(start),
        is_day="T" not in start,
        since=datetime.fromisoformat(since),
        until=datetime.fromisoformat(until),
        last=datetime.fromisoformat(last) if last else None,
        check=clock or Clock(),
    )
    return [f"{one:%Y%m%dT%H%M}" for one in found]


def test_the_window_holds_its_first_moment_and_not_its_last() -> None:
    found = window("FREQ=DAILY", "20261201T09", "20261203T09", "20261205T09")
    assert found == ["20261203T0900", "20261204T0900"]


def test_until_is_the_last_moment_itself() -> None:
    found = window("FREQ=DAILY", "20261201T09", "20261201T00", "20270101T00", last="20261203T09")
    assert found == ["20261201T0900", "20261202T0900", "20261203T0900"]
    assert window("FREQ=DAILY", "20261201T09", "20261201T00", "20270101T00", last="20261130T09") == []


def test_count_and_until_together_end_with_whichever_comes_first() -> None:
    for count, last, days in ((2, "20261231T09", 2), (9, "20261203T09", 3)):
        found = window(f"FREQ=DAILY;COUNT={count}", "20261201T09", "20261201T00", "20270101T00", last=last)
        assert len(found) == days


def test_count_begins_at_dtstart_however_long_ago() -> None:
    assert window("FREQ=DAILY;COUNT=9467", "20010101T09", "20261130T00", "20280101T00") == [
        "20261130T0900",
        "20261201T0900",
        "20261202T0900",
    ]
    assert window("FREQ=WEEKLY;BYDAY=MO,TU;COUNT=4", "20261201T09", "20261202T00", "20280101T00") == [
        "20261207T0900",
        "20261208T0900",
        "20261214T0900",
    ]


def test_a_day_that_skip_leads_back_into_the_window_is_in_it() -> None:
    text = "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=-31;SKIP=BACKWARD"
    found = window(text, "20260101T09", "20260102T00", "20260131T12")
    assert found == ["20260131T0900"]  # February's


def test_the_calendar_ends_with_the_year_9999() -> None:
    found = window("FREQ=YEARLY;BYWEEKNO=52;BYDAY=FR", "99961231T09", "99961231T00", "99991231T2359")
    assert found == ["99971226T0900", "99981225T0900", "99991231T0900"]


# ---- nothing runs for ever --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 10),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", 30),
        ("FREQ=YEARLY;BYYEARDAY=1;BYSETPOS=366", 10),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", 10),
        ("FREQ=DAILY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=30", 300),
        ("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", 600),
        ("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", 600),
        ("FREQ=MINUTELY;INTERVAL=7;BYMONTH=2;BYMONTHDAY=30", 600),
        ("FREQ=YEARLY;INTERVAL=999999999", 5),
        ("FREQ=SECONDLY;INTERVAL=999999999;BYSECOND=1", 20),
        ("FREQ=SECONDLY;INTERVAL=2;BYSECOND=1;COUNT=9", 5),
        ("FREQ=MINUTELY;INTERVAL=120;BYHOUR=8,10,12;COUNT=9", 5),
        ("FREQ=HOURLY;INTERVAL=4;BYHOUR=6,8;COUNT=9", 5),
    ],
)
def test_a_rule_that_never_happens_is_soon_seen_through(text: str, most: int) -> None:
    clock = Clock()
    assert window(text, "15010101T09", "20261130T00", "20280101T00", clock=clock) == []
    assert clock.asked < most


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=SECONDLY;INTERVAL=3600",
        "FREQ=DAILY",
        "FREQ=DAILY;COUNT=999999",
        "FREQ=MINUTELY;INTERVAL=1440;COUNT=999999",
        "FREQ=HOURLY;INTERVAL=24;BYMINUTE=0,30;COUNT=999999",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE;COUNT=999999",
    ],
)
def test_an_old_rule_costs_no_more_than_a_new_one(text: str) -> None:
    clock = Clock()
    assert window(text, "15010101T09", "20261130T00", "20261207T00", clock=clock)
    assert clock.asked < 600


def test_a_fast_rule_is_walked_by_the_hours_it_names() -> None:
    clock = Clock()
    found = window(
        "FREQ=SECONDLY;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
        "20261130T09",
        "20261130T00",
        "20280101T00",
        clock=clock,
    )
    assert len(found) == 397
    assert clock.asked < 397 * 10


def test_a_rule_that_has_to_be_counted_for_too_long_is_too_much() -> None:
    clock = Clock(2 * MOST_STEPS)
    with pytest.raises(RuleError) as caught:
        window(
            "FREQ=MINUTELY;BYDAY=MO;COUNT=999999999",
            "20010101T09",
            "20261130T00",
            "20280101",
            clock=clock,
        )
    assert caught.value.problem == "too_much"


def test_the_clock_is_asked_before_anything_is_found() -> None:
    with pytest.raises(TimeoutError):
        window(
            "FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2", "20010101T09", "20010101T00", "90000101T00", clock=Clock(99)
        )


def test_a_year_of_seconds_is_never_built() -> None:
    every = ",".join(map(str, range(60)))
    hours = ",".join(map(str, range(24)))
    rule = parse(f"FREQ=YEARLY;BYMONTH=1,12;BYMONTHDAY=1,31;BYHOUR={hours};BYMINUTE={every};BYSECOND={every}")
    first = datetime(2026, 1, 1)
    found = walk(
        rule,
        first,
        is_day=False,
        since=datetime(2026, 12, 31, 23, 59, 58),
        until=datetime(2027, 1, 1, 0, 0, 1),
        last=None,
        check=Clock(20),
    )
    assert [f"{one:%d %H:%M:%S}" for one in found] == ["31 23:59:58", "31 23:59:59", "01 00:00:00"]


def test_positions_are_counted_in_a_set_of_millions() -> None:
    every = ",".join(map(str, range(60)))
    rule = f"FREQ=YEARLY;BYYEARDAY=1,2,3;BYHOUR=0,23;BYMINUTE={every};BYSECOND={every};BYSETPOS=61,-61"
    found = window(rule, "20260101T00", "20260101T00", "20270101T00")
    assert found == ["20260101T0001", "20260103T2358"]
