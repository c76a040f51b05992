"""The calendar file of one booking: invite, move and cancel (RFC 5545, 5546; iMIP: RFC 6047); and the feed.

One UID and one ORGANIZER for life, SEQUENCE up at every move and at the cancel, METHOD before the event:
without these a calendar keeps the old call or makes a second one. Calendars are shared, so whoever fills in
the description leaves scores out of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import quote

from icalendar import Calendar, Event, vCalAddress, vDuration, vText

from bookings.domain.intervals import to_utc

PRODID = "-//Draagkracht//Impact call//EN"
# Marks that turn the direction of what follows, so that an address can be made to look like another.
DIRECTION = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
# A parameter cannot hold a double quote; of a backslash and of the escapes of RFC 6868 (^n) every calendar
# program makes something else, Thunderbird a new line. So a name is written with their look-alikes.
IN_A_NAME = str.maketrans({'"': "'", "\\": "/", "^": "ˆ"})
STATUS = {"REQUEST": "CONFIRMED", "CANCEL": "CANCELLED"}


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What the invitee's calendar is told; aware times in any zone, written as UTC whole seconds.

    `sequence` is the booking's own, from 0. `stamp_at` is when this file is made, `created_at` and
    `modified_at` belong to the booking. Empty `location`, `url` and names are left out. Raises ValueError
    for another method, a negative sequence or a time without a zone.
    """

    uid: str
    sequence: int
    method: Literal["REQUEST", "CANCEL"]
    stamp_at: datetime
    created_at: datetime
    modified_at: datetime
    start_at: datetime
    end_at: datetime
    summary: str
    description: str
    location: str
    url: str
    organizer_name: str
    organizer_email: str
    attendee_name: str
    attendee_email: str
    uninvites: bool = False

    def __post_init__(self) -> None:
        if self.method not in STATUS:
            raise ValueError(f"A booking is sent as REQUEST or CANCEL, never as {self.method!r}.")
        if self.uninvites and self.method != "CANCEL":
            raise ValueError("Only a CANCEL takes somebody out.")
        if self.sequence < 0:
            raise ValueError(f"The sequence is {self.sequence}; it counts from 0.")
        for name in ("stamp_at", "created_at", "modified_at", "start_at", "end_at"):
            object.__setattr__(self, name, to_utc(getattr(self, name)))


@dataclass(frozen=True, kw_only=True)
class FeedEvent:
    """One call in the host's feed: UID and SEQUENCE as in its invitation, and only words the host chose."""

    uid: str
    sequence: int
    stamp_at: datetime
    created_at: datetime
    start_at: datetime
    end_at: datetime
    summary: str
    location: str


def build_feed(
    name: str, events: Iterable[FeedEvent], *, refresh: timedelta, organizer_name: str, organizer_email: str
) -> bytes:
    """Return a calendar to subscribe to (PUBLISH); `refresh` is how often to look again (RFC 7986).

    X-WR-CALNAME and X-PUBLISHED-TTL say the same to programs that do not know it: without the former, Google
    shows the address, secret and all, as the name. The same events give the same bytes.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for heading in ("name", "x-wr-calname"):
        calendar.add(heading, vText(_one_line(name)))
    calendar.add("refresh-interval", vDuration(refresh), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(refresh))
    organizer = _address(organizer_name, organizer_email)
    for one in events:
        event = _feed_event(one)
        event.add("organizer", organizer)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def build_copy(one: FeedEvent, *, description: str, url: str) -> bytes:
    """Return the host's own copy of a call, to be written into a calendar.

    Without METHOD, ORGANIZER and ATTENDEE, so that no calendar server sends an invitation of its own
    (RFC 6638): the portal is the one sender. The same event gives the same bytes.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    event = _feed_event(one)
    event.add("transp", "OPAQUE")
    event.add("description", _lines(description))
    event.add("url", _one_line(url))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _feed_event(one: FeedEvent) -> Event:
    event = Event()
    event.add("uid", _one_line(one.uid))
    event.add("sequence", one.sequence)
    event.add("status", "CONFIRMED")
    event.add("dtstamp", to_utc(one.stamp_at))
    event.add("created", to_utc(one.created_at))
    event.add("last-modified", to_utc(one.stamp_at))
    event.add("dtstart", to_utc(one.start_at))
    event.add("dtend", to_utc(one.end_at))
    event.add("summary", _one_line(one.summary))
    if location := _one_line(one.location):
        event.add("location", location)
    return event


def build(invitation: Invitation) -> bytes:
    """Return the file as UTF-8 with CRLF, folded at 75 octets; the same invitation gives the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", invitation.method)
    calendar.add_component(_event(invitation))
    content: bytes = calendar.to_ical()
    return content


def _event(invitation: Invitation) -> Event:
    event = Event()
    event.add("uid", _one_line(invitation.uid))
    event.add("sequence", invitation.sequence)
    if not invitation.uninvites:
        event.add("status", STATUS[invitation.method])
    event.add("dtstamp", invitation.stamp_at)
    event.add("created", invitation.created_at)
    event.add("last-modified", invitation.modified_at)
    event.add("dtstart", invitation.start_at)
    event.add("dtend", invitation.end_at)
    event.add("organizer", _address(invitation.organizer_name, invitation.organizer_email))
    attendee = _address(invitation.attendee_name, invitation.attendee_email)
    attendee.params.update(
        {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    )
    event.add("attendee", attendee)
    event.add("summary", _one_line(invitation.summary))
    for name, text in (
        ("description", _lines(invitation.description)),
        ("location", _one_line(invitation.location)),
        ("url", _one_line(invitation.url)),
    ):
        if text:
            event.add(name, text)
    return event


def _address(name: str, email: str) -> vCalAddress:
    """A calendar address; the marks that end a mailto URI are percent-encoded (RFC 6068)."""
    address = vCalAddress("mailto:" + quote(_one_line(email), safe="@!$'*+"))
    shown = _one_line(name).translate(IN_A_NAME)
    if shown:
        address.params["CN"] = shown
    return address


def _one_line(text: str) -> str:
    return " ".join(_lines(text).split())


def _lines(text: str) -> str:
    """The text with every kind of line end as a line feed, without control and direction characters.

    U+0085, U+2028 and U+2029 count as line ends, because some readers split a file at them.
    """
    # The calendar library reads backslash-N as a line end; a backslash nobody needs is written as a slash.
    lines = text.replace("\\N", "/N").replace("\t", " ").splitlines()
    return "\n".join(line if _is_plain(line) else "".join(filter(_is_text, line)) for line in lines)


def _is_plain(line: str) -> bool:
    return line.isascii() and line.isprintable()


def _is_text(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cs") and unicodedata.bidirectional(sign) not in DIRECTION
