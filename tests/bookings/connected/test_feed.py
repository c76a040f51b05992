"""The host's calls as a calendar to subscribe to."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import icalendar
import pytest
from django.test import Client
from django.urls import reverse

from bookings.calls import holds, lifecycle
from bookings.connected import feed
from bookings.models import Booking, Host
from bookings.words import invitation
from portal.common import times, tokens
from tests.bookings.people import THURSDAY_9, confirm
from tests.factories.bookings import BookingFactory, CallTypeFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def path_of(host):
    return urlsplit(feed.address(host)).path


def events_of(host, **headers):
    response = Client().get(path_of(host), headers=headers)
    assert response.status_code == 200
    return icalendar.Calendar.from_ical(response.content), response


def test_feed_and_invitation_agree(call_type, clock):
    booking = confirm(call_type)
    clock.shift(60)
    lifecycle.move(booking, THURSDAY_9 + timedelta(hours=2), by=Booking.By.HOST)
    booking.refresh_from_db()
    invited = icalendar.Calendar.from_ical(invitation.invitation(booking)).walk("VEVENT")[0]
    calendar, _response = events_of(call_type.host)
    (event,) = calendar.walk("VEVENT")
    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "DTSTAMP", "ORGANIZER"):
        assert event[name].to_ical() == invited[name].to_ical()
    assert event["SEQUENCE"] == 1


def test_feed_is_published_and_says_how_often_to_look(call_type):
    calendar, response = events_of(call_type.host)
    assert calendar["METHOD"] == "PUBLISH"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT15M" in response.content
    assert b"X-PUBLISHED-TTL:PT15M" in response.content
    assert response.headers["Content-Type"] == "text/calendar; charset=UTF-8"
    assert response.headers["Cache-Control"] == "private, max-age=300"
    assert response.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("name", ["Jet van Dalen", "Dalen, Jet; de\n coach \\ " + "met een lange naam " * 4])
def test_the_feed_tells_its_name_to_programs_of_every_age(call_type, name):
    """Google reads X-WR-CALNAME only; without it the secret address is what it shows."""
    Host.objects.update(name=name[:80])
    call_type.host.refresh_from_db()
    calendar, response = events_of(call_type.host)
    heading, _events, _rest = response.content.replace(b"\r\n ", b"").partition(b"BEGIN:VEVENT")
    lines = dict(line.split(":", 1) for line in heading.decode().splitlines())
    assert lines["NAME"] == lines["X-WR-CALNAME"]
    assert calendar["X-WR-CALNAME"] == calendar["NAME"]
    assert str(calendar["NAME"]).startswith("Impactcalls van ")


def test_names_and_places_are_shown_only_when_the_host_says_so(call_type):
    booking = confirm(call_type, remark="Heel persoonlijk")
    calendar, response = events_of(call_type.host)
    assert calendar.walk("VEVENT")[0]["SUMMARY"] == "Impactcall"
    for secret in (booking.name, booking.email, "persoonlijk", "Online", booking.public_id):
        assert secret not in response.content.decode()
    call_type.host.feed_shows_names = True
    call_type.host.save()
    calendar, response = events_of(call_type.host)
    assert calendar.walk("VEVENT")[0]["SUMMARY"] == "Impactcall met Sanne Vermeer"
    assert "Online" in calendar.walk("VEVENT")[0]["LOCATION"]
    assert "persoonlijk" not in response.content.decode()


def test_holds_cancelled_calls_and_other_hosts_are_not_in_it(call_type):
    lifecycle.cancel(confirm(call_type), by=Booking.By.HOST)
    holds.hold_slot(call_type, THURSDAY_9, visitor="noor", client="noor")
    confirm(CallTypeFactory(), who="bas")
    assert events_of(call_type.host)[0].walk("VEVENT") == []


def test_feed_reaches_30_days_back_and_a_year_ahead(call_type):
    now = times.now()
    starts = [now + days * DAY for days in (-32, -29, 364, 366)]
    for start in starts:
        BookingFactory(call_type=call_type, start=start)
    found = [event["DTSTART"].dt for event in events_of(call_type.host)[0].walk("VEVENT")]
    assert found == starts[1:3]


def test_who_has_it_already_gets_304_until_something_changes(call_type):
    confirm(call_type)
    _calendar, first = events_of(call_type.host)
    etag = first.headers["ETag"]
    again = Client().get(path_of(call_type.host), headers={"if-none-match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    confirm(call_type, THURSDAY_9 + DAY, who="noor")
    assert events_of(call_type.host, **{"if-none-match": etag})[1].headers["ETag"] != etag


def test_an_address_that_was_replaced_or_made_up_is_not_found(call_type):
    host = call_type.host
    old = path_of(host)
    feed.renew_address(host)
    other = CallTypeFactory().host
    wrong = tokens.make("bookings.manage", host.public_id, host.feed_generation)
    for path in (
        old,
        path_of(host).replace(host.public_id, other.public_id),
        reverse("feeds:calls", args=[host.public_id, wrong]),
        reverse("feeds:calls", args=["2" * 24, wrong]),
        reverse("feeds:calls", args=[host.public_id, "é"]),
    ):
        assert Client().get(path).status_code == 404
    assert Client().get(path_of(host)).status_code == 200


def test_feed_takes_three_queries_and_is_only_read(call_type, django_assert_num_queries):
    for day in range(5):
        BookingFactory(call_type=call_type, start=THURSDAY_9 + day * DAY)
    with django_assert_num_queries(3):
        Client().get(path_of(call_type.host))
    assert Client().post(path_of(call_type.host)).status_code == 405
