"""The coach's week: what is planned, held and blocked, what is open, and why a day is empty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings import week, why
from bookings.admin_fields import FIRST_YEAR, LAST_YEAR, midnight
from bookings.domain.reasons import Hours
from bookings.domain.slots import UnknownTimeZoneError
from bookings.models import Booking, CallType, DateOverride, Host
from portal.common import times

MOST = 100  # coaches or kinds of call to choose from
ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
Choice = TypeVar("Choice", Host, CallType)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """`?day=`: any day of the week, chosen for the panel; `?host=` and `?type=`: short names."""
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
    try:
        laid = week.lay_out(host, call_type, on, now=now, language=get_language() or "nl")
    except UnknownTimeZoneError:
        return page(request, _("Week"), host=host)
    told = why.tell(
        laid.chosen.reasons,
        call_type,
        blocked=laid.blocked,
        calls=laid.calls,
        unread=laid.unread,
        now=now,
    )
    facts = {"week": laid, "told": told, "host": host, "call_type": call_type}
    return page(request, title(laid), **facts, **context_of(request, laid, hosts, host, types, call_type))


def context_of(
    request: HttpRequest,
    laid: week.Week,
    hosts: Sequence[Host],
    host: Host,
    types: Sequence[CallType],
    call_type: CallType,
) -> dict[str, Any]:
    """The days as they are drawn, the links from here, and what this person may open."""
    on, today = laid.chosen.on, times.local(times.now(), host.time_zone).date()
    known = known_in_links(hosts, host, types, call_type)
    return {
        "days": [day_context(request, day, host, call_type, known) for day in laid.days],
        "block_path": block_path(request, host, on) if not laid.chosen.is_past else "",
        "override": override_of(request, host, laid.chosen),
        "hosts": [(one.name, path(on, host=one.slug), one == host) for one in hosts if len(hosts) > 1],
        "types": [(str(one), path(on, **known | {"type": one.slug}), one == call_type) for one in types],
        "previous": path(on - ONE_WEEK, **known),
        "this_week": path(today, **known),
        "next": path(on + ONE_WEEK, **known),
        "zone": zone(laid),
        "counts": counts(laid),
        "may_open_blocks": request.user.has_perm("bookings.view_blockedtime"),
        "may_open_hours": request.user.has_perm("bookings.view_host"),
    }


def day_context(
    request: HttpRequest, day: week.Day, host: Host, call_type: CallType, known: dict[str, str]
) -> dict[str, Any]:
    block = "" if day.is_past else block_path(request, host, day.on)
    return {
        "day": day,
        "path": path(day.on, **known),
        "note": note(day, call_type),
        "block_path": block,
        "empty": [(row, clock, f"{block}&from={clock}") for row, clock in day.empty if block],
    }


# ---- what is asked for -----------------------------------------------------------------------------------
def chosen_of(rows: Sequence[Choice], slug: str | None, usual: Sequence[Choice]) -> Choice | None:
    """The row with this short name, else the usual one."""
    for row in rows:
        if row.slug == slug:
            return row
    return usual[0] if usual else None


def day_of(request: HttpRequest) -> date | None:
    """The day asked for; nonsense is no day."""
    try:
        on = date.fromisoformat(request.GET.get("day", "")[:10])
    except ValueError:
        return None
    return on if FIRST_YEAR <= on.year <= LAST_YEAR else None


def known_in_links(
    hosts: Sequence[Host], host: Host, types: Sequence[CallType], call_type: CallType
) -> dict[str, str]:
    """What every link within the week carries on: the coach and the kind of call, where there is a choice."""
    known = {"host": host.slug} if len(hosts) > 1 else {}
    return known | ({"type": call_type.slug} if len(types) > 1 else {})


def path(on: date, **known: str) -> str:
    """The week with this day chosen."""
    return f"{reverse('admin:bookings_booking_week')}?{urlencode({'day': on.isoformat(), **known})}"


def block_path(request: HttpRequest, host: Host, on: date) -> str:
    """The form that blocks time on this day, filled in; nothing for whoever may not."""
    if not request.user.has_perm("bookings.add_blockedtime"):
        return ""
    facts = {"host": host.pk, "on": on.isoformat()}
    return f"{reverse('admin:bookings_blockedtime_add')}?{urlencode(facts)}"


def override_of(request: HttpRequest, host: Host, day: week.Day) -> DateOverride | None:
    """The hours this date has of its own, for whoever may open them."""
    if day.reasons.hours not in (Hours.OTHER, Hours.CLOSED):
        return None
    if not request.user.has_perm("bookings.view_dateoverride"):
        return None
    return DateOverride.objects.filter(host=host, on=day.on).first()


# ---- words -----------------------------------------------------------------------------------------------
def title(laid: week.Week) -> str:
    """'Week 48, 23 tot 27 november 2026': what the two dates share is said once."""
    first, last = laid.days[0].on, laid.days[-1].on
    known = "j F Y" if first.year != last.year else "j F" if first.month != last.month else "j"
    facts = {
        "number": laid.monday.isocalendar().week,
        "first": formats.date_format(first, known),
        "last": formats.date_format(last, "j F Y"),
    }
    return _("Week %(number)d, %(first)s to %(last)s") % facts


def zone(laid: week.Week) -> str:
    """The zone of every time on the page; in the week of a clock change, both offsets."""
    starts = midnight(laid.monday, laid.zone)
    ends = midnight(laid.monday + ONE_WEEK, laid.zone)
    words = times.zone_label(starts, laid.zone)
    if (later := times.offset(ends, laid.zone)) != times.offset(starts, laid.zone):
        words += ", " + _("at the end of this week %(offset)s") % {"offset": later}
    return words


def counts(laid: week.Week) -> str:
    """'4 gesprekken, 1 vastgehouden.'"""
    sources = {item.source.pk: item.kind for day in laid.days for item in day.items if item.kind != "bl"}
    held = sum(kind == "hd2" for kind in sources.values())
    calls = len(sources) - held
    words = ngettext("%(count)d call", "%(count)d calls", calls) % {"count": calls}
    return f"{words}, " + _("%(count)d held") % {"count": held} + "." if held else f"{words}."


def note(day: week.Day, call_type: CallType) -> str:
    """What the head of a day says."""
    if day.is_today:
        return _("today")
    if day.is_past:
        return ""
    if not day.reasons.opened:
        return _("closed")
    free = len(day.reasons.free) if call_type.is_active and call_type.host.is_active else 0
    return ngettext("%(count)d free", "%(count)d free", free) % {"count": free} if free else _("nothing free")


def page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    shared = {**admin.site.each_context(request), "title": name, "opts": Booking._meta}
    return render(request, "admin/bookings/week.html", shared | context)
