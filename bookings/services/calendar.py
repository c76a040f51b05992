"""A host's calendar: which starts are free, and the lock under which it changes.

Whoever changes a host's calendar first locks the host's row, so that people wait in line instead of running
into each other; the exclusion constraint is the backstop.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction
from psycopg.types.range import Range

from bookings.availability import build_query
from bookings.domain.slots import (
    MIDNIGHT,
    ONE_DAY,
    Slot,
    SlotQuery,
    UnknownTimeZoneError,
    host_zone,
    instant_of,
    is_bookable,
    nearest,
    slots,
)
from bookings.models import Booking, CallType, Host
from bookings.services.errors import BusyError, SlotTakenError
from portal.common import times

TAKEN_STATES = {"23P01", "40P01", "40001"}  # exclusion violation, deadlock, serialization failure
BUSY_STATES = {"55P03", "57014"}  # lock timeout, statement timeout
# The lock timeout counts anew for each of the two locks behind a row lock; the statement's does not.
WAIT_AT_MOST = "SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '3s'"


def free_slots(call_type: CallType, *, own: Booking | None = None, now: datetime | None = None) -> list[Slot]:
    """Every start on offer, in order of time; `own` is shown as free to its owner."""
    query = offer(call_type, own=own, now=now or times.now())
    return slots(query) if query else []


def nearest_slots(call_type: CallType, start: datetime, *, own: Booking | None = None) -> list[Slot]:
    """The three free starts nearest to a lost one."""
    query = offer(call_type, own=own, now=times.now())
    return nearest(query, start) if query else []


def offer(call_type: CallType, *, own: Booking | None = None, now: datetime) -> SlotQuery | None:
    """Everything about all starts on offer; nothing when the zone of the host does not exist any more."""
    try:
        first, until = _bookable_span(call_type, now)
        return build_query(call_type, first=first, until=until, now=now, own=own)
    except UnknownTimeZoneError:  # the pages of the host and of the week say so
        return None


def require_free(call_type: CallType, start: datetime, *, now: datetime, own: Booking | None) -> None:
    """The same function that lists the starts says whether this is one of them."""
    try:
        query = build_query(call_type, first=start, until=start + timedelta(seconds=1), now=now, own=own)
    except UnknownTimeZoneError as error:
        raise SlotTakenError from error
    if not is_bookable(query, start):
        raise SlotTakenError


def placed(call_type: CallType, start: datetime) -> dict[str, object]:
    """The period of a call at `start`, and its footprint: the buffers of now, kept for good."""
    end = start + call_type.duration
    return {
        "period": Range(start, end, "[)"),
        "footprint": Range(start - call_type.buffer_before, end + call_type.buffer_after, "[)"),
    }


@contextmanager
def host_locked(host_id: int) -> Iterator[Host]:
    """One short transaction in which nobody else changes this host's calendar."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(WAIT_AT_MOST)
                host = Host.objects.select_for_update(of=("self",)).get(pk=host_id)
                cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
            yield host
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "")
        if state in TAKEN_STATES:
            raise SlotTakenError from error
        if state in BUSY_STATES:
            raise BusyError from error
        raise


def _bookable_span(call_type: CallType, now: datetime) -> tuple[datetime, datetime]:
    """Where to look for starts; the slot function cuts at the host's midnight."""
    if dates := call_type.dates:
        zone = host_zone(call_type.host.time_zone)
        first = max(now, instant_of(dates[0], MIDNIGHT, zone))
        return first, max(first, instant_of(dates[1] + ONE_DAY, MIDNIGHT, zone))
    return now, now + timedelta(days=(call_type.horizon_days or 0) + 2)
