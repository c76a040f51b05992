"""What counts as a coach's own, at the edges: who waits for any coach, mails to a shared mailbox, guests of several."""

from __future__ import annotations

import pytest
from django.urls import reverse

from bookings.models import CalendarSource, Guest, Host, WaitlistEntry
from portal.accounts.models import User
from portal.common.sight import seen_by
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import at, browser_of
from tests.bookings.admin.rights.conftest import Desk
from tests.factories.bookings import OfferFactory, WaitlistEntryFactory
from tests.factories.mail import OutboundEmailFactory

pytestmark = pytest.mark.usefixtures("clock")


def sees_mail(desk: Desk, **fields: str) -> bool:
    mail = OutboundEmailFactory(**fields)
    return seen_by(desk.user, OutboundEmail.objects.filter(pk=mail.pk)).exists()


def test_who_waits_for_any_coach_is_the_practices_until_a_time_is_offered(
    anna: Desk, bram: Desk, practice: User
) -> None:
    entry = WaitlistEntryFactory()
    every = WaitlistEntry.objects.filter(pk=entry.pk)
    assert [seen_by(one, every).exists() for one in (anna.user, bram.user, practice)] == [False, False, True]
    entry.status = WaitlistEntry.Status.OFFERED
    entry.save()
    OfferFactory(call_type=anna.rows["bookings_calltype"], entry=entry, starts=[at(9, 10)])
    assert [seen_by(one, every).exists() for one in (anna.user, bram.user, practice)] == [True, False, True]


def test_a_mailbox_that_two_coaches_share_shares_no_calls_and_no_calendars(anna: Desk, bram: Desk) -> None:
    Host.objects.update(email="samen@praktijk.nl")
    source = CalendarSource.objects.get(host=anna.host)
    for about in (anna.booking.about, f"calendar:{source.pk}"):
        assert sees_mail(anna, to_email="samen@praktijk.nl", about=about)
        assert not sees_mail(bram, to_email="samen@praktijk.nl", about=about)


def test_an_address_that_a_coach_typed_opens_no_mail_to_it(anna: Desk, bram: Desk) -> None:
    page = reverse("admin:bookings_host_change", args=[bram.host.pk])
    sent = {
        "name": bram.host.name,
        "email": anna.lead.email,
        "time_zone": "Europe/Amsterdam",
        "is_active": "on",
    }
    assert bram.browser.post(page, sent).status_code == 302
    assert not sees_mail(bram, to_email=anna.lead.email, about="scan:x")
    assert not sees_mail(bram, to_email=anna.lead.email, about="")
    assert sees_mail(bram, to_email=bram.user.email, about="")


def test_a_mail_to_an_own_contact_about_nobodys_call_is_seen(anna: Desk, bram: Desk) -> None:
    fields = {"to_email": anna.lead.email, "about": "scan:x"}
    assert sees_mail(anna, **fields)
    assert not sees_mail(bram, **fields)


def test_a_mail_to_a_guest_is_of_the_coach_of_the_call(anna: Desk, bram: Desk) -> None:
    guest = Guest.objects.get(booking=anna.booking)
    fields = {"to_email": guest.email, "about": guest.about}
    assert sees_mail(anna, **fields)
    assert not sees_mail(bram, **fields)


def test_the_first_page_counts_only_own_mail_that_failed(anna: Desk, bram: Desk, practice: User) -> None:
    OutboundEmailFactory(about=bram.booking.about, status="failed")
    index = reverse("admin:index")
    body = browser_of(practice).get(index).content.decode()
    assert "3 mails" in body
    assert "3 mails" not in anna.browser.get(index).content.decode()


def test_an_address_that_is_a_guest_of_several_is_forgotten_by_the_practice_alone(
    anna: Desk, bram: Desk, practice: User
) -> None:
    guest = Guest.objects.get(booking=anna.booking)
    other = Guest.objects.create(booking=bram.booking, email=guest.email, seat=2, by="host")
    page = reverse("admin:bookings_booking_guest_out", args=[anna.booking.pk, guest.public_id])
    assert 'name="forget"' not in anna.browser.get(page).content.decode()
    assert anna.browser.post(page, {"forget": "yes"}).status_code == 403
    assert Guest.objects.filter(pk=other.pk).exists()
    of_practice = browser_of(practice)
    assert 'name="forget"' in of_practice.get(page).content.decode()
    of_practice.post(page, {"forget": "yes"})
    assert not Guest.objects.filter(email=guest.email).exists()
