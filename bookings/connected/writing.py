"""Writing calls into the host's own calendar: claim a copy, ask the server outside any transaction, mark it.

Every write says which version it replaces (ETag), so what a worker did before it was killed, and what a
person changed there, is seen and not overwritten.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded

from bookings.connected import caldav, copies, feed
from bookings.connected.formats.busy import UnreadableError
from bookings.connected.formats.copied import Seen, read_copy
from bookings.models import Booking, CalendarCopy, CalendarSource
from portal.common import times
from portal.common.leases import NO_LEASE
from portal.common.reaching import Network, ReachError
from portal.common.sealing import SealBrokenError
from portal.common.waking import kill_point

BATCH = 12.0  # seconds in which new copies are claimed; one takes 15 at most, and the task's soft limit is 30
DELAYS = [1, 2, 5, 10, 30, 60]  # minutes between attempts
NEEDS_A_PERSON_EVERY = timedelta(hours=6)
OF_THE_SERVER = {"unreachable", "certificate", "slow", "login", "sealed", "elsewhere", "address"}
NEEDS_A_PERSON = {
    "login",
    "sealed",
    "elsewhere",
    "address",
    "forbidden",
    "full",
    "gone",
    "refused",
    "not_dav",
    "unusable",
}
Problem, Status, There = CalendarSource.Problem, CalendarCopy.Status, CalendarCopy.There
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    file_name: str
    etag: str
    seen: Seen | None


class DiffersError(Exception):
    """The calendar says something else than it was told; nothing was overwritten."""

    def __init__(self, found: Found) -> None:
        super().__init__()
        self.found = found


def due_sources(now: datetime) -> list[int]:
    return list(CalendarCopy.objects.due(now).order_by().values_list("source", flat=True).distinct())


def write_source(pk: int, *, network: Network | None = None) -> int:
    """Write what is due in one calendar, one after another. Returns how many copies were handled."""
    started, handled = time.monotonic(), 0
    source = CalendarSource.objects.filter(pk=pk).first()
    if source is None:
        return 0
    while time.monotonic() - started < BATCH and (copy := claim(source)) is not None:
        handled += 1
        if not write(copy, source, network):
            break  # the server itself: asking for every copy would not help
    return handled


def claim(source: CalendarSource) -> CalendarCopy | None:
    due = CalendarCopy.objects.due(times.now()).filter(source=source)
    return due.select_related("booking__call_type", "booking__host__user").claim()


def write(copy: CalendarCopy, source: CalendarSource, network: Network | None) -> bool:
    """Make the calendar follow one copy and mark it. False when the trouble is the server's own."""
    try:
        server = caldav.Server.at(source.address, source.login, network)
        fields = make_follow(server, source.collection, copy)
    except DiffersError as error:
        mark(copy, Status.DIFFERS, **differing(error.found))
    except (ReachError, UnreadableError) as error:
        return postpone(copy, error.problem)
    except SealBrokenError:
        return postpone(copy, Problem.SEALED)
    except SoftTimeLimitExceeded:
        return postpone(copy, Problem.SLOW)
    except Exception:  # whatever it was, it is tried again
        log.exception("Copy %d could not be written", copy.pk)
        postpone(copy, Problem.FAULT)
    else:
        kill_point("after_put")
        mark(copy, **fields)
    return True


def set_back(source: CalendarSource) -> None:
    for copy in source.copies.filter(status__in=[Status.WAITING, Status.FAILED], lease_token__isnull=False):
        postpone(copy, Problem.SLOW)


# ---- the server -------------------------------------------------------------------------------------------
def make_follow(server: caldav.Server, collection: str, copy: CalendarCopy) -> dict[str, Any]:
    """Write or delete the file; what to mark. Raises DiffersError, ReachError, UnreadableError."""
    booking = copy.booking
    if not copy.is_wanted or booking.status in (Booking.Status.CANCELLED, Booking.Status.HELD):
        if copy.written_start_at is not None:
            take_away(server, collection, copy)
        return {"status": Status.REMOVED, "etag": ""}
    content = feed.copy_of(booking)
    etag = copy.etag
    remember_attempt(copy)
    try:
        etag = caldav.put(server, collection, copy.file_name, content, etag=etag)
    except caldav.ConflictError:
        found = look(server, collection, copy)
        if not found.etag and is_past(booking):
            return {"status": Status.REMOVED, "etag": ""}  # cleared away after the call
        require_known(found, copy)
        is_done = says_the_same(found, content, copy)
        etag = found.etag if is_done else overwrite(server, collection, found, content)
    return {
        "status": Status.WRITTEN,
        "etag": etag,
        "written_sequence": booking.sequence,
        "written_digest": copies.digest(content),
        "written_at": times.now(),
    }


def take_away(server: caldav.Server, collection: str, copy: CalendarCopy) -> None:
    try:
        if copy.etag:
            return caldav.delete(server, collection, copy.file_name, etag=copy.etag)
    except caldav.ConflictError:
        pass
    found = look(server, collection, copy)
    if not found.etag:
        return None
    if found.seen is not None:
        require_known(found, copy)
    try:
        return caldav.delete(server, collection, found.file_name, etag=found.etag)
    except caldav.ConflictError as error:  # changed this very moment
        raise ReachError("trouble") from error


def overwrite(server: caldav.Server, collection: str, found: Found, content: bytes) -> str:
    try:
        return caldav.put(server, collection, found.file_name, content, etag=found.etag)
    except caldav.ConflictError as error:  # changed this very moment
        raise ReachError("trouble") from error


def look(server: caldav.Server, collection: str, copy: CalendarCopy) -> Found:
    event = caldav.get(server, collection, copy.file_name)
    if event is None:
        return Found(copy.file_name, "", None)
    return found_in(event, copy)


def found_in(event: caldav.Event, copy: CalendarCopy) -> Found:
    zone = times.zone(copy.booking.host.time_zone).key
    seen = read_copy(event.data, uid=copy.booking.ics_uid, host_zone=zone)
    return Found(event.file_name, event.etag or caldav.ANY, seen)


def require_known(found: Found, copy: CalendarCopy) -> None:
    """Raises DiffersError unless what is there is what we wrote before or are about to write.

    Of a person who was erased nothing stays there, whatever was changed.
    """
    if not copy.booking.email and found.etag:
        return
    if found.seen is None or (found.seen.start_at, found.seen.end_at) not in known_times(copy):
        raise DiffersError(found)


def known_times(copy: CalendarCopy) -> set[tuple[datetime | None, datetime | None]]:
    """The times offered before and the one wanted now: the host may have moved the event there already."""
    written = (copy.written_start_at, copy.written_end_at)
    return {written, (copy.booking.start_at, copy.booking.end_at)} if copy.is_wanted else {written}


def says_the_same(found: Found, content: bytes, copy: CalendarCopy) -> bool:
    """Whether it is written already, by a worker that was killed before it could mark the row."""
    ours = read_copy(content.decode(), uid=copy.booking.ics_uid, host_zone="UTC")
    return found.seen == ours


def is_past(booking: Booking) -> bool:
    return booking.end_at <= times.now()


# ---- marking ----------------------------------------------------------------------------------------------
def remember_attempt(copy: CalendarCopy) -> None:
    """Write down the times the server is about to get, in case this worker is killed before it marks the row.
    Earlier ones stay known to this attempt."""
    booking = copy.booking
    CalendarCopy.objects.leased_as(copy).update(
        written_start_at=booking.start_at, written_end_at=booking.end_at
    )


def mark(copy: CalendarCopy, status: str, **fields: Any) -> None:
    """Write the outcome down if the lease still stands; a version that was wanted meanwhile stays due."""
    leased = CalendarCopy.objects.leased_as(copy)
    done = {"status": status, "attempts": 0, "last_problem": "", **NO_LEASE}
    if leased.filter(version=copy.version).update(**done, **fields):
        return
    kept = {name: value for name, value in fields.items() if not name.startswith("there")}
    leased.update(**NO_LEASE, **kept)


def differing(found: Found) -> dict[str, Any]:
    seen = found.seen
    return {
        "there": There.TIME if seen else There.GONE,
        "there_start_at": seen.start_at if seen else None,
        "there_end_at": seen.end_at if seen else None,
        "there_etag": found.etag,
        "file_name": found.file_name,
    }


def postpone(copy: CalendarCopy, problem: str) -> bool:
    """Say what is wrong and when it is tried again; for all of a calendar when its server is the trouble.

    Returns whether others of this calendar still make sense now.
    """
    needs_a_person = problem in NEEDS_A_PERSON
    minutes = DELAYS[min(copy.attempts, len(DELAYS) - 1)]
    wait = NEEDS_A_PERSON_EVERY if needs_a_person else timedelta(minutes=minutes)
    fields = {
        "status": Status.FAILED if needs_a_person else Status.WAITING,
        "last_problem": problem,
        "attempts": copy.attempts + 1,
        "next_try_at": times.now() + wait,
    }
    leased = CalendarCopy.objects.leased_as(copy)
    if not leased.filter(version=copy.version).update(**fields, **NO_LEASE):
        leased.update(**NO_LEASE)
    if problem not in OF_THE_SERVER:
        return True
    CalendarCopy.objects.due(times.now()).filter(source=copy.source_id).update(**fields)
    return False
