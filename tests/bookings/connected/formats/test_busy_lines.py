"""Lines as people's programs write them. December 2026, Amsterdam's clock."""

from __future__ import annotations

import pytest

from bookings.connected.formats.busy import UnreadableError
from tests.bookings.connected.formats.reading import busy, calendar, local

EVENT = "BEGIN:VEVENT\nUID:a\nDTSTART:20261201T080000Z\nDTEND:20261201T090000Z\nEND:VEVENT\n"
OTHER = "BEGIN:VEVENT\nUID:b\nDTSTART:20261202T080000Z\nDTEND:20261202T090000Z\nEND:VEVENT\n"
BOTH = ["1 09:00-10:00", "2 09:00-10:00"]


def file(inner: str, after: str = "") -> bytes:
    return f"BEGIN:VCALENDAR\n{inner}END:VCALENDAR\n{after}".encode()


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART :20261201T080000Z\nDTEND :20261201T090000Z",
        "DTSTART ;TZID=Europe/Amsterdam:20261201T090000\nDTEND\t;TZID=Europe/Amsterdam:20261201T100000",
        "DTSTART; TZID = Europe/Amsterdam : 20261201T090000\nDURATION: PT1H ",
        "dtstart;tzid=Europe/Amsterdam:20261201T090000\ndtend;tzid=europe/amsterdam:20261201T100000",
        "DTSTART\n :20261201T080000Z\nDTEND\n\t:202612\n 01T090000Z",
        "DTSTART:20261201T080000Z\n\nDTEND:20261201T090000Z\n\n",
        'DTSTART;TZID="Europe/Amsterdam:20261201T090000\nDURATION:PT1H',
        'DTSTART;X-A="b;c:d";TZID=Europe/Amsterdam:20261201T090000\nDURATION:PT1H',
        "DTSTART:20261201T080000Z\nDURATION:PT1H\nDESCRIPTION:Dag,\nduration: twee uur\nDTSTART: zie boven",
        "DTSTART:20261201T080000Z\nDTEND:20261201T090000Z\nzomaar een regel\n;:\n:",
        "BEGIN:VALARM\nTRIGGER:-PT5M\nDURATION:PT9H\nEND:VALARM\nDTSTART:20261201T080000Z\nDURATION:PT1H",
        "BEGIN:VALARM\nTRIGGER:-PT5M\nDTSTART:20261201T080000Z\nDTEND:20261201T090000Z",
    ],
)
def test_an_event_is_read_whatever_its_lines_look_like(event: str) -> None:
    assert local(calendar(f"UID:a\n{event}")) == ["1 09:00-10:00"]


@pytest.mark.parametrize(
    "content",
    [
        file(EVENT + OTHER, "Met vriendelijke groet\nRRULE:FREQ=SOMS\n"),
        file(EVENT) + file(OTHER),
        file(EVENT, OTHER),
        file(file(EVENT).decode() + OTHER),
        file(EVENT.replace("BEGIN:VEVENT", "begin:vevent ").replace("END:VEVENT", "End: VEVENT") + OTHER),
        file("BEGIN:VTODO\nDTSTART:morgen\nRRULE:FREQ=SOMS\nEND:VTODO\n" + EVENT + OTHER),
        file("BEGIN:VTODO\nDUE:morgen\n" + EVENT + OTHER),
        file("BEGIN:VJOURNAL\n" + EVENT + "END:VJOURNAL\n" + OTHER),
        file("BEGIN:X-IETS\nBEGIN:X-MEER\n" + EVENT + OTHER),
        file("END:VTODO\n" + EVENT + "END:VALARM\n" + OTHER),
        file(
            "BEGIN:VTIMEZONE\nTZID:Ergens\nBEGIN:STANDARD\nTZOFFSETTO:veel\nRRULE:FREQ=SOMS\n" + EVENT + OTHER
        ),
        file("BEGIN:VTIMEZONE\nEND:VTIMEZONE\n" + EVENT + OTHER),
        b"\xef\xbb\xbf\r\n\r\n" + file(EVENT + OTHER),
        file(EVENT + OTHER).replace(b"\n", b"\r"),
        file(EVENT + OTHER).replace(b"\n", b"\r\r\n"),
        file(EVENT + OTHER).decode().encode("utf-16"),
    ],
)
def test_what_stands_around_the_events_does_not_matter(content: bytes) -> None:
    assert local(content) == BOTH


@pytest.mark.parametrize(
    "content",
    [
        file(EVENT)[:-16],
        file(EVENT + OTHER.replace("END:VEVENT\n", "")),
        file(EVENT.replace("END:VEVENT\n", "") + OTHER),
        file(EVENT.replace("BEGIN:VEVENT\n", "") + OTHER),
        file(EVENT, "BEGIN:VEVENT\nDTSTART:20261202T080000Z\n"),
        file(EVENT)[:-16] + file(OTHER),
    ],
)
def test_an_event_that_is_not_whole_refuses_the_calendar(content: bytes) -> None:
    with pytest.raises(UnreadableError) as refused:
        busy(content)
    assert refused.value.problem == "truncated"


@pytest.mark.parametrize("content", [b"", EVENT.encode(), b"<pre>" + file(EVENT), b"BEGIN:VCARD\nEND:VCARD"])
def test_what_is_no_calendar_is_told_as_that(content: bytes) -> None:
    with pytest.raises(UnreadableError) as refused:
        busy(content)
    assert refused.value.problem == "not_calendar"
