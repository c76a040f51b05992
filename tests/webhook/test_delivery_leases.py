"""Several workers, and one that dies: one at a time asks the receiver, and nothing is lost."""

from __future__ import annotations

import threading
import time
import uuid
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from django.db import transaction
from django.db.models.functions import Now

from portal.common import times
from portal.webhook import delivery
from portal.webhook.delivery import Outcome
from portal.webhook.models import OutboundEvent, Webhook
from portal.webhook.retention import forget_people
from tests.bookings.world import World, answer
from tests.factories.webhook import OutboundEventFactory
from tests.mail.delivering import in_another_thread, in_threads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("hook")]


def lapse() -> None:
    Webhook.objects.update(lease_until=Now() - timedelta(seconds=1))


@pytest.mark.race
def test_of_six_workers_at_once_one_asks_the_receiver_and_each_event_arrives_once(receiver: World) -> None:
    OutboundEventFactory.create_batch(20)
    lock, at_it, most = threading.Lock(), [0], [0]

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        with lock:
            at_it[0] += 1
            most[0] = max(most[0], at_it[0])
        time.sleep(0.02)
        with lock:
            at_it[0] -= 1
        answer(status=204)(handler)

    receiver.answers = [slowly]

    def work() -> None:
        until = time.monotonic() + 15
        while OutboundEvent.objects.waiting().exists() and time.monotonic() < until:
            delivery.deliver_due(network=receiver.network())
            time.sleep(0.01)

    in_threads(6, work)
    arrived = [headers["webhook-id"] for _path, headers in receiver.requests]
    assert len(arrived) == len(set(arrived)) == 20
    assert most == [1]


def test_what_a_killed_worker_had_in_hand_goes_once_more_and_says_so(receiver: World) -> None:
    event = OutboundEventFactory()
    killed = delivery.take()
    assert killed is not None
    Webhook.objects.leased_as(killed).update(sending=event.public_id)  # and then it died
    OutboundEvent.objects.update(attempts=1)
    assert delivery.deliver_due(network=receiver.network()) == 0  # the lease still runs
    lapse()
    delivery.deliver_due(network=receiver.network())
    event.refresh_from_db()
    assert (event.problem, event.maybe_duplicate, event.status) == ("stopped", True, "waiting")
    OutboundEvent.objects.update(send_after=times.now())
    delivery.deliver_due(network=receiver.network())
    event.refresh_from_db()
    assert (event.status, event.maybe_duplicate) == ("sent", True)


def test_a_worker_whose_lease_was_taken_marks_nothing() -> None:
    event = OutboundEventFactory()
    slow = delivery.take()
    assert slow is not None
    Webhook.objects.update(lease_token=uuid.uuid4())
    assert not delivery.mark(slow, event, Outcome())
    event.refresh_from_db()
    assert event.status == "waiting"


def test_an_event_that_was_erased_while_it_was_sent_is_not_sent_again(receiver: World) -> None:
    event = OutboundEventFactory()

    def erase_then_fail(handler: BaseHTTPRequestHandler) -> None:
        in_another_thread(lambda: _in_transaction(lambda: forget_people([event.email])))
        answer(status=500)(handler)

    receiver.answers = [erase_then_fail]
    delivery.deliver_due(network=receiver.network())
    event.refresh_from_db()
    assert (event.status, event.email) == ("waiting", "")
    assert "Sanne" not in event.body


def _in_transaction(func: object) -> None:
    with transaction.atomic():
        func()  # type: ignore[operator]
