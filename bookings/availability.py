"""What the slot function needs to know, read from the database in four queries, whatever the data."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db.models import DateTimeField, Value
from psycopg.types.range import Range

from bookings.domain.intervals import Interval
from bookings.domain.slots import LOOK_BACK, SlotQuery, Taken, WeeklyRule, Window
from bookings.models import (
    AvailabilityRule,
    BlockedTime,
    Booking,
    BusyTime,
    CalendarSource,
    CallType,
    DateOverride,
)

# Limits count whole host-local weeks, a footprint sticks out of its call, and an override two weeks ago may
# be where a grid begins: look further than the range.
MARGIN = LOOK_BACK
# The database takes a range apart: reading whole ranges in Python costs half of the listing.
EDGES = ("period__startswith", "period__endswith")
Seen = tuple[datetime, datetime]


def build_query(
    call_type: CallType, *, first: datetime, until: datetime, now: datetime, own: Booking | None = None
) -> SlotQuery:
    """Everything about starts in [first, until). `own`, a hold or booking, is not in its own way.

    `call_type` comes with its host, so that this is four queries.
    """
    host = call_type.host
    seen = first - MARGIN, until + MARGIN
    return SlotQuery(
        time_zone=host.time_zone,
        rules=_rules(host.pk),
        overrides=_overrides(host.pk, seen),
        busy=_busy(host.pk, seen, now),
        taken=_taken(call_type, seen, now, own),
        duration=call_type.duration,
        slot_interval=timedelta(minutes=call_type.slot_interval_minutes),
        buffer_before=call_type.buffer_before,
        buffer_after=call_type.buffer_after,
        minimum_notice=timedelta(minutes=call_type.minimum_notice_minutes),
        horizon_days=call_type.horizon_days,
        first_on=call_type.first_on,
        last_on=call_type.last_on,
        max_per_day=call_type.max_per_day,
        max_per_week=call_type.max_per_week,
        now=now,
        range_start=first,
        range_end=until,
    )


def _rules(host_id: int) -> tuple[WeeklyRule, ...]:
    rows = AvailabilityRule.objects.filter(host_id=host_id).values_list("weekday", "start_time", "end_time")
    return tuple(WeeklyRule(weekday, Window(start, end)) for weekday, start, end in rows.order_by("pk"))


def _overrides(host_id: int, seen: Seen) -> dict[date, tuple[Window, ...]]:
    first, until = seen
    dates = first.date() - timedelta(days=1), until.date() + timedelta(days=1)  # whatever the zone
    rows = DateOverride.objects.filter(host_id=host_id, on__range=dates).values_list(
        "on", "windows__start_time", "windows__end_time"
    )
    found: dict[date, list[Window]] = defaultdict(list)
    for on, start, end in rows.order_by("on"):
        found[on].extend([] if start is None else [Window(start, end)])  # no window at all: closed
    return {on: tuple(windows) for on, windows in found.items()}


def _busy(host_id: int, seen: Seen, now: datetime) -> tuple[Interval, ...]:
    """Blocked by hand, or taken in a connected calendar; all of it while one that must be known is not."""
    overlap = Range(*seen)
    blocked = BlockedTime.objects.filter(host_id=host_id, period__overlap=overlap)
    imported = BusyTime.objects.filter(host_id=host_id, source__is_active=True, period__overlap=overlap)
    closing = CalendarSource.objects.filter(host_id=host_id).closing(now)
    whole = [Value(edge, output_field=DateTimeField()) for edge in seen]
    found = (
        blocked.order_by()
        .values_list(*EDGES)
        .union(imported.order_by().values_list(*EDGES), closing.order_by().values_list(*whole), all=True)
    )
    return tuple(Interval(start, end) for start, end in found)


def _taken(call_type: CallType, seen: Seen, now: datetime, own: Booking | None) -> tuple[Taken, ...]:
    rows = Booking.objects.occupying(now).filter(host_id=call_type.host_id, footprint__overlap=Range(*seen))
    if own is not None:
        rows = rows.exclude(pk=own.pk)
    edges = ("period__startswith", "footprint__startswith", "footprint__endswith", "call_type_id")
    return tuple(
        Taken(at, Interval(start, end), counts=type_id == call_type.pk)
        for at, start, end, type_id in rows.order_by().values_list(*edges)
    )
