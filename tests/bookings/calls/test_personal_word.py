"""A personal word of the coach: in the mail, on the page of the call, and gone with the person."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from bookings.calls import erasure, lifecycle, taking
from bookings.calls.exported import SECTIONS
from bookings.models import Booking, CallType, Host, Offer
from portal.common import times
from portal.mail import mime
from portal.mail.models import OutboundEmail
from tests.bookings.people import HALF_HOUR, THURSDAY_9, confirm, details, mail
from tests.factories.assessments import UserFactory

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.django_db]
HOST = Booking.By.HOST
WORD = "Ik moet naar het ziekenhuis met <b>mijn</b> zoon.\nZie voorbeeld.com & tot snel"


def book(call_type: CallType, **changes: object) -> Booking:
    return lifecycle.book_for(call_type, THURSDAY_9, details=details(**changes), key="k" * 24, word=WORD)


def test_a_word_stands_in_the_mail_of_a_booking_a_move_and_a_cancellation(call_type):
    booking = book(call_type)
    booking = lifecycle.move(booking, THURSDAY_9 + HALF_HOUR * 2, by=HOST, word="Half uur later, sorry.")
    lifecycle.cancel(booking, by=HOST, word="Ik ben ziek.")
    for message, word in (
        ("confirmation", "Ik moet naar het ziekenhuis"),
        ("moved", "Half uur later, sorry."),
        ("cancelled", "Ik ben ziek."),
    ):
        told = mail(message)
        assert f"Jet van Dalen schrijft:\n\n{word}" in told.text
        assert word in told.html
    assert Booking.objects.get().word == "Ik ben ziek."


def test_markup_and_names_like_domains_stay_words(call_type):
    book(call_type)
    told = mail("confirmation")
    assert "&lt;b&gt;mijn&lt;/b&gt; zoon.<br>" in told.html
    assert "<b>mijn</b>" in told.text
    assert "voorbeeld. com & tot snel" in told.text


def test_a_word_reaches_no_header_no_calendar_file_and_no_coach(call_type):
    booking = lifecycle.book_for(
        call_type, THURSDAY_9, details=details(), key="k" * 24, word="Hoi\nBcc: a@voorbeeld.nl\nEND:VCALENDAR"
    )
    row = OutboundEmail.objects.get(message="bookings/confirmation")
    sent = message_from_bytes(mime.build(row), policy=policy.default)
    assert sent["Bcc"] is None
    assert "Bcc" not in row.calendar
    assert row.calendar.count("END:VCALENDAR") == 1
    assert "Bcc" not in mail("coach_booked").text
    assert booking.word.startswith("Hoi")


def test_without_a_word_nobody_writes_anything(call_type):
    booking = confirm(call_type)
    lifecycle.cancel(booking, by=HOST)
    assert "schrijft" not in mail("confirmation").text + mail("cancelled").text + mail("cancelled").html


def test_what_the_visitor_does_afterwards_says_no_old_word(call_type):
    moved = lifecycle.move(book(call_type), THURSDAY_9 + HALF_HOUR * 2, by=Booking.By.INVITEE)
    assert (moved.word, "ziekenhuis" in mail("moved").text) == ("", False)


def test_it_is_exported_and_erased_with_the_call(call_type):
    booking = book(call_type)
    (calls,) = (one for one in SECTIONS if one.name == "calls")
    assert [row.word for row in calls.rows(booking.email)] == [WORD]
    assert "word" not in calls.left_out
    erasure.erase(UserFactory(email=booking.email))
    booking.refresh_from_db()
    assert booking.word == ""


# ---- a cancellation by the coach offers times -------------------------------------------------------------
def test_two_times_on_other_days_are_held_and_told_in_the_same_mail(call_type):
    lifecycle.cancel(confirm(call_type), by=HOST, offer_times=True)
    offer = Offer.objects.get()
    assert (offer.reason, offer.expires_at) == ("cancelled", times.now() + timedelta(days=1))
    days = [times.local(start, "Europe/Amsterdam").date() for start in offer.starts]
    assert THURSDAY_9.date() not in days
    assert len(set(days)) == 2
    assert Booking.objects.filter(status="held", offer=offer).count() == 2
    told = mail("cancelled")
    assert told.text.count(f"/impactcall/aanbod/{offer.public_id}/") == 2
    assert "Deze twee tijden zijn van jou tot" in told.text
    assert "METHOD:CANCEL" in told.calendar


def test_what_the_visitor_cancels_holds_nothing(call_type):
    lifecycle.cancel(confirm(call_type), by=Booking.By.INVITEE)
    assert not Offer.objects.exists()
    assert "Komt een ander moment beter uit? Kies een nieuwe tijd:" in mail("cancelled").text


def test_without_a_free_time_the_mail_leads_to_all_times(call_type):
    booking = confirm(call_type)
    Host.objects.get().rules.all().delete()
    lifecycle.cancel(booking, by=HOST, offer_times=True)
    assert not Offer.objects.exists()
    assert "Kies hier een nieuwe tijd, dan gaat je gesprek gewoon door:" in mail("cancelled").text


def test_the_mail_that_says_it_is_off_leaves_also_when_the_offer_ended(call_type):
    lifecycle.cancel(confirm(call_type), by=HOST, offer_times=True)
    row = OutboundEmail.objects.get(message="bookings/cancelled")
    taking.decline_offer(Offer.objects.get())
    row.refresh_from_db()
    assert row.status == "queued"
    assert not Booking.objects.filter(status="held").exists()
