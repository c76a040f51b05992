"""The coach sees that somebody who booked does not know: today, on the call, and at the contact."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.admin.mail_panels import lost_of
from bookings.calls import lifecycle
from bookings.models import Booking
from portal.leads import services as leads
from portal.mail import delivery, outbox, refused
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import Book, at
from tests.factories.mail import OutboundEmailFactory

SAID = "De bevestiging kwam niet aan"


@pytest.fixture
def call(book: Book) -> Booking:
    return book(at(3, 10))


def mailed(call: Booking, status: str, **fields: Any) -> OutboundEmail:
    values = {"message": "bookings/confirmation", "about": call.about, "sequence": call.sequence}
    return OutboundEmailFactory(status=status, **(values | {"to_email": call.email} | fields))


def today(client: Client) -> str:
    return client.get(reverse("admin:index")).content.decode()


def page(client: Client, call: Booking) -> str:
    return client.get(reverse("admin:bookings_booking_change", args=[call.pk])).content.decode()


@pytest.mark.parametrize("status", ["failed", "bounced"])
def test_a_confirmation_that_did_not_arrive_is_told_today_and_on_the_call(
    as_coach: Client, call: Booking, status: str
) -> None:
    assert SAID not in today(as_coach)
    mail = mailed(call, status)
    assert SAID in today(as_coach)
    assert "De mail over dit gesprek kon niet worden bezorgd." in page(as_coach, call)
    assert reverse("admin:mail_outboundemail_change", args=[mail.pk]) in page(as_coach, call)


def test_one_that_was_kept_back_because_the_address_gets_no_mail_is_told_too(
    as_coach: Client, call: Booking
) -> None:
    refused.refuse(call.email, refused.Why.BOUNCE)
    mailed(call, "queued")
    delivery.deliver_due()
    assert OutboundEmail.objects.get().status == "cancelled"
    assert SAID in today(as_coach)


def test_what_is_no_news_any_more_is_not_told(as_coach: Client, call: Booking) -> None:
    mail = mailed(call, "bounced")
    mailed(call, "failed", to_email="jet@voorbeeld.nl", message="bookings/coach_booked")
    outbox.send_again(mail)
    assert SAID not in today(as_coach)
    assert lost_of(call) is None
    OutboundEmail.objects.filter(pk=mail.pk).update(status="bounced")
    lifecycle.move(call, at(4, 10), by=Booking.By.HOST, outside_hours=True)  # its mail is another
    call.refresh_from_db()
    assert SAID not in today(as_coach)
    assert lost_of(call) is None


def test_the_contact_says_that_its_address_gets_no_mail(as_coach: Client, call: Booking) -> None:
    lead = leads.contact(call.email, name="Sanne")
    refused.refuse(call.email, refused.Why.BOUNCE, reason="550 5.1.1 unknown")
    said = as_coach.get(reverse("admin:leads_lead_change", args=[lead.pk])).content.decode()
    assert "Dit adres krijgt geen post." in said
    assert "Post kwam terug: 550 5.1.1 unknown" in said


def test_a_planned_reminder_is_named_after_its_call_and_reached_from_it(
    as_coach: Client, call: Booking
) -> None:
    mail = mailed(call, "queued", message="bookings/reminder_invitee", later=True)
    listed = as_coach.get(reverse("admin:mail_outboundemail_changelist")).content.decode()
    assert "Herinnering aan Sanne Vermeer" in listed
    assert "gesprek met Sanne Vermeer, do 26 nov 2026, 10:00" in listed
    assert reverse("admin:mail_outboundemail_change", args=[mail.pk]) in page(as_coach, call)


def test_today_asks_once_for_all_of_them(
    as_coach: Client, book: Book, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        mailed(book(at(3, 9 + number)), "bounced")
        with django_assert_num_queries(23):
            today(as_coach)
