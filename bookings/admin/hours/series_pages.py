"""Hours that are closed every week: made, looked at, one week taken out, or all of it."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import errors
from bookings.admin import closing
from bookings.admin.base import hosts_for
from bookings.admin.forms.closed import WeeklyBlockForm
from bookings.admin.hours.closed_page import path_of
from bookings.availability import blocks, obstacles
from bookings.models import BlockedTime, BlockSeries, Host
from bookings.words.closed import closed_words
from portal.common import times
from portal.common.sight import seen_by

SERIES = "admin:bookings_dateoverride_series"


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """`?host=`: of which coach. Calls in the way are named before anything is saved."""
    if not request.user.has_perm("bookings.add_blockedtime"):
        raise PermissionDenied
    host, hosts = hosts_for(request)
    if host is None or not times.is_zone(host.time_zone):
        return redirect("admin:bookings_dateoverride_closed")  # which says what is missing
    if request.method != "POST":
        return form_page(request, host, hosts, WeeklyBlockForm(host=host))
    form = WeeklyBlockForm(request.POST, host=host)
    if not form.is_valid():
        return form_page(request, host, hosts, form, status=422)

    def act() -> HttpResponse:
        count = blocks.block_weekly(form.instance, even_over_calls="sure" in request.POST)
        words = ngettext(
            "Closed for %(count)d week: %(series)s.", "Closed for %(count)d weeks: %(series)s.", count
        )
        messages.success(request, words % {"count": count, "series": form.instance})
        return redirect(path_of(host))

    def again(met: errors.CallsInTheWayError | None) -> HttpResponse:
        return form_page(request, host, hosts, form, met=met, status=409)

    return closing.close_by_form(request, host, form, act, again)


def form_page(
    request: HttpRequest,
    host: Host,
    hosts: list[Host],
    form: WeeklyBlockForm,
    *,
    met: errors.CallsInTheWayError | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Closed every week"),
        "host": host,
        "hosts": [(one, f"{request.path}?host={one.slug}") for one in hosts],
        "form": form,
        "is_refused": status != 200,
        "calls": [(call, obstacles.name_of(call, host.time_zone)) for call in met.calls] if met else [],
        "closed_page": path_of(host),
    }
    return render(request, "admin/bookings/weekly_block.html", context, status=status)


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm("bookings.view_blockedtime"):
        raise PermissionDenied
    series = seen_series(request, pk)
    zone = series.host.time_zone
    ahead = series.blocks.filter(period__endswith__gt=times.now()).order_by("period")
    context = {
        **admin.site.each_context(request),
        "title": capfirst(series.reason or str(series)),
        "series": series,
        "weeks": [(one, closed_words(one.start_at, one.end_at, zone)) for one in ahead],
        "may_delete": request.user.has_perm("bookings.delete_blockedtime"),
        "closed_page": path_of(series.host),
    }
    return render(request, "admin/bookings/block_series.html", context)


@require_POST
def take_out(request: HttpRequest, pk: int, block: int) -> HttpResponse:
    """One week of it. Pressed twice it says so, and opens nothing else."""
    if not request.user.has_perm("bookings.delete_blockedtime"):
        raise PermissionDenied
    series = seen_series(request, pk)
    one = BlockedTime.objects.filter(pk=block, series=series).first()
    if one is None:
        messages.info(request, _("That week was open again already."))
        return redirect(SERIES, pk)
    one.delete()
    words = _("Open again: %(when)s. The other weeks stay closed.")
    messages.success(request, words % {"when": closed_words(one.start_at, one.end_at, series.host.time_zone)})
    return redirect(SERIES, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm("bookings.delete_blockedtime"):
        raise PermissionDenied
    series = seen_series(request, pk)
    if request.method != "POST":
        context = {
            **admin.site.each_context(request),
            "title": _("Open all these weeks again?"),
            "series": series,
            "count": series.blocks.filter(period__endswith__gt=times.now()).count(),
            "closed_page": path_of(series.host),
        }
        return render(request, "admin/bookings/block_series_end.html", context)
    words = str(series)
    try:
        count = blocks.end_series(series)
    except errors.BusyError:
        messages.error(request, closing.busy_words())
        return redirect(reverse("admin:bookings_dateoverride_series_end", args=[pk]))
    said = ngettext(
        "%(count)d week is open again: %(series)s.", "%(count)d weeks are open again: %(series)s.", count
    )
    messages.success(request, said % {"count": count, "series": words})
    return redirect(path_of(series.host))


def seen_series(request: HttpRequest, pk: int) -> BlockSeries:
    hosts: QuerySet[Host] = seen_by(request.user, Host.objects.all())
    return get_object_or_404(BlockSeries.objects.select_related("host"), pk=pk, host__in=hosts)
