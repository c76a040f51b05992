"""Calls that lie outside the hours, found in the data, and the nearest starts for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from psycopg.types.range import Range

from bookings.availability.calendar import slot_queries
from bookings.domain.intervals import Interval
from bookings.domain.outside import Outside, WeekHours, find_outside
from bookings.domain.slots import (
    Slot,
    SlotQuery,
    Taken,
    WeeklyRule,
    Window,
    nearest,
)
from bookings.models import AvailabilityRule, BlockedTime, Booking, CallType, DateOverride, Host
from portal.common import times

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class OutsideCall:
    """A call, or a time a visitor holds, that the calendar would not offer any more."""

    booking: Booking
    why: Outside
    blocked: BlockedTime | None = None

    @property
    def is_held(self) -> bool:
        return self.booking.status == Booking.Status.HELD


# ---- finding ---------------------------------------------------------------------------------------------
def calls_outside(
    now: datetime, *, hosts: Collection[int] | QuerySet[Host] | None = None
) -> list[OutsideCall]:
    """Calls and holds ahead that lie outside the hours, of these hosts or of all, in order of time, without those a
    coach chose to keep.

    Four queries, one when nothing is planned. Hosts in a time zone that no longer exists are left out.
    """
    waiting = Booking.objects.occupying(now).filter(
        status__in=[Booking.Status.CONFIRMED, Booking.Status.HELD],
        period__startswith__gt=now,
        kept_outside_at=None,
    )
    if hosts is not None:
        waiting = waiting.filter(host__in=hosts)
    per_host: dict[int, list[Booking]] = defaultdict(list)
    for booking in waiting.select_related("host", "call_type__host").order_by("period", "pk"):
        per_host[booking.host_id].append(booking)
    if not per_host:
        return []
    hours, blocked = _hours_of(per_host), _blocked_of(per_host)
    found: list[OutsideCall] = []
    for host_id, calls in per_host.items():
        try:
            found += _outside_of(calls, hours[host_id], blocked[host_id])
        except times.UnknownZoneError:
            continue
    return sorted(found, key=lambda one: (one.booking.start_at, one.booking.pk))


def _outside_of(
    calls: Sequence[Booking], hours: WeekHours, blocked: Sequence[BlockedTime]
) -> list[OutsideCall]:
    spans = {_bare(call): call for call in calls}
    why = find_outside(
        list(spans),
        hours=hours,
        blocked=[Interval(one.start_at, one.end_at) for one in blocked],
        zone=times.known_zone(calls[0].host.time_zone),
    )
    found = []
    for span, call in spans.items():
        reason = why.get(span)
        if not (call.host.is_active and call.call_type.is_active):
            reason = Outside.OFF
        if reason is not None:
            block = next(
                (one for one in blocked if one.start_at < span.end and one.end_at > span.start), None
            )
            found.append(OutsideCall(call, reason, block if reason is Outside.BLOCKED else None))
    return found


def _bare(booking: Booking) -> Interval:
    return Interval(booking.start_at, booking.end_at)


def _span_of(per_host: dict[int, list[Booking]]) -> tuple[datetime, datetime]:
    calls = [call for calls in per_host.values() for call in calls]
    return min(call.start_at for call in calls), max(call.end_at for call in calls)


def _hours_of(per_host: dict[int, list[Booking]]) -> dict[int, WeekHours]:
    first, until = _span_of(per_host)
    dates = first.date() - 2 * ONE_DAY, until.date() + 2 * ONE_DAY  # whatever the zone, and the night before
    rules: dict[int, list[WeeklyRule]] = defaultdict(list)
    rows = AvailabilityRule.objects.filter(host__in=per_host).order_by("pk")
    for host_id, weekday, start, end in rows.values_list("host_id", "weekday", "start_time", "end_time"):
        rules[host_id].append(WeeklyRule(weekday, Window(start, end)))
    overrides: dict[int, dict[date, tuple[Window, ...]]] = defaultdict(dict)
    own = DateOverride.objects.filter(host__in=per_host, on__range=dates).order_by("pk")
    edges = "windows__start_time", "windows__end_time"
    for host_id, on, start, end in own.values_list("host_id", "on", *edges):
        windows = overrides[host_id].get(on, ())
        overrides[host_id][on] = windows if start is None else (*windows, Window(start, end))
    return {host_id: WeekHours(tuple(rules[host_id]), overrides[host_id]) for host_id in per_host}


def _blocked_of(per_host: dict[int, list[Booking]]) -> dict[int, list[BlockedTime]]:
    blocked: dict[int, list[BlockedTime]] = defaultdict(list)
    around = Range(*_span_of(per_host))
    for one in BlockedTime.objects.filter(host__in=per_host, period__overlap=around).order_by("period", "pk"):
        blocked[one.host_id].append(one)
    return blocked


# ---- other times -----------------------------------------------------------------------------------------
def nearest_for(calls: Sequence[OutsideCall], now: datetime) -> dict[int, list[Slot]]:
    """For each call, by its primary key, the nearest free starts. Three queries, however many there are.

    The first start of one call is not proposed for the next ones, so that every call can have its first.
    """
    types = {one.booking.call_type_id: one.booking.call_type for one in calls}
    queries = slot_queries([one for one in types.values() if one.is_active and one.host.is_active], now=now)
    found: dict[int, list[Slot]] = {}
    spoken_for: dict[int, list[Taken]] = defaultdict(list)
    for one in calls:
        booking = one.booking
        found[booking.pk] = []
        if query := queries.get(booking.call_type_id):
            query = _without(query, booking, spoken_for[booking.host_id])
            found[booking.pk] = nearest(query, booking.start_at)
            spoken_for[booking.host_id] += _taken_by(booking.call_type, nearest(query, booking.start_at, 1))
    return found


def _without(query: SlotQuery, booking: Booking, spoken_for: Sequence[Taken]) -> SlotQuery:
    """The query without the call itself: live calls of one host never have the same footprint."""
    own = Interval(booking.footprint.lower, booking.footprint.upper)
    return replace(query, taken=(*(one for one in query.taken if one.footprint != own), *spoken_for))


def _taken_by(call_type: CallType, slots: Sequence[Slot]) -> list[Taken]:
    before, after = call_type.buffer_before, call_type.buffer_after
    return [Taken(one.start, Interval(one.start - before, one.end + after), counts=True) for one in slots]
