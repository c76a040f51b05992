"""The stage of a contact follows its calls, forwards and back, and keeps what a coach set until something happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bookings.calls import lifecycle
from bookings.models import Booking, CallType
from portal.leads import notes
from portal.leads import services as leads
from portal.leads.models import Lead
from tests.bookings.people import HALF_HOUR, THURSDAY_9, confirm

pytestmark = pytest.mark.django_db


def stage() -> str:
    return Lead.objects.get().stage


def by_hand(wanted: str) -> None:
    lead = Lead.objects.get()
    notes.set_facts(
        lead, name=lead.name, stage=wanted, reason="Zo is het.", by="Jet", was=notes.seen_facts(lead)
    )


def scanned() -> Lead:
    lead = leads.contact("sanne@voorbeeld.nl", name="Sanne", stage="scanned")
    leads.record(lead, "scan.completed")
    return lead


def over(booking: Booking, clock: Any, *, status: str) -> None:
    clock.move_to(booking.end_at + timedelta(minutes=1))
    lifecycle.close(booking, Booking.Status(status))


@pytest.mark.parametrize(("before", "back_to"), [("scanned", "scanned"), ("new", "new")])
def test_a_cancelled_call_takes_planned_back_to_what_was(
    call_type: CallType, before: str, back_to: str
) -> None:
    if before == "scanned":
        scanned()
    booking = confirm(call_type)
    assert stage() == "planned"
    lifecycle.cancel(booking, by=Booking.By.INVITEE)
    assert stage() == back_to


def test_a_call_that_is_moved_and_then_cancelled_is_off_as_well(call_type: CallType) -> None:
    scanned()
    moved = lifecycle.move(confirm(call_type), THURSDAY_9 + HALF_HOUR * 2, by=Booking.By.HOST)
    assert stage() == "planned"
    lifecycle.cancel(moved, by=Booking.By.HOST)
    assert stage() == "scanned"


def test_who_did_not_show_up_has_no_call_planned_any_more(call_type: CallType, clock: Any) -> None:
    scanned()
    over(confirm(call_type), clock, status="no_show")
    assert stage() == "scanned"


def test_an_outcome_that_was_noted_wrong_is_set_right(call_type: CallType, clock: Any) -> None:
    scanned()
    booking = confirm(call_type)
    over(booking, clock, status="completed")
    assert stage() == "spoken"
    lifecycle.close(booking, Booking.Status.NO_SHOW)
    assert stage() == "scanned"
    lifecycle.close(booking, Booking.Status.COMPLETED)
    assert stage() == "spoken"


def test_who_was_spoken_before_stays_spoken_when_the_next_call_is_off(
    call_type: CallType, clock: Any
) -> None:
    over(confirm(call_type), clock, status="completed")
    again = confirm(call_type, THURSDAY_9 + timedelta(days=7))
    lifecycle.cancel(again, by=Booking.By.INVITEE)
    assert stage() == "spoken"


def test_another_call_that_is_still_planned_keeps_the_stage(call_type: CallType, clock: Any) -> None:
    """Of the first nobody said yet how it went, when the second is called off."""
    first = confirm(call_type)
    clock.move_to(first.end_at + timedelta(minutes=1))
    again = confirm(call_type, THURSDAY_9 + timedelta(days=7))
    lifecycle.cancel(again, by=Booking.By.INVITEE)
    assert stage() == "planned"


# ---- set by hand ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("chosen", ["client", "not_now", "spoken", "scanned"])
def test_a_stage_that_was_set_by_hand_stays_when_a_call_is_called_off(
    call_type: CallType, chosen: str
) -> None:
    scanned()
    booking = confirm(call_type)
    by_hand(chosen)
    lifecycle.cancel(booking, by=Booking.By.INVITEE)
    assert stage() == chosen


def test_by_hand_not_now_holds_until_a_call_is_booked_and_again_when_that_is_off(call_type: CallType) -> None:
    scanned()
    by_hand("not_now")
    booking = confirm(call_type)
    assert stage() == "planned"
    lifecycle.cancel(booking, by=Booking.By.INVITEE)
    assert stage() == "not_now"


def test_planned_by_hand_ends_with_the_call_that_is_off(call_type: CallType) -> None:
    scanned()
    booking = confirm(call_type)
    by_hand("scanned")
    by_hand("planned")
    lifecycle.cancel(booking, by=Booking.By.INVITEE)
    assert stage() == "scanned"


def test_nothing_is_written_on_who_objects(call_type: CallType) -> None:
    booking = confirm(call_type)
    leads.object_to_contact(Lead.objects.get())
    lifecycle.cancel(booking, by=Booking.By.INVITEE)
    assert (stage(), Lead.objects.get().events.count()) == ("new", 0)
