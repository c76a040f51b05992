"""The coach's week: what is planned, held and blocked, what is open, and why a day is empty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any, TypeVar
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

from bookings.admin.connected.states import age
from bookings.admin.week import block_page, layout
from bookings.availability import why
from bookings.domain.reasons import Hours
from bookings.fields import FIRST_YEAR, LAST_YEAR, midnight
from bookings.models import Booking, CalendarSource, CallType, DateOverride, Host
from portal.common import times

MOST = 100  # coaches or kinds of call to choose from
ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
Row = TypeVar("Row", Host, CallType)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """`?day=`: any day of the week, chosen for the panel; `?view=day`: that day alone; `?host=` and `?type=`:
    short names; `?undo=`: what was just dragged, to take it back."""
    if not request.user.has_perm("bookings.view_booking"):
        raise PermissionDenied
    hosts = list(Host.objects.order_by("pk")[:MOST])
    own = [one for one in hosts if one.user_id == request.user.pk]
    host = chosen_of(hosts, request.GET.get("host"), own[:1] or hosts[:1])
    if host is None:
        return page(request, _("Week"))
    types = list(CallType.objects.filter(host=host).order_by("-is_active", "pk")[:MOST])
    call_type = chosen_of(types, request.GET.get("type"), types) or CallType(is_active=False)
    call_type.host = host
    now = times.now()
    on = day_of(request) or times.local(now, host.time_zone).date()
    language = get_language() or "nl"
    try:
        laid = layout.lay_out(host, call_type, on, now=now, language=language, only_chosen=is_day(request))
    except times.UnknownZoneError:
        return page(request, _("Week"), host=host)
    told = why.describe(
        laid.chosen.reasons,
        call_type,
        blocked=laid.blocked,
        calls=laid.calls,
        unread=laid.unread,
        now=now,
    )
    facts: dict[str, Any] = {"week": laid, "told": told, "host": host, "call_type": call_type}
    name = capfirst(laid.chosen.name) if is_day(request) else title(laid)
    return page(request, name, **facts, **context_of(request, laid, hosts, host, types, call_type))


@require_safe
def empty(request: HttpRequest) -> HttpResponse:
    """What to do with an empty stretch, `?on=`, `?from=`, `?until=`: block it, or book a call in it."""
    if not request.user.has_perm("bookings.view_booking"):
        raise PermissionDenied
    host = chosen_of(list(Host.objects.order_by("pk")[:MOST]), request.GET.get("host"), [])
    on, start = day_of(request, "on"), clock_of(request, "from")
    if host is None or on is None or start is None:
        return redirect("admin:bookings_booking_week")
    asked = {"from": start, "until": clock_of(request, "until")}
    known = {"host": host.slug} | ({"type": request.GET["type"]} if "type" in request.GET else {})
    back = path(on, **known)
    context = {
        "words": f"{formats.date_format(on, 'l j F Y')}, {start}",
        "zone": times.zone_label(midnight(on, host.time_zone), host.time_zone),
        "block_path": with_clock(block_path(request, host, on), **asked),
        "new_path": with_clock(new_path(request, known, on, back), at=start),
        "back": back,
    }
    return page(request, _("An empty time"), template="empty", **context)


def context_of(
    request: HttpRequest,
    laid: layout.Week,
    hosts: Sequence[Host],
    host: Host,
    types: Sequence[CallType],
    call_type: CallType,
) -> dict[str, Any]:
    on, today = laid.chosen.on, times.local(times.now(), host.time_zone).date()
    known = known_in_links(hosts, host, types, call_type)
    view = {"view": "day"} if is_day(request) else {}
    step = ONE_DAY if view else ONE_WEEK
    known_here = known | view
    here = path(on, **known_here)
    return {
        "days": [day_context(request, day, host, call_type, known_here, here) for day in laid.days],
        "here": here,
        "is_day": bool(view),
        "block_path": block_path(request, host, on) if not laid.chosen.is_past else "",
        "new_path": new_path(request, known | {"host": host.slug}, None, here),
        "undo": block_page.undo_of(request.GET.get("undo")),
        "stale": [(one, stale_words(one)) for one in laid.stale],
        "override": override_of(request, host, laid.chosen),
        "hosts": [
            (one.name, path(on, host=one.slug, **view), one == host) for one in hosts if len(hosts) > 1
        ],
        "types": [(str(one), path(on, **known_here | {"type": one.slug}), one == call_type) for one in types],
        "views": [
            (_("Week"), path(on, **known), not view),
            (_("Day"), path(on, **known, view="day"), bool(view)),
        ],
        "previous": path(on - step, **known_here),
        "this_week": path(today, **known_here),
        "next": path(on + step, **known_here),
        "zone": zone(laid),
        "counts": counts(laid),
        "Status": Booking.Status,
        **permissions(request),
    }


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
    day: layout.Day,
    host: Host,
    call_type: CallType,
    known: dict[str, str],
    here: str,
) -> dict[str, Any]:
    block = "" if day.is_past else block_path(request, host, day.on)
    new = "" if day.is_past else new_path(request, known | {"host": host.slug}, day.on, here)
    asked = known | {"host": host.slug, "on": day.on.isoformat()}
    to_both = f"{reverse('admin:bookings_booking_empty')}?{urlencode(asked)}"
    return {
        "day": day,
        "path": path(day.on, **known),
        "note": note(day, call_type),
        "block_path": block,
        "new_path": new,
        "empty": [
            (row, clock, empty_path(to_both, block, new, clock)) for row, clock in day.empty if block or new
        ],
    }


# ---- what is asked for -----------------------------------------------------------------------------------
def chosen_of(rows: Sequence[Row], slug: str | None, usual: Sequence[Row]) -> Row | None:
    for row in rows:
        if row.slug == slug:
            return row
    return usual[0] if usual else None


def is_day(request: HttpRequest) -> bool:
    return request.GET.get("view") == "day"


def day_of(request: HttpRequest, name: str = "day") -> date | None:
    try:
        on = date.fromisoformat(request.GET.get(name, "")[:10])
    except ValueError:
        return None
    return on if FIRST_YEAR <= on.year <= LAST_YEAR else None


def known_in_links(
    hosts: Sequence[Host], host: Host, types: Sequence[CallType], call_type: CallType
) -> dict[str, str]:
    known = {"host": host.slug} if len(hosts) > 1 else {}
    return known | ({"type": call_type.slug} if len(types) > 1 else {})


def path(on: date, **known: str) -> str:
    return f"{reverse('admin:bookings_booking_week')}?{urlencode({'day': on.isoformat(), **known})}"


def clock_of(request: HttpRequest, name: str) -> str:
    try:
        return f"{time.fromisoformat(request.GET.get(name, '')[:5]):%H:%M}"
    except ValueError:
        return ""


def block_path(request: HttpRequest, host: Host, on: date) -> str:
    if not request.user.has_perm("bookings.add_blockedtime"):
        return ""
    facts = {"host": host.pk, "on": on.isoformat()}
    facts |= {"view": "day"} if is_day(request) else {}
    return f"{reverse('admin:bookings_blockedtime_add')}?{urlencode(facts)}"


def new_path(request: HttpRequest, known: dict[str, str], on: date | None, back: str) -> str:
    if not request.user.has_perm("bookings.change_booking"):
        return ""
    facts = {name: value for name, value in known.items() if name != "view"} | {"back": back}
    facts |= {"on": on.isoformat()} if on else {}
    return f"{reverse('admin:bookings_booking_new')}?{urlencode(facts)}"


def with_clock(page_path: str, **clocks: str) -> str:
    known = {name: clock for name, clock in clocks.items() if clock}
    return f"{page_path}&{urlencode(known, safe=':')}" if page_path else ""


def empty_path(to_both: str, block: str, new: str, clock: str) -> str:
    if block and new:
        return with_clock(to_both, **{"from": clock})
    return with_clock(block, **{"from": clock}) or with_clock(new, at=clock)


def override_of(request: HttpRequest, host: Host, day: layout.Day) -> DateOverride | None:
    if day.reasons.hours not in (Hours.OTHER, Hours.CLOSED):
        return None
    if not request.user.has_perm("bookings.view_dateoverride"):
        return None
    return DateOverride.objects.filter(host=host, on=day.on).first()


# ---- words -----------------------------------------------------------------------------------------------
def title(laid: layout.Week) -> str:
    """'Week 48, 23 tot 27 november 2026': what the two dates share is said once."""
    first, last = laid.days[0].on, laid.days[-1].on
    known = "j F Y" if first.year != last.year else "j F" if first.month != last.month else "j"
    facts = {
        "number": laid.monday.isocalendar().week,
        "first": formats.date_format(first, known),
        "last": formats.date_format(last, "j F Y"),
    }
    return _("Week %(number)d, %(first)s to %(last)s") % facts


def zone(laid: layout.Week) -> str:
    starts = midnight(laid.monday, laid.zone)
    ends = midnight(laid.monday + ONE_WEEK, laid.zone)
    words = times.zone_label(starts, laid.zone)
    if (later := times.offset(ends, laid.zone)) != (now := times.offset(starts, laid.zone)):
        words = f"{times.zone_name(laid.zone)} ({now}), "
        words += _("at the end of this week %(offset)s") % {"offset": later}
    return capfirst(words)


def counts(laid: layout.Week) -> str:
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


def note(day: layout.Day, call_type: CallType) -> str:
    if day.is_today:
        return _("today")
    if day.is_past:
        return ""
    if not day.reasons.opened:
        return _("closed")
    free = len(day.reasons.free) if call_type.is_active and call_type.host.is_active else 0
    return ngettext("%(count)d free", "%(count)d free", free) % {"count": free} if free else _("nothing free")


def page(request: HttpRequest, name: str, template: str = "week", **context: Any) -> HttpResponse:
    shared = {**admin.site.each_context(request), "title": name, "opts": Booking._meta}
    return render(request, f"admin/bookings/{template}.html", shared | context)
