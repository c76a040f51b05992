"""What the coach does to the calendar: book for somebody, move what is over, put blocked time elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg.types.range import Range

from bookings import errors
from bookings.availability import blocks
from bookings.calls import holds, lifecycle
from bookings.errors import FormUsedError, OpenCallError, SlotTakenError, TooLateError
from bookings.models import BlockedTime, Booking, CallType
from portal.accounts.models import User
from portal.common import times
from portal.leads import timeline
from portal.leads.models import Lead, LeadEvent
from portal.mail.models import OutboundEmail
from tests.bookings.people import HALF_HOUR, THURSDAY_9, confirm, details, mail, mails

pytestmark = pytest.mark.django_db
KEY = "form-of-the-coach"


def book_for(call_type: CallType, start: datetime = THURSDAY_9, **extra: Any) -> Booking:
    return lifecycle.book_for(call_type, start, **({"details": details(), "key": KEY} | extra))


# ---- booking for somebody -------------------------------------------------------------------------------
def test_booking_for_somebody_sends_the_same_mails_as_booking_oneself(call_type: CallType) -> None:
    booking = book_for(call_type)
    assert (booking.status, booking.user, booking.shared_scan) == ("confirmed", None, "")
    assert mails() == [
        "bookings/confirmation",
        "bookings/coach_booked",
        "bookings/reminder_invitee",
        "bookings/reminder_coach",
    ]
    assert mail("confirmation").calendar_method == "REQUEST"


def test_both_mails_say_who_booked(call_type: CallType) -> None:
    book_for(call_type)
    assert f"{call_type.host.name} heeft dit gesprek voor je geboekt." in mail("confirmation").text
    assert "Je boekte een impactcall met Sanne Vermeer" in mail("coach_booked").text
    confirm(call_type, THURSDAY_9 + timedelta(days=1), who="noor")
    theirs = OutboundEmail.objects.filter(message="bookings/confirmation").latest("pk")
    assert "voor je geboekt" not in theirs.text


def test_the_contact_knows_that_the_coach_booked(call_type: CallType) -> None:
    book_for(call_type)
    assert Lead.objects.get().stage == "planned"
    assert timeline.words(LeadEvent.objects.get()) == "Je boekte een impactcall op do 26 nov 2026, 09:00"


def test_no_account_is_made_and_a_proven_one_gets_the_call(call_type: CallType) -> None:
    typed = User.objects.create_user("noor@voorbeeld.nl")
    proven = User.objects.create_user("bas@voorbeeld.nl", proven_at=times.now())
    assert book_for(call_type).user is None
    assert not User.objects.filter(email="sanne@voorbeeld.nl").exists()
    at = THURSDAY_9 + timedelta(hours=2)
    assert book_for(call_type, at, details=details(typed.email), key="k2").user is None
    assert book_for(call_type, at + 2 * HALF_HOUR, details=details(proven.email), key="k3").user == proven


def test_the_same_form_twice_is_one_call_and_another_with_its_key_is_refused(call_type: CallType) -> None:
    assert book_for(call_type) == book_for(call_type)
    assert (Booking.objects.count(), len(mails())) == (1, 4)
    with pytest.raises(FormUsedError):
        book_for(call_type, THURSDAY_9 + timedelta(days=1), details=details("noor@voorbeeld.nl"))


def test_outside_the_hours_only_when_asked_for_and_never_onto_a_call_or_hold(call_type: CallType) -> None:
    evening = THURSDAY_9 + timedelta(hours=11)
    with pytest.raises(SlotTakenError):
        book_for(call_type, evening)
    book_for(call_type, evening, outside_hours=True)
    holds.hold_slot(call_type, THURSDAY_9, visitor="noor", client="noor")
    other = details("bas@voorbeeld.nl")
    for start in (evening + timedelta(minutes=20), THURSDAY_9, times.now() - HALF_HOUR):
        with pytest.raises(SlotTakenError):
            book_for(call_type, start, details=other, key="k2", outside_hours=True)
    assert Booking.objects.filter(email="bas@voorbeeld.nl").count() == 0


def test_one_open_call_a_person_also_when_the_coach_books(call_type: CallType) -> None:
    existing = confirm(call_type)
    with pytest.raises(OpenCallError) as refused:
        book_for(call_type, THURSDAY_9 + timedelta(days=1))
    assert refused.value.booking == existing


# ---- moving what is over --------------------------------------------------------------------------------
def test_a_call_that_is_over_gets_a_new_time_by_the_coach_alone(call_type: CallType, clock: Any) -> None:
    booking = confirm(call_type)
    clock.move_to(THURSDAY_9 + timedelta(hours=2))
    later = THURSDAY_9 + timedelta(days=4)
    with pytest.raises(TooLateError):
        lifecycle.move(booking, later, by=Booking.By.INVITEE)
    moved = lifecycle.move(booking, later, by=Booking.By.HOST)
    assert (moved.status, moved.start_at, moved.sequence) == ("confirmed", later, 1)
    assert mail("moved").to_email == "sanne@voorbeeld.nl"
    with pytest.raises(errors.NotOverYetError):
        lifecycle.close(moved, Booking.Status.COMPLETED)


def test_a_call_of_which_was_noted_how_it_went_stays_where_it_was(call_type: CallType, clock: Any) -> None:
    booking = confirm(call_type)
    clock.move_to(THURSDAY_9 + timedelta(hours=2))
    lifecycle.close(booking, Booking.Status.NO_SHOW)
    with pytest.raises(TooLateError):
        lifecycle.move(booking, THURSDAY_9 + timedelta(days=4), by=Booking.By.HOST)


def test_a_call_that_is_over_is_not_moved_beside_a_newer_one(call_type: CallType, clock: Any) -> None:
    booking = confirm(call_type)
    clock.move_to(THURSDAY_9 + timedelta(hours=2))
    newer = confirm(call_type, THURSDAY_9 + timedelta(days=4))
    with pytest.raises(OpenCallError) as refused:
        lifecycle.move(booking, THURSDAY_9 + timedelta(days=5), by=Booking.By.HOST)
    assert refused.value.booking == newer


def test_a_started_call_cannot_be_cancelled_as_before(call_type: CallType, clock: Any) -> None:
    booking = confirm(call_type)
    clock.move_to(THURSDAY_9 + timedelta(minutes=5))
    with pytest.raises(TooLateError):
        lifecycle.cancel(booking, by=Booking.By.HOST)
    lifecycle.move(booking, THURSDAY_9 + timedelta(days=4), by=Booking.By.HOST)


def test_a_person_who_was_erased_is_neither_moved_nor_made_a_contact_again(
    call_type: CallType, clock: Any
) -> None:
    booking = confirm(call_type)
    clock.move_to(THURSDAY_9 + timedelta(hours=2))
    Booking.objects.update(name="", email="")
    Lead.objects.all().delete()
    with pytest.raises(TooLateError):
        lifecycle.move(booking, THURSDAY_9 + timedelta(days=4), by=Booking.By.HOST)
    assert lifecycle.close(booking, Booking.Status.COMPLETED).status == "completed"
    assert Lead.objects.count() == 0


# ---- blocked time ---------------------------------------------------------------------------------------
def hours(start: datetime, length: int = 2) -> Range[datetime]:
    return Range(start, start + timedelta(hours=length), "[)")


@pytest.fixture
def block(call_type: CallType) -> BlockedTime:
    return BlockedTime.objects.create(host=call_type.host, period=hours(THURSDAY_9 + timedelta(days=1)))


def test_blocked_time_goes_where_it_is_put_and_twice_is_once(block: BlockedTime) -> None:
    seen, wanted = block.period, hours(THURSDAY_9)
    assert blocks.move_block(block, wanted, seen=seen).period == wanted
    assert blocks.move_block(block, wanted, seen=seen).period == wanted


def test_blocked_time_that_changed_meanwhile_or_is_gone_is_left_alone(block: BlockedTime) -> None:
    with pytest.raises(errors.BlockChangedError):
        blocks.move_block(block, hours(THURSDAY_9), seen=hours(THURSDAY_9 + timedelta(days=3)))
    BlockedTime.objects.get().delete()
    with pytest.raises(errors.BlockChangedError):
        blocks.move_block(block, hours(THURSDAY_9), seen=block.period)


def test_calls_and_holds_in_the_way_are_named_until_one_is_sure(
    call_type: CallType, block: BlockedTime
) -> None:
    call = confirm(call_type)
    held = holds.hold_slot(call_type, THURSDAY_9 + timedelta(hours=1), visitor="noor", client="noor")
    with pytest.raises(errors.CallsInTheWayError) as refused:
        blocks.move_block(block, hours(THURSDAY_9), seen=block.period)
    assert refused.value.calls == [call, held]
    block.refresh_from_db()
    assert block.start_at == THURSDAY_9 + timedelta(days=1)
    blocks.move_block(block, hours(THURSDAY_9), seen=block.period, even_over_calls=True)
    assert Booking.objects.filter(status="confirmed").get() == call


def test_a_lapsed_hold_or_a_call_that_only_touches_is_not_in_the_way(
    call_type: CallType, block: BlockedTime, clock: Any
) -> None:
    confirm(call_type)
    holds.hold_slot(call_type, THURSDAY_9 + timedelta(hours=1), visitor="noor", client="noor")
    clock.shift(timedelta(minutes=11))
    blocks.move_block(block, hours(THURSDAY_9 + HALF_HOUR), seen=block.period)
