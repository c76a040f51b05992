"""The public holidays of the Netherlands, each closed with one click."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bookings import errors
from bookings.admin import closing
from bookings.admin.base import hosts_of
from bookings.availability import dates
from bookings.availability.public_holidays import Holiday, dutch_holidays
from bookings.fields import midnight
from bookings.models import AvailabilityRule, Booking, DateOverride, Host
from portal.common import times
from portal.common.sight import own

MONTHS_AHEAD = 18


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """`?host=`: of which coach, by the short name; without it, of the one who is signed in."""
    if not request.user.has_perm("bookings.view_dateoverride"):
        raise PermissionDenied
    hosts = hosts_of(request)
    asked = [one for one in hosts if one.slug == request.GET.get("host")]
    host = next(iter([*asked, *hosts]), None)
    days = days_of(host) if host else []
    may_close = request.user.has_perm("bookings.add_dateoverride")
    context = {
        **admin.site.each_context(request),
        "title": _("Public holidays"),
        "opts": DateOverride._meta,
        "host": host,
        "hosts": [(one, path_of(one)) for one in hosts if len(hosts) > 1],
        "years": [(year, list(group)) for year, group in groupby(days, lambda day: day["holiday"].on.year)],
        "open_days": [day for day in days if not day["override"]] if may_close else [],
        "may_close": may_close,
    }
    return render(request, "admin/bookings/holidays.html", context)


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("bookings.add_dateoverride"):
        raise PermissionDenied
    hosts = own(request.user, Host.objects.all())
    host = get_object_or_404(hosts, slug=request.POST.get("host", "")[:40].replace("\0", "\ufffd"))
    known = {holiday.on.isoformat(): holiday for holiday in holidays_of(host)}
    wanted = request.POST.getlist("on")
    if not wanted or not set(wanted) <= known.keys():
        return HttpResponseBadRequest(_("That is not one of these holidays."))

    def act() -> HttpResponse:
        closed = dates.close_dates(host, [known[on].on for on in wanted])
        messages.success(request, closed_words(closed))
        return redirect(path_of(host))

    try:
        return closing.closing_time(request, [host.pk], act)
    except (errors.BusyError, closing.CollisionError):
        messages.error(request, closing.busy_words())
        return redirect(path_of(host))


def path_of(host: Host) -> str:
    return f"{reverse('admin:bookings_dateoverride_holidays')}?{urlencode({'host': host.slug})}"


def closed_words(closed: list[date]) -> str:
    if not closed:
        return _("Those days had their own hours already; nothing was changed.")
    if len(closed) == 1:
        return _("Closed on %(date)s.") % {"date": formats.date_format(closed[0], "l j F Y")}
    words = ngettext("%(count)d day closed.", "%(count)d days closed.", len(closed))
    return words % {"count": len(closed)}


# ---- what is known of each day -----------------------------------------------------------------------------
def holidays_of(host: Host) -> list[Holiday]:
    today = times.local(times.now(), host.time_zone).date()
    months = today.year * 12 + today.month - 1 + MONTHS_AHEAD
    last_on = date(months // 12, months % 12 + 1, 1) - timedelta(days=1)
    return dutch_holidays(today, last_on, language=get_language() or "nl")


def days_of(host: Host) -> list[dict[str, Any]]:
    """Each holiday with its hours and calls: four queries, whatever there is."""
    days = holidays_of(host)
    weekdays = set(AvailabilityRule.objects.filter(host=host).values_list("weekday", flat=True))
    own = DateOverride.objects.filter(host=host, on__in=[day.on for day in days]).prefetch_related("windows")
    overrides = {override.on: override for override in own}
    calls = calls_on(host, days)
    return [
        {
            "holiday": day,
            "weekday": formats.date_format(day.on, "l"),
            "date": formats.date_format(day.on, "j F"),
            "override": overrides.get(day.on),
            "is_working_day": day.on.isoweekday() in weekdays,
            "calls": calls[day.on],
        }
        for day in days
    ]


def calls_on(host: Host, days: list[Holiday]) -> dict[date, list[Booking]]:
    found: dict[date, list[Booking]] = defaultdict(list)
    if not days:
        return found
    first, last = days[0].on, days[-1].on + timedelta(days=1)
    span = midnight(first, host.time_zone), midnight(last, host.time_zone)
    planned = Booking.objects.filter(
        host=host, status=Booking.Status.CONFIRMED, period__startswith__range=span
    )
    for call in planned.select_related("host").order_by("period"):
        found[times.local(call.start_at, host.time_zone).date()].append(call)
    return found
