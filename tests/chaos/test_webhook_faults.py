"""A worker killed while it tells the receiver, and a receiver that never answers: nothing lost, nobody waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from portal.common import waking
from portal.mail import outbox
from portal.mail.models import OutboundEmail
from portal.webhook.announcing import TASK
from portal.webhook.models import OutboundEvent
from tests.bookings.world import World, answer, serving
from tests.chaos.harness import SHORT_LEASE, Chaos, Process, wait_until
from tests.factories.mail import OutboundEmailFactory
from tests.factories.webhook import OutboundEventFactory, switched_on

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

ELSEWHERE = """
import django, socket, ssl, sys
django.setup()
from portal.common.reaching import Network
from portal.webhook import delivery, post
port, trusted, seconds = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
connect = lambda address, timeout: socket.create_connection(("127.0.0.1", port), timeout=timeout)
trusting = lambda: ssl.create_default_context(cafile=trusted)
elsewhere = Network(lambda host: ["93.184.215.14"], connect, trusting, seconds)
"""
ONCE = f"{ELSEWHERE}delivery.deliver_due(network=elsewhere)"
WORKER = f"""{ELSEWHERE}
post.Network = lambda: elsewhere
from portal.celery import app
app.worker_main(["worker", "--loglevel=info", "--without-gossip", "--without-mingle"])
"""


@pytest.fixture
def receiver(tmp_path: Path, chaos: Chaos, settings: Any, monkeypatch: Any) -> Iterator[World]:
    settings.REDIS_URL = chaos.redis_server.url
    monkeypatch.setattr(waking, "_closed_until", 0.0)
    chaos.lease_seconds = SHORT_LEASE
    with serving(tmp_path) as world:
        world.answers = [answer(status=204)]
        switched_on()
        yield world


def run(chaos: Chaos, receiver: World, folder: Path, code: str, **env: str) -> Process:
    argv = (str(receiver.port), str(folder / "server.pem"), "5")
    env = {"DJANGO_SETTINGS_MODULE": "portal.settings", **env}
    return chaos.run("worker", "-c", code, *argv, **env)


@pytest.mark.parametrize(("point", "copies"), [("before_post", 1), ("after_post", 2)])
def test_what_a_killed_worker_had_in_hand_arrives_with_the_same_id(
    chaos: Chaos, receiver: World, tmp_path: Path, point: str, copies: int
) -> None:
    event = OutboundEventFactory()
    killed = run(chaos, receiver, tmp_path, ONCE, KILL_POINT=point)
    assert killed.popen
    assert killed.popen.wait(60) == -9

    def arrived() -> bool:
        process = run(chaos, receiver, tmp_path, ONCE)
        assert process.popen
        process.popen.wait(60)
        return OutboundEvent.objects.get().status == "sent"

    assert wait_until(arrived, 40)
    assert [headers["webhook-id"] for _path, headers in receiver.requests] == [event.public_id] * copies
    assert set(receiver.bodies) == {event.body.encode()}
    assert OutboundEvent.objects.get().maybe_duplicate


def test_a_receiver_that_hangs_keeps_one_child_and_no_mail(
    chaos: Chaos, receiver: World, tmp_path: Path
) -> None:
    chaos.lease_seconds = 45
    lock, waiting = threading.Lock(), [0, 0]

    def silence(handler: BaseHTTPRequestHandler) -> None:
        with lock:
            waiting[0] += 1
            waiting[1] = max(waiting)
        handler.rfile.read(1)  # until the other side has had enough
        with lock:
            waiting[0] -= 1

    receiver.answers = [silence]
    OutboundEventFactory.create_batch(5)
    run(chaos, receiver, tmp_path, WORKER).says(" ready.")
    for _impatient in range(4):
        waking.wake(TASK)
    assert wait_until(lambda: waiting[0] > 0, 40)
    with transaction.atomic():
        outbox.enqueue(OutboundEmailFactory.build())
    assert wait_until(lambda: OutboundEmail.objects.filter(status="sent").exists(), 20)
    assert waiting == [1, 1]  # the mail left while the receiver still said nothing
    assert wait_until(lambda: OutboundEvent.objects.filter(problem="slow").count() == 1, 40)
    assert OutboundEvent.objects.waiting().count() == 5
