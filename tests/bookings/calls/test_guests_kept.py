"""What is kept of guests, and how it goes: an erasure of either side, the years, a copy of everything, calendars."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bookings.calls import erasure, lifecycle
from bookings.connected import copies, feed
from bookings.models import Booking, CallType, Guest, Host
from portal.accounts import services as accounts
from portal.common import retention, times
from portal.common.export import copy_of
from portal.mail.models import OutboundEmail
from portal.mail.retention import delete_forgotten
from tests.bookings.inviting import BOSS, HR, SANNE, call_of, event_of, invite, proven, to_guest, work
from tests.factories.bookings import CalendarCopyFactory

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.django_db]


def test_an_erasure_of_who_booked_tells_the_guests_and_forgets_them(call_type: CallType) -> None:
    booking = call_of(call_type)
    invite(booking)
    work()
    accounts.erase(proven())
    (off,) = to_guest(work())
    assert (off.calendar_method, event_of(off)["STATUS"]) == ("CANCEL", "CANCELLED")
    delete_forgotten()
    assert not Guest.objects.exists()
    assert not OutboundEmail.objects.filter(to_email=HR).exists()


def test_no_mail_to_a_guest_keeps_the_address_of_who_was_erased(call_type: CallType, clock: Any) -> None:
    booking = call_of(call_type)
    invite(booking)
    work()
    clock.move_to(booking.end_at + timedelta(hours=1))
    lifecycle.close(booking, Booking.Status.COMPLETED)
    accounts.erase(proven())
    assert not OutboundEmail.objects.filter(text__icontains=SANNE).exists()
    assert not OutboundEmail.objects.filter(calendar__icontains=SANNE).exists()


def test_an_erasure_of_a_guest_leaves_the_mails_of_who_booked(call_type: CallType) -> None:
    booking = call_of(call_type)
    invite(booking)
    work()
    erasure.erase(proven(HR, name=""))
    accounts.erase(proven(HR))
    work()
    delete_forgotten()
    assert not OutboundEmail.objects.filter(to_email=HR).exists()
    (confirmation,) = OutboundEmail.objects.filter(message="bookings/confirmation")
    assert (confirmation.status, bool(confirmation.text)) == ("sent", True)
    waiting = OutboundEmail.objects.filter(to_email=SANNE, message="bookings/reminder_invitee").unsent()
    assert waiting.exists()


def test_addresses_of_guests_go_thirty_days_after_the_call(call_type: CallType, clock: Any) -> None:
    booking = call_of(call_type)
    invite(booking)
    work()
    clock.move_to(booking.end_at + timedelta(days=30))
    list(retention.carry_out(times.now()))
    assert Guest.objects.count() == 1
    clock.shift(timedelta(seconds=1))
    list(retention.carry_out(times.now()))
    delete_forgotten()
    assert not Guest.objects.exists()
    assert not OutboundEmail.objects.filter(to_email=HR, status="sent").exists()


def test_both_find_it_in_their_copy_of_everything_and_neither_reads_of_the_other(call_type: CallType) -> None:
    booking = call_of(call_type, remark="Voor de coach")
    invite(booking), invite(booking, BOSS)

    def guests_in(email: str) -> list[dict[str, Any]]:
        (section,) = [one for one in copy_of(email) if one.section.name == "guests"]
        return section.as_data()

    assert [row["email"] for row in guests_in(SANNE)] == [HR, BOSS]
    assert [row["email"] for row in guests_in(HR)] == [HR]
    assert "Voor de coach" not in str(guests_in(HR))
    assert SANNE not in str(guests_in(HR))


def test_calendars_of_the_coach_say_how_many_join_and_not_who(call_type: CallType) -> None:
    Host.objects.update(feed_shows_names=True)
    booking = call_of(call_type)
    copy = CalendarCopyFactory(booking=booking, source__host=booking.host)
    before = feed.content(call_type.host, times.now())
    invite(booking), invite(booking, BOSS)
    booking = Booking.objects.select_related("host__user", "call_type").get()
    for file in (feed.content(booking.host, times.now()), feed.copy_of(booking)):
        said = file.decode().replace("\r\n ", "")
        assert "en 2 gasten" in said
        assert "bedrijf.example" not in said
        assert "ATTENDEE" not in said
    assert b"gasten" not in before
    copy.refresh_from_db()
    assert copy.status == copies.Status.WAITING  # the calendar follows
