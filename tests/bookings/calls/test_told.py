"""What the webhook is told of calls: each change once, in the transaction of the call, and no more than that."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from bookings.calls import lifecycle
from bookings.calls.told import EVENTS
from bookings.models import Booking
from portal.accounts import services as accounts
from portal.leads import services as leads
from portal.leads.models import Lead
from portal.webhook.models import OutboundEvent
from tests.bookings.people import THURSDAY_9, confirm
from tests.factories.assessments import UserFactory
from tests.factories.webhook import switched_on

pytestmark = pytest.mark.django_db
FRIDAY_9 = THURSDAY_9 + timedelta(days=1)
VISITOR, COACH = Booking.By.INVITEE, Booking.By.HOST


@pytest.fixture(autouse=True)
def on(db: None) -> None:
    switched_on()


def told(*types: str) -> list[dict[str, Any]]:
    events = OutboundEvent.objects.filter(type__startswith="call.").order_by("pk")
    return [json.loads(event.body) for event in events if not types or event.type in types]


def test_booking_moving_and_cancelling_are_told_with_their_version(call_type: Any) -> None:
    booking = confirm(call_type)
    lifecycle.move(booking, FRIDAY_9, by=VISITOR)
    lifecycle.cancel(booking, by=COACH)
    assert [
        (event["type"], event["data"]["call"]["version"], event["data"]["call"]["by"]) for event in told()
    ] == [("call.booked", 0, "visitor"), ("call.moved", 1, "visitor"), ("call.cancelled", 2, "coach")]
    assert {event["data"]["call"]["id"] for event in told()} == {booking.public_id}


def test_a_booked_call_is_told_as_its_sample_promises(call_type: Any) -> None:
    booking = confirm(call_type, remark="Mijn team zwijgt.", topics=("clear",), phone="+31612345678")
    (event,) = told()
    lead = Lead.objects.get()
    assert event["data"] == {
        "call": {
            "id": booking.public_id,
            "version": 0,
            "kind": call_type.slug,
            "coach": call_type.host.name,
            "start_at": "2026-11-26T08:00:00Z",
            "end_at": "2026-11-26T08:30:00Z",
            "language": "nl",
            "time_zone": "Europe/Amsterdam",
            "by": "visitor",
        },
        "contact": {
            "id": lead.public_id,
            "name": "Sanne Vermeer",
            "email": "sanne@voorbeeld.nl",
            "language": "nl",
        },
    }
    sample = EVENTS[0].sample
    assert {name: set(part) for name, part in sample.items()} == {
        name: set(part) for name, part in event["data"].items()
    }


def test_a_call_that_took_place_is_told_once_and_a_missed_one_not(call_type: Any, clock: Any) -> None:
    booking = confirm(call_type)
    clock.move_to(THURSDAY_9 + timedelta(hours=1))
    lifecycle.close(booking, Booking.Status.NO_SHOW)
    assert told("call.held") == []
    for status in (Booking.Status.COMPLETED, Booking.Status.NO_SHOW, Booking.Status.COMPLETED):
        lifecycle.close(booking, status)
    assert len(told("call.held")) == 1


def test_what_is_done_twice_is_told_once(call_type: Any) -> None:
    booking = confirm(call_type)
    lifecycle.move(booking, THURSDAY_9, by=VISITOR)  # where it is already
    lifecycle.cancel(booking, by=VISITOR)
    lifecycle.cancel(booking, by=VISITOR)
    assert [event["type"] for event in told()] == ["call.booked", "call.cancelled"]


def test_a_call_that_was_rolled_back_was_never_told(call_type: Any) -> None:
    with transaction.atomic():
        confirm(call_type)
        transaction.set_rollback(True)
    assert told() == []


def test_of_who_objects_the_call_is_told_and_not_the_person(call_type: Any) -> None:
    leads.object_to_contact(leads.contact("sanne@voorbeeld.nl"))
    confirm(call_type)
    (event,) = told()
    assert event["data"]["contact"] is None
    assert "sanne" not in json.dumps(event).lower()


def test_an_erasure_tells_that_the_call_is_off_and_no_longer_of_whom(call_type: Any) -> None:
    user = UserFactory(email="sanne@voorbeeld.nl", name="Sanne Vermeer")
    confirm(call_type)
    public_id = Lead.objects.get().public_id
    accounts.erase(user)
    assert [(event["type"], event["data"]["contact"]) for event in told()] == [
        ("call.booked", None),
        ("call.cancelled", None),
    ]
    removed = OutboundEvent.objects.get(type="contact.removed")
    assert json.loads(removed.body)["data"] == {"contact": {"id": public_id}}
    kept = json.dumps(list(OutboundEvent.objects.values_list("body", "email", "answer", "key"))).lower()
    assert "sanne" not in kept


def test_without_a_webhook_no_change_of_a_call_leaves_a_row(call_type: Any) -> None:
    switched_on(is_on=False)
    booking = confirm(call_type)
    lifecycle.move(booking, FRIDAY_9, by=VISITOR)
    lifecycle.cancel(booking, by=VISITOR)
    assert not OutboundEvent.objects.exists()
