"""The coach's week: what is planned, held and blocked, what is open, and why a day is empty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings.admin.base import hosts_of
from bookings.admin.connected.sources import age
from bookings.admin.week import block_page, layout
from bookings.admin.week.paths import (
    block_path,
    chosen_of,
    clock_of,
    day_of,
    empty_path,
    is_day,
    known_in_links,
    new_path,
    path,
    weekend_of,
    with_clock,
)
from bookings.admin.week.shapes import Day, Item, Week
from bookings.availability import why
from bookings.fields import midnight
from bookings.models import Booking, BusyTime, CalendarSource, CallType, Host
from portal.common import times

MOST = 100  # kinds of call to choose from
ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """`?day=`: any day of the week, chosen for the panel, which opens with `?why=1`; `?view=day`: that day alone;
    `?host=`, `?with=` and `?type=`: short names; `?weekend=`: yes or no; `?undo=`: what was just dragged, to take
    it back."""
    if not request.user.has_perm("bookings.view_booking"):
        raise PermissionDenied
    hosts = hosts_of(request)
    host = chosen_of(hosts, request.GET.get("host"), hosts)
    if host is None:
        return page(request, _("Week"))
    over = chosen_of([one for one in hosts if one != host], request.GET.get("with"), [])
    types = list(CallType.objects.filter(host=host).order_by("-is_active", "pk")[:MOST])
    call_type = chosen_of(types, request.GET.get("type"), types) or CallType(is_active=False)
    call_type.host = host
    now = times.now()
    try:
        laid = layout.lay_out(
            host,
            call_type,
            day_of(request) or times.local(now, host.time_zone).date(),
            now=now,
            language=get_language() or "nl",
            only_chosen=is_day(request),
            weekend=weekend_of(request),
            over=over if over and times.is_zone(over.time_zone) else None,
        )
    except times.UnknownZoneError:
        return page(request, _("Week"), host=host)
    facts: dict[str, Any] = {"week": laid, "host": host, "call_type": call_type}
    if "why" in request.GET:
        facts["told"] = why.describe(
            laid.chosen.reasons,
            call_type,
            blocked=laid.blocked,
            calls=laid.calls,
            unread=laid.unread,
            now=now,
        )
    name = capfirst(laid.chosen.name) if is_day(request) else title(laid)
    return page(request, name, **facts, **context_of(request, laid, hosts, host, types, call_type))


@require_safe
def empty(request: HttpRequest) -> HttpResponse:
    """What to do with an empty stretch, `?on=`, `?from=`, `?until=`: block it, or book a call in it. Without an end
    it is as long as a call of `?type=`."""
    if not request.user.has_perm("bookings.view_booking"):
        raise PermissionDenied
    host = chosen_of(hosts_of(request), request.GET.get("host"), [])
    on, start = day_of(request, "on"), clock_of(request, "from")
    if host is None or on is None or not start:
        return redirect("admin:bookings_booking_week")
    types = list(CallType.objects.filter(host=host).order_by("-is_active", "pk")[:MOST])
    call_type = chosen_of(types, request.GET.get("type"), types) or CallType()
    until = clock_of(request, "until") or later(start, call_type.duration_minutes)
    known = {"host": host.slug} | ({"type": request.GET["type"]} if "type" in request.GET else {})
    back = path(on, **known)
    facts = {"day": formats.date_format(on, "l j F Y"), "start": start, "until": until}
    context = {
        "words": _("%(day)s, %(start)s to %(until)s") % facts,
        "zone": times.zone_label(midnight(on, host.time_zone), host.time_zone),
        "block_path": with_clock(block_path(request, host, on), **{"from": start, "until": until}),
        "new_path": with_clock(new_path(request, known, on, back), at=start),
        "back": back,
    }
    return page(request, _("An empty time"), template="empty", **context)


def later(clock: str, minutes: int) -> str:
    """By the clock alone, as the grid counts."""
    return f"{datetime.combine(date.min, time.fromisoformat(clock)) + timedelta(minutes=minutes):%H:%M}"


def context_of(
    request: HttpRequest,
    laid: Week,
    hosts: Sequence[Host],
    host: Host,
    types: Sequence[CallType],
    call_type: CallType,
) -> dict[str, Any]:
    on, today = laid.chosen.on, times.local(times.now(), host.time_zone).date()
    known = known_in_links(request, hosts, host, types, call_type, laid.over)
    view = {"view": "day"} if is_day(request) else {}
    step = ONE_DAY if view else ONE_WEEK
    asked = {"why": "1"} if "why" in request.GET else {}
    known_here = known | view
    here = path(on, **known_here | asked)
    days = [day_context(request, day, host, call_type, known_here, here) for day in laid.days]
    is_this_week = any(day.is_today for day in laid.days)
    earlier = [one for one in days if is_this_week and one["day"].is_past]
    return {
        "days": days,
        # the list of narrow screens begins with what is still to come
        "listed": [
            (earlier_words(earlier), earlier),
            ("", [one for one in days if one not in earlier]),
        ],
        "here": here,
        "is_day": bool(view),
        "is_no_date": bool(request.GET.get("day")) and day_of(request) is None,
        "jump": known_here,
        "why_path": path(on, **known_here, why="1") if not asked else "",
        "shut_path": path(on, **known_here),
        "weekend": weekend_choice(laid, on, known_here),
        "block_path": block_path(request, host, on) if not laid.chosen.is_past else "",
        "new_path": new_path(request, known | {"host": host.slug}, None, here),
        "undo": block_page.undo_of(request),
        "stale": [(one, stale_words(one)) for one in laid.stale],
        "hosts": [
            (one.name, path(on, host=one.slug, **view), one == host) for one in hosts if len(hosts) > 1
        ],
        "over": [
            (one.name, path(on, **known_here | {"with": one.slug}))
            for one in hosts
            if one not in (host, laid.over)
        ],
        "alone_path": path(on, **{name: value for name, value in known_here.items() if name != "with"}),
        "coaches": [(one.name, layout.initials(one.name)) for one in (host, laid.over) if one and laid.over],
        "types": [
            (str(one), path(on, **known_here | asked | {"type": one.slug}), one == call_type) for one in types
        ],
        "views": [
            (_("Week"), path(on, **known), not view),
            (_("Day"), path(on, **known, view="day"), bool(view)),
        ],
        "previous": path(on - step, **known_here | asked),
        "this_week": path(today, **known_here | asked),
        "next": path(on + step, **known_here | asked),
        "zone": zone(laid),
        "counts": counts(laid),
        "Status": Booking.Status,
        **permissions(request),
    }


def weekend_choice(laid: Week, on: date, known: dict[str, str]) -> tuple[str, str] | None:
    """The way to see the days of the weekend, or to be without them."""
    if "view" in known:
        return None
    if sum(day.on.isoweekday() > 5 for day in laid.days) == 2:
        return _("Without the weekend"), path(on, **known | {"weekend": "no"})
    return _("With the weekend"), path(on, **known | {"weekend": "yes"})


def permissions(request: HttpRequest) -> dict[str, bool]:
    return {
        "may_open_blocks": request.user.has_perm("bookings.view_blockedtime"),
        "may_drag_blocks": request.user.has_perm("bookings.change_blockedtime"),
        "may_change": request.user.has_perm("bookings.change_booking"),
        "may_open_hours": request.user.has_perm("bookings.view_host"),
        "may_open_dates": request.user.has_perm("bookings.view_dateoverride"),
        "may_open_sources": request.user.has_perm("bookings.view_calendarsource"),
    }


def day_context(
    request: HttpRequest,
    day: Day,
    host: Host,
    call_type: CallType,
    known: dict[str, str],
    here: str,
) -> dict[str, Any]:
    block = "" if day.is_past else block_path(request, host, day.on)
    new = "" if day.is_past else new_path(request, known | {"host": host.slug}, day.on, here)
    asked = {name: known[name] for name in ("type",) if name in known}
    asked |= {"host": host.slug, "on": day.on.isoformat()}
    to_both = f"{reverse('admin:bookings_booking_empty')}?{urlencode(asked)}"
    return {
        "day": day,
        "path": path(day.on, **known | {"why": "1"}),
        "note": note(day, call_type),
        "facts": facts_of(day, call_type),
        "is_full": not day.is_past and bool(day.reasons.opened) and not free_starts(day, call_type),
        "calls": [item for item in day.items if isinstance(item.source, Booking)],
        "closed": closed_of(day),
        "block_path": block,
        "new_path": new,
        "empty": [
            (row, clock, empty_path(to_both, block, new, clock)) for row, clock in day.empty if block or new
        ],
    }


def facts_of(day: Day, call_type: CallType) -> str:
    """'Eerste kerstdag, 8 vrij, open 09:00–17:00'."""
    hours = ", ".join(f"{start}–{end}" for start, end in day.hours)
    opened = f"{_('open')} {hours}" if hours else ""
    return ", ".join(words for words in (day.holiday, note(day, call_type), opened) if words)


def closed_of(day: Day) -> list[tuple[list[str], Item]]:
    """What is blocked, one by one, and what another calendar has, in one line a calendar, with their stretches."""
    closed = [
        (_("all day"), item) if item in day.all_day else (f"{item.clock}–{item.until}", item)
        for item in (*day.all_day, *day.items)
        if not isinstance(item.source, Booking)
    ]
    closed.sort(key=lambda one: place_of(one[1]))
    return [
        ([span for span, _item in stretches], stretches[0][1])
        for stretches in (list(group) for _place, group in groupby(closed, lambda one: place_of(one[1])))
    ]


def place_of(item: Item) -> tuple[str, int]:
    return item.kind, item.source.source_id if isinstance(item.source, BusyTime) else item.source.pk


# ---- words -----------------------------------------------------------------------------------------------
def title(laid: Week) -> str:
    """'Week 48, 23 tot 27 november 2026': what the two dates share is said once."""
    first, last = laid.days[0].on, laid.days[-1].on
    known = "j F Y" if first.year != last.year else "j F" if first.month != last.month else "j"
    facts = {
        "number": laid.monday.isocalendar().week,
        "first": formats.date_format(first, known),
        "last": formats.date_format(last, "j F Y"),
    }
    return _("Week %(number)d, %(first)s to %(last)s") % facts


def earlier_words(days: Sequence[dict[str, Any]]) -> str:
    calls = sum(len(one["calls"]) for one in days)
    words = ngettext("Earlier this week: %(count)d call", "Earlier this week: %(count)d calls", calls)
    return words % {"count": calls}


def zone(laid: Week) -> str:
    starts = midnight(laid.monday, laid.zone)
    ends = midnight(laid.monday + ONE_WEEK, laid.zone)
    words = times.zone_label(starts, laid.zone)
    if (later := times.offset(ends, laid.zone)) != (now := times.offset(starts, laid.zone)):
        words = f"{times.zone_name(laid.zone)} ({now}), "
        words += _("at the end of this week %(offset)s") % {"offset": later}
    return capfirst(words)


def counts(laid: Week) -> str:
    """'4 gesprekken, 1 vastgehouden.'"""
    calls_drawn = [item for day in laid.days for item in day.items if isinstance(item.source, Booking)]
    sources = {item.source.pk: item.kind for item in calls_drawn}
    held = sum(kind == "held" for kind in sources.values())
    calls = len(sources) - held
    words = ngettext("%(count)d call", "%(count)d calls", calls) % {"count": calls}
    return f"{words}, " + _("%(count)d held") % {"count": held} + "." if held else f"{words}."


def stale_words(source: CalendarSource) -> str:
    """'‘agenda privé’ is 7 uur oud. …', or that it was never read."""
    now = times.now()
    facts = {"name": source.name, "age": age(source.last_good_at or source.added_at, now)}
    words = (
        _("‘%(name)s’ was last read %(age)s.") if source.last_good_at else _("‘%(name)s’ was not read yet.")
    ) % facts
    if source.is_closing(now):
        return f"{words} {_('No times are offered until we can read it.')}"
    return f"{words} {_('We go by what was last read.')}"


def note(day: Day, call_type: CallType) -> str:
    if day.is_today:
        return _("today")
    if day.is_past:
        return ""
    if not day.reasons.opened:
        return _("closed")
    free = free_starts(day, call_type)
    return ngettext("%(count)d free", "%(count)d free", free) % {"count": free} if free else _("nothing free")


def free_starts(day: Day, call_type: CallType) -> int:
    return len(day.reasons.free) if call_type.is_active and call_type.host.is_active else 0


def page(request: HttpRequest, name: str, template: str = "week", **context: Any) -> HttpResponse:
    shared = {**admin.site.each_context(request), "title": name, "opts": Booking._meta}
    return render(request, f"admin/bookings/{template}.html", shared | context)
