"""What keeps a host busy, read from files of all kinds. Times in the tests are UTC unless they say so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from dateutil.rrule import rrulestr

from bookings.connected.formats.busy import UnreadableError
from tests.bookings.connected.formats.reading import SINCE, UNTIL, busy, calendar, spans


def day(month: int, on: int, year: int = 2026) -> datetime:
    return datetime(year, month, on, tzinfo=UTC)


# ---- one event ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("DTSTART:20261126T090000Z\nDTEND:20261126T100000Z", ["11-26 09:00/11-26 10:00"]),
        ("DTSTART:20261126T090000Z\nDURATION:PT90M", ["11-26 09:00/11-26 10:30"]),
        ("DTSTART;TZID=Europe/Amsterdam:20261126T090000\nDURATION:PT1H", ["11-26 08:00/11-26 09:00"]),
        ("DTSTART;TZID=Eastern Standard Time:20261126T090000\nDURATION:PT1H", ["11-26 14:00/11-26 15:00"]),
        ("DTSTART:20261126T090000\nDURATION:PT1H", ["11-26 08:00/11-26 09:00"]),
        ("DTSTART;TZID=Nergens/Land:20261126T090000\nDURATION:PT1H", ["11-26 08:00/11-26 09:00"]),
        ("DTSTART;VALUE=DATE:20261126", ["11-25 23:00/11-26 23:00"]),
        ("DTSTART;VALUE=DATE:20261126\nDTEND;VALUE=DATE:20261128", ["11-25 23:00/11-27 23:00"]),
        ("DTSTART:20261126T090000Z", []),
        ("DTSTART:20261126T090000Z\nDTEND:20261126T080000Z", ["11-26 08:00/11-26 09:00"]),
        ("DTSTART:20251126T090000Z\nDURATION:PT1H", []),
        ("DTSTART:20281126T090000Z\nDURATION:PT1H", []),
        ("DTSTART:20261126T090000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT", []),
        ("DTSTART:20261126T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED", []),
        ("DTSTART:20261126T090000Z\nDURATION:PT1H\nSTATUS:TENTATIVE", ["11-26 09:00/11-26 10:00"]),
        ("DTSTART:20261126T090000Z\nDURATION:PT1H\nATTENDEE;PARTSTAT=DECLINED:MAILTO:jet@voorbeeld.nl", []),
        (
            "DTSTART:20261126T090000Z\nDURATION:PT1H\nATTENDEE;PARTSTAT=DECLINED:mailto:bas@voorbeeld.nl",
            ["11-26 09:00/11-26 10:00"],
        ),
        (
            "DTSTART:20261126T090000Z\nDURATION:PT1H\nATTENDEE;PARTSTAT=ACCEPTED:mailto:jet@voorbeeld.nl",
            ["11-26 09:00/11-26 10:00"],
        ),
    ],
)
def test_one_event_blocks_its_own_time(event: str, expected: list[str]) -> None:
    assert spans(calendar(f"UID:a\n{event}")) == expected


def test_days_of_a_clock_change_have_23_and_25_hours() -> None:
    found = busy(calendar("UID:a\nDTSTART;VALUE=DATE:20270328", "UID:b\nDTSTART;VALUE=DATE:20271031"))
    assert [(one.end - one.start).total_seconds() / 3600 for one in found] == [23, 25]


@pytest.mark.parametrize("name", ["America/New_York", "Eastern Standard Time"])
def test_floating_times_are_in_the_calendars_own_zone(name: str) -> None:
    content = calendar("UID:a\nDTSTART:20261126T090000\nDURATION:PT1H", head=f"X-WR-TIMEZONE:{name}\n")
    assert spans(content) == ["11-26 14:00/11-26 15:00"]


def test_a_zone_the_file_describes_itself_is_understood() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Kantoor\n"
        "BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n"
        "BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n"
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
    )
    events = [f"UID:{at}\nDTSTART;TZID=Kantoor:{at}T090000\nDURATION:PT1H" for at in ("20261126", "20270701")]
    assert spans(calendar(*events, head=zone)) == ["11-26 08:00/11-26 09:00", "07-01 07:00/07-01 08:00"]


# ---- rules --------------------------------------------------------------------------------------------
def rule(text: str, start: str = "DTSTART;TZID=Europe/Amsterdam:20261126T090000") -> bytes:
    return calendar(f"UID:a\n{start}\nDURATION:PT1H\n{text}")


def test_a_rule_keeps_the_wall_clock_over_a_clock_change() -> None:
    found = spans(rule("RRULE:FREQ=WEEKLY", "DTSTART;TZID=Europe/Amsterdam:20270318T090000"), day(4, 9, 2027))
    assert found == [
        "03-18 08:00/03-18 09:00",
        "03-25 08:00/03-25 09:00",
        "04-01 07:00/04-01 08:00",
        "04-08 07:00/04-08 08:00",
    ]


def test_a_repeated_day_keeps_its_midnights() -> None:
    content = rule("RRULE:FREQ=DAILY;COUNT=3", "DTSTART;VALUE=DATE:20270327").replace(
        b"DURATION:PT1H\r\n", b""
    )
    assert spans(content) == ["03-26 23:00/03-27 23:00", "03-27 23:00/03-28 22:00", "03-28 22:00/03-29 22:00"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("RRULE:FREQ=DAILY;COUNT=3", [26, 27, 28]),
        ("RRULE:FREQ=DAILY;UNTIL=20261128", [26, 27, 28]),
        ("RRULE:FREQ=DAILY;UNTIL=20261128T080000Z", [26, 27, 28]),
        ("RRULE:FREQ=DAILY;UNTIL=20261128T075959Z", [26, 27]),
        ("RRULE:FREQ=WEEKLY;BYDAY=TH,FR;COUNT=3", [26, 27, 3]),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=Europe/Amsterdam:20261127T090000", [26, 28]),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261127T080000Z,20261126T080000Z", [28]),
        ("RRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20261127", [26, 28]),
        ("RDATE:20261129T080000Z", [26, 29]),
        ("RDATE;VALUE=PERIOD:20261129T080000Z/PT2H", [26, 29]),
    ],
)
def test_rules_dates_and_exceptions_add_up(text: str, days: list[int]) -> None:
    assert [one.start.day for one in busy(rule(text))] == days


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("FREQ=DAILY;INTERVAL=3", "20240101"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "20191128"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "20200131"),
        ("FREQ=MONTHLY;INTERVAL=5", "20100131"),
        ("FREQ=YEARLY", "16041126"),
        ("FREQ=YEARLY;INTERVAL=3", "19931126"),
    ],
)
def test_an_old_rule_goes_on_as_if_it_was_walked_from_its_start(text: str, start: str) -> None:
    content = rule(f"RRULE:{text}", f"DTSTART;TZID=Europe/Amsterdam:{start}T090000")
    found = busy(content)
    walked = rrulestr(text, dtstart=datetime.strptime(start, "%Y%m%d").replace(hour=9))  # noqa: DTZ007 - wall
    local = [
        one.strftime("%Y%m%d")
        for one in walked.between(SINCE.replace(tzinfo=None), UNTIL.replace(tzinfo=None))
    ]
    assert [one.start.strftime("%Y%m%d") for one in found] == local
    assert len(found) > 0


def test_a_moved_a_cancelled_and_a_declined_occurrence_leave_their_old_time() -> None:
    master = "UID:a\nDTSTART:20261126T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5"
    content = calendar(
        "UID:a\nRECURRENCE-ID:20261127T090000Z\nDTSTART:20261127T150000Z\nDURATION:PT1H",
        master,
        "UID:a\nRECURRENCE-ID:20261128T090000Z\nDTSTART:20261128T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED",
        "UID:a\nRECURRENCE-ID;TZID=Europe/Amsterdam:20261129T100000\nDTSTART:20261129T090000Z\nDURATION:PT1H\n"
        "ATTENDEE;PARTSTAT=DECLINED:mailto:jet@voorbeeld.nl",
    )
    assert spans(content) == ["11-26 09:00/11-26 10:00", "11-27 15:00/11-27 16:00", "11-30 09:00/11-30 10:00"]


def test_the_newest_version_of_an_event_counts() -> None:
    old = "UID:a\nSEQUENCE:1\nDTSTART:20261126T090000Z\nDURATION:PT1H"
    new = "UID:a\nSEQUENCE:2\nDTSTART:20261127T090000Z\nDURATION:PT1H"
    assert spans(calendar(new, old)) == spans(calendar(old, new)) == ["11-27 09:00/11-27 10:00"]


# ---- what is refused ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not_calendar"),
        (b"<!doctype html><title>Inloggen</title>", "not_calendar"),
        (b"\x89PNG\r\n\x1a\n", "not_calendar"),
        (calendar("UID:a\nDTSTART:20261126T090000Z")[:-20], "truncated"),
        (calendar("UID:a\nDTSTART:morgen"), "broken"),
        (calendar("UID:a\nDTSTART:20261126T090000Z\nDTEND:later"), "broken"),
        (calendar("UID:a\nDTSTART:20261126T090000Z\nRRULE:FREQ=SOMS"), "broken"),
        (calendar("UID:a\nDTSTART:20261126T090000Z\nRRULE:COUNT=3"), "broken"),
        (calendar("UID:a\nDTSTART:20261126T090000Z\nEXDATE:nooit"), "broken"),
        (calendar("UID:a\nDTSTART:99991231T230000Z\nDURATION:P99999D"), "broken"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR", "truncated"),
        (calendar("UID:a\nDTSTART:20261126T090000Z").decode().encode("utf-16-be"), "not_calendar"),
    ],
)
def test_what_cannot_be_read_is_refused_whole(content: bytes, problem: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        busy(content)
    assert refused.value.problem == problem


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16", "utf-8"])
def test_the_encoding_of_the_words_does_not_matter(encoding: str) -> None:
    text = calendar("UID:a\nSUMMARY:Één\nDTSTART:20261126T090000Z\nDURATION:PT1H").decode()
    assert spans(text.encode(encoding)) == ["11-26 09:00/11-26 10:00"]


def test_lines_may_be_folded_anywhere_and_end_anyhow() -> None:
    content = calendar("UID:a\nDTSTART:202611\n 26T090000Z\nDURATION:P\n\tT1H")
    assert spans(content) == spans(content.replace(b"\r\n", b"\n")) == ["11-26 09:00/11-26 10:00"]
