"""A host's week, laid out: what lies in each day, by the host's own clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from assessments import summary as scans
from bookings.admin.week.all_day import with_all_day
from bookings.admin.week.rows import in_grid
from bookings.admin.week.shapes import Closed, Day, Item, Week
from bookings.availability import obstacles
from bookings.availability.query import build_query
from bookings.domain.intervals import Span
from bookings.domain.reasons import explain
from bookings.domain.slots import SlotQuery, open_hours
from bookings.fields import midnight
from bookings.models import BlockedTime, Booking, BusyTime, CalendarCopy, CalendarSource, CallType, Host
from bookings.words import places
from portal.common import times
from portal.leads.models import Lead

ONE_DAY = timedelta(days=1)


def lay_out(
    host: Host,
    call_type: CallType,
    chosen: date,
    *,
    now: datetime,
    language: str,
    only_chosen: bool = False,
    weekend: bool | None = None,
    over: Host | None = None,
) -> Week:
    """The ISO week of `chosen`: Monday to Friday, and a day of the weekend that is open, chosen, or holds a call
    or blocked time; with `weekend` all seven days, or no more than five. With `only_chosen` that day alone.

    `over` is a second coach, laid over the first by the clock of the first. Nine queries, one more when a result
    is shared and three more with a second coach, whatever the week holds.
    """
    zone, monday = host.time_zone, chosen - timedelta(days=chosen.weekday())
    dates = [monday + number * ONE_DAY for number in range(7)]
    first, until = midnight(monday, zone), midnight(monday + 7 * ONE_DAY, zone)
    query = build_query(call_type, first=first, until=until, now=now)
    # A day around it: a call just outside the week may stand in the way of one inside.
    around = DateTimeTZRange(first - ONE_DAY, until + ONE_DAY, "[)")
    closed = _closed([host, over] if over else [host], around)
    connected = list(CalendarSource.objects.filter(host=host, is_active=True))
    stale = [source for source in connected if source.is_stale(now)]
    unread = [source for source in connected if source.is_closing(now)]
    calls = list(
        Booking.objects.occupying(now)
        .filter(host__in=[host, over] if over else [host], footprint__overlap=around)
        .select_related("host", "call_type", "offer")
        .annotate(
            differs_there=Exists(CalendarCopy.objects.differing().filter(booking=OuterRef("pk"))),
            contact=Subquery(Lead.objects.filter(email=OuterRef("email")).values("pk")[:1]),
        )
        .order_by("period", "pk")
    )
    labels = weakest_keys(calls, language)
    items = [*_blocks(closed), *_calls(calls, zone, labels, now, language)]
    if over:
        items = [_of_one_of_two(item, host, over) for item in items]
    days = [_day(on, query, zone, now, chosen, items) for on in dates]
    if over:
        days = _opened_too(days, over, now)
    shown = [
        day
        for day in with_all_day(days, host, language)
        if day.is_chosen or (not only_chosen and _is_shown(day, weekend))
    ]
    week = Week(
        monday=monday,
        zone=zone,
        query=query,
        days=shown,
        chosen=next(day for day in shown if day.is_chosen),
        blocked=[one for one in closed if one.host_id == host.pk],
        unread=unread,
        stale=stale,
        calls=[call for call in calls if call.host_id == host.pk],
        over=over,
    )
    return in_grid(week, now, is_day=only_chosen, minutes=call_type.duration_minutes)


def _is_shown(day: Day, weekend: bool | None) -> bool:
    if day.on.isoweekday() <= 5 or weekend:
        return True
    is_used = any(item.kind != "imported" for item in (*day.items, *day.all_day))
    return weekend is None and bool(is_used or day.reasons.opened or day.spans_too)


# ---- two coaches ----------------------------------------------------------------------------------------
def _of_one_of_two(item: Item, host: Host, over: Host) -> Item:
    if item.source.host_id == host.pk:
        return replace(item, whose=initials(host.name), coach=host.name)
    words = _("This is in the calendar of %(coach)s. Choose that week to move it.") % {"coach": over.name}
    return replace(item, whose=initials(over.name), coach=over.name, is_second=True, fixed=words)


def initials(name: str) -> str:
    """'JvD' of Jet van Dalen."""
    return "".join(word[0] for word in name.split())[:3]


def _opened_too(days: list[Day], over: Host, now: datetime) -> list[Day]:
    first, until = days[0].span[0], days[-1].span[1]
    query = build_query(CallType(host=over, is_active=False), first=first, until=until, now=now)
    spans = open_hours(query, query.zone, days[0].on - 2 * ONE_DAY, days[-1].on + ONE_DAY)
    return [
        replace(
            day,
            spans_too=tuple(
                (max(start, day.span[0]), min(end, day.span[1]))
                for start, end in spans
                if start < day.span[1] and end > day.span[0]
            ),
        )
        for day in days
    ]


def weakest_keys(calls: Iterable[Booking], language: str) -> dict[str, tuple[str, ...]]:
    shared = [call.shared_scan for call in calls if call.shared_scan]
    return scans.weakest_keys(shared, language) if shared else {}


# ---- what lies in a day ----------------------------------------------------------------------------------
def _closed(hosts: Sequence[Host], around: DateTimeTZRange) -> list[Closed]:
    blocked = BlockedTime.objects.filter(host__in=hosts, period__overlap=around)
    taken = BusyTime.objects.filter(host__in=hosts, source__is_active=True, period__overlap=around)
    return [
        *blocked.order_by("period", "pk"),
        *taken.select_related("source").order_by("period", "pk"),
    ]


def _blocks(closed: Iterable[Closed]) -> list[Item]:
    """Each blocked time; what one calendar has without a gap is one thing."""
    blocked = [
        Item("blocked", one, one.start_at, one.end_at, "", "", _("Blocked"), one.reason)
        for one in closed
        if isinstance(one, BlockedTime)
    ]
    taken: dict[int, list[Item]] = {}
    for one in closed:
        if not isinstance(one, BusyTime):
            continue
        of_calendar = taken.setdefault(one.source_id, [])
        if of_calendar and one.start_at <= (last := of_calendar[-1]).end_at:
            of_calendar[-1] = replace(last, end_at=max(last.end_at, one.end_at))
        else:
            of_calendar.append(_taken(one))
    return [*blocked, *chain.from_iterable(taken.values())]


def _taken(one: BusyTime) -> Item:
    words = _("This is in ‘%(calendar)s’. Move it in that calendar.") % {"calendar": one.source.name}
    return Item("imported", one, one.start_at, one.end_at, "", "", _("Taken"), one.source.name, fixed=words)


def _calls(
    calls: Iterable[Booking], zone: str, labels: dict[str, tuple[str, ...]], now: datetime, language: str
) -> list[Item]:
    return [
        Item(
            kind(call),
            call,
            call.start_at,
            call.end_at,
            "",
            "",
            call.offer.who if call.status == Booking.Status.HELD and call.offer else call.who,
            tag(call, labels, now, zone),
            fixed=fixed(call),
            asks=call.status == Booking.Status.CONFIRMED and call.end_at <= now,
            where=places.place(call, language, reader="host").words,
            span=obstacles.span(call.period, zone),
        )
        for call in calls
    ]


def fixed(call: Booking) -> str:
    if call.status == Booking.Status.HELD:
        if call.offer:
            return _("%(who)s, told by mail. It cannot be moved.") % {"who": call.who}
        return _("A visitor holds this time. It cannot be moved.")
    if call.status != Booking.Status.CONFIRMED:
        return _("This call is over, so it stays where it was.")
    return "" if call.email else _("This person was erased, so the call stays where it was.")


def kind(call: Booking) -> str:
    kinds = {Booking.Status.HELD: "held", Booking.Status.CONFIRMED: "call"}
    return kinds.get(Booking.Status(call.status), "past")


def tag(call: Booking, labels: dict[str, tuple[str, ...]], now: datetime, zone: str) -> str:
    if call.status == Booking.Status.HELD and call.expires_at:
        if call.offer:  # the name stands above it: columns are narrow
            return _("held to %(clock)s") % {"clock": times.near_clock(call.expires_at, zone)}
        return _("until %(clock)s") % {"clock": times.near_clock(call.expires_at, zone)}
    # short words where there are any: seven days leave a column little room
    if call.status == Booking.Status.COMPLETED:
        return _("took place")
    if call.status == Booking.Status.NO_SHOW:
        return _("no-show")
    if call.status != Booking.Status.CONFIRMED:
        return call.get_status_display()
    if call.end_at <= now:
        return _("how did it go?")
    if getattr(call, "differs_there", False):  # annotated by lay_out
        return _("differs in your calendar")
    if not call.shared_scan:
        return _("does not share")
    return ", ".join(labels.get(call.shared_scan, ())) or _("shares the result")


def _day(on: date, query: SlotQuery, zone: str, now: datetime, chosen: date, items: Sequence[Item]) -> Day:
    start_at, end_at = midnight(on, zone), midnight(on + ONE_DAY, zone)
    today = times.local(now, zone).date()
    within = [
        _cut(item, (start_at, end_at), zone)
        for item in items
        if item.start_at < end_at and item.end_at > start_at
    ]
    reasons = explain(query, on)
    return Day(
        on=on,
        name=times.long_date(start_at, zone),
        span=(start_at, end_at),
        reasons=reasons,
        is_today=on == today,
        is_chosen=on == chosen,
        is_past=on < today,
        items=tuple(sorted(within, key=lambda item: (item.start_at, -item.end_at.timestamp()))),
        hours=tuple((times.clock(start, zone), times.clock(end, zone)) for start, end in reasons.opened),
    )


def _cut(item: Item, day: Span, zone: str) -> Item:
    start_at, end_at = max(item.start_at, day[0]), min(item.end_at, day[1])
    return replace(
        item,
        starts=wall(item.start_at, zone),
        ends=wall(item.end_at, zone),
        start_at=start_at,
        end_at=end_at,
        clock=times.clock(start_at, zone),
        until=times.clock(end_at, zone),
    )


def wall(at: datetime, zone: str) -> str:
    return f"{times.local(at, zone):%Y-%m-%dT%H:%M}"
