"""The verbs of a booking, without HTTP, on a real PostgreSQL."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from psycopg.types.range import Range

from bookings.availability import calendar
from bookings.calls import holds, lifecycle
from bookings.errors import (
    FormUsedError,
    OpenCallError,
    SlotTakenError,
    TooManyHoldsError,
)
from bookings.models import Booking, IdempotencyKey
from portal.common import times
from portal.leads.models import Lead
from portal.mail.models import OutboundEmail
from tests.bookings.calls.holding import hold
from tests.bookings.people import HALF_HOUR, THURSDAY_9, confirm, details, mails
from tests.factories.assessments import UserFactory
from tests.factories.bookings import (
    BlockedTimeFactory,
    BookingFactory,
    DateOverrideFactory,
    OverrideWindowFactory,
)

pytestmark = pytest.mark.django_db


# ---- listed means bookable, bookable means listed ---------------------------------------------------
def test_every_listed_start_can_be_booked_and_every_other_start_is_refused(call_type):
    BookingFactory(call_type=call_type, start=THURSDAY_9 + timedelta(hours=2))
    BlockedTimeFactory(host=call_type.host, period=_span(THURSDAY_9 + timedelta(days=1), hours=3))
    lunch = DateOverrideFactory(host=call_type.host, on=(THURSDAY_9 + timedelta(days=4)).date())
    OverrideWindowFactory(override=lunch, start_time=time(13), end_time=time(15))
    DateOverrideFactory(host=call_type.host, on=(THURSDAY_9 + timedelta(days=5)).date())
    listed = {slot.start for slot in calendar.free_slots(call_type)}
    first = times.now().replace(minute=0) - timedelta(hours=2)
    quarters = {first + timedelta(minutes=15) * step for step in range(9 * 24 * 4)}
    candidates = {
        start for start in quarters if 7 <= start.hour <= 16 or start.minute == 0
    }  # nights by the hour
    assert len(listed & candidates) > 40
    for start in sorted(candidates):
        try:
            hold(call_type, start)
            holds.release_hold("sanne")
            booked = True
        except SlotTakenError:
            booked = False
        assert booked == (start in listed), start


def test_the_last_day_of_the_horizon_is_the_last_that_can_be_booked(call_type):
    call_type.horizon_days = 4
    call_type.save()
    last = calendar.free_slots(call_type)[-1].start
    assert times.local(last, "Europe/Amsterdam").isoformat() == "2026-11-27T16:30:00+01:00"


def _span(start: datetime, **length: int) -> object:
    return Range(start, start + timedelta(**length))


# ---- holding ----------------------------------------------------------------------------------------
def test_hold_takes_the_time_with_its_buffers_for_ten_minutes(call_type):
    booking = hold(call_type)
    assert (booking.start_at, booking.end_at) == (THURSDAY_9, THURSDAY_9 + HALF_HOUR)
    assert booking.footprint.lower == THURSDAY_9 - timedelta(minutes=15)
    assert booking.footprint.upper == THURSDAY_9 + timedelta(minutes=45)
    assert booking.expires_at == times.now() + timedelta(minutes=10)
    with pytest.raises(SlotTakenError):
        hold(call_type, THURSDAY_9 + HALF_HOUR, who="noor")  # the buffers add up: 09:30 is too close


def test_another_choice_moves_the_hold(call_type):
    hold(call_type)
    hold(call_type, THURSDAY_9 + timedelta(hours=3))
    assert [booking.start_at for booking in Booking.objects.all()] == [THURSDAY_9 + timedelta(hours=3)]


def test_a_refused_choice_keeps_the_hold_one_had(call_type):
    BookingFactory(call_type=call_type, start=THURSDAY_9 + timedelta(hours=3))
    hold(call_type)
    with pytest.raises(SlotTakenError):
        hold(call_type, THURSDAY_9 + timedelta(hours=3))
    assert holds.held_by("sanne").start_at == THURSDAY_9


def test_own_hold_is_shown_as_free_to_its_owner_only(call_type):
    mine = hold(call_type)
    assert THURSDAY_9 in {slot.start for slot in calendar.free_slots(call_type, own=mine)}
    assert THURSDAY_9 not in {slot.start for slot in calendar.free_slots(call_type)}


def test_time_is_free_the_moment_its_hold_lapses(call_type, clock):
    hold(call_type)
    clock.shift(timedelta(minutes=10))
    assert THURSDAY_9 in {slot.start for slot in calendar.free_slots(call_type)}
    hold(call_type, who="noor")
    assert [booking.visitor for booking in Booking.objects.all()] == ["noor"]


def test_one_network_address_holds_at_most_three_times(call_type):
    for number in range(3):
        hold(
            call_type,
            THURSDAY_9 + timedelta(days=number % 2, hours=number * 2),
            who=f"v{number}",
            client="net",
        )
    with pytest.raises(TooManyHoldsError):
        hold(call_type, THURSDAY_9 + timedelta(days=5), who="v4", client="net")
    hold(call_type, THURSDAY_9 + timedelta(days=5), who="v1", client="net")  # moving one's own is no fourth


def test_two_hundred_sessions_of_one_address_leave_all_but_three_times(call_type):
    before = len(calendar.free_slots(call_type))
    call_type.max_per_day = None
    call_type.buffer_before_minutes = call_type.buffer_after_minutes = 0
    call_type.save()
    free = [slot.start for slot in calendar.free_slots(call_type)]
    assert len(free) >= before
    for number in range(200):
        try:
            hold(call_type, free[number % len(free)], who=f"v{number}", client="net")
        except (TooManyHoldsError, SlotTakenError):
            continue
    assert len(calendar.free_slots(call_type)) == len(free) - 3


def test_release_lapsed_holds_deletes_only_those(call_type, clock):
    hold(call_type)
    clock.shift(timedelta(minutes=9))
    hold(call_type, THURSDAY_9 + timedelta(days=1), who="noor")
    clock.shift(timedelta(minutes=1))
    assert holds.release_lapsed_holds() == 1
    assert [booking.visitor for booking in Booking.objects.all()] == ["noor"]


# ---- confirming -------------------------------------------------------------------------------------
def test_confirm_turns_the_hold_into_a_booking_of_the_same_row(call_type):
    held = hold(call_type)
    user = UserFactory(email="sanne@voorbeeld.nl")
    booking = lifecycle.confirm(
        call_type,
        THURSDAY_9,
        visitor="sanne",
        details=details(remark="Twee mensen", topics=("letting-go",), language="en"),
        user=user,
        key="form-1",
    )
    booking.refresh_from_db()
    assert booking.pk == held.pk
    assert (booking.status, booking.sequence, booking.user) == ("confirmed", 0, user)
    assert (booking.expires_at, booking.visitor, booking.client) == (None, "", "")
    assert (booking.name, booking.remark, booking.topics) == ("Sanne Vermeer", "Twee mensen", ["letting-go"])
    assert booking.location == "Online; Jet sends you the link before the call"
    assert booking.ics_uid.endswith("@localhost")


def test_confirm_writes_every_mail_in_the_same_transaction(call_type):
    confirm(call_type)
    assert mails() == [
        "bookings/confirmation",
        "bookings/coach_booked",
        "bookings/reminder_invitee",
        "bookings/reminder_coach",
    ]


def test_same_form_again_is_the_same_booking(call_type):
    hold(call_type)
    arguments = {"visitor": "sanne", "details": details(), "user": None, "key": "form-1"}
    first = lifecycle.confirm(call_type, THURSDAY_9, **arguments)
    again = lifecycle.confirm(call_type, THURSDAY_9, **arguments)
    assert again == first
    assert (Booking.objects.count(), OutboundEmail.objects.count()) == (1, 4)


def test_same_key_with_other_words_is_refused(call_type):
    hold(call_type)
    lifecycle.confirm(call_type, THURSDAY_9, visitor="sanne", details=details(), user=None, key="form-1")
    with pytest.raises(FormUsedError):
        lifecycle.confirm(
            call_type, THURSDAY_9, visitor="sanne", details=details(remark="anders"), user=None, key="form-1"
        )


def test_nothing_is_kept_of_a_form_that_failed(call_type):
    BookingFactory(call_type=call_type, start=THURSDAY_9)
    with pytest.raises(SlotTakenError):
        lifecycle.confirm(call_type, THURSDAY_9, visitor="sanne", details=details(), user=None, key="form-1")
    assert (Booking.objects.count(), IdempotencyKey.objects.count(), OutboundEmail.objects.count()) == (
        1,
        0,
        0,
    )


def test_lapsed_hold_still_confirms_while_nobody_took_the_time(call_type, clock):
    hold(call_type)
    clock.shift(timedelta(minutes=30))
    holds.release_lapsed_holds()
    booking = lifecycle.confirm(
        call_type, THURSDAY_9, visitor="sanne", details=details(), user=None, key="form-1"
    )
    assert booking.status == Booking.Status.CONFIRMED


def test_lapsed_hold_is_lost_to_whoever_took_the_time(call_type, clock):
    hold(call_type)
    clock.shift(timedelta(minutes=30))
    hold(call_type, who="noor")
    with pytest.raises(SlotTakenError):
        lifecycle.confirm(call_type, THURSDAY_9, visitor="sanne", details=details(), user=None, key="form-1")


def test_confirm_is_for_the_start_of_the_form_also_when_another_tab_moved_the_hold(call_type):
    later = THURSDAY_9 + timedelta(hours=3)
    hold(call_type)
    hold(call_type, later)
    booking = lifecycle.confirm(
        call_type, THURSDAY_9, visitor="sanne", details=details(), user=None, key="form-1"
    )
    assert booking.start_at == THURSDAY_9
    assert later in {slot.start for slot in calendar.free_slots(call_type)}


def test_one_person_has_one_open_call(call_type, clock):
    first = confirm(call_type)
    hold(call_type, THURSDAY_9 + timedelta(days=1), who="again")
    with pytest.raises(OpenCallError) as refused:
        lifecycle.confirm(
            call_type,
            THURSDAY_9 + timedelta(days=1),
            visitor="again",
            details=details(),
            user=None,
            key="form-2",
        )
    assert refused.value.booking == first
    clock.move_to(THURSDAY_9 + timedelta(hours=1))  # that call is over: a next one may be planned
    confirm(call_type, THURSDAY_9 + timedelta(days=4), who="sanne")


def test_limit_a_day_closes_the_host_local_date(call_type):
    call_type.max_per_day = 1
    call_type.save()
    confirm(call_type)
    thursday = [slot for slot in calendar.free_slots(call_type) if slot.start.date() == THURSDAY_9.date()]
    assert thursday == []


def test_confirm_makes_a_contact_with_a_planned_call(call_type):
    booking = confirm(call_type)
    lead = Lead.objects.get(email="sanne@voorbeeld.nl")
    assert (lead.stage, lead.name) == ("planned", "Sanne Vermeer")
    event = lead.events.get()
    assert (event.kind, event.data["booking"]) == ("call.booked", booking.public_id)
