"""What the portal throws away by itself, as the privacy page says it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bookings import errors
from bookings.availability import calendar
from bookings.calls import lifecycle, taking
from bookings.connected import feed
from bookings.connected.copies import digest
from bookings.models import Booking, CalendarCopy, CallType, Offer, WaitlistEntry
from portal.common import times
from portal.tasks import clean_up
from tests.bookings.calls.test_erasure import tables_with
from tests.bookings.people import THURSDAY_9, confirm, told_of_missed
from tests.factories.bookings import (
    BookingFactory,
    CalDavSourceFactory,
    CallTypeFactory,
    OfferFactory,
    WaitlistEntryFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PHONE, ROOM = "+31612345678", "https://meet.jit.si/0123456789abcdef"


def entry_that_ended(days_ago: int, *, status: str = "withdrawn", **fields: Any) -> WaitlistEntry:
    return WaitlistEntryFactory(status=status, ended_at=times.now() - days_ago * DAY, **fields)


# ---- waiting ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", ["taken", "withdrawn", "lapsed"])
def test_who_stopped_waiting_ninety_days_ago_is_forgotten_with_the_times_that_were_held(call_type, status):
    recent = entry_that_ended(89, status=status, name="Bas")
    old = entry_that_ended(91, status=status, name="Zeldzaam")
    for entry in (recent, old):
        OfferFactory(
            call_type=call_type, entry=entry, name=entry.name, status="declined", ended_at=entry.ended_at
        )
    clean_up()
    assert list(WaitlistEntry.objects.all()) == [recent]
    assert Offer.objects.get().entry == recent
    assert "bookings_waitlistentry" not in {table for table, _word in tables_with("Zeldzaam", old.email)}


def test_who_still_waits_keeps_the_times_that_were_offered(call_type):
    entry = WaitlistEntryFactory(created_at=times.now() - 200 * DAY)
    OfferFactory(call_type=call_type, entry=entry, status="lapsed", ended_at=times.now() - 100 * DAY)
    OfferFactory(call_type=CallTypeFactory())
    clean_up()
    assert (WaitlistEntry.objects.count(), Offer.objects.count()) == (2, 2)


def test_times_held_after_a_missed_call_go_and_the_call_stays(call_type, clock):
    missed = confirm(call_type, who="noor")
    clock.move_to(missed.end_at)
    told_of_missed(missed, clock)
    taken = taking.take_offer(Offer.objects.get(), Offer.objects.get().starts[0], name="Noor", language="nl")
    clock.shift(90 * DAY)
    clean_up()
    assert Offer.objects.exists()
    clock.shift(timedelta(seconds=1))
    clean_up()
    assert not Offer.objects.exists()
    taken.refresh_from_db()
    assert (taken.offer, taken.status, Booking.objects.count()) == (None, "confirmed", 2)


# ---- by which number or link ------------------------------------------------------------------------------
@pytest.mark.parametrize("status", ["confirmed", "completed", "no_show", "cancelled"])
def test_number_and_room_are_gone_thirty_days_after_the_call(call_type, clock, status):
    off = {"cancelled_at": times.now(), "cancelled_by": "host"} if status == "cancelled" else {}
    call = BookingFactory(
        call_type=call_type, start=THURSDAY_9, status=status, phone=PHONE, join_url=ROOM, **off
    )
    clock.move_to(call.end_at + 30 * DAY)
    clean_up()
    call.refresh_from_db()
    assert (call.phone, call.join_url) == (PHONE, ROOM)
    clock.shift(timedelta(seconds=1))
    clean_up()
    call.refresh_from_db()
    assert (call.phone, call.join_url, call.name, call.status) == ("", "", "Sanne Vermeer", status)


@pytest.mark.parametrize("kind", [CallType.Location.PHONE_HOST_CALLS, CallType.Location.JITSI])
def test_copy_in_the_coachs_calendar_is_left_alone_and_says_what_it_said(call_type, clock, kind):
    CalDavSourceFactory(host=call_type.host, writes=True)
    CallType.objects.update(location_kind=kind)
    call_type.refresh_from_db()
    call = confirm(call_type, phone=PHONE)
    CalendarCopy.objects.update(status="written", written_digest=digest(feed.copy_of(call)))
    before = CalendarCopy.objects.values().get()
    clock.move_to(call.end_at + 31 * DAY)
    clean_up()
    call.refresh_from_db()
    assert (call.phone, call.join_url) == ("", "")
    assert CalendarCopy.objects.values().get() == before
    assert digest(feed.copy_of(call)) == before["written_digest"]


def test_call_of_so_long_ago_is_not_moved_any_more(call_type, clock):
    call = confirm(call_type)
    clock.move_to(call.end_at + 30 * DAY)
    with pytest.raises(errors.TooLateError):
        lifecycle.move(call, calendar.free_slots(call_type)[0].start, by=Booking.By.HOST)
