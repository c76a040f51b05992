"""What happens is told as a row in the transaction of the fact, once, and only while somebody wants to know."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import transaction

from portal.webhook import switching
from portal.webhook.announcing import Told, announce
from portal.webhook.models import OutboundEvent, Webhook
from tests.factories.webhook import switched_on

pytestmark = pytest.mark.django_db


def told() -> Told:
    return Told({"call": {"id": "een"}, "contact": {"email": "sanne@example.org"}}, "sanne@example.org")


def tell(event: str = "call.booked", key: str = "call:een") -> None:
    with transaction.atomic():
        announce(event, key=key, tell=told)


def test_an_event_is_frozen_as_the_receiver_gets_it(hook: Webhook, clock: Any) -> None:
    tell()
    event = OutboundEvent.objects.get()
    assert json.loads(event.body) == {
        "type": "call.booked",
        "timestamp": "2026-11-23T12:00:00Z",
        "data": {"call": {"id": "een"}, "contact": {"email": "sanne@example.org"}},
    }
    assert (event.status, event.email) == ("waiting", "sanne@example.org")


def test_the_same_fact_is_told_once(hook: Webhook) -> None:
    tell()
    tell()
    assert OutboundEvent.objects.count() == 1


def test_what_is_rolled_back_was_never_told(hook: Webhook) -> None:
    with transaction.atomic():
        announce("call.booked", key="call:een", tell=told)
        transaction.set_rollback(True)
    assert not OutboundEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_without_a_transaction_is_refused(hook: Webhook) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        announce("call.booked", key="call:een", tell=told)


def test_without_a_webhook_telling_is_one_query_and_no_row(django_assert_num_queries: Any) -> None:
    with transaction.atomic(), django_assert_num_queries(1):
        announce("call.booked", key="call:een", tell=told)
    assert not OutboundEvent.objects.exists()


def test_only_events_that_were_chosen_are_told(db: None) -> None:
    switched_on(events=["call.moved"])
    tell("call.booked", "een")
    tell("call.moved", "twee")
    assert [event.type for event in OutboundEvent.objects.all()] == ["call.moved"]


def test_a_webhook_that_is_off_is_told_nothing_and_what_waited_is_cancelled(hook: Webhook) -> None:
    tell()
    switching.set_up(address="", events=hook.events, is_on=False)
    tell(key="call:twee")
    event = OutboundEvent.objects.get()
    assert (event.status, event.problem) == ("cancelled", "off")


def test_an_event_that_has_nothing_to_say_is_no_row(hook: Webhook) -> None:
    with transaction.atomic():
        announce("call.booked", key="call:een", tell=lambda: None)
    assert not OutboundEvent.objects.exists()


def test_address_and_secret_cannot_be_read_in_the_database(hook: Webhook) -> None:
    kept = [str(value) for row in Webhook.objects.values_list() for value in row]
    assert not [value for value in kept if "sleutel" in value or "whsec_" in value]
