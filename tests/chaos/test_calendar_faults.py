"""A worker killed while it writes a call into the host's calendar: the call stands there once, and right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bookings.availability import calendar
from bookings.calls import lifecycle
from bookings.connected import copies, writing
from bookings.models import Booking, CalendarCopy, CalendarSource, CallType, Host
from portal.common import times, waking
from portal.common.sealing import seal
from tests.bookings.connected.radicale import Radicale
from tests.bookings.people import confirm
from tests.chaos.harness import SHORT_LEASE, Chaos, Process, timed, wait_until
from tests.chaos.visitor import PROMISE
from tests.factories.assessments import InstrumentFactory
from tests.factories.bookings import BookingFactory, CalDavSourceFactory, first_coach

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

WRITE = """
import django, socket, ssl, sys
django.setup()
from bookings.connected import writing
from portal.common.reaching import Network
pk, port, trusted = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
connect = lambda address, timeout: socket.create_connection(("127.0.0.1", port), timeout=timeout)
trusting = lambda: ssl.create_default_context(cafile=trusted)
writing.write_source(pk, network=Network(lambda host: ["93.184.215.14"], connect, trusting))
"""


@pytest.fixture
def source(chaos: Chaos, radicale: Radicale) -> CalendarSource:
    """A calendar that gets the calls of the one host, who has a call in two days."""
    InstrumentFactory()
    first_coach()
    call_type = CallType.objects.get()
    BookingFactory(call_type=call_type)
    chaos.lease_seconds = SHORT_LEASE
    source = CalDavSourceFactory(host=call_type.host, collection=radicale.make_calendar("werk"), writes=True)
    copies.want_all(source)
    return source


def worker(chaos: Chaos, source: CalendarSource, radicale: Radicale, **env: str) -> Process:
    """A process of its own that writes what is due, and ends."""
    argv = (str(source.pk), str(radicale.port), str(radicale.pem))
    process = chaos.run("worker", "-c", WRITE, *argv, DJANGO_SETTINGS_MODULE="portal.settings", **env)
    assert process.popen
    process.popen.wait(60)
    return process


def written_by_another(chaos: Chaos, source: CalendarSource, radicale: Radicale) -> bool:
    worker(chaos, source, radicale)
    return CalendarCopy.objects.get().status == "written"


def test_a_worker_killed_between_writing_and_marking_leaves_one_right_event(
    chaos: Chaos, source: CalendarSource, radicale: Radicale
) -> None:
    killed = worker(chaos, source, radicale, KILL_POINT="after_put")
    assert killed.popen
    assert killed.popen.returncode == -9
    (written,) = radicale.files(source.collection).values()
    assert CalendarCopy.objects.get().status == "waiting"
    assert CalendarCopy.objects.get().etag == ""

    assert wait_until(lambda: written_by_another(chaos, source, radicale), 40)  # once the lease has lapsed
    assert list(radicale.files(source.collection).values()) == [written]
    assert CalendarCopy.objects.get().etag


def test_a_move_after_the_kill_still_arrives(
    chaos: Chaos, source: CalendarSource, radicale: Radicale
) -> None:
    worker(chaos, source, radicale, KILL_POINT="after_put")
    booking = Booking.objects.get()
    start = booking.start_at + timedelta(hours=3)
    lifecycle.move(booking, start, by=Booking.By.HOST, outside_hours=True)
    assert wait_until(lambda: written_by_another(chaos, source, radicale), 40)
    (found,) = radicale.files(source.collection).values()
    assert f"DTSTART:{start:%Y%m%dT%H%M%SZ}" in found
    assert "SEQUENCE:1" in found


def test_a_cancel_after_the_kill_takes_it_out(
    chaos: Chaos, source: CalendarSource, radicale: Radicale
) -> None:
    worker(chaos, source, radicale, KILL_POINT="after_put")
    assert len(radicale.files(source.collection)) == 1
    lifecycle.cancel(Booking.objects.get(), by=Booking.By.HOST)

    def removed() -> bool:
        worker(chaos, source, radicale)
        return CalendarCopy.objects.get().status == "removed"

    assert wait_until(removed, 40)
    assert radicale.files(source.collection) == {}


@pytest.fixture
def inward(chaos: Chaos, settings: Any, monkeypatch: pytest.MonkeyPatch) -> CalendarSource:
    """A calendar at an address inside; this process is the web process, with the same Redis."""
    settings.REDIS_URL = chaos.redis_server.url
    monkeypatch.setattr(waking, "_closed_until", 0.0)
    InstrumentFactory()
    first_coach()
    address = "https://127.0.0.1/"
    return CalDavSourceFactory(
        host=Host.objects.get(), sealed_address=seal(address), collection=f"{address}jet/", writes=True
    )


def test_a_worker_is_woken_by_the_booking_and_goes_nowhere_inside(
    chaos: Chaos, inward: CalendarSource
) -> None:
    chaos.start_worker()  # no beat: only the wake-up can do it
    call_type = CallType.objects.get()
    confirm(call_type, calendar.free_slots(call_type)[-1].start)
    problem = CalendarCopy.objects.values_list("last_problem", flat=True)
    assert wait_until(lambda: problem.get() == "unreachable", 40)
    assert CalendarCopy.objects.get().status == "waiting"


def test_a_hung_redis_costs_a_booking_little_and_its_copy_nothing(
    chaos: Chaos, inward: CalendarSource
) -> None:
    call_type = CallType.objects.get()
    start = calendar.free_slots(call_type)[-1].start
    chaos.hang_redis()
    assert timed(lambda: confirm(call_type, start)) < PROMISE
    assert writing.due_sources(times.now()) == [inward.pk]  # for the sweep of the next minute
