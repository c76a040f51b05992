"""Where a call takes place: the same in page, mail, calendar file and admin, and as it was promised."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import icalendar
import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from bookings import errors
from bookings.calls import erasure, lifecycle
from bookings.connected import feed
from bookings.models import Booking, CallType
from bookings.words import invitation, places
from portal.accounts.models import User
from portal.checks import settings_are_safe
from portal.common import times
from portal.mail.models import OutboundEmail
from tests.bookings import browsing
from tests.bookings.admin.conftest import browser_of
from tests.bookings.people import THURSDAY_9, confirm, mail
from tests.factories.assessments import UserFactory
from tests.factories.bookings import BookingFactory

pytestmark = pytest.mark.django_db
Kind = CallType.Location
STREET = "Voorbeeldstraat 1, Voorbeeldstad"
ROOM = re.compile(r"https://meet\.jit\.si/[0-9a-f]{32}")
PLACES: dict[str, dict[str, str]] = {
    Kind.PHONE_HOST_CALLS: {},
    Kind.PHONE_VISITOR_CALLS: {"location_phone": "+31201234567"},
    Kind.ADDRESS: {"location_nl": STREET, "location_en": ""},
    Kind.LINK: {"location_url": "https://video.voorbeeld.nl/jet"},
    Kind.JITSI: {},
    Kind.TEXT: {"location_nl": "Aan de telefoon of in het park", "location_en": "By phone or in the park"},
}
# kind: what the visitor reads, what the coach reads, what a calendar says; Dutch, then English
AGREED = {
    Kind.PHONE_HOST_CALLS: (
        ("Jet belt je op +31 6 12345678", "Jet calls you on +31 6 12345678"),
        "Bel Sanne op +31 6 12345678",
        ("Jet belt je", "Jet calls you"),
    ),
    Kind.PHONE_VISITOR_CALLS: (
        ("Je belt Jet op +31 20 123 4567", "You call Jet on +31 20 123 4567"),
        "Sanne belt je op +31 20 123 4567",
        ("Je belt Jet op +31 20 123 4567", "You call Jet on +31 20 123 4567"),
    ),
    Kind.ADDRESS: ((STREET, STREET), STREET, (STREET, STREET)),
    Kind.LINK: (
        ("Online videogesprek", "Online video call"),
        "Online videogesprek",
        ("Online; de link staat in je mail", "Online; the link is in your mail"),
    ),
    Kind.JITSI: (
        ("Online videogesprek", "Online video call"),
        "Online videogesprek",
        ("Online; de link staat in je mail", "Online; the link is in your mail"),
    ),
    Kind.TEXT: (
        ("Aan de telefoon of in het park", "By phone or in the park"),
        "Aan de telefoon of in het park",
        ("Aan de telefoon of in het park", "By phone or in the park"),
    ),
}


@pytest.fixture
def at_place(call_type: CallType) -> Any:
    """Give the call type a kind of place, with what belongs to it."""

    def give(kind: str, **changes: str) -> CallType:
        CallType.objects.update(location_kind=kind, **(PLACES[kind] | changes))
        call_type.refresh_from_db()
        return call_type

    return give


@pytest.fixture
def coach(db: None) -> Client:
    return browser_of(User.objects.create_superuser("jet@voorbeeld.nl", name="Jet", proven_at=times.now()))


def file_of(booking: Booking) -> icalendar.Event:
    return icalendar.Calendar.from_ical(invitation.invitation(booking)).walk("VEVENT")[0]


def words_of(markup: str) -> str:
    return " ".join(BeautifulSoup(markup, "html.parser").get_text(" ").split())


def targets_of(markup: str) -> set[str]:
    return {link["href"] for link in BeautifulSoup(markup, "html.parser").select("a[href]")}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", PLACES)
def test_page_mail_calendar_and_admin_agree(at_place, coach: Client, visitor: Client, kind, language):
    call_type = at_place(kind)
    user = UserFactory(email="sanne@voorbeeld.nl")
    booking = confirm(call_type, language=language, phone="+31612345678")
    erasure.adopt(user)
    visitor.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    invitee_words, host_words, calendar = AGREED[kind]
    read = invitee_words[language == "en"]

    with translation.override(language):
        pages = [
            visitor.get(reverse(f"bookings:{page}", args=[booking.public_id])).content.decode()
            for page in ("done", "manage")
        ]
    confirmation, coach_mail = mail("confirmation"), mail("coach_booked")
    admin = coach.get(reverse("admin:bookings_booking_change", args=[booking.pk])).content.decode()

    for markup in (*pages, confirmation.html):
        assert read in words_of(markup)
    assert read in confirmation.text
    for text in (words_of(admin), coach_mail.text, words_of(coach_mail.html)):
        assert host_words in text
    assert str(file_of(booking)["LOCATION"]) == calendar[language == "en"]

    everywhere = [*pages, confirmation.html, coach_mail.html, admin]
    is_online = kind in (Kind.LINK, Kind.JITSI)
    assert bool(booking.join_url) == is_online
    if is_online:
        assert all(booking.join_url in targets_of(markup) for markup in everywhere)
        assert booking.join_url in confirmation.text
        assert booking.join_url in coach_mail.text
    else:
        assert not any("https://" in target for markup in everywhere for target in targets_of(markup))


@pytest.mark.parametrize("kind", PLACES)
def test_the_details_page_says_what_the_place_will_be(at_place, clock, visitor: Client, kind):
    at_place(kind)
    browsing.hold(visitor)
    page = browsing.words_of(visitor.get(reverse("bookings:details")))
    promised = {
        Kind.PHONE_HOST_CALLS: "Jet belt je op het nummer dat je hier invult",
        Kind.PHONE_VISITOR_CALLS: "Je belt Jet op +31 20 123 4567",
        Kind.LINK: "Online videogesprek; je krijgt de link zodra je bevestigt",
        Kind.JITSI: "Online videogesprek; je krijgt de link zodra je bevestigt",
    }
    assert promised.get(kind, PLACES[kind].get("location_nl", "")) in page
    assert ("Telefoonnummer" in page) == (kind == Kind.PHONE_HOST_CALLS)


# ---- what calendars may hold, and who sees what --------------------------------------------------------
@pytest.mark.parametrize("kind", [Kind.LINK, Kind.JITSI, Kind.PHONE_HOST_CALLS])
def test_a_shared_calendar_lets_nobody_in_and_shows_no_private_number(at_place, kind):
    call_type = at_place(kind)
    call_type.host.feed_shows_names = True
    call_type.host.save()
    booking = confirm(call_type, phone="+31612345678")
    files = [invitation.invitation(booking), feed.content(call_type.host, times.now())]
    for content in files:
        unfolded = content.replace(b"\r\n ", b"").decode()
        assert "612345678" not in unfolded.replace(" ", "")
        assert "https://" not in unfolded.replace(f"https://{booking.ics_uid}", "")
        assert booking.join_url == "" or booking.join_url not in unfolded


def test_the_visitors_number_is_kept_only_when_the_coach_calls(at_place):
    booking = confirm(at_place(Kind.ADDRESS), phone="+31612345678")
    booking.refresh_from_db()
    assert booking.phone == ""


def test_a_call_by_phone_is_not_confirmed_without_a_number(at_place):
    with pytest.raises(errors.PhoneMissingError):
        confirm(at_place(Kind.PHONE_HOST_CALLS))
    assert list(Booking.objects.values_list("status", flat=True)) == ["held"]


def test_a_call_by_phone_of_which_the_number_was_erased_says_so_without_a_gap(at_place):
    booking = confirm(at_place(Kind.PHONE_HOST_CALLS), phone="+31612345678")
    booking.phone = ""
    assert places.place(booking, "nl").words == "Jet belt je"
    host = places.place(booking, "nl", reader="host")
    assert (host.words, host.url) == ("Bel Sanne", "")


def test_the_coach_calls_and_the_visitor_calls_with_one_press(at_place):
    booking = confirm(at_place(Kind.PHONE_HOST_CALLS), phone="+31612345678")
    assert places.place(booking, "nl", reader="host").url == "tel:+31612345678"
    assert places.place(booking, "nl").url == ""
    other = confirm(at_place(Kind.PHONE_VISITOR_CALLS), THURSDAY_9 + timedelta(hours=2), who="noor")
    assert places.place(other, "nl").url == "tel:+31201234567"


# ---- a private room ---------------------------------------------------------------------------------------
def test_a_room_is_random_stays_over_moves_and_belongs_to_one_booking(at_place):
    booking = confirm(at_place(Kind.JITSI))
    room = booking.join_url
    assert ROOM.fullmatch(room)
    for known in (booking.public_id, booking.ics_uid.split("@")[0].replace("-", ""), str(booking.pk)):
        assert known.lower() not in room.rpartition("/")[2] or len(known) < 4
    moved = lifecycle.move(booking, THURSDAY_9 + timedelta(days=1), by=Booking.By.INVITEE)
    assert moved.join_url == room
    assert room in mail("moved").text
    lifecycle.cancel(moved, by=Booking.By.INVITEE)
    again = confirm(booking.call_type)
    assert ROOM.fullmatch(again.join_url)
    assert again.join_url != room


def test_a_cancelled_call_opens_no_room_and_shows_no_number(at_place):
    booking = confirm(at_place(Kind.JITSI))
    lifecycle.cancel(booking, by=Booking.By.HOST)
    for message in ("cancelled", "coach_cancelled"):
        assert booking.join_url not in mail(message).text + mail(message).html
    other = confirm(at_place(Kind.PHONE_HOST_CALLS), who="noor", phone="+31612345678")
    lifecycle.cancel(other, by=Booking.By.HOST)
    cancelled = OutboundEmail.objects.get(about=other.about, message="bookings/coach_cancelled")
    assert "12345678" not in cancelled.text + cancelled.html


def test_rooms_are_made_where_the_operator_says(at_place, settings):
    settings.JITSI_URL = "https://praat.voorbeeld.nl/kamers"
    assert confirm(at_place(Kind.JITSI)).join_url.startswith("https://praat.voorbeeld.nl/kamers/")


@pytest.mark.parametrize(
    "url", ["", "http://meet.jit.si", "javascript:alert(1)", "https://", "https://a b.nl", "https://a@b.nl"]
)
def test_a_room_server_that_is_no_plain_https_address_is_refused(settings, url):
    settings.JITSI_URL = url
    assert "portal.E004" in [error.id for error in settings_are_safe()]


# ---- promised is promised -----------------------------------------------------------------------------
@pytest.mark.parametrize("kind", PLACES)
def test_a_later_change_of_the_call_type_changes_nothing_that_was_promised(at_place, kind):
    booking = confirm(at_place(kind), phone="+31612345678")
    before = [places.place(booking, "nl", reader=reader) for reader in ("invitee", "host")]
    other = Kind.LINK if kind != Kind.LINK else Kind.PHONE_VISITOR_CALLS
    fields = {"location_nl": "Ergens anders", "location_en": "Elsewhere", "location_phone": "+31209999999"}
    at_place(other, **fields, location_url="https://elders.voorbeeld.nl/")
    booking = Booking.objects.select_related("call_type", "host").get(pk=booking.pk)
    assert [places.place(booking, "nl", reader=reader) for reader in ("invitee", "host")] == before


def test_words_are_translated_for_the_reader_while_the_call_type_still_says_so(at_place):
    booking = confirm(at_place(Kind.TEXT), language="en")
    assert places.place(booking, "nl").words == "Aan de telefoon of in het park"
    at_place(Kind.TEXT, location_en="Somewhere else", location_nl="Ergens anders")
    booking = Booking.objects.select_related("call_type", "host").get(pk=booking.pk)
    assert places.place(booking, "nl").words == "By phone or in the park"


# ---- erasure ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", [Kind.PHONE_HOST_CALLS, Kind.JITSI])
def test_erasure_leaves_no_number_and_no_room(at_place, clock, kind):
    user = UserFactory(email="sanne@voorbeeld.nl")
    past = confirm(at_place(kind), phone="+31612345678")
    erasure.adopt(user)
    clock.shift(timedelta(days=5))
    ahead = confirm(at_place(kind), THURSDAY_9 + timedelta(days=8), phone="+31612345678")
    rooms = [one.join_url for one in (past, ahead) if one.join_url]
    erasure.erase(user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(b::text, ' ') FROM bookings_booking b")
        dump = cursor.fetchone()[0]
    assert "612345678" not in dump
    assert not any(room in dump for room in rooms)


# ---- what the database refuses --------------------------------------------------------------------------
@pytest.mark.parametrize(
    "fields",
    [
        {"location_kind": "phone_visitor_calls", "location_phone": ""},
        {"location_kind": "phone_visitor_calls", "location_phone": "020 123 45 67"},
        {"location_kind": "link", "location_url": ""},
        {"location_kind": "link", "location_url": "http://video.voorbeeld.nl"},
        {"location_kind": "link", "location_url": "javascript:alert(1)"},
        {"location_kind": "address", "location_nl": "", "location_en": ""},
        {"location_kind": "text", "location_nl": "", "location_en": "Here"},
        {"location_kind": "text", "location_nl": "Hier", "location_en": ""},
        {"location_kind": "elders"},
    ],
)
def test_a_place_without_what_belongs_to_it_is_refused_by_the_database(call_type, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        CallType.objects.update(**fields)
    for name, value in fields.items():
        setattr(call_type, name, value)
    with pytest.raises(ValidationError):
        call_type.full_clean()


@pytest.mark.parametrize(
    "fields", [{"join_url": "http://x.nl"}, {"join_url": "javascript:x"}, {"phone": "06"}]
)
def test_a_booking_keeps_only_https_links_and_whole_numbers(call_type, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        BookingFactory(call_type=call_type, **fields)
