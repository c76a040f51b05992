"""The place of one call is changed: page, invitation and one small mail follow, and a promised link is asked for."""

from __future__ import annotations

from datetime import timedelta

import icalendar
import pytest

from bookings.calls import lifecycle
from bookings.calls.placing import NewPlace, set_place
from bookings.errors import ChangedError, TooLateError
from bookings.models import Booking, CallType
from bookings.words import invitation
from bookings.words.places import misses_link, place
from portal.common import times
from portal.mail.models import OutboundEmail
from tests.bookings.people import HALF_HOUR, THURSDAY_9, confirm, mail, mails, with_words

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.django_db]
Kind = CallType.Location
LINK = "https://video.voorbeeld.nl/sanne"
STREET = "Voorbeeldstraat 1, Voorbeeldstad"
PLACES = {
    "you call": NewPlace(kind=Kind.PHONE_HOST_CALLS, phone="+31612345678"),
    "they call": NewPlace(kind=Kind.PHONE_VISITOR_CALLS, location="+31201234567"),
    "link": NewPlace(kind=Kind.LINK, join_url=LINK),
    "room": NewPlace(kind=Kind.JITSI),
    "address": NewPlace(kind=Kind.ADDRESS, location=STREET),
}
# what the visitor reads, what the coach reads, what a calendar says
SAID = {
    "you call": ("Jet belt je op +31 6 12345678", "Bel Sanne op +31 6 12345678", "Jet belt je"),
    "they call": (
        "Je belt Jet op +31 20 123 4567",
        "Sanne belt je op +31 20 123 4567",
        "Je belt Jet op +31 20 123 4567",
    ),
    "link": ("Online videogesprek", "Online videogesprek", "Online; de link staat in je mail"),
    "room": ("Online videogesprek", "Online videogesprek", "Online; de link staat in je mail"),
    "address": (STREET, STREET, STREET),
}


def placed(booking: Booking, name: str) -> Booking:
    assert set_place(booking, PLACES[name], seen=booking.sequence)
    booking.refresh_from_db()
    return booking


def event(text: str | bytes) -> icalendar.Event:
    return icalendar.Calendar.from_ical(text).walk("VEVENT")[0]


@pytest.mark.parametrize("name", PLACES)
def test_visitor_coach_and_invitation_follow(call_type, name):
    before = confirm(call_type)
    was = event(invitation.invitation(before))
    booking = placed(before, name)
    read, host, calendar = SAID[name]
    assert place(booking, "nl").words == read
    assert place(booking, "nl", reader="host").words == host
    told = mail("place_changed")
    now = event(told.calendar)
    assert read in told.text
    assert "METHOD:REQUEST" in told.calendar
    assert (now["UID"], now["DTSTART"].dt, str(now["LOCATION"])) == (was["UID"], was["DTSTART"].dt, calendar)
    assert (int(was["SEQUENCE"]), int(now["SEQUENCE"]), booking.sequence) == (0, 1, 1)
    assert booking.join_url not in told.calendar or not booking.join_url
    assert event(invitation.invitation(booking))["SEQUENCE"] == now["SEQUENCE"]


def test_only_what_changed_is_mailed_and_only_to_the_visitor(call_type):
    booking = placed(confirm(call_type, topics=("letting-go",), remark="Graag kort."), "room")
    booking = placed(booking, "link")
    OutboundEmail.objects.filter(message="bookings/place_changed", sequence=1).delete()
    told = mail("place_changed")
    assert (told.to_email, told.subject) == (
        booking.email,
        "Andere plek: do 26 nov 2026, 09:00, impactcall met Jet van Dalen",
    )
    assert LINK in told.text
    assert LINK in told.html
    for unchanged in ("Uit handen geven", "Graag kort.", "Uitslag gedeeld", booking.email):
        assert unchanged not in told.text
    assert mails(to_email="jet@voorbeeld.nl", message="bookings/coach_moved") == []


def test_the_link_and_the_number_of_before_are_gone(call_type):
    booking = placed(placed(confirm(call_type), "link"), "you call")
    assert (booking.join_url, booking.phone) == ("", "+31612345678")
    booking = placed(booking, "address")
    assert (booking.join_url, booking.phone, booking.location) == ("", "", STREET)


def test_a_private_room_is_made_once(call_type):
    booking = placed(confirm(call_type), "room")
    assert booking.join_url.startswith("https://meet.jit.si/")
    assert not set_place(booking, PLACES["room"], seen=booking.sequence)


def test_the_same_place_is_no_change_and_no_mail(call_type):
    booking = placed(confirm(call_type), "link")
    assert not set_place(booking, PLACES["link"], seen=0)
    assert OutboundEmail.objects.filter(message="bookings/place_changed").count() == 1


def test_a_confirmation_that_waits_still_leaves_before_it(call_type):
    placed(confirm(call_type), "link")
    waiting = OutboundEmail.objects.filter(status="queued").order_by("pk")
    messages = list(waiting.values_list("message", flat=True))
    assert messages.index("bookings/confirmation") < messages.index("bookings/place_changed")
    assert messages.count("bookings/coach_booked") == 1
    row = with_words(OutboundEmail.objects.get(message="bookings/coach_booked", status="queued"))
    assert "Online videogesprek" in row.text


def test_reminders_are_there_once_and_say_the_new_place(call_type):
    placed(confirm(call_type), "address")
    (row,) = OutboundEmail.objects.filter(message="bookings/reminder_invitee", status="queued")
    assert STREET in with_words(row).text
    assert OutboundEmail.objects.filter(message="bookings/reminder_coach", status="queued").count() == 1


def test_a_move_keeps_the_place(call_type):
    booking = placed(confirm(call_type), "link")
    moved = lifecycle.move(booking, THURSDAY_9 + HALF_HOUR * 2, by=Booking.By.HOST)
    assert (moved.join_url, moved.sequence) == (LINK, 2)
    assert LINK in mail("moved").text


def test_who_read_another_version_is_told(call_type):
    booking = placed(confirm(call_type), "link")
    with pytest.raises(ChangedError):
        set_place(booking, PLACES["address"], seen=0)
    booking.refresh_from_db()
    assert booking.join_url == LINK


@pytest.mark.parametrize("why", ["over", "cancelled", "erased"])
def test_a_call_that_is_not_ahead_keeps_its_place(call_type, clock, why):
    booking = confirm(call_type)
    if why == "over":
        clock.move_to(booking.end_at)
    elif why == "cancelled":
        lifecycle.cancel(booking, by=Booking.By.HOST)
    else:
        Booking.objects.filter(pk=booking.pk).update(email="", name="")
    with pytest.raises(TooLateError):
        set_place(booking, PLACES["link"], seen=booking.sequence)


def test_a_call_that_has_begun_may_still_get_another_link(call_type, clock):
    booking = confirm(call_type)
    clock.move_to(booking.start_at + timedelta(minutes=2))
    assert placed(booking, "link").join_url == LINK


# ---- a link that was promised -----------------------------------------------------------------------------
@pytest.fixture
def promised(call_type: CallType) -> Booking:
    CallType.objects.update(location_kind=Kind.LINK_LATER)
    call_type.refresh_from_db()
    return confirm(call_type)


def test_a_promise_says_who_sends_the_link(promised):
    assert misses_link(promised)
    words = "Online; je krijgt de link van Jet vóór het gesprek"
    assert words in mail("confirmation").text
    assert place(promised, "nl", reader="host").words == "online. Stuur Sanne de link vóór het gesprek."


def test_the_coach_reads_that_it_is_missing_when_booked_and_before_the_call(promised, clock):
    path = f"/beheer/bookings/booking/{promised.pk}/place/"
    for message in ("coach_booked", "reminder_coach"):
        told = mail(message)
        assert "De link naar dit gesprek ontbreekt nog." in told.text
        assert path in told.text
        assert path in told.html


def test_the_mail_with_the_link_that_was_promised_says_so(promised):
    placed(promised, "link")
    told = mail("place_changed")
    assert told.subject == "De link: do 26 nov 2026, 09:00, impactcall met Jet van Dalen"
    assert "Zo spreek je Jet van Dalen op do 26 nov 2026, 09:00:" in told.text
    assert "andere plek" not in told.text + told.html


def test_once_given_it_is_not_missing_any_more(promised):
    booking = placed(promised, "link")
    assert not misses_link(booking)
    rows = OutboundEmail.objects.filter(message="bookings/reminder_coach", status="queued")
    assert "ontbreekt" not in with_words(rows.get()).text


def test_our_own_words_of_before_promise_one_as_well(call_type):
    assert call_type.location_kind == Kind.TEXT
    assert misses_link(confirm(call_type))


def test_other_words_promise_none(call_type):
    CallType.objects.update(location_kind=Kind.TEXT, location_nl="In het park", location_en="In the park")
    call_type.refresh_from_db()
    assert not misses_link(confirm(call_type))


# ---- a new kind of call -----------------------------------------------------------------------------------
def test_a_new_kind_of_call_is_by_phone_and_the_coach_calls():
    assert CallType().location_kind == Kind.PHONE_HOST_CALLS
    assert CallType().asks_phone


def test_nobody_is_mailed_a_link_of_a_call_that_is_off(promised):
    booking = placed(promised, "link")
    lifecycle.cancel(booking, by=Booking.By.HOST)
    assert LINK not in mail("cancelled").text
    assert times.now() < booking.start_at
