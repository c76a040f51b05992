"""What stands in the way when the coach puts a call on a moment: said before anything is saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from bookings.availability.calendar import period_and_footprint
from bookings.availability.query import build_query
from bookings.domain.slots import open_hours
from bookings.models import BlockedTime, Booking, BusyTime, CallType
from portal.common import times

NAMED = 5
ONE_DAY = timedelta(days=1)
Closed = BlockedTime | BusyTime


@dataclass(frozen=True)
class Obstacle:
    """One sentence. A hard one cannot be overruled; about the others the coach decides."""

    words: str
    is_hard: bool


def find(
    call_type: CallType, start: datetime, *, now: datetime, own: Booking | None = None
) -> list[Obstacle]:
    """Everything in the way of a call at `start`, hard ones first; the time of `own` counts as free."""
    if start <= now:
        return [Obstacle(_("That moment has passed. Choose a later one."), is_hard=True)]
    if not times.is_zone(call_type.host.time_zone):
        words = _("The time zone of this coach does not exist any more. Choose another first.")
        return [Obstacle(words, is_hard=True)]
    hard = [
        Obstacle(met_words(call, call_type.host.time_zone), is_hard=True)
        for call in _met(call_type, start, now, own)
    ]
    return [*hard, *_closed(call_type, start), *_outside(call_type, start, now)]


def met_words(call: Booking, zone: str) -> str:
    facts = {"name": call.name, "moment": times.short_moment(call.start_at, zone), "clock": ""}
    if call.status == Booking.Status.HELD and call.expires_at:
        facts["clock"] = times.near_clock(call.expires_at, zone)
        if call.offer:
            facts["name"] = call.offer.who
            return _("%(moment)s is held for %(name)s until %(clock)s. Choose another time.") % facts
        return _("A visitor holds %(moment)s until %(clock)s. Choose another time, or wait a moment.") % facts
    return _("That runs into the call with %(name)s on %(moment)s, buffers included.") % facts


def name_of(call: Booking, zone: str) -> str:
    return f"{call.who}, {times.short_moment(call.start_at, zone)}–{times.clock(call.end_at, zone)}"


def span(period: Range[Any], zone: str) -> str:
    """'do 26 nov 2026, 09:00 tot 12:00', with the day of the end when that is another."""
    start, end = edges_of(period)
    is_one_day = times.short_date(start, zone) == times.short_date(end, zone)
    last = times.clock(end, zone) if is_one_day else times.short_moment(end, zone)
    return _("%(start)s to %(end)s") % {"start": times.short_moment(start, zone), "end": last}


def edges_of(period: Range[Any]) -> tuple[datetime, datetime]:
    return cast("tuple[datetime, datetime]", (period.lower, period.upper))


def _met(call_type: CallType, start: datetime, now: datetime, own: Booking | None) -> list[Booking]:
    live = Booking.objects.filter(status__in=[Booking.Status.CONFIRMED, Booking.Status.HELD]).occupying(now)
    footprint = period_and_footprint(call_type, start)["footprint"]
    others = live.filter(host_id=call_type.host_id, footprint__overlap=footprint).select_related("offer")
    if own is not None:
        others = others.exclude(pk=own.pk)
    return list(others.order_by("period")[:NAMED])


def _closed(call_type: CallType, start: datetime) -> list[Obstacle]:
    footprint, zone = period_and_footprint(call_type, start)["footprint"], call_type.host.time_zone
    blocked = BlockedTime.objects.filter(host_id=call_type.host_id, period__overlap=footprint)
    taken = BusyTime.objects.filter(
        host_id=call_type.host_id, source__is_active=True, period__overlap=footprint
    ).select_related("source")
    found: list[Closed] = [*blocked.order_by("period")[:NAMED], *taken.order_by("period")[:NAMED]]
    words = _("Buffers included it touches ‘%(name)s’, %(span)s.")
    return [
        Obstacle(words % {"name": one.title, "span": span(one.period, zone)}, is_hard=False) for one in found
    ]


def _outside(call_type: CallType, start: datetime, now: datetime) -> list[Obstacle]:
    end = start + call_type.duration
    query = build_query(call_type, first=start, until=end, now=now)
    on = times.local(start, call_type.host.time_zone).date()
    opened = open_hours(query, query.zone, on - ONE_DAY, on + ONE_DAY)
    if any(begins <= start and end <= ends for begins, ends in opened):
        return []
    return [
        Obstacle(_("It lies outside the hours of %(name)s.") % {"name": call_type.host.name}, is_hard=False)
    ]
