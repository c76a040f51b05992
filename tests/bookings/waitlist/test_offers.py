"""Time that comes free, and who is offered it: one person at a time, in order of waiting."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from bookings import errors
from bookings.availability import calendar
from bookings.calls import erasure, holds, lifecycle, taking
from bookings.models import Booking, CallType, Host, Offer, WaitlistEntry
from bookings.waitlist.offers import HELD_FREED
from portal.common import times
from portal.mail.models import OutboundEmail
from tests.bookings.people import HALF_HOUR, THURSDAY_9, confirm, mail, mails
from tests.bookings.waitlist.freed import DAY, FREED, cancelled, held, lapse, offered, waiting
from tests.factories.assessments import UserFactory
from tests.factories.bookings import (
    BookingFactory,
    CallTypeFactory,
    DateOverrideFactory,
    OverrideWindowFactory,
)

pytestmark = pytest.mark.django_db


# ---- in order of waiting ------------------------------------------------------------------------------
def test_freed_time_is_held_for_whoever_waits_longest_and_nobody_else(call_type, clock):
    for who in ("noor", "bas", "ilse"):
        waiting(call_type, who)
        clock.shift(timedelta(minutes=1))
    cancelled(call_type)
    offer = Offer.objects.get()
    assert (offer.name, offer.starts, offer.reason) == ("Noor", [THURSDAY_9], "freed")
    assert offer.expires_at == times.now() + timedelta(hours=4)
    row = Booking.objects.get(status="held")
    assert (row.offer, row.start_at, row.expires_at) == (offer, THURSDAY_9, offer.expires_at)
    assert mails(message=FREED) == [FREED]
    told = mail("offer_freed")
    assert (told.to_email, told.expires_at, told.kind) == ("noor@voorbeeld.nl", offer.expires_at, "service")
    assert list(WaitlistEntry.objects.values_list("status", flat=True)) == ["offered", "waiting", "waiting"]


def test_held_time_is_not_on_the_list_of_free_starts(call_type):
    waiting(call_type, "noor")
    cancelled(call_type)
    assert THURSDAY_9 not in {slot.start for slot in calendar.free_slots(call_type)}
    with pytest.raises(errors.SlotTakenError):
        holds.hold_slot(call_type, THURSDAY_9, visitor="bas", client="bas")


@pytest.mark.parametrize("what", ["cancelled", "declined", "lapsed"])
def test_time_of_a_coach_whose_zone_is_gone_comes_free_and_is_offered_to_nobody(call_type, clock, what):
    waiting(call_type, "noor")
    call = confirm(call_type)
    if what != "cancelled":
        lifecycle.cancel(call, by=Booking.By.INVITEE)
        waiting(call_type, "bas")
    Host.objects.update(time_zone="Europe/Atlantis")
    if what == "cancelled":
        lifecycle.cancel(call, by=Booking.By.INVITEE)
    elif what == "declined":
        taking.decline_offer(Offer.objects.get())
    else:
        clock.shift(HELD_FREED)
        assert holds.release_lapsed_holds() == 1
    assert (offered(), held()) == ([] if what == "cancelled" else [("Noor", what)], [])


def test_without_anybody_waiting_freed_time_is_simply_free(call_type):
    cancelled(call_type)
    assert (offered(), held()) == ([], [])
    holds.hold_slot(call_type, THURSDAY_9, visitor="bas", client="bas")


@pytest.mark.parametrize(
    ("who_waits", "gets_it"),
    [
        ({}, True),
        ({"kind": "team-day"}, False),
        ({"until_on": date(2026, 11, 26)}, True),  # up to and including
        ({"until_on": date(2026, 11, 25)}, False),
        ({"until_on": date(2026, 11, 26), "time_zone": "Pacific/Auckland"}, True),  # Thursday evening there
        ({"until_on": date(2026, 11, 25), "time_zone": "Pacific/Honolulu"}, True),  # Wednesday evening there
        ({"status": "withdrawn", "ended_at": THURSDAY_9}, False),
        ({"status": "offered"}, False),
    ],
)
def test_only_whoever_can_use_the_time_gets_it(call_type, who_waits, gets_it):
    waiting(call_type, "noor", **who_waits)
    waiting(call_type, "bas")
    cancelled(call_type)
    assert Offer.objects.get().name == ("Noor" if gets_it else "Bas")


def test_whoever_wants_one_coach_is_not_offered_another(call_type):
    other = CallTypeFactory(slug=call_type.slug)
    waiting(call_type, "noor", host=other.host)
    waiting(call_type, "bas", host=call_type.host)
    cancelled(call_type)
    assert offered() == [("Bas", "open")]
    cancelled(other, who="daan")
    assert offered() == [("Bas", "open"), ("Noor", "open")]
    assert [offer.call_type.host for offer in Offer.objects.order_by("pk")] == [call_type.host, other.host]


def test_whoever_gave_a_time_back_is_not_offered_it(call_type):
    waiting(call_type, "sanne")
    waiting(call_type, "bas")
    cancelled(call_type, who="sanne")
    assert offered() == [("Bas", "open")]


def test_whoever_has_a_call_is_only_offered_an_earlier_time(call_type):
    waiting(call_type, "noor")
    confirm(call_type, THURSDAY_9 + DAY, who="noor")
    cancelled(call_type, THURSDAY_9 + DAY + timedelta(hours=3))
    assert offered() == []
    cancelled(call_type, THURSDAY_9, who="daan")
    assert offered() == [("Noor", "open")]
    text = OutboundEmail.objects.get(message=FREED).text
    assert "Je hebt een gesprek op vr 27 nov 2026, 09:00." in text


def test_whoever_has_a_call_of_another_kind_cannot_move_it_here(call_type):
    waiting(call_type, "noor")
    BookingFactory(
        call_type=CallTypeFactory(host=call_type.host, weekdays=False),
        start=THURSDAY_9 + DAY,
        email="noor@voorbeeld.nl",
    )
    cancelled(call_type)
    assert offered() == []


# ---- what frees time ----------------------------------------------------------------------------------
def test_old_time_of_a_moved_call_is_offered(call_type):
    waiting(call_type, "noor")
    call = confirm(call_type)
    lifecycle.move(call, THURSDAY_9 + DAY, by=Booking.By.HOST)
    assert Offer.objects.get().starts == [THURSDAY_9]


def test_time_of_somebody_who_is_erased_is_offered(call_type):
    waiting(call_type, "noor")
    call = confirm(call_type)
    user = UserFactory(email=call.email)
    erasure.erase(user)
    assert offered() == [("Noor", "open")]


def test_coach_who_cancels_frees_the_time_too(call_type):
    waiting(call_type, "noor")
    lifecycle.cancel(confirm(call_type), by=Booking.By.HOST)
    assert held() == [THURSDAY_9]


def test_start_next_to_the_freed_one_is_offered_when_that_is_not_free(call_type):
    """A move by a quarter of an hour leaves no room at the old start, but a quarter of an hour before."""
    CallType.objects.update(slot_interval_minutes=15, buffer_before_minutes=0, buffer_after_minutes=0)
    call_type.refresh_from_db()
    waiting(call_type, "noor")
    call = confirm(call_type, THURSDAY_9 + timedelta(minutes=30))
    lifecycle.move(call, THURSDAY_9 + timedelta(minutes=45), by=Booking.By.HOST)
    assert Offer.objects.get().starts == [THURSDAY_9 + timedelta(minutes=15)]


def test_closed_day_is_offered_to_nobody(call_type):
    waiting(call_type, "noor")
    call = confirm(call_type)
    DateOverrideFactory(host=call_type.host, on=date(2026, 11, 26))
    lifecycle.cancel(call, by=Booking.By.HOST)
    assert offered() == []


def test_lapsed_hold_of_a_visitor_is_not_in_the_way(call_type, clock):
    """The slot function passes over it; the constraint would not."""
    CallType.objects.update(slot_interval_minutes=15, buffer_before_minutes=0, buffer_after_minutes=0)
    call_type.refresh_from_db()
    waiting(call_type, "noor")
    call = confirm(call_type)
    holds.hold_slot(call_type, THURSDAY_9 + HALF_HOUR, visitor="bas", client="bas")
    clock.shift(timedelta(minutes=11))
    later = DateOverrideFactory(host=call_type.host, on=date(2026, 11, 26))
    OverrideWindowFactory(override=later, start_time=time(9, 15), end_time=time(17))
    lifecycle.cancel(call, by=Booking.By.HOST)
    assert Offer.objects.get().starts == [THURSDAY_9 + timedelta(minutes=15)]


# ---- how long -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("freed_at", "held_until"),
    [
        ("24 13:00", "24 17:00"),
        ("24 22:00", "25 12:00"),  # a night is no time to answer in
        ("25 03:00", "25 12:00"),
        ("25 11:30", "25 15:00"),  # the notice of a day for Thursday three o'clock
        ("25 14:30", "25 15:00"),
        ("25 14:31", None),
        ("25 16:00", None),
    ],
)
def test_held_for_four_hours_by_day_or_until_the_notice_and_never_less_than_half_an_hour(
    call_type, clock, freed_at, held_until
):
    waiting(call_type, "noor")
    call = confirm(call_type, THURSDAY_9 + timedelta(hours=6))
    clock.move_to(november(freed_at))
    lifecycle.cancel(call, by=Booking.By.HOST)
    offer = Offer.objects.first()
    assert (offer.expires_at if offer else None) == (november(held_until) if held_until else None)


def test_the_hours_are_those_of_whoever_waits_and_who_sleeps_until_the_end_is_passed_over(call_type, clock):
    """At half past nine in the evening here it is morning in Honolulu; at midnight the notice is over."""
    CallType.objects.update(minimum_notice_minutes=9 * 60)
    call_type.refresh_from_db()
    waiting(call_type, "noor")
    clock.shift(timedelta(minutes=1))
    waiting(call_type, "kai", time_zone="Pacific/Honolulu")
    call = confirm(call_type)
    clock.move_to(november("25 21:30"))
    lifecycle.cancel(call, by=Booking.By.HOST)
    assert [(offer.name, offer.expires_at) for offer in Offer.objects.all()] == [
        ("Kai", november("26 00:00"))
    ]


def test_held_no_longer_than_the_call_one_has_can_be_moved(call_type, clock):
    CallType.objects.update(minimum_notice_minutes=0, cancel_notice_minutes=24 * 60)
    call_type.refresh_from_db()
    waiting(call_type, "noor")
    confirm(call_type, THURSDAY_9 + DAY + timedelta(hours=1), who="noor")  # Friday ten o'clock
    call = confirm(call_type, THURSDAY_9 + timedelta(hours=6))
    clock.move_to(november("25 22:00"))
    lifecycle.cancel(call, by=Booking.By.HOST)
    assert Offer.objects.get().expires_at == november("26 10:00")


def november(text: str) -> datetime:
    """Day and clock in Amsterdam, in the month of these tests."""
    return datetime.fromisoformat(f"2026-11-{text}:00+01:00")


def test_lapse_passes_on_to_the_next_and_never_back(call_type, clock):
    for who in ("noor", "bas"):
        waiting(call_type, who)
        clock.shift(timedelta(minutes=1))
    cancelled(call_type)
    lapse(clock)
    assert offered() == [("Noor", "lapsed"), ("Bas", "open")]
    lapse(clock)
    assert offered() == [("Noor", "lapsed"), ("Bas", "lapsed")]
    assert held() == []
    assert list(WaitlistEntry.objects.values_list("status", flat=True)) == ["waiting", "waiting"]
    holds.hold_slot(call_type, THURSDAY_9, visitor="daan", client="daan")
