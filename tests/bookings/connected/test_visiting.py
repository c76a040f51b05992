"""Whose turn it is: one calendar elsewhere at a time, whoever waits longest first."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings as django_settings
from django.db import IntegrityError, connection, transaction

from bookings.connected import copies, visiting
from bookings.models import CalendarCopy, CalendarSource, CalendarVisit, CallType
from portal.common import times, waking
from tests.bookings.world import World, answer
from tests.factories.bookings import BookingFactory, CalDavSourceFactory, CalendarSourceFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
EMPTY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.fixture(autouse=True)
def _no_redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(waking, "_closed_until", 0.0)


def calendar(call_type: CallType, *, tried: timedelta | None, name: str = "jet") -> CalendarSource:
    """A file that was tried so long ago; None: never."""
    source = CalendarSourceFactory.build(host=call_type.host, last_tried_at=None, last_good_at=None)
    source.set_address(f"https://agenda.example.org/{name}.ics")
    source.last_tried_at = times.now() - tried if tried else None
    source.save()
    return source


def with_a_call_to_write(call_type: CallType) -> CalendarSource:
    BookingFactory(call_type=call_type)
    source = CalDavSourceFactory(host=call_type.host, writes=True, last_tried_at=times.now())
    copies.want_all(source)
    return source


def lapse() -> None:
    """As if the worker that holds the lease was killed, 45 seconds ago."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bookings_calendarvisit SET lease_until = now() - interval '1 second'")


def problems() -> list[str]:
    return list(CalendarSource.objects.order_by("pk").values_list("last_problem", flat=True))


# ---- one at a time ------------------------------------------------------------------------------------
def test_two_workers_are_never_at_a_calendar_together(call_type: CallType, world: World) -> None:
    calendar(call_type, tried=None)
    world.answers = [answer(EMPTY)]
    turn = visiting.take()
    assert turn
    assert not visiting.visit_next(network=world.network())
    assert world.requests == []
    visiting.give_back(turn)
    assert visiting.visit_next(network=world.network())
    assert len(world.requests) == 1
    assert not visiting.visit_next(network=world.network())  # nothing waits any more


def test_there_is_one_turn_in_the_database() -> None:
    visiting.take()
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarVisit.objects.create(pk=2)


def test_whoever_comes_back_late_does_not_end_the_visit_of_another(call_type: CallType) -> None:
    late = visiting.take()
    lapse()
    turn = visiting.take()
    assert late
    assert turn
    visiting.give_back(late)
    assert visiting.take() is None


def test_the_lease_outlasts_a_task() -> None:
    """Whoever lost it was stopped by the time limit before."""
    assert django_settings.OUTBOX_LEASE_SECONDS > django_settings.CELERY_TASK_TIME_LIMIT


# ---- whose turn ---------------------------------------------------------------------------------------
def test_the_longest_waiting_comes_first_and_a_new_one_before_all(call_type: CallType, world: World) -> None:
    calendar(call_type, tried=7 * MINUTE, name="lang")
    calendar(call_type, tried=6 * MINUTE, name="kort")
    calendar(call_type, tried=4 * MINUTE, name="net")
    calendar(call_type, tried=None, name="nieuw")
    world.answers = [answer(EMPTY)]
    while visiting.visit_next(network=world.network()):
        pass
    assert [path for path, _headers in world.requests] == ["/nieuw.ics", "/lang.ics", "/kort.ics"]


def test_calls_to_write_and_calendars_to_read_stand_in_one_line(
    call_type: CallType, world: World, clock: Any
) -> None:
    calendar(call_type, tried=6 * MINUTE, name="eerst")
    calendar(call_type, tried=5 * MINUTE - timedelta(seconds=1), name="daarna")
    with_a_call_to_write(call_type)
    clock.shift(timedelta(seconds=1))
    world.answers = [answer(EMPTY), answer(b"", 503), answer(EMPTY)]
    while visiting.visit_next(network=world.network()):
        pass
    assert world.methods == ["GET", "PUT", "GET"]


# ---- the time limit -----------------------------------------------------------------------------------
def test_a_calendar_that_cost_a_worker_its_life_is_slow_and_waits_its_turn(
    call_type: CallType, world: World
) -> None:
    poison = calendar(call_type, tried=None, name="gif")
    calendar(call_type, tried=9 * MINUTE, name="goed")
    assert visiting.take()
    CalendarSource.objects.filter(pk=poison.pk).update(last_tried_at=times.now())  # as reading it begins
    CalendarVisit.objects.update(source=poison)
    lapse()
    world.answers = [answer(EMPTY)]
    while visiting.visit_next(network=world.network()):
        pass
    assert problems() == ["slow", ""]
    assert [path for path, _headers in world.requests] == ["/goed.ics"]


def test_a_call_that_cost_a_worker_its_life_waits_too(call_type: CallType) -> None:
    source = with_a_call_to_write(call_type)
    visiting.take()
    CalendarVisit.objects.update(source=source, writes=True)
    assert visiting.writing.claim(source)
    lapse()
    assert visiting.take()
    copy = CalendarCopy.objects.get()
    assert (copy.status, copy.last_problem, copy.lease_token) == ("waiting", "slow", None)
    assert copy.next_try_at == times.now() + MINUTE
    assert problems() == [""]


@pytest.fixture
def time_limit() -> Iterator[Any]:
    """Celery's soft limit, seconds away: the same exception, out of the same kind of signal."""

    def out_of_time(*_signal: object) -> None:
        raise SoftTimeLimitExceeded

    gc.disable()  # hypothesis listens to the collector, and what is raised while it listens is lost
    before = signal.signal(signal.SIGALRM, out_of_time)
    yield lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.setitimer(signal.ITIMER_REAL, 0)
    gc.enable()
    signal.signal(signal.SIGALRM, before)


def heavy() -> bytes:
    """A calendar that takes seconds to read."""
    event = (
        "BEGIN:VEVENT\r\nUID:{n}\r\nDTSTART:20200101T080000Z\r\nDURATION:PT1H\r\n"
        "RRULE:FREQ=MONTHLY;COUNT=200\r\nEND:VEVENT\r\n"
    )
    return (
        "BEGIN:VCALENDAR\r\n" + "".join(event.format(n=n) for n in range(9000)) + "END:VCALENDAR"
    ).encode()


@pytest.mark.parametrize("place", ["on the way", "in the file"])
def test_a_calendar_at_which_the_time_of_a_task_is_over_is_slow(
    call_type: CallType, world: World, time_limit: Any, place: str
) -> None:
    calendar(call_type, tried=None)
    world.answers = [answer(heavy()) if place == "in the file" else lambda handler: handler.rfile.read(1)]
    time_limit(0.4)
    visiting.visit_next(network=world.network())
    assert problems() == ["slow"]
    assert visiting.take()  # the lease was given back


def test_a_worker_with_one_child_is_refused_with_an_instruction() -> None:
    env = {**os.environ, "WORKER_CHILDREN": "1"}
    done = subprocess.run(
        [sys.executable, "-c", "import portal.settings"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "WORKER_CHILDREN must be 2 or more" in done.stderr
