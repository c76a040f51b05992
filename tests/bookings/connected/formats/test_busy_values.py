"""Dates, moments and lengths as people's programs write them. December 2026, Amsterdam's clock."""

from __future__ import annotations

import pytest

from bookings.connected.formats.busy import UnreadableError
from tests.bookings.connected.formats.reading import busy, calendar, local

NINE = "DTSTART;TZID=Europe/Amsterdam:20261201T090000\n"


def test_the_start_may_be_written_in_many_ways() -> None:
    for start in (
        "DTSTART:20261201T080000Z",
        "DTSTART:20261201t080000z",
        "DTSTART:20261201T0800Z",
        "DTSTART:2026-12-01T08:00:00Z",
        "DTSTART:2026-12-01 08:00:00.000Z",
        "DTSTART:20261201T080000 Z",
        "DTSTART:20261201T090000+0100",
        "DTSTART:2026-12-01T03:00:00-05:00",
        "DTSTART:20261201T090000",
        'DTSTART;TZID="Europe/Amsterdam":"20261201T090000"',
        "DTSTART;VALUE=DATE-TIME;TZID=Europe/Amsterdam:20261201T090000",
        "DTSTART;VALUE=DATE:20261201T090000",
        "DTSTART;TZID=America/New_York:20261201T080000Z",
        "DTSTART;TZID=Nergens/Land:20261201T080000Z",
    ):
        assert local(calendar(f"UID:a\n{start}\nDURATION:PT1H")) == ["1 09:00-10:00"], start


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART;VALUE=DATE:20261201",
        "DTSTART:20261201",
        "DTSTART;TZID=America/New_York:20261201",
        "DTSTART;VALUE=DATE:20261201T000000\nDTEND;VALUE=DATE:20261202T000000",
        "DTSTART;VALUE=DATE:20261201T000000Z",
        "DTSTART;VALUE=DATE:2026-12-01",
        "DTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261201",
        "DTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261202",
        "DTSTART;VALUE=DATE:20261201\nDURATION:P1D",
        "DTSTART;VALUE=DATE:20261201\nDURATION:P0D",
        "DTSTART;VALUE=DATE:20261201\nDURATION:PT24H",
        "DTSTART;VALUE=DATE:20261201\nDURATION:PT8H",
        "DTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE-TIME:20261202T000000",
        "DTSTART;VALUE=DATE:20261201\nDTEND:20261201T000000",
        "DTSTART:20261201T000000\nDTEND:20261201T240000",
        "DTSTART:20261201T000000\nDTEND;VALUE=DATE:20261202",
        "DTSTART:20261201T000000\nDTEND;VALUE=DATE:20261201",
        "DTSTART:20261201T000000\nDTEND:20261201T000000\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
    ],
)
def test_a_whole_day_may_be_written_in_many_ways(event: str) -> None:
    assert local(calendar(f"UID:a\n{event}")) == ["1 00:00-2 00:00"]


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("DTEND:20261201T090000Z", "1 09:00-10:00"),
        ("DTEND:20261201T100000", "1 09:00-10:00"),
        ("DTEND;TZID=America/New_York:20261201T040000", "1 09:00-10:00"),
        ("DTEND;VALUE=DATE:20261202", "1 09:00-2 00:00"),
        ("DTEND;VALUE=DATE:20261201", "1 09:00-2 00:00"),
        ("DTEND:20261201T100000\nDURATION:PT3H", "1 09:00-10:00"),
        ("DURATION:PT1H", "1 09:00-10:00"),
        ("DURATION:+PT60M", "1 09:00-10:00"),
        ("DURATION:PT1H30", "1 09:00-10:30"),
        ("DURATION:pt1h0m0s", "1 09:00-10:00"),
        ("DURATION:P0DT1H", "1 09:00-10:00"),
        ("DURATION:PT3600S", "1 09:00-10:00"),
        ("DURATION:PT59M60S", "1 09:00-10:00"),
        ("DURATION:PT1H1800S", "1 09:00-10:30"),
        ("DURATION:P0W0DT0H90M0S", "1 09:00-10:30"),
        ("DURATION:P1H", "1 09:00-10:00"),
        ("DURATION:PT1.5H", "1 09:00-10:30"),
        ("DURATION:P1DT2H", "1 09:00-2 11:00"),
        ("DURATION:P1W", "1 09:00-8 09:00"),
        # an end before the start: the time between
        ("DTEND;TZID=Europe/Amsterdam:20261201T080000", "1 08:00-09:00"),
        ("DURATION:-PT1H", "1 08:00-09:00"),
        ("DURATION:-P1D", "30 09:00-1 09:00"),
    ],
)
def test_an_end_or_a_length_may_be_written_in_many_ways(end: str, expected: str) -> None:
    assert local(calendar(f"UID:a\n{NINE}{end}")) == [expected]


def test_days_that_end_before_they_start_are_those_between() -> None:
    content = calendar("UID:a\nDTSTART;VALUE=DATE:20261203\nDTEND;VALUE=DATE:20261201")
    assert local(content) == ["1 00:00-3 00:00"]


@pytest.mark.parametrize(
    "end", ["DURATION:PT", "DURATION:PT0S", "DURATION:P0D", "DTEND:20261201T080000Z", ""]
)
def test_a_moment_without_length_keeps_nobody_busy(end: str) -> None:
    assert busy(calendar(f"UID:a\n{NINE}{end}")) == []


@pytest.mark.parametrize(
    ("length", "hours"),
    [("P1D", 23), ("P1W", 167), ("PT24H", 24), ("P1DT2H", 25), ("P0DT24H", 24), ("P7D", 167)],
)
def test_days_and_weeks_are_nominal_and_hours_have_passed(length: str, hours: int) -> None:
    (one,) = busy(calendar(f"UID:a\nDTSTART;TZID=Europe/Amsterdam:20270327T120000\nDURATION:{length}"))
    assert (one.end - one.start).total_seconds() / 3600 == hours


def test_a_length_in_days_is_nominal_in_every_occurrence() -> None:
    rule = "DTSTART;TZID=Europe/Amsterdam:20270320T120000\nDURATION:P1D\nRRULE:FREQ=WEEKLY;COUNT=3"
    found = busy(calendar(f"UID:a\n{rule}"))
    assert [(one.end - one.start).total_seconds() / 3600 for one in found] == [24, 23, 24]


def test_the_first_and_the_last_year_there_are_do_no_harm() -> None:
    events = [
        "UID:a\nDTSTART;VALUE=DATE:00010101\nRRULE:FREQ=YEARLY;COUNT=3",
        "UID:b\nDTSTART;VALUE=DATE:99991231",
        "UID:c\nDTSTART;TZID=America/New_York:99991231T230000\nDURATION:PT5H",
        "UID:d\nDTSTART;TZID=Asia/Tokyo:00010101T000000\nDURATION:PT5H",
        f"UID:e\n{NINE}DURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=99991231T235959Z;COUNT=1",
        f"UID:f\n{NINE}DURATION:PT1H\nEXDATE:00010101T000000Z,99991231T235959Z",
    ]
    assert set(local(calendar(*events))) == {"1 09:00-10:00"}
    (one,) = busy(calendar("UID:a\nDTSTART:00010101T000000\nDTEND:99991231T235959"))
    assert (one.end - one.start).days > 3_000_000


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART:morgen\nDTEND:20261201T100000Z",
        "DTSTART:20261301T090000Z",
        "DTSTART:20261201T250000Z",
        "DTSTART:20261201T096100Z",
        "DTSTART:00000000T000000Z",
        "DTSTART\nDTEND:20261201T100000Z",
        f"{NINE}DTEND:19970701T10300Z",
        f"{NINE}DTEND:",
        f"{NINE}DTEND 20261201T100000Z",
        f"{NINE}DURATION:een uur",
        f"{NINE}DURATION:P1M",
        f"{NINE}DURATION:P999999999999999999W",
        f"{NINE}DURATION:PT1H\nEXDATE:nooit",
        f"{NINE}DURATION:PT1H\nRDATE;VALUE=PERIOD:20261202T090000Z/straks",
        f"{NINE}DURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=0",
        f"{NINE}DURATION:PT1H\nRRULE:FREQ=SOMS",
        "DTEND:20261201T100000Z",
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY",
    ],
)
def test_a_date_nobody_understands_refuses_the_calendar(event: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        busy(calendar(f"UID:a\n{event}", f"UID:b\n{NINE}DURATION:PT1H"))
    assert refused.value.problem == "broken"


@pytest.mark.parametrize("state", ["STATUS:CANCELLED", "TRANSP:TRANSPARENT"])
def test_what_blocks_nothing_may_say_what_it_likes(state: str) -> None:
    content = calendar(f"UID:a\n{state}\nDTSTART:morgen\nRRULE:FREQ=SOMS", f"UID:b\n{NINE}DURATION:PT1H")
    assert local(content) == ["1 09:00-10:00"]


def test_an_event_that_says_nothing_of_when_is_skipped() -> None:
    content = calendar("UID:a\nSUMMARY:zonder tijd", f"UID:b\n{NINE}DURATION:PT1H")
    assert local(content) == ["1 09:00-10:00"]


@pytest.mark.parametrize("empty", ["EXDATE:", "RDATE:", "EXDATE;VALUE=DATE:", "RRULE:", "RECURRENCE-ID:"])
def test_an_empty_list_says_nothing(empty: str) -> None:
    assert local(calendar(f"UID:a\n{NINE}DURATION:PT1H\n{empty}")) == ["1 09:00-10:00"]
