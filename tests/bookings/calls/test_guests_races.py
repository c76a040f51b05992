"""Guests come, go and are invited while others do the same, and the call moves: every answer holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bookings import errors
from bookings.availability import calendar
from bookings.calls import guests, lifecycle
from bookings.models import SEATS, Booking, CallType, Guest
from portal.common import times
from portal.mail.models import OutboundEmail
from tests.bookings.calls.test_races import at_once
from tests.bookings.inviting import BOSS, HR, call_of, invite
from tests.factories.assessments import InstrumentFactory
from tests.factories.bookings import CallTypeFactory

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
CROWD = 8


@pytest.fixture
def booking(db: None) -> Booking:
    InstrumentFactory()
    call_type: CallType = CallTypeFactory(max_per_day=None, weekdays=False)
    for weekday in range(1, 8):
        call_type.host.rules.create(weekday=weekday, start_time="09:00", end_time="17:00")
    free = calendar.free_with_any([call_type], now=times.now())
    start = next(slot.start for slot in free if times.local(slot.start, call_type.host.time_zone).hour < 12)
    return call_of(call_type, start)  # in a morning, so that two hours later is within the hours too


def test_of_many_who_are_invited_at_once_three_are(booking: Booking) -> None:
    def inviting(number: int) -> Any:
        return lambda: invite(booking, f"gast{number}@bedrijf.example", by=Booking.By.HOST)

    answers = at_once(*(inviting(number) for number in range(CROWD)))
    refused = [one for one in answers if isinstance(one, errors.CannotInviteError)]
    assert (len(refused), {one.why for one in refused}) == (
        CROWD - SEATS,
        {errors.CannotInviteError.Why.FULL},
    )
    assert sorted(Guest.objects.values_list("seat", flat=True)) == [1, 2, 3]
    assert OutboundEmail.objects.filter(message="bookings/guest_invited").count() == SEATS


def test_one_address_that_is_invited_at_once_is_invited_once(booking: Booking) -> None:
    answers = at_once(*([lambda: invite(booking)] * CROWD))
    assert sum(isinstance(one, Guest) for one in answers) == 1
    assert OutboundEmail.objects.filter(message="bookings/guest_invited").count() == 1


def test_a_guest_who_steps_out_while_the_call_moves_is_out_of_the_new_time_too(booking: Booking) -> None:
    guest = invite(booking)
    invite(booking, BOSS)
    OutboundEmail.objects.update(rendered_at=times.now())  # both were told
    start = booking.start_at + timedelta(hours=2)
    answers = at_once(
        lambda: guests.step_out(guest), lambda: lifecycle.move(booking, start, by=Booking.By.HOST)
    )
    assert not [one for one in answers if isinstance(one, Exception)]
    mails = OutboundEmail.objects.filter(to_email=HR).exclude(status="cancelled")
    last = mails.order_by("-sequence").first()
    assert last is not None
    assert last.message == "bookings/guest_out"
    assert not mails.unsent().exclude(message="bookings/guest_out").exists()
    (told,) = OutboundEmail.objects.filter(to_email=BOSS, message="bookings/guest_changed")
    assert told.sequence == Booking.objects.get().sequence + Guest.objects.get(email=BOSS).changes


def test_stepping_out_and_being_taken_out_at_once_is_one_cancellation(booking: Booking) -> None:
    guest = invite(booking)
    OutboundEmail.objects.update(rendered_at=times.now())
    at_once(lambda: guests.step_out(guest), lambda: guests.remove(guest, by=Booking.By.INVITEE))
    assert OutboundEmail.objects.filter(message="bookings/guest_out").count() == 1
