"""A host's week, laid out: what lies in each day, and in which rows of the grid it is drawn.

Everything is shown by the host's own clock. A row of the grid is a quarter of an hour; rows are named by
classes (`starts-5 lasts-2`), because the content policy allows no style in the page; the command
`write_week_grid` makes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from assessments import summary as scans
from bookings.availability.query import build_query
from bookings.domain.intervals import Span
from bookings.domain.reasons import DayReasons, explain
from bookings.domain.slots import SlotQuery
from bookings.fields import midnight
from bookings.models import BlockedTime, Booking, BusyTime, CalendarCopy, CalendarSource, CallType, Host
from bookings.words import places
from portal.common import times

ONE_DAY = timedelta(days=1)
Closed = BlockedTime | BusyTime
DAY_QUARTERS = 96
USUAL_FIRST, USUAL_LAST = 8 * 4, 18 * 4  # shown in any case, in quarters since midnight
STEPS_ASIDE = 3  # how far a thing is drawn aside of what it lies on


@dataclass(frozen=True)
class Item:
    """A call or blocked time as far as it lies on one day. `kind`: call, past, held, blocked or imported."""

    kind: str
    source: Booking | Closed
    start_at: datetime
    end_at: datetime
    clock: str
    until: str
    title: str
    tag: str
    starts: str = ""  # where all of it begins and ends by the coach's clock: 2026-11-26T09:45
    ends: str = ""
    fixed: str = ""  # why it cannot be dragged
    asks: bool = False  # a call that is over, and nobody said how it went
    where: str = ""
    aside: int = 0
    side: str = ""  # in the day alone: a call and what lies over it share the width
    rows: str = ""  # the classes of the rows it is drawn in
    before: str = ""  # the rows of the buffers
    after: str = ""


@dataclass(frozen=True)
class Day:
    on: date
    name: str
    span: Span
    reasons: DayReasons
    is_today: bool
    is_chosen: bool
    is_past: bool
    items: tuple[Item, ...] = ()
    opened: tuple[str, ...] = ()  # the rows of open time
    hours: tuple[tuple[str, str], ...] = ()  # open time by the clock
    now: str = ""
    empty: tuple[tuple[str, str], ...] = ()  # (row, clock) of the half hours to come


@dataclass(frozen=True)
class Week:
    monday: date
    zone: str
    query: SlotQuery
    days: list[Day]
    chosen: Day
    blocked: list[Closed]
    unread: list[CalendarSource]  # calendars that close everything until they can be read
    stale: list[CalendarSource]
    calls: list[Booking]
    hours: list[tuple[str, str]] = field(default_factory=list)  # (row, clock) of every full hour
    rows: Rows | None = None


def lay_out(
    host: Host,
    call_type: CallType,
    chosen: date,
    *,
    now: datetime,
    language: str,
    only_chosen: bool = False,
) -> Week:
    """The ISO week of `chosen`: Monday to Friday, and a day of the weekend that is open, chosen or not empty.
    With `only_chosen` that day alone.

    Eight queries, one more when a result is shared, whatever the week holds.
    """
    zone, monday = host.time_zone, chosen - timedelta(days=chosen.weekday())
    dates = [monday + number * ONE_DAY for number in range(7)]
    first, until = midnight(monday, zone), midnight(monday + 7 * ONE_DAY, zone)
    query = build_query(call_type, first=first, until=until, now=now)
    # A day around it: a call just outside the week may stand in the way of one inside.
    around = DateTimeTZRange(first - ONE_DAY, until + ONE_DAY, "[)")
    blocked = _closed(host, around)
    connected = list(CalendarSource.objects.filter(host=host, is_active=True))
    stale = [source for source in connected if source.is_stale(now)]
    unread = [source for source in connected if source.is_closing(now)]
    calls = list(
        Booking.objects.occupying(now)
        .filter(host=host, footprint__overlap=around)
        .select_related("host", "call_type", "offer")
        .annotate(differs_there=Exists(CalendarCopy.objects.differing().filter(booking=OuterRef("pk"))))
        .order_by("period", "pk")
    )
    labels = weakest_keys(calls, language)
    days = [
        _day(on, query, zone, now, chosen, [*_blocks(blocked), *_calls(calls, zone, labels, now, language)])
        for on in dates
    ]
    shown = [
        day
        for day in days
        if day.is_chosen
        or (not only_chosen and (day.on.isoweekday() <= 5 or day.items or day.reasons.opened))
    ]
    week = Week(monday, zone, query, shown, days[chosen.weekday()], blocked, unread, stale, calls)
    return _in_grid(week, now, is_day=only_chosen)


def weakest_keys(calls: Iterable[Booking], language: str) -> dict[str, tuple[str, ...]]:
    shared = [call.shared_scan for call in calls if call.shared_scan]
    return scans.weakest_keys(shared, language) if shared else {}


# ---- what lies in a day ----------------------------------------------------------------------------------
def _closed(host: Host, around: DateTimeTZRange) -> list[Closed]:
    blocked = BlockedTime.objects.filter(host=host, period__overlap=around)
    taken = BusyTime.objects.filter(host=host, source__is_active=True, period__overlap=around)
    return [
        *blocked.order_by("period", "pk"),
        *taken.select_related("source").order_by("period", "pk"),
    ]


def _blocks(blocked: Iterable[Closed]) -> list[Item]:
    return [
        Item("blocked", one, one.start_at, one.end_at, "", "", _("Blocked"), one.reason)
        if isinstance(one, BlockedTime)
        else Item(
            "imported",
            one,
            one.start_at,
            one.end_at,
            "",
            "",
            _("Taken"),
            one.source.name,
            fixed=_("This is in ‘%(calendar)s’. Move it in that calendar.") % {"calendar": one.source.name},
        )
        for one in blocked
    ]


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


# ---- rows ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Rows:
    """The quarters of the day that are drawn, `first` inclusive, `last` exclusive."""

    first: int
    last: int
    zone: str

    @property
    def count(self) -> int:
        return self.last - self.first

    def classes(self, start_at: datetime, end_at: datetime, day: Span) -> str:
        start_at, end_at = max(start_at, day[0]), min(end_at, day[1])
        if start_at >= end_at:
            return ""
        start = max(self.first, _quarter(start_at, day, self.zone))
        end = min(self.last, _quarter(end_at, day, self.zone, up=True))
        if start >= self.last or end <= self.first:
            return ""
        # In the hour that comes twice a call can end at an earlier clock time than it began.
        return f"starts-{start - self.first + 1} lasts-{max(end - start, 1)}"


def _quarter(at: datetime, day: Span, zone: str, *, up: bool = False) -> int:
    if at >= day[1]:
        return DAY_QUARTERS
    shown = times.local(at, zone)
    minutes = shown.hour * 60 + shown.minute
    return -(-minutes // 15) if up else minutes // 15


def _in_grid(week: Week, now: datetime, *, is_day: bool) -> Week:
    rows = _rows_of(week)
    return replace(
        week,
        rows=rows,
        days=[_drawn(_beside(day) if is_day else day, rows, now) for day in week.days],
        hours=[(f"starts-{quarter - rows.first + 1}", f"{quarter // 4:02d}:00") for quarter in _hours(rows)],
    )


def _hours(rows: Rows) -> range:
    return range(rows.first, rows.last, 4)


def _rows_of(week: Week) -> Rows:
    starts, ends = [USUAL_FIRST], [USUAL_LAST]
    for day in week.days:
        spans = [*day.reasons.opened]
        for item in day.items:
            if isinstance(item.source, Booking):
                spans.append((item.source.footprint.lower, item.source.footprint.upper))
            elif day.span[0] < item.start_at and item.end_at < day.span[1]:
                spans.append((item.start_at, item.end_at))
        for start, end in spans:
            starts.append(_quarter(max(start, day.span[0]), day.span, week.zone))
            ends.append(_quarter(min(end, day.span[1]), day.span, week.zone, up=True))
    return Rows(min(starts) // 4 * 4, -(-max(ends) // 4) * 4, week.zone)


def _beside(day: Day) -> Day:
    calls = [item for item in day.items if isinstance(item.source, Booking)]
    closed = [item for item in day.items if not isinstance(item.source, Booking)]
    shared = {id(item) for one in calls for other in closed if _touch(one, other) for item in (one, other)}
    sides = {
        id(item): "is-left" if isinstance(item.source, Booking) else "is-right"
        for item in day.items
        if id(item) in shared
    }
    return replace(day, items=tuple(replace(item, side=sides.get(id(item), "")) for item in day.items))


def _touch(call: Item, closed: Item) -> bool:
    footprint = call.source.footprint if isinstance(call.source, Booking) else call.source.period
    return bool(footprint.lower < closed.end_at and closed.start_at < footprint.upper)


def _drawn(day: Day, rows: Rows, now: datetime) -> Day:
    items: list[Item] = []
    for item in day.items:
        under = sum(other.end_at > item.start_at and other.side == item.side for other in items)
        items.append(_in_rows(replace(item, aside=min(under, STEPS_ASIDE)), day, rows))
    return replace(
        day,
        items=tuple(items),
        opened=tuple(
            classes for start, end in day.reasons.opened if (classes := rows.classes(start, end, day.span))
        ),
        now=rows.classes(now, now + timedelta(minutes=1), day.span).split(" ")[0] if day.is_today else "",
        empty=tuple(
            (f"starts-{quarter - rows.first + 1}", f"{quarter // 4:02d}:{quarter % 4 * 15:02d}")
            for quarter in range(rows.first, rows.last, 2)
            if not day.is_past and (not day.is_today or quarter > _quarter(now, day.span, rows.zone))
        ),
    )


def _in_rows(item: Item, day: Day, rows: Rows) -> Item:
    drawn = rows.classes(item.start_at, item.end_at, day.span)
    if not isinstance(item.source, Booking):
        return replace(item, rows=drawn)
    footprint = item.source.footprint
    return replace(
        item,
        rows=drawn,
        before=rows.classes(footprint.lower, item.source.start_at, day.span),
        after=rows.classes(item.source.end_at, footprint.upper, day.span),
    )
