"""What the slot function needs to know, read from the database in three queries, whatever the data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta

from django.db.models import BigIntegerField, DateField, DateTimeField, Func, Value
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
from portal.common import times

# Limits count whole host-local weeks, a footprint sticks out of its call, and an override two weeks ago may
# be where a grid begins: look further than the range.
MARGIN = LOOK_BACK
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Seen = tuple[datetime, datetime]
Rules = dict[int, list[WeeklyRule]]
Overrides = dict[int, dict[date, tuple[Window, ...]]]


class Microseconds(Func):
    """An instant as whole microseconds since EPOCH: reading hundreds of ranges or of Django's own datetimes
    costs more than finding all free starts."""

    template = "(EXTRACT(EPOCH FROM %(expressions)s) * 1000000)::bigint"
    output_field = BigIntegerField()


PERIOD = (Microseconds("period__startswith"), Microseconds("period__endswith"))


def build_query(
    call_type: CallType, *, first: datetime, until: datetime, now: datetime, own: Booking | None = None
) -> SlotQuery:
    """What the slot function needs about starts in `[first, until)`; the time of `own` counts as free.

    Three queries when `call_type` comes with its host. Raises UnknownZoneError.
    """
    (query,) = build_queries([call_type], first=first, until=until, now=now, own=[own] if own else [])
    return query


def build_queries(
    call_types: Sequence[CallType],
    *,
    first: datetime,
    until: datetime,
    now: datetime,
    own: Collection[Booking] = (),
    visitor: str = "",
) -> list[SlotQuery]:
    """The same for several call types, in three queries however many hosts they have.

    What `visitor` (a digest) holds counts as free too, without a query to look it up.
    """
    hosts = {call_type.host_id for call_type in call_types}
    seen = first - MARGIN, until + MARGIN
    rules, overrides = _opened(hosts, seen)
    busy, taken = _busy(hosts, seen, now), _taken(hosts, seen, now, own, visitor)
    return [
        SlotQuery(
            zone=times.known_zone(call_type.host.time_zone),
            rules=tuple(rules[call_type.host_id]),
            overrides=overrides[call_type.host_id],
            busy=tuple(busy[call_type.host_id]),
            taken=tuple(
                Taken(at, footprint, counts=type_id == call_type.pk)
                for at, footprint, type_id in taken[call_type.host_id]
            ),
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
        for call_type in call_types
    ]


def _opened(hosts: set[int], seen: Seen) -> tuple[Rules, Overrides]:
    first, until = seen
    dates = first.date() - timedelta(days=1), until.date() + timedelta(days=1)  # whatever the zone
    weekly = AvailabilityRule.objects.filter(host_id__in=hosts).order_by()
    single = DateOverride.objects.filter(host_id__in=hosts, on__range=dates).order_by()
    no_date, no_day = Value(None, output_field=DateField()), Value(0)
    rows = (
        weekly.values_list("host_id", "weekday", no_date, "start_time", "end_time")
        .union(
            single.values_list("host_id", no_day, "on", "windows__start_time", "windows__end_time"), all=True
        )
        .order_by()  # since Django 6.1 a union has its model's order again
    )
    rules: Rules = defaultdict(list)
    overrides: Overrides = defaultdict(dict)
    for host, weekday, on, start, end in rows:
        if on is None:
            rules[host].append(WeeklyRule(weekday, Window(start, end)))
        else:
            window = () if start is None else (Window(start, end),)  # no window at all: closed
            overrides[host][on] = overrides[host].get(on, ()) + window
    return rules, overrides


def _busy(hosts: set[int], seen: Seen, now: datetime) -> dict[int, list[Interval]]:
    """Blocked by hand or busy in a connected calendar; everything, while a calendar that must be known is
    stale."""
    overlap = Range(*seen)
    blocked = BlockedTime.objects.filter(host_id__in=hosts, period__overlap=overlap)
    imported = BusyTime.objects.filter(host_id__in=hosts, source__is_active=True, period__overlap=overlap)
    closing = CalendarSource.objects.filter(host_id__in=hosts).closing(now)
    whole = [Microseconds(Value(edge, output_field=DateTimeField())) for edge in seen]
    rows = (
        blocked.order_by()
        .values_list("host_id", *PERIOD)
        .union(
            imported.order_by().values_list("host_id", *PERIOD),
            closing.order_by().values_list("host_id", *whole),
            all=True,
        )
        .order_by()
    )
    found: dict[int, list[Interval]] = defaultdict(list)
    for host, start, end in rows:
        found[host].append(Interval(_instant(start), _instant(end)))
    return found


def _taken(
    hosts: set[int], seen: Seen, now: datetime, own: Collection[Booking], visitor: str
) -> dict[int, list[tuple[datetime, Interval, int]]]:
    rows = Booking.objects.occupying(now).filter(host_id__in=hosts, footprint__overlap=Range(*seen))
    if own:
        rows = rows.exclude(pk__in=[booking.pk for booking in own])
    if visitor:
        rows = rows.exclude(status=Booking.Status.HELD, visitor=visitor)
    edges = map(Microseconds, ("period__startswith", "footprint__startswith", "footprint__endswith"))
    found: dict[int, list[tuple[datetime, Interval, int]]] = defaultdict(list)
    for host, at, start, end, type_id in rows.order_by().values_list("host_id", *edges, "call_type_id"):
        found[host].append((_instant(at), Interval(_instant(start), _instant(end)), type_id))
    return found


def _instant(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)
