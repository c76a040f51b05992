"""What the scenarios about bookings share: visitors who insist, and what must hold afterwards."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any

import psycopg
from django.db import connection

from bookings.availability import calendar
from bookings.models import CallType
from portal.common import times
from tests.chaos.harness import Chaos, wait_until
from tests.chaos.visitor import Visitor
from tests.factories.assessments import InstrumentFactory
from tests.factories.bookings import first_coach

COACH = "jet@voorbeeld.nl"
LOST = (OSError, HTTPException)  # whatever a browser sees of a server that goes


def open_calendar() -> CallType:
    """A call type whose one POST confirms, and of which each booking takes exactly one start."""
    InstrumentFactory()
    first_coach()
    call_type = CallType.objects.get()
    call_type.needs_code, call_type.max_per_day = False, None
    call_type.buffer_before_minutes = call_type.buffer_after_minutes = 0
    call_type.slot_interval_minutes = call_type.duration_minutes
    call_type.save()
    return call_type


@dataclass(eq=False)
class Insisting:
    """A visitor who sends the same form until it is settled, as a person with a page that failed does."""

    visitor: Visitor
    start: str
    answers: Counter[str] = field(default_factory=Counter)
    heard: list[str] = field(default_factory=list)

    def settle(self, seconds: float = 90) -> bool:
        """Whether the call was confirmed. Every try is accepted, refused or unknown."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            verdict = self._try()
            self.answers[verdict] += 1
            if verdict in {"accepted", "refused"}:
                return verdict == "accepted"
            time.sleep(0.3)
        raise AssertionError(f"{self.visitor.email} never heard: {self.heard}")

    def _try(self) -> str:
        try:
            status, url = self.visitor.confirm(patience=40)
        except LOST as error:
            self.heard.append(repr(error))
            return "unknown"
        self.heard.append(f"{status} {url}")
        assert status in {200, 409, 503}, status
        if status == 503:
            return "unknown"
        return "accepted" if "/bevestigd/" in url else "refused"


def held(site: str, count: int) -> list[Insisting]:
    """So many visitors, each with a start of its own held and the form open."""
    found = []
    for number in range(count):
        visitor = Visitor(site, number)
        start = visitor.starts()[-1]
        assert visitor.hold(start) == 200
        found.append(Insisting(visitor, start))
    return found


def free_starts(call_type: CallType) -> set[datetime]:
    """Those far enough ahead that no notice passes meanwhile."""
    soon = times.now() + timedelta(days=3)
    return {slot.start for slot in calendar.free_slots(call_type) if slot.start > soon}


# ---- the database, from outside -------------------------------------------------------------------------
def raw(**changed: Any) -> psycopg.Connection:
    given = connection.get_connection_params()
    named = {name: given[name] for name in ("host", "port", "user", "password", "dbname")}
    return psycopg.connect(**(named | changed))


def is_host_locked() -> bool:
    with raw() as asking:
        try:
            asking.execute("SELECT 1 FROM bookings_host FOR NO KEY UPDATE NOWAIT")
        except psycopg.errors.LockNotAvailable:
            return True
    return False


def is_somebody_waiting() -> bool:
    with raw() as asking:
        waiting = (
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return asking.execute(waiting).fetchone() is not None


def end_connections(*, where: str = "true") -> None:
    """Cut off whoever works in this database, the test excepted."""
    with raw() as asking, connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        own = cursor.fetchone()[0]
        asking.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            f" AND pid NOT IN (pg_backend_pid(), {own}) AND {where}"
        )


# ---- afterwards -----------------------------------------------------------------------------------------
FACTS = {
    "confirmed": "SELECT email FROM bookings_booking WHERE status = 'confirmed'",
    "overlaps": "SELECT a.id FROM bookings_booking a JOIN bookings_booking b ON a.host_id = b.host_id"
    " AND a.id < b.id AND a.footprint && b.footprint"
    " WHERE a.status IN ('held', 'confirmed') AND b.status IN ('held', 'confirmed')",
    "mails": "SELECT public_id::text, status, maybe_duplicate FROM mail_outboundemail"
    " WHERE message IN ('bookings/confirmation', 'bookings/coach_booked')",
}


def facts(what: str, ask: Callable[[], psycopg.Connection] = raw) -> list[Any]:
    with ask() as asking:
        return asking.execute(FACTS[what]).fetchall()


def assert_nothing_lost_or_doubled(
    chaos: Chaos, accepted: list[str], ask: Callable[[], psycopg.Connection] = raw, kills: int = 0
) -> None:
    """I1 to I5: who heard "Bevestigd" has one call and two mails; a copy says so, and a kill explains it."""
    assert sorted(email for (email,) in facts("confirmed", ask)) == sorted(accepted)
    assert facts("overlaps", ask) == []
    wait_until(lambda: {status for _id, status, _twice in facts("mails", ask)} == {"sent"}, 30, step=0.3)
    rows = facts("mails", ask)
    assert Counter(status for _id, status, _twice in rows) == {"sent": 2 * len(accepted)}
    marked = {public_id for public_id, _status, twice in rows if twice}
    copies = {name: count for name, count in chaos.sink.copies().items() if name in {row[0] for row in rows}}
    assert len(copies) == len(rows)
    assert {name for name, count in copies.items() if count > 1} <= marked
    assert all(count <= 1 + kills for count in copies.values())
    people = {mail.recipient for mail in chaos.sink.received if mail.outbox_id in copies}
    assert people == {COACH, *accepted}
