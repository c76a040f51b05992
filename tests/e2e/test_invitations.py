"""Invitations as they arrive, read by three programs of different families: icalendar, vobject and ical.js.

ical.js is what Thunderbird reads with; it runs in the suite's own Chromium.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import vobject
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from playwright.sync_api import Browser, Page

from bookings.availability.calendar import free_slots
from bookings.calls import lifecycle
from bookings.connected import feed
from bookings.domain.ics import build
from bookings.models import Booking, CallType
from portal.common.ids import new_public_id
from portal.common.names import unlinked
from portal.mail import delivery
from tests.bookings.domain.test_ics import INVITE
from tests.chaos.harness import Sink, smtp_at
from tests.factories.assessments import InstrumentFactory
from tests.factories.bookings import CallTypeFactory

pytestmark = pytest.mark.browser  # the third reader runs in it

VENDORED = Path(__file__).parents[1] / "vendor" / "ical.js" / "ical.min.js"
LOAD = """async source => {
  const address = URL.createObjectURL(new Blob([source], {type: 'text/javascript'}));
  window.ICAL = (await import(address)).default;
}"""
READ = """text => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return calendar.getAllSubcomponents('vevent').map(event => {
    const value = name => event.getFirstPropertyValue(name);
    const time = name => value(name).toJSDate().toISOString();
    const attendees = event.getAllProperties('attendee');
    return {
      method: calendar.getFirstPropertyValue('method'),
      uid: value('uid'), sequence: value('sequence'), status: value('status'),
      dtstamp: time('dtstamp'), dtstart: time('dtstart'), dtend: time('dtend'),
      organizer: value('organizer'), attendees: attendees.map(one => one.getFirstValue()),
      parameters: attendees.map(one => one.jCal[1]),
      summary: value('summary'), description: value('description'), location: value('location'),
      names: event.getAllProperties().map(one => one.name).sort(),
    };
  });
}"""
PARAMETERS = {
    "cutype": "INDIVIDUAL",
    "role": "REQ-PARTICIPANT",
    "partstat": "NEEDS-ACTION",
    "rsvp": "TRUE",
}
Reader = Callable[[bytes], list[dict[str, Any]]]


def with_icalendar(content: bytes) -> list[dict[str, Any]]:
    calendar = Calendar.from_ical(content)
    found = []
    for event in calendar.walk("VEVENT"):
        attendees = event.get("attendee", [])
        attendees = attendees if isinstance(attendees, list) else [attendees]
        found.append(
            {
                "method": str(calendar["method"]),
                **{name: str(event[name]) for name in ("uid", "status", "organizer")},
                **{name: event.decoded(name) for name in ("dtstamp", "dtstart", "dtend")},
                "sequence": event["sequence"],
                "attendees": [str(one) for one in attendees],
                "parameters": [{k.lower(): str(v) for k, v in one.params.items()} for one in attendees],
                **{name: text_of(event.get(name)) for name in ("summary", "description", "location")},
                "names": sorted(
                    name.lower()
                    for name, _value in event.property_items(recursive=False)
                    if name not in ("BEGIN", "END")
                ),
            }
        )
    return found  # fmt: skip


def with_vobject(content: bytes) -> list[dict[str, Any]]:
    calendar = vobject.readOne(content.decode())
    found = []
    for event in calendar.contents["vevent"]:
        value = {name: lines[0].value for name, lines in event.contents.items()}
        attendees = event.contents.get("attendee", [])
        found.append(
            {
                "method": calendar.method.value,
                **{name: value[name] for name in ("uid", "status", "organizer")},
                **{name: value[name].astimezone(UTC) for name in ("dtstamp", "dtstart", "dtend")},
                "sequence": int(value["sequence"]),
                "attendees": [one.value for one in attendees],
                "parameters": [{k.lower(): v[0] for k, v in one.params.items()} for one in attendees],
                **{name: value.get(name) for name in ("summary", "description", "location")},
                "names": sorted(line for line, lines in event.contents.items() for _one in lines),
            }
        )
    return found


@pytest.fixture(scope="module")
def ical_js(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.evaluate(LOAD, VENDORED.read_text(encoding="utf-8"))
    yield page
    context.close()


@pytest.fixture(scope="module")
def with_ical_js(ical_js: Page) -> Reader:
    def read(content: bytes) -> list[dict[str, Any]]:
        found = ical_js.evaluate(READ, content.decode())
        for event in found:
            for name in ("dtstamp", "dtstart", "dtend"):
                event[name] = datetime.fromisoformat(event[name])
        return found

    return read


@pytest.fixture(scope="module")
def agreed(with_ical_js: Reader) -> Reader:
    """What all three read; a difference between them is a failure."""

    def read(content: bytes) -> list[dict[str, Any]]:
        first, second, third = with_icalendar(content), with_vobject(content), with_ical_js(content)
        for one, two, three in zip(first, second, third, strict=True):
            differs = {
                key: (one[key], two[key], three[key]) for key in one if not one[key] == two[key] == three[key]
            }
            assert differs == {}
        return first

    return read


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with Sink() as server:
        settings.SMTP = smtp_at(server.port)
        yield server


@pytest.fixture
def call_type(transactional_db: None, settings: Any, tmp_path: Path) -> CallType:
    settings.CLOCK_OFFSET_FILE = str(tmp_path / "offset")
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # nobody is woken up; the test delivers
    InstrumentFactory()
    return CallTypeFactory()


def pass_minutes(settings: Any, minutes: int) -> None:
    Path(settings.CLOCK_OFFSET_FILE).write_text(str(minutes * 60))


def delivered(sink: Sink, recipient: str) -> EmailMessage:
    """The newest mail to somebody, as the server got it."""
    delivery.deliver_due()
    return [mail.message for mail in sink.received if mail.recipient == recipient][-1]


def calendar_of(message: EmailMessage, method: str) -> bytes:
    """The file, after a look at how it is wrapped."""
    assert message.get_content_type() == "multipart/mixed"
    bodies, attachment = message.iter_parts()
    kinds = [part.get_content_type() for part in bodies.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    part = list(bodies.iter_parts())[-1]
    assert (part.get_param("method"), part.get_content_charset()) == (method, "utf-8")
    content = part.get_payload(decode=True)
    assert content == attachment.get_payload(decode=True)
    assert content.index(b"METHOD:" + method.encode()) < content.index(b"BEGIN:VEVENT")
    return content


def text_of(value: object) -> str | None:
    return None if value is None else str(value)


NAMES = [
    "Sanne Vermeer",
    "Zoë “Łucja” O’Neill 😀👩‍👩‍👧",
    'Noor "de;RSVP=FALSE" Wit: x, y;CN=z',
    "Sanne\\nATTENDEE:mailto:evil@example.org",
    "Sanne ^n ^' ^^ Vermeer",
    "Ångström 東京 " * 6,
]


@pytest.mark.parametrize("name", NAMES, ids=["plain", "emoji", "marks", "line end", "caret", "long"])
def test_three_parsers_read_the_table_from_what_left_over_smtp(
    call_type: CallType, sink: Sink, agreed: Reader, settings: Any, name: str
) -> None:
    first, second = (slot.start for slot in free_slots(call_type)[3:30:20])
    details = lifecycle.Details(
        name=name, email="sanne@voorbeeld.nl", language="nl", time_zone="Europe/Amsterdam", topics=("naming",)
    )
    booking = lifecycle.confirm(call_type, first, visitor="", details=details, user=None, key=new_public_id())
    read = [(agreed(calendar_of(delivered(sink, booking.email), "REQUEST")), "REQUEST", "CONFIRMED", first)]
    pass_minutes(settings, 5)
    moved = lifecycle.move(booking, second, by=Booking.By.INVITEE)
    read.append(
        (agreed(calendar_of(delivered(sink, booking.email), "REQUEST")), "REQUEST", "CONFIRMED", second)
    )
    pass_minutes(settings, 10)
    lifecycle.cancel(moved, by=Booking.By.HOST)
    read.append(
        (agreed(calendar_of(delivered(sink, booking.email), "CANCEL")), "CANCEL", "CANCELLED", second)
    )
    events = []
    for sequence, (found, method, status, start) in enumerate(read):
        (event,) = found
        assert (event["method"], event["status"], event["sequence"]) == (method, status, sequence)
        assert (event["dtstart"], event["dtend"]) == (start, start + timedelta(minutes=30))
        assert event["uid"] == booking.ics_uid
        assert event["attendees"] == ["mailto:sanne@voorbeeld.nl"]
        (parameters,) = event["parameters"]
        assert parameters == PARAMETERS | {"cn": shown(unlinked(one_line(name)))}
        assert len(event["names"]) == len(set(event["names"]))
        events.append(event)
    assert len({event["organizer"] for event in events}) == 1
    stamps = [event["dtstamp"] for event in events]
    assert stamps == sorted(set(stamps))


def test_three_parsers_read_the_same_feed(call_type: CallType, agreed: Reader) -> None:
    for place, name in enumerate(NAMES[:4]):
        start = free_slots(call_type)[place * 4].start
        details = lifecycle.Details(
            name=name, email=f"p{place}@voorbeeld.nl", language="nl", time_zone="Europe/Amsterdam"
        )
        lifecycle.confirm(call_type, start, visitor="", details=details, user=None, key=new_public_id())
    call_type.host.feed_shows_names = True
    call_type.host.save()
    content = Client().get(urlsplit(feed.address(call_type.host)).path).content
    events = agreed(content)
    stored = Booking.objects.order_by("period")
    assert [event["uid"] for event in events] == [booking.ics_uid for booking in stored]
    assert [event["dtstart"] for event in events] == [booking.start_at for booking in stored]
    assert {event["method"] for event in events} == {"PUBLISH"}


PLAIN = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=120)
MARKS = st.text("\\nN;:,\"'^=%éa 😀", max_size=40)  # what means something to one reader or another
WORDS = PLAIN | MARKS


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(summary=WORDS, lines=st.lists(WORDS, max_size=4), name=WORDS)
def test_any_text_comes_through_all_three(agreed: Reader, summary: str, lines: list[str], name: str) -> None:
    content = build(replace(INVITE, summary=summary, description="\n".join(lines), attendee_name=name))
    assert max(map(len, content.split(b"\r\n"))) <= 75
    (event,) = agreed(content)
    assert event["summary"] == one_line(summary)
    assert one_line(event["description"] or "") == one_line("\n".join(lines))
    assert event["parameters"][0].get("cn", "") == shown(name)


def shown(name: str) -> str:
    """A name as an invitation can hold it."""
    return one_line(name).replace('"', "'").replace("\\", "/").replace("^", "ˆ")


def one_line(text: str) -> str:
    """As we mean it: white space is one space, marks that turn the direction are gone, and no backslash-N."""
    turned = re.sub("[\u202a-\u202e\u2066-\u2069]", "", text.replace("\\N", "/N"))
    return " ".join(turned.split())
