"""Files made to keep a reader busy: each is refused or read within seconds of work."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.connected.formats import busy as reader
from bookings.connected.formats.busy import MOST_BUSY, MOST_EVENTS, UnreadableError, unknown_zones
from tests.bookings.connected.formats.reading import busy, calendar

AT_NINE = "UID:a\nDTSTART:20261201T090000Z\nDURATION:PT1H\n"
LONGEST = 10  # seconds of work; what is quadratic takes minutes


def outcome(content: bytes) -> str:
    """`read`, or the problem it is refused for."""
    begun = time.thread_time()
    try:
        assert len(busy(content)) <= MOST_BUSY
    except UnreadableError as error:
        return error.problem
    finally:
        assert time.thread_time() - begun < LONGEST
    return "read"


RULES = {
    "FREQ=DAILY;INTERVAL=0": "broken",
    "FREQ=SECONDLY": "too_much",
    "FREQ=MINUTELY": "too_much",
    "FREQ=HOURLY": "too_much",
    "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9;BYMINUTE=0,1,2,3,4,5,6,7,8,9;BYSECOND=0,1,2,3": "too_much",
    "FREQ=DAILY;COUNT=999999999": "read",
    "FREQ=MINUTELY;COUNT=3": "read",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31": "read",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5": "read",
}


@pytest.mark.parametrize("start", ["20261126", "19000101", "00010101"])
@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_repeats_too_often_is_refused_and_others_are_read(rule: str, start: str) -> None:
    found = outcome(calendar(f"UID:a\nDTSTART:{start}T090000Z\nDURATION:PT1H\nRRULE:{rule}"))
    assert found == RULES[rule]


def each(number: int, text: str) -> list[str]:
    return [text.format(n=n, day=1 + n % 28, minute=n % 60) for n in range(number)]


MANY = {
    "events": (calendar(*each(MOST_EVENTS + 1, "UID:{n}\nDTSTART:20261201T090000Z")), "too_much"),
    "most events": (calendar(*each(MOST_EVENTS, "UID:{n}\nDTSTART:20261201T090000Z\nDURATION:PT1H")), "read"),
    "series": (
        calendar(*each(9_000, "UID:{n}\nDTSTART:20200101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY")),
        "too_much",
    ),
    "heavy rules": (
        calendar(
            *each(
                9_000,
                "UID:{n}\nDTSTART:19000101T090000Z\nRRULE:FREQ=YEARLY;BYDAY=MO,TU;BYHOUR=1,2;BYSETPOS=-1",
            )
        ),
        "too_much",
    ),
    "one UID": (
        calendar(*each(9_000, "UID:a\nDTSTART:202612{day:02}T09{minute:02}00Z\nDURATION:PT1H")),
        "read",
    ),
    "changes": (
        calendar(
            AT_NINE + "RRULE:FREQ=DAILY",
            *each(
                9_000,
                "UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE:202612{day:02}T09{minute:02}00Z\n"
                "DTSTART:202612{day:02}T100000Z\nDURATION:PT1H",
            ),
        ),
        "read",
    ),
    "exceptions": (calendar(AT_NINE + "RRULE:FREQ=DAILY\nEXDATE:" + "20261202T090000Z," * 40_000), "read"),
    "parameters": (calendar(AT_NINE + "ATTENDEE" + ";A=b" * 120_000 + ":x"), "read"),
    "quotes": (calendar(AT_NINE + "ATTENDEE" + ';"' * 300_000 + ":x"), "read"),
    "colons": (calendar(AT_NINE + "EXDATE" + ":" * 600_000), "broken"),
    "one line": (calendar(AT_NINE + "X" * 600_000), "read"),
    "folds": (calendar(AT_NINE + "COMMENT:\n" + " x\n" * 70_000), "read"),
    "begins": (calendar(head="BEGIN:X\n" * 70_000), "read"),
    "ends": (calendar(head="BEGIN:X\n" * 30_000 + "END:Y\n" * 30_000), "read"),
    "calendars": (b"BEGIN:VCALENDAR\n" * 20_000 + b"END:VCALENDAR\n" * 20_000, "read"),
    "zones": (
        calendar(
            *each(2_000, "UID:{n}\nDTSTART;TZID=q{n}:20261201T090000"),
            head="BEGIN:VTIMEZONE\nTZID:a\nEND:VTIMEZONE\n" * 10_000 + "BEGIN:VTIMEZONE\n" * 10_000,
        ),
        "read",
    ),
    "digits": (calendar(AT_NINE + "SEQUENCE:" + "9" * 1_000_000), "read"),
    "a length": (calendar(AT_NINE.replace("PT1H", "P" + "1" * 1_000_000 + "D")), "broken"),
}


@pytest.mark.parametrize("name", MANY)
def test_a_lot_of_one_thing_is_read_or_refused_in_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_SECONDS", 2.0)  # so that waiting for it takes no longer
    content, expected = MANY[name]
    assert outcome(content) == expected


@pytest.mark.parametrize("frequency", ["HOURLY", "DAILY", "SECONDLY"])
def test_a_clock_that_changes_all_the_time_is_refused(frequency: str) -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Bom\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
        f"RRULE:FREQ={frequency}\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    event = "UID:a\nDTSTART;TZID=Bom:20261126T090000\nDURATION:PT1H"
    assert outcome(calendar(event, head=zone)) == "too_much"


NAMES = st.sampled_from(
    [
        *(
            "BEGIN",
            "END",
            "UID",
            "SEQUENCE",
            "DTSTAMP",
            "DTSTART",
            "DTEND",
            "DURATION",
            "RRULE",
            "EXRULE",
            "RDATE",
        ),
        *(
            "EXDATE",
            "RECURRENCE-ID",
            "ATTENDEE",
            "FREEBUSY",
            "TZID",
            "TZOFFSETFROM",
            "TZOFFSETTO",
            "X-WR-TIMEZONE",
        ),
        *("STATUS", "TRANSP", "METHOD", "dtstart ", " folded", "?"),
    ]
)
PARAMS = st.sampled_from(
    [
        "",
        "",
        "",
        ";VALUE=DATE",
        ";TZID=Eigen",
        ";TZID=GMT+05:30",
        ';TZID="',
        ";RANGE=THISANDFUTURE",
        ";;=",
        ";FBTYPE=FREE",
    ]
)
VALUES = st.sampled_from(
    [
        *(
            "VCALENDAR",
            "VEVENT",
            "VEVENT",
            "VTIMEZONE",
            "STANDARD",
            "VFREEBUSY",
            "VALARM",
            "VTODO",
            "a",
            "",
            "1",
            "-1",
        ),
        *(
            "20261201",
            "20261202T090000",
            "20261203T090000Z",
            "00010101",
            "99991231T235959Z",
            "20261202T090000+1400",
        ),
        *(
            "P1D",
            "-PT1H",
            "PT90M",
            "+0530",
            "0100",
            "-000001",
            "2359",
            "CANCELLED",
            "Eigen",
            "Europe/Amsterdam",
        ),
        *(
            "FREQ=DAILY",
            "FREQ=WEEKLY;BYDAY=MO,TU",
            "FREQ=YEARLY;UNTIL=20261231",
            "FREQ=HOURLY;COUNT=5",
            "FREQ=?",
        ),
        *("20261201T090000Z/PT1H", "20261203/20261201", "20261201,20261202,,", "mailto:jet@voorbeeld.nl"),
    ]
)
LINES = st.builds(lambda name, params, value: f"{name}{params}:{value}", NAMES, PARAMS, VALUES)
EVENTS = st.lists(LINES, max_size=8).map(
    lambda lines: "\n".join(["UID:a", "DTSTART:20261201T090000", *lines])
)


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=4), st.lists(LINES, max_size=12))
def test_whatever_a_file_holds_it_is_read_or_refused(events: list[str], head: list[str]) -> None:
    content = calendar(*events, head="".join(f"{line}\n" for line in head))
    assert outcome(content) in {"read", "broken", "truncated", "too_much", "not_calendar"}
    with suppress(UnreadableError):
        unknown_zones(content)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 300))
def test_bytes_that_were_lost_or_garbled_do_no_more_than_refuse(junk: bytes, at: int) -> None:
    whole = calendar(AT_NINE + "RRULE:FREQ=DAILY;COUNT=3", AT_NINE)
    outcome(whole[:at] + junk + whole[at + len(junk) // 2 :])
