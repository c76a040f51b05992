"""Ten minutes more, asked for at the very moment a time runs out and others want it: real connections."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta

import psycopg
import pytest

from bookings.availability import calendar
from bookings.calls import holds
from bookings.models import Booking, CallType
from portal.common import times
from tests.bookings.calls.test_races import (  # noqa: F401 - fixtures
    at_once,
    call_type,
    kinds,
    no_deadlock,
    psycopg_arguments,
)

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_deadlock"),
]
ANOTHER_WAITS = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def held_first(call_type: CallType) -> datetime:  # noqa: F811
    start = calendar.free_slots(call_type)[0].start
    holds.hold_slot(call_type, start, visitor="sanne", client="sanne")
    return start


def test_a_time_that_is_being_taken_is_not_held_longer(call_type: CallType) -> None:  # noqa: F811
    """Without the lock it is seen as held, and then as held for as long as may be."""
    start = held_first(call_type)
    found: list[object] = []
    with psycopg.connect(**psycopg_arguments()) as other:
        other.execute("SELECT 1 FROM bookings_host WHERE id = %s FOR NO KEY UPDATE", [call_type.host_id])
        other.execute("DELETE FROM bookings_booking WHERE visitor = 'sanne'")
        press = threading.Thread(
            target=lambda: found.extend(at_once(lambda: holds.extend_hold("sanne", start)))
        )
        press.start()
        with psycopg.connect(**psycopg_arguments(), autocommit=True) as watch:
            until = time.monotonic() + 2
            while watch.execute(ANOTHER_WAITS).fetchone() == (0,) and time.monotonic() < until:
                time.sleep(0.01)
        other.commit()
        press.join(timeout=30)
    assert kinds(found) == {"SlotTakenError": 1}


@pytest.mark.parametrize("moment", range(4))
def test_a_time_that_runs_out_goes_to_one_whoever_comes_first(call_type: CallType, moment: int) -> None:  # noqa: F811
    start = held_first(call_type)
    runs_out_at = times.now() + timedelta(milliseconds=60)
    Booking.objects.update(expires_at=runs_out_at)

    def wait() -> None:
        time.sleep(max(0.0, (runs_out_at - times.now()).total_seconds() + (moment - 2) * 0.005))

    def press() -> bool:
        wait()
        return holds.extend_hold("sanne", start)

    def choose(who: str) -> Booking:
        wait()
        return holds.hold_slot(call_type, start, visitor=who, client=who)

    first, *others = at_once(press, *(lambda n=n: choose(f"person{n}") for n in range(6)))
    if first is True:
        assert kinds(others) == {"SlotTakenError": 6}
        assert [one.visitor for one in Booking.objects.all()] == ["sanne"]
    else:
        assert kinds([first]) == {"SlotTakenError": 1}
        if kinds(others) == {"SlotTakenError": 6}:  # all looked a moment too early: it is free for the next
            others = [holds.hold_slot(call_type, start, visitor="next", client="next"), *others[1:]]
        assert kinds(others) == {"Booking": 1, "SlotTakenError": 5}
        assert "sanne" not in {one.visitor for one in Booking.objects.all()}


def test_eight_presses_at_once_are_two(call_type: CallType) -> None:  # noqa: F811
    start = held_first(call_type)
    results = at_once(*[lambda: holds.extend_hold("sanne", start)] * 8)
    assert sorted(results) == [False] * 6 + [True] * 2
    held = Booking.objects.get()
    assert held.expires_at is not None
    assert held.expires_at - held.created_at < timedelta(minutes=31)
