"""A confirmed call, without HTTP: moved, cancelled, closed, and what the database refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from bookings import errors
from bookings.availability import calendar, lock
from bookings.calls import erasure, lifecycle
from bookings.errors import (
    NotOverYetError,
    SlotTakenError,
    TooLateError,
)
from bookings.models import Booking, IdempotencyKey
from portal.common import times
from portal.leads.models import Lead
from portal.mail.models import OutboundEmail
from tests.bookings.calls.holding import hold
from tests.bookings.people import HALF_HOUR, THURSDAY_9, confirm, details, mails
from tests.factories.assessments import UserFactory
from tests.factories.bookings import (
    BookingFactory,
    CallTypeFactory,
)

pytestmark = pytest.mark.django_db


# ---- moving and cancelling --------------------------------------------------------------------------
def test_move_keeps_row_and_uid_and_raises_the_version(call_type):
    booking = confirm(call_type)
    moved = lifecycle.move(booking, THURSDAY_9 + timedelta(days=1), by=Booking.By.INVITEE)
    assert (moved.pk, moved.ics_uid, moved.sequence) == (booking.pk, booking.ics_uid, 1)
    assert moved.start_at == THURSDAY_9 + timedelta(days=1)
    assert Booking.objects.count() == 1


def test_move_may_overlap_its_own_old_time(call_type):
    call_type.slot_interval_minutes = 15
    call_type.save()
    booking = confirm(call_type)
    moved = lifecycle.move(booking, THURSDAY_9 + timedelta(minutes=15), by=Booking.By.INVITEE)
    assert moved.start_at == THURSDAY_9 + timedelta(minutes=15)


def test_move_to_the_same_start_changes_nothing(call_type):
    booking = confirm(call_type)
    assert lifecycle.move(booking, THURSDAY_9, by=Booking.By.INVITEE).sequence == 0
    assert "bookings/moved" not in mails()


def test_move_cancels_what_was_still_waiting_of_the_old_version(call_type):
    booking = confirm(call_type)
    lifecycle.move(booking, THURSDAY_9 + timedelta(days=1), by=Booking.By.HOST)
    assert mails() == [
        "bookings/moved",
        "bookings/coach_moved",
        "bookings/reminder_invitee",
        "bookings/reminder_coach",
    ]
    assert set(OutboundEmail.objects.filter(sequence=0).values_list("status", flat=True)) == {"cancelled"}


def test_move_to_a_time_one_holds_oneself_releases_the_hold(call_type):
    booking = confirm(call_type)
    hold(call_type, THURSDAY_9 + timedelta(days=1), who="again")
    lifecycle.move(booking, THURSDAY_9 + timedelta(days=1), by=Booking.By.INVITEE, visitor="again")
    assert [row.status for row in Booking.objects.all()] == ["confirmed"]


def test_refused_move_leaves_everything_as_it_was(call_type):
    booking = confirm(call_type)
    BookingFactory(call_type=call_type, start=THURSDAY_9 + timedelta(days=1))
    with pytest.raises(SlotTakenError):
        lifecycle.move(booking, THURSDAY_9 + timedelta(days=1), by=Booking.By.INVITEE)
    booking.refresh_from_db()
    assert (booking.start_at, booking.sequence) == (THURSDAY_9, 0)
    assert len(mails()) == 4


def test_host_may_move_outside_the_hours_but_never_onto_another_call(call_type):
    booking = confirm(call_type)
    evening = THURSDAY_9 + timedelta(hours=11)
    with pytest.raises(SlotTakenError):
        lifecycle.move(booking, evening, by=Booking.By.INVITEE)
    lifecycle.move(booking, evening, by=Booking.By.HOST, outside_hours=True)
    other = confirm(call_type, THURSDAY_9 + timedelta(days=1), who="noor")
    with pytest.raises(SlotTakenError):
        lifecycle.move(other, evening + timedelta(minutes=20), by=Booking.By.HOST, outside_hours=True)
    with pytest.raises(SlotTakenError):
        lifecycle.move(other, times.now() - timedelta(hours=1), by=Booking.By.HOST, outside_hours=True)


def test_visitor_changes_until_the_notice_inclusive(call_type, clock):
    booking = confirm(call_type)
    clock.move_to(THURSDAY_9 - timedelta(hours=4))
    assert booking.can_change(times.now())
    clock.move_to(THURSDAY_9 - timedelta(hours=4) + timedelta(seconds=1))
    assert not booking.can_change(times.now())
    with pytest.raises(TooLateError):
        lifecycle.cancel(booking, by=Booking.By.INVITEE)
    with pytest.raises(TooLateError):
        lifecycle.move(booking, THURSDAY_9 + timedelta(days=4), by=Booking.By.INVITEE)
    lifecycle.cancel(booking, by=Booking.By.HOST)


def test_cancel_frees_the_time_and_says_by_whom(call_type):
    booking = lifecycle.cancel(confirm(call_type), by=Booking.By.INVITEE)
    assert (booking.status, booking.cancelled_by, booking.sequence) == ("cancelled", "invitee", 1)
    assert booking.cancelled_at == times.now()
    assert mails() == ["bookings/cancelled", "bookings/coach_cancelled"]
    confirm(call_type, who="noor")


def test_cancelling_twice_is_cancelling_once(call_type):
    booking = confirm(call_type)
    lifecycle.cancel(booking, by=Booking.By.INVITEE)
    assert lifecycle.cancel(booking, by=Booking.By.HOST).cancelled_by == Booking.By.INVITEE
    assert mails() == ["bookings/cancelled", "bookings/coach_cancelled"]


def test_nothing_is_cancelled_once_the_call_started(call_type, clock):
    booking = confirm(call_type)
    clock.move_to(THURSDAY_9)
    with pytest.raises(TooLateError):
        lifecycle.cancel(booking, by=Booking.By.HOST)


def test_cancelled_call_cannot_be_moved(call_type):
    booking = lifecycle.cancel(confirm(call_type), by=Booking.By.HOST)
    with pytest.raises(TooLateError):
        lifecycle.move(booking, THURSDAY_9 + timedelta(days=1), by=Booking.By.HOST, outside_hours=True)


# ---- afterwards -------------------------------------------------------------------------------------
def test_call_is_closed_only_after_its_end(call_type, clock):
    booking = confirm(call_type)
    clock.move_to(THURSDAY_9 + timedelta(minutes=29))
    with pytest.raises(NotOverYetError):
        lifecycle.close(booking, Booking.Status.COMPLETED)
    clock.move_to(THURSDAY_9 + HALF_HOUR)
    lifecycle.close(booking, Booking.Status.COMPLETED)
    assert Lead.objects.get().stage == "spoken"
    lifecycle.close(booking, Booking.Status.NO_SHOW)  # a mistake can be put right
    booking.refresh_from_db()
    assert booking.status == Booking.Status.NO_SHOW


def test_cancelled_call_cannot_be_closed(call_type, clock):
    booking = lifecycle.cancel(confirm(call_type), by=Booking.By.HOST)
    clock.move_to(THURSDAY_9 + timedelta(days=1))
    with pytest.raises(TooLateError):
        lifecycle.close(booking, Booking.Status.COMPLETED)


def test_past_calls_still_count_for_the_slot_function(call_type, clock):
    call_type.max_per_day = 1
    call_type.minimum_notice_minutes = 0
    call_type.save()
    booking = confirm(call_type)
    clock.move_to(THURSDAY_9 + HALF_HOUR)
    lifecycle.close(booking, Booking.Status.COMPLETED)
    assert THURSDAY_9.date() not in {slot.start.date() for slot in calendar.free_slots(call_type)}


def test_erasing_a_person_cancels_what_is_ahead_and_keeps_no_name_of_the_rest(call_type, clock):
    user = UserFactory(email="sanne@voorbeeld.nl")
    past = confirm(call_type, remark="Over Piet")
    Booking.objects.filter(pk=past.pk).update(user=user)
    clock.move_to(THURSDAY_9 + timedelta(hours=1))
    ahead = confirm(call_type, THURSDAY_9 + timedelta(days=4))
    Booking.objects.filter(pk=ahead.pk).update(user=user)
    clock.move_to(THURSDAY_9 + timedelta(days=4) - timedelta(hours=1))  # too late for the visitor otherwise
    erasure.erase(user)
    assert "bookings/cancelled" in mails(about=ahead.about)
    for booking in Booking.objects.all():
        assert (booking.name, booking.email, booking.remark, booking.topics) == ("", "", "", [])
        assert (booking.user, booking.shared_scan) == (None, "")
    assert sorted(Booking.objects.values_list("status", flat=True)) == ["cancelled", "confirmed"]
    assert IdempotencyKey.objects.count() == 0


def test_held_time_that_began_cannot_be_confirmed_any_more(call_type, clock):
    call_type.minimum_notice_minutes = 0
    call_type.save()
    clock.move_to(THURSDAY_9 - timedelta(minutes=5))
    hold(call_type)
    clock.move_to(THURSDAY_9)
    with pytest.raises(SlotTakenError):
        lifecycle.confirm(call_type, THURSDAY_9, visitor="sanne", details=details(), user=None, key="form-1")


# ---- what the database says -------------------------------------------------------------------------
@pytest.mark.parametrize("state", ["23P01", "40P01", "40001"])
def test_database_refusals_become_just_taken(call_type, state):
    with pytest.raises(SlotTakenError), lock.host_locked(call_type.host_id):
        raise_in_database(state)


@pytest.mark.parametrize("state", ["55P03", "57014", "40P01", "40001"])
def test_timeouts_and_lost_deadlocks_become_busy(call_type, state):
    with pytest.raises(errors.BusyError), lock.host_locked(call_type.host_id):
        raise_in_database(state)


def test_only_the_wait_for_the_lock_is_short(call_type):
    with lock.host_locked(call_type.host_id), connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("25s",)


def test_other_database_errors_stay_what_they_are(call_type):
    with pytest.raises(DatabaseError), lock.host_locked(call_type.host_id):
        raise_in_database("22012")


def raise_in_database(state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'forced' USING ERRCODE = '{state}'; END $$")


def test_two_call_types_of_one_host_share_the_calendar(call_type):
    long = CallTypeFactory(host=call_type.host, duration_minutes=60, weekdays=False)
    confirm(call_type)
    assert THURSDAY_9 not in {slot.start for slot in calendar.free_slots(long)}
