"""Calendars that never answer: they wait for each other, and nobody's mail waits for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from bookings.connected import copies
from bookings.connected.copies import TASK
from bookings.models import CalendarCopy, CalendarSource, CallType, Host
from portal.common import times, waking
from portal.mail import outbox
from portal.mail.models import OutboundEmail
from tests.bookings.world import NAME, World, serving
from tests.chaos.harness import SHORT_LEASE, Chaos, Process, wait_until
from tests.factories.assessments import InstrumentFactory
from tests.factories.bookings import BookingFactory, CalDavSourceFactory, CalendarSourceFactory, first_coach
from tests.factories.mail import OutboundEmailFactory

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

SECONDS = 5  # that a calendar may keep a worker here
WORKER = """
import django, socket, ssl, sys
django.setup()
from bookings.connected import caldav, fetch
port, trusted, seconds = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
connect = lambda address, timeout: socket.create_connection(("127.0.0.1", port), timeout=timeout)
trusting = lambda: ssl.create_default_context(cafile=trusted)
elsewhere = fetch.Network(lambda host: ["93.184.215.14"], connect, trusting, seconds)
fetch.Network = caldav.Network = lambda: elsewhere
from portal.celery import app
app.worker_main(["worker", "--loglevel=info", "--without-gossip", "--without-mingle", *sys.argv[4:]])
"""


class Silence:
    """Takes every request and never answers; counts who waits."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting = self.most = 0
        self.asked: list[str] = []

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        with self.lock:
            self.asked.append(handler.path)
            self.waiting += 1
            self.most = max(self.most, self.waiting)
        handler.rfile.read(1)  # until the other side has had enough
        with self.lock:
            self.waiting -= 1


@pytest.fixture
def silence(chaos: Chaos, tmp_path: Path, settings: Any, monkeypatch: Any) -> Iterator[Silence]:
    """Three calendars at one server that says nothing; this process is the web process."""
    settings.REDIS_URL = chaos.redis_server.url
    monkeypatch.setattr(waking, "_closed_until", 0.0)
    InstrumentFactory()
    first_coach()
    host, silence = Host.objects.get(), Silence()
    for number in range(2):
        address = f"https://{NAME}/{number}.ics"
        source = CalendarSourceFactory.build(host=host, last_tried_at=None, last_good_at=None)
        source.set_address(address)
        source.save()
    BookingFactory(call_type=CallType.objects.get())
    copies.want_all(
        CalDavSourceFactory(
            host=host, collection=f"https://{NAME}/werk/", writes=True, last_tried_at=times.now()
        )
    )
    with serving(tmp_path) as world:
        world.answers = [silence]
        silence.world = world  # type: ignore[attr-defined]
        yield silence


def worker(chaos: Chaos, silence: Any, folder: Path, *options: str, **env: str) -> Process:
    world: World = silence.world
    argv = (str(world.port), str(folder / "server.pem"), str(SECONDS), *options)
    env = {"DJANGO_SETTINGS_MODULE": "portal.settings", **env}
    return chaos.run("worker", "-c", WORKER, *argv, **env).says(" ready.")


def send_a_mail() -> None:
    with transaction.atomic():
        outbox.enqueue(OutboundEmailFactory.build())


def test_three_calendars_that_hang_hold_one_child_and_no_mail(
    chaos: Chaos, silence: Silence, tmp_path: Path
) -> None:
    worker(chaos, silence, tmp_path)
    for _impatient in range(4):  # as many wake-ups as there is work, and one more
        waking.wake(TASK)
    assert wait_until(lambda: silence.waiting > 0, 40)
    time.sleep(1)  # whoever else goes to a calendar is there by now
    for _mail in range(3):
        send_a_mail()
    sent = OutboundEmail.objects.filter(status="sent")
    assert wait_until(lambda: sent.count() == 3, 40)
    assert (silence.waiting, len(silence.asked)) == (1, 1)  # while the first still waited

    read = CalendarSource.objects.filter(kind="ics", last_problem="slow")
    written = CalendarCopy.objects.filter(last_problem="slow")
    assert wait_until(lambda: read.count() == 2 and written.count() == 1, 8 * SECONDS)
    assert silence.most == 1
    assert len(set(silence.asked)) == len(silence.asked) == 3  # each had its turn, none twice


def test_a_worker_killed_at_a_calendar_holds_up_the_others_for_its_lease_only(
    chaos: Chaos, silence: Silence, tmp_path: Path
) -> None:
    chaos.lease_seconds = SHORT_LEASE
    killed = worker(chaos, silence, tmp_path)
    waking.wake(TASK)
    assert wait_until(lambda: silence.waiting > 0, 40)
    (first,) = silence.asked
    killed.kill()
    worker(chaos, silence, tmp_path)

    def others_have_their_turn() -> bool:
        waking.wake(TASK)
        return len(silence.asked) > 1

    assert wait_until(others_have_their_turn, 40)
    assert silence.asked[1] != first
    assert CalendarSource.objects.filter(last_problem="slow").count() == 1
