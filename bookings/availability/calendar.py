"""A host's calendar: which starts are free."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from psycopg.types.range import Range

from bookings.availability.query import build_queries, build_query
from bookings.domain.slots import (
    MIDNIGHT,
    ONE_DAY,
    Slot,
    SlotQuery,
    instant_of,
    is_bookable,
    nearest_of,
    slots,
)
from bookings.domain.spreading import together
from bookings.errors import SlotTakenError
from bookings.models import Booking, CallType
from portal.common import times


def free_slots(call_type: CallType, *, own: Booking | None = None, now: datetime | None = None) -> list[Slot]:
    """Every free start, in order of time; the time of `own` counts as free."""
    return free_with_any([call_type], own=[own] if own else [], now=now)


def other_slots(booking: Booking, *, now: datetime | None = None) -> list[Slot]:
    """Every free start to which this call can move, without the one it has."""
    free = free_slots(booking.call_type, own=booking, now=now)
    return [slot for slot in free if slot.start != booking.start_at]


def free_with_any(
    call_types: Sequence[CallType],
    *,
    own: Collection[Booking] = (),
    visitor: str = "",
    now: datetime | None = None,
) -> list[Slot]:
    """Every start that at least one of the call types has free: each instant once, in order of time.

    The time of `own`, and what `visitor` (a digest) holds, counts as free. Three queries, however many call
    types.
    """
    queries = slot_queries(call_types, own=own, visitor=visitor, now=now or times.now())
    return together(slots(query) for query in queries.values())


def nearest_with_any(call_types: Sequence[CallType], start: datetime, *, visitor: str = "") -> list[Slot]:
    return nearest_of(free_with_any(call_types, visitor=visitor), start)


def slot_queries(
    call_types: Sequence[CallType],
    *,
    own: Collection[Booking] = (),
    visitor: str = "",
    now: datetime,
) -> dict[int, SlotQuery]:
    """One query for the slot function per call type, by primary key, over all dates on which it can be
    booked.

    Call types whose host has a time zone that no longer exists are left out. Three queries, however many
    there are.
    """
    known = [one for one in call_types if times.is_zone(one.host.time_zone)]
    spans = [_bookable_span(one, now) for one in known]
    if not spans:
        return {}
    first, until = min(start for start, _end in spans), max(end for _start, end in spans)
    queries = build_queries(known, first=first, until=until, now=now, own=own, visitor=visitor)
    return {
        one.pk: replace(query, range_start=start, range_end=end)
        for one, query, (start, end) in zip(known, queries, spans, strict=True)
    }


def who_is_free(call_types: Sequence[CallType], start: datetime, *, visitor: str = "") -> list[CallType]:
    """Those of the call types with which `start` can be booked now. Three queries."""
    now = times.now()
    until = start + timedelta(seconds=1)
    known = [one for one in call_types if times.is_zone(one.host.time_zone)]
    queries = build_queries(known, first=start, until=until, now=now, visitor=visitor)
    return [one for one, query in zip(known, queries, strict=True) if is_bookable(query, start)]


def require_free(call_type: CallType, start: datetime, *, now: datetime, own: Booking | None) -> None:
    """Raises SlotTakenError unless the slot function, which also fills the lists, has this start free."""
    try:
        query = build_query(call_type, first=start, until=start + timedelta(seconds=1), now=now, own=own)
    except times.UnknownZoneError as error:
        raise SlotTakenError from error
    if not is_bookable(query, start):
        raise SlotTakenError


def period_and_footprint(call_type: CallType, start: datetime) -> dict[str, object]:
    """The fields of a call at `start`: its period, and its footprint, which is the period with the buffers
    that the call type has now."""
    end = start + call_type.duration
    return {
        "period": Range(start, end, "[)"),
        "footprint": Range(start - call_type.buffer_before, end + call_type.buffer_after, "[)"),
    }


def _bookable_span(call_type: CallType, now: datetime) -> tuple[datetime, datetime]:
    """Where to look; the slot function applies notice, horizon and dates exactly."""
    if dates := call_type.dates:
        zone = times.known_zone(call_type.host.time_zone)
        first = max(now, instant_of(dates[0], MIDNIGHT, zone))
        return first, max(first, instant_of(dates[1] + ONE_DAY, MIDNIGHT, zone))
    return now, now + timedelta(days=(call_type.horizon_days or 0) + 2)
