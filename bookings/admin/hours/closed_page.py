"""All that is closed, and every date with hours of its own, in one place; days are closed here as people write them."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import errors
from bookings.admin import closing
from bookings.admin.base import hosts_for
from bookings.admin.forms.closed import ClosedDaysForm
from bookings.availability import blocks, obstacles
from bookings.availability.public_holidays import dutch_holidays
from bookings.fields import today_of
from bookings.models import BlockedTime, BlockSeries, DateOverride, Host
from bookings.words.closed import closed_words, day, weekday_and_day
from portal.common import times
from portal.common.sight import seen_by

PAGE = "admin:bookings_dateoverride_closed"
SHOWN = 100  # of each kind


@require_http_methods(["GET", "HEAD", "POST"])
def closed(request: HttpRequest) -> HttpResponse:
    """`?host=`: of which coach, by the short name."""
    if not request.user.has_perm("bookings.view_blockedtime"):
        raise PermissionDenied
    host, hosts = hosts_for(request)
    if request.method != "POST" or host is None:
        form = ClosedDaysForm(host=host) if host else None
        return page(request, host, hosts, form)
    if not request.user.has_perm("bookings.add_blockedtime"):
        raise PermissionDenied
    form = ClosedDaysForm(request.POST, host=host)
    if not times.is_zone(host.time_zone) or not form.is_valid():
        return page(request, host, hosts, form, status=422)

    def act() -> HttpResponse:
        first, last = form.cleaned_data["days"]
        made = blocks.block_days(
            host, first, last, reason=form.cleaned_data["reason"], even_over_calls="sure" in request.POST
        )
        words = _("Closed: %(days)s.") % {"days": closed_words(made.start_at, made.end_at, host.time_zone)}
        messages.success(request, words)
        return redirect(path_of(host))

    def again(met: errors.CallsInTheWayError | None) -> HttpResponse:
        return page(request, host, hosts, form, met=met, status=409)

    return closing.close_by_form(request, host, form, act, again)


def page(
    request: HttpRequest,
    host: Host | None,
    hosts: list[Host],
    form: ClosedDaysForm | None,
    *,
    met: errors.CallsInTheWayError | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Closed and other hours"),
        "host": host,
        "hosts": [(one, path_of(one)) for one in hosts],
        "form": form,
        "is_refused": status != 200,
        "gone_zone": host.time_zone if host and not times.is_zone(host.time_zone) else "",
        "calls": [(call, obstacles.name_of(call, host.time_zone)) for call in met.calls]
        if met and host
        else [],
        "rows": rows_of(request, host) if host else [],
        "may_add": request.user.has_perm("bookings.add_blockedtime"),
    }
    return render(request, "admin/bookings/closed.html", context, status=status)


def path_of(host: Host) -> str:
    return f"{reverse(PAGE)}?{urlencode({'host': host.slug})}"


# ---- what is closed, in order ------------------------------------------------------------------------------
def rows_of(request: HttpRequest, host: Host) -> list[dict[str, Any]]:
    """All that is still to come: four queries, whatever there is."""
    found = [*_blocked(request, host), *_weekly(host), *_dates(request, host)]
    return sorted(found, key=lambda row: row["since"])


def _blocked(request: HttpRequest, host: Host) -> list[dict[str, Any]]:
    ahead = seen_by(request.user, BlockedTime.objects.filter(host=host, series=None))
    return [
        {
            "since": times.local(one.start_at, host.time_zone).date(),
            "when": closed_words(one.start_at, one.end_at, host.time_zone),
            "what": one.reason or _("Closed"),
            "path": reverse("admin:bookings_blockedtime_change", args=[one.pk]),
        }
        for one in ahead.filter(period__endswith__gt=times.now()).order_by("period")[:SHOWN]
    ]


def _weekly(host: Host) -> list[dict[str, Any]]:
    ahead = Q(blocks__period__endswith__gt=times.now())
    series = BlockSeries.objects.filter(host=host).annotate(
        left=Count("blocks", filter=ahead),
        next_at=Min("blocks__period__startswith", filter=ahead),
    )
    return [
        {
            "since": times.local(one.next_at, host.time_zone).date(),
            "when": _("%(series)s, until %(date)s") % {"series": one, "date": day(one.until_on)},
            "what": one.reason or _("Closed"),
            "left": one.left,
            "path": reverse("admin:bookings_dateoverride_series", args=[one.pk]),
        }
        for one in series.filter(left__gt=0)[:SHOWN]
    ]


def _dates(request: HttpRequest, host: Host) -> list[dict[str, Any]]:
    today = today_of(host.time_zone)
    dates = seen_by(request.user, DateOverride.objects.filter(host=host, on__gte=today)).order_by("on")
    listed = list(dates.prefetch_related("windows")[:SHOWN])
    names = holiday_names([one.on for one in listed])
    return [
        {
            "since": one.on,
            "when": weekday_and_day(one.on),
            "what": names.get(one.on, ""),
            "hours": ", ".join(str(window) for window in one.windows.all()),
            "path": reverse("admin:bookings_dateoverride_change", args=[one.pk]),
        }
        for one in listed
    ]


def holiday_names(dates: list[date]) -> dict[date, str]:
    if not dates:
        return {}
    known = dutch_holidays(dates[0], dates[-1], language=get_language() or "nl")
    return {holiday.on: holiday.name for holiday in known}
