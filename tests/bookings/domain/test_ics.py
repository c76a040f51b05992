"""The calendar file against the table of invite, move and cancel, read by two parsers and by eye."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from bookings.domain.ics import Invitation, build
from tests.bookings.domain.builders import at

INVITE = Invitation(
    uid="6f1c0e0e-2f5f-4c57-9a39-0d9f6d3c9e11@voorbeeld.nl",
    sequence=0,
    method="REQUEST",
    stamp_at=datetime(2026, 11, 23, 9, 30, 1, 250_000, tzinfo=UTC),
    created_at=datetime(2026, 11, 23, 9, 29, tzinfo=UTC),
    modified_at=datetime(2026, 11, 23, 9, 29, 30, tzinfo=UTC),
    start_at=at("2026-11-27 14:30"),
    end_at=at("2026-11-27 15:00"),
    summary="Impactcall met Jet van Dalen",
    description="5 min: het beeld\n15 min: Beloften nakomen\n10 min: eerste experiment",
    location="Online; de link komt per mail, op de dag zelf",
    url="https://voorbeeld.nl/bookings/k3v9/",
    organizer_name="Jet van Dalen",
    organizer_email="afspraken@voorbeeld.nl",
    attendee_name="Noor de Wit",
    attendee_email="noor@example.org",
)
MOVE = replace(
    INVITE,
    sequence=1,
    stamp_at=INVITE.stamp_at + timedelta(hours=1),
    modified_at=INVITE.modified_at + timedelta(hours=1),
    start_at=at("2026-11-30 10:00"),
    end_at=at("2026-11-30 10:30"),
)
CANCEL = replace(MOVE, sequence=2, method="CANCEL", stamp_at=MOVE.stamp_at + timedelta(hours=1))
LIFE = [INVITE, MOVE, CANCEL]

CALENDAR_PROPERTIES = {"PRODID", "VERSION", "CALSCALE", "METHOD"}
EVENT_PROPERTIES = {
    "UID", "SEQUENCE", "STATUS", "DTSTAMP", "CREATED", "LAST-MODIFIED", "DTSTART", "DTEND",
    "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "ORGANIZER", "ATTENDEE",
}  # fmt: skip


def lines(content: bytes) -> list[str]:
    """The content lines, unfolded by hand."""
    return content.decode().removesuffix("\r\n").replace("\r\n ", "").split("\r\n")


def event(content: bytes) -> Event:
    calendar = Calendar.from_ical(content)
    (found,) = calendar.walk("VEVENT")
    return found


def invite(**changes: Any) -> bytes:
    return build(replace(INVITE, **changes))


def test_the_invite_reads_as_written_here() -> None:
    assert lines(build(INVITE)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Draagkracht//Impact call//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "SUMMARY:Impactcall met Jet van Dalen",
        "DTSTART:20261127T133000Z",
        "DTEND:20261127T140000Z",
        "DTSTAMP:20261123T093001Z",
        "UID:6f1c0e0e-2f5f-4c57-9a39-0d9f6d3c9e11@voorbeeld.nl",
        "SEQUENCE:0",
        'ATTENDEE;CN="Noor de Wit";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:'
        "mailto:noor@example.org",
        "CREATED:20261123T092900Z",
        r"DESCRIPTION:5 min: het beeld\n15 min: Beloften nakomen\n10 min: eerste experiment",
        "LAST-MODIFIED:20261123T092930Z",
        r"LOCATION:Online\; de link komt per mail\, op de dag zelf",
        'ORGANIZER;CN="Jet van Dalen":mailto:afspraken@voorbeeld.nl',
        "STATUS:CONFIRMED",
        "URL:https://voorbeeld.nl/bookings/k3v9/",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_a_move_changes_only_version_stamps_and_times() -> None:
    changed = set(lines(build(MOVE))) - set(lines(build(INVITE)))
    assert changed == {
        "SEQUENCE:1",
        "DTSTAMP:20261123T103001Z",
        "LAST-MODIFIED:20261123T102930Z",
        "DTSTART:20261130T090000Z",
        "DTEND:20261130T093000Z",
    }


def test_a_cancel_is_method_cancel_with_the_last_known_times_and_the_attendee() -> None:
    changed = set(lines(build(CANCEL))) - set(lines(build(MOVE)))
    assert changed == {"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:2", "DTSTAMP:20261123T113001Z"}


def test_one_life_has_one_uid_one_organizer_and_rising_versions() -> None:
    events = [event(build(one)) for one in LIFE]
    assert len({str(one["uid"]) for one in events}) == 1
    assert len({str(one["organizer"]) for one in events}) == 1
    assert [one["sequence"] for one in events] == [0, 1, 2]
    stamps = [one["dtstamp"].dt for one in events]
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize("one", LIFE)
def test_method_stands_before_the_event(one: Invitation) -> None:
    content = lines(build(one))
    assert content.index(f"METHOD:{one.method}") < content.index("BEGIN:VEVENT")


@pytest.mark.parametrize("one", LIFE)
def test_only_listed_properties_are_sent_each_once(one: Invitation) -> None:
    calendar = Calendar.from_ical(build(one))
    assert set(calendar.keys()) == CALENDAR_PROPERTIES
    (only,) = calendar.subcomponents
    assert only.subcomponents == []  # no alarm: the portal sends its own reminders
    assert set(only.keys()) == EVENT_PROPERTIES
    names = [line.partition(":")[0].partition(";")[0] for line in lines(build(one))]
    assert len(names) == len(set(names)) + 2  # BEGIN and END of two components
    assert not [name for name in names if name.startswith("X-")]


@pytest.mark.parametrize("one", LIFE)
def test_a_second_parser_reads_the_same(one: Invitation) -> None:
    calendar = vobject.readOne(build(one).decode())
    assert calendar.method.value == one.method
    read = calendar.vevent
    assert read.uid.value == one.uid
    assert read.sequence.value == str(one.sequence)
    assert (read.dtstart.value, read.dtend.value) == (one.start_at, one.end_at)
    assert read.summary.value == one.summary
    assert read.description.value == one.description
    assert read.location.value == one.location
    assert read.attendee.value == "mailto:noor@example.org"
    assert read.attendee.params == {
        "CN": ["Noor de Wit"],
        "CUTYPE": ["INDIVIDUAL"],
        "PARTSTAT": ["NEEDS-ACTION"],
        "ROLE": ["REQ-PARTICIPANT"],
        "RSVP": ["TRUE"],
    }
    assert read.status.value == {"REQUEST": "CONFIRMED", "CANCEL": "CANCELLED"}[one.method]


def test_the_same_invitation_gives_the_same_bytes() -> None:
    assert build(INVITE) == build(replace(INVITE))


def test_times_around_the_clock_change_are_written_in_utc() -> None:
    content = lines(invite(start_at=at("2026-10-25 02:30", fold=0), end_at=at("2026-10-25 02:30", fold=1)))
    assert "DTSTART:20261025T003000Z" in content
    assert "DTEND:20261025T013000Z" in content


def test_empty_texts_are_left_out() -> None:
    names = {
        line.partition(":")[0]
        for line in lines(invite(description="", location=" ", url="", attendee_name=""))
    }
    assert not names & {"DESCRIPTION", "LOCATION", "URL"}
    assert not [name for name in names if "CN=" in name and name.startswith("ATTENDEE")]


@pytest.mark.parametrize(
    "sneaked", ["\r\n", "\n", "\r", "\r\n ", "\u2028", "\u2029", "\x85", "\x0b", "\x00\r\n"]
)
@pytest.mark.parametrize(
    "field", ["attendee_name", "organizer_name", "summary", "location", "description", "url", "uid"]
)
def test_a_line_end_in_a_text_adds_nothing(field: str, sneaked: str) -> None:
    content = invite(**{field: f"Noor{sneaked}ATTENDEE:mailto:evil@example.org{sneaked}METHOD:PUBLISH"})
    starts = [line.partition(":")[0].partition(";")[0] for line in lines(content)]
    assert starts == [line.partition(":")[0].partition(";")[0] for line in lines(build(INVITE))]
    assert str(event(content)["attendee"]) == "mailto:noor@example.org"
    assert len(vobject.readOne(content.decode()).vevent.contents["attendee"]) == 1
    # Some readers split at more than CRLF: a line of theirs must not begin with what was smuggled in.
    assert not [line for line in content.decode().splitlines() if line.startswith("ATTENDEE:")]


def test_a_line_end_in_an_address_adds_nothing() -> None:
    content = invite(attendee_email="noor@example.org\r\nATTENDEE:mailto:evil@example.org?cc=a%40b")
    assert str(event(content)["attendee"]) == (
        "mailto:noor@example.org%20ATTENDEE%3Amailto%3Aevil@example.org%3Fcc%3Da%2540b"
    )
    assert len(lines(content)) == len(lines(build(INVITE)))


def test_a_plus_address_stays_readable() -> None:
    assert (
        str(event(invite(attendee_email="noor+scan@example.org"))["attendee"])
        == "mailto:noor+scan@example.org"
    )


def test_marks_that_end_a_parameter_stay_inside_the_name() -> None:
    content = invite(attendee_name='Noor "de;RSVP=FALSE" Wit: x, y;CN=z')
    attendee = event(content)["attendee"]
    assert attendee.params["CN"] == "Noor 'de;RSVP=FALSE' Wit: x, y;CN=z"
    assert attendee.params["RSVP"] == "TRUE"
    assert vobject.readOne(content.decode()).vevent.attendee.params["CN"] == [
        "Noor 'de;RSVP=FALSE' Wit: x, y;CN=z"
    ]


def test_control_and_direction_characters_are_left_out() -> None:
    content = invite(
        summary="Impact\x00call\x1b[31m \u202emet\u202c Jet\ud800", description="een\ttwee\r\n\x07drie"
    )
    assert event(content)["summary"] == "Impactcall[31m met Jet"
    assert event(content)["description"] == "een twee\ndrie"


def test_every_text_keeps_its_marks_through_both_parsers() -> None:
    text = r"a\b; c, d: e" + " \\n ë€😀 ^"
    content = invite(summary=text, description=text)
    assert event(content)["summary"] == text
    assert vobject.readOne(content.decode()).vevent.summary.value == text


def test_a_backslash_before_a_capital_n_does_not_break_the_line() -> None:
    assert event(invite(summary="C:\\Noor"))["summary"] == "C:/Noor"


def test_lines_are_folded_at_75_octets_and_never_inside_a_character() -> None:
    content = invite(description="é€😀a" * 80, attendee_name="Ångström " * 20, location="“ü”" * 60)
    physical = content.split(b"\r\n")
    assert max(map(len, physical)) <= 75
    assert all(line.decode() is not None for line in physical)  # each line is whole UTF-8
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert event(content)["description"] == "é€😀a" * 80
    assert vobject.readOne(content.decode()).vevent.description.value == "é€😀a" * 80


@settings(max_examples=80, deadline=None)
@given(
    text=st.text(st.characters(codec="utf-8"), max_size=200),
    name=st.text(st.characters(codec="utf-8"), max_size=80),
)
def test_any_text_gives_one_readable_event_with_folded_lines(text: str, name: str) -> None:
    content = invite(summary=text, description=text, location=text, attendee_name=name)
    assert max(map(len, content.split(b"\r\n"))) <= 75
    read = event(content)
    assert set(read.keys()) <= EVENT_PROPERTIES
    assert str(read["attendee"]) == "mailto:noor@example.org"
    assert vobject.readOne(content.decode()).vevent.uid.value == INVITE.uid


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUBLISH"},
        {"method": "request"},
        {"sequence": -1},
        {"start_at": datetime(2026, 11, 27, 14, 30)},
    ],
)
def test_an_invitation_that_a_calendar_would_misread_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"never as|counts from 0|no time zone"):
        replace(INVITE, **change)
