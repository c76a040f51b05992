"""Whether a time keeps the host busy: free or taken, called off, answered, published as periods.
1 December 2026, Amsterdam's clock; the host is jet@voorbeeld.nl."""

from __future__ import annotations

import pytest

from bookings.connected.formats.busy import UnreadableError
from tests.bookings.connected.formats.reading import busy, calendar, local

AT_NINE = "UID:a\nDTSTART;TZID=Europe/Amsterdam:20261201T090000\nDURATION:PT1H\n"


@pytest.mark.parametrize(
    "line",
    [
        "TRANSP:TRANSPARENT",
        "transp: transparent",
        "STATUS:CANCELLED",
        "STATUS:Canceled",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE",
        "X-MICROSOFT-CDO-BUSYSTATUS:WorkingElsewhere\nX-MICROSOFT-CDO-INTENDEDSTATUS:BUSY",
        "X-MICROSOFT-MSNCALENDAR-BUSYSTATUS:FREE",
    ],
)
def test_free_time_is_not_closed(line: str) -> None:
    assert local(calendar(AT_NINE + line)) == []


@pytest.mark.parametrize(
    "line",
    [
        "TRANSP:OPAQUE",
        "STATUS:TENTATIVE",
        "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
        "X-MICROSOFT-CDO-BUSYSTATUS:OOF",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY\nX-MICROSOFT-CDO-INTENDEDSTATUS:FREE",
        "BEGIN:VALARM\nTRANSP:TRANSPARENT\nSTATUS:CANCELLED\nEND:VALARM",
    ],
)
def test_time_that_may_be_taken_is_not_offered(line: str) -> None:
    assert local(calendar(AT_NINE + line)) == ["1 09:00-10:00"]


def test_what_a_program_calls_off_is_not_busy() -> None:
    assert local(calendar(AT_NINE, head="METHOD:CANCEL\n")) == []
    assert local(calendar(AT_NINE, head="METHOD:REQUEST\n")) == ["1 09:00-10:00"]


@pytest.mark.parametrize(
    "person",
    [
        ";PARTSTAT=DECLINED:mailto:jet@voorbeeld.nl",
        ";PARTSTAT=DECLINED:MAILTO:JET@voorbeeld.nl",
        ";partstat=declined:Mailto:Jet@Voorbeeld.NL",
        ';CN="Jet; de: Boer";ROLE=REQ-PARTICIPANT;PARTSTAT="DECLINED":mailto:jet@voorbeeld.nl',
        ";PARTSTAT=DECLINED:jet@voorbeeld.nl",
        ";PARTSTAT=DECLINED:mailto: jet@voorbeeld.nl",
        ";PARTSTAT=DECLINED:mailto:jet%40voorbeeld.nl",
        ";PARTSTAT=DECLINED;EMAIL=jet@voorbeeld.nl:urn:uuid:1",
        ';EMAIL="Jet@voorbeeld.nl";PARTSTAT=DECLINED:/principals/jet/',
        ';PARTSTAT=DELEGATED;DELEGATED-TO="mailto:bas@voorbeeld.nl":mailto:jet@voorbeeld.nl',
        ";PARTSTAT=DECL\n INED:mailto:jet@voor\n beeld.nl",
    ],
)
def test_what_the_host_declined_is_free(person: str) -> None:
    assert local(calendar(AT_NINE + f"ATTENDEE{person}")) == []


@pytest.mark.parametrize(
    "people",
    [
        ["PARTSTAT=DECLINED:mailto:bas@voorbeeld.nl"],
        ["PARTSTAT=ACCEPTED:mailto:jet@voorbeeld.nl"],
        ["PARTSTAT=TENTATIVE:mailto:jet@voorbeeld.nl"],
        ["ROLE=CHAIR:mailto:jet@voorbeeld.nl"],
        ["PARTSTAT=DECLINED:mailto:jet@voorbeeld.nl.example.org"],
        ['PARTSTAT=DECLINED;SENT-BY="mailto:jet@voorbeeld.nl":mailto:bas@voorbeeld.nl'],
        ["PARTSTAT=DECLINED:mailto:jet@voorbeeld.nl", "PARTSTAT=ACCEPTED:mailto:jet@voorbeeld.nl"],
    ],
)
def test_what_others_declined_or_the_host_did_not_is_busy(people: list[str]) -> None:
    lines = "\n".join(f"ATTENDEE;{person}" for person in people)
    assert local(calendar(AT_NINE + lines)) == ["1 09:00-10:00"]


def test_an_invitation_without_an_answer_blocks_unless_the_host_wants_otherwise() -> None:
    invited = calendar(AT_NINE + "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:jet@voorbeeld.nl")
    assert local(invited) == ["1 09:00-10:00"]
    assert local(invited, unanswered_blocks=False) == []
    for line in (
        "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bas@voorbeeld.nl",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:jet@voorbeeld.nl",
        "ATTENDEE:mailto:jet@voorbeeld.nl",
        "ORGANIZER:mailto:jet@voorbeeld.nl\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:jet@voorbeeld.nl",
    ):
        assert local(calendar(AT_NINE + line), unanswered_blocks=False) == ["1 09:00-10:00"], line


# ---- periods ------------------------------------------------------------------------------------------
def published(*lines: str, around: str = "DTSTART:20261129T000000Z\nDTEND:20270129T000000Z\n") -> bytes:
    inner = "\n".join(lines)
    text = f"BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nUID:f\n{around}{inner}\nEND:VFREEBUSY\nEND:VCALENDAR\n"
    return text.encode()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("FREEBUSY:20261201T080000Z/20261201T090000Z", ["1 09:00-10:00"]),
        ("FREEBUSY:20261201T080000Z/PT1H", ["1 09:00-10:00"]),
        (
            "FREEBUSY;FBTYPE=BUSY:20261201T080000Z/PT1H,20261202T080000Z/P1D",
            ["1 09:00-10:00", "2 09:00-3 09:00"],
        ),
        ("FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261201T080000Z/PT1H", ["1 09:00-10:00"]),
        ("FREEBUSY;FBTYPE=BUSY-TENTATIVE;VALUE=PERIOD:20261201T080000Z/PT1H", ["1 09:00-10:00"]),
        ("FREEBUSY;FBTYPE=X-IETS:20261201T080000Z/PT1H", ["1 09:00-10:00"]),
        ("FREEBUSY;FBTYPE=FREE:20261201T080000Z/PT1H", []),
        ('freebusy;fbtype="free":20261201T080000Z/PT1H', []),
        (
            "FREEBUSY :20261201T080000Z/20261201T090000Z ,\n\t20261201T100000Z/PT1H,",
            ["1 09:00-10:00", "1 11:00-12:00"],
        ),
        ("FREEBUSY:20261201T090000Z/20261201T080000Z", ["1 09:00-10:00"]),
        ("FREEBUSY:20261201T080000Z/20261201T080000Z", []),
        ("FREEBUSY;TZID=America/New_York:20261201T030000/PT1H", ["1 09:00-10:00"]),
        ("FREEBUSY:20261201T090000/20261201T100000", ["1 09:00-10:00"]),
        ("FREEBUSY:", []),
        ("", []),
    ],
)
def test_published_periods_are_busy(line: str, expected: list[str]) -> None:
    assert local(published(line)) == local(published(line, around="")) == expected


def test_periods_and_events_of_one_file_add_up() -> None:
    content = published("FREEBUSY:20261202T080000Z/PT1H") + calendar(AT_NINE)
    assert local(content) == ["1 09:00-10:00", "2 09:00-10:00"]


@pytest.mark.parametrize("value", ["20261201T080000Z", "20261201T080000Z/", "straks/PT1H"])
def test_a_period_nobody_understands_refuses_the_calendar(value: str) -> None:
    with pytest.raises(UnreadableError):
        busy(published(f"FREEBUSY:{value}"))
