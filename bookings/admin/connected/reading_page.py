"""What was read of one connected calendar, or why not; while it is being read the page looks again by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings.admin.connected.copies import READING, may_change_calendars, read_soon
from bookings.admin.connected.states import age, state
from bookings.availability.obstacles import span
from bookings.models import BusyTime, CalendarSource
from portal.common import times
from portal.common.sealing import SealBrokenError
from portal.common.sight import own

SOON, SHOWN = timedelta(days=28), 5
LOOK_EVERY, LOOKS = 2, 30  # seconds, and how often the page looks again by itself
REST = timedelta(minutes=1)  # between two readings that somebody asks for


@require_safe
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """`?look=`: how often it has looked already. A header asks for the next look, so no script is needed."""
    if not request.user.has_perm("bookings.view_calendarsource"):
        raise PermissionDenied
    source = get_object_or_404(own(request.user, CalendarSource.objects.select_related("host")), pk=pk)
    now = times.now()
    looked = min(int(text), LOOKS) if (text := request.GET.get("look", "")[:4]).isdecimal() else 0
    is_reading = source.is_being_read(now)
    title = _("Reading ‘%(name)s’") if is_reading else "%(name)s"
    context = {
        **admin.site.each_context(request),
        "title": title % {"name": source.name},
        "opts": CalendarSource._meta,
        "source": source,
        "is_reading": is_reading,
        "looks_again": is_reading and looked < LOOKS,
        "state": state(source, now),
        "age": age(source.last_good_at, now) if source.last_good_at else "",
        "names": names_of(source),
        **({} if is_reading else soon(source)),
        "may_change": request.user.has_perm("bookings.change_calendarsource"),
    }
    response = render(request, "admin/bookings/source_reading.html", context)
    if context["looks_again"]:
        response["Refresh"] = f"{LOOK_EVERY}; url={reverse(READING, args=[pk])}?look={looked + 1}"
    return response


def soon(source: CalendarSource) -> dict[str, Any]:
    """How many times were found in the next four weeks, and the first of them to recognise the calendar by."""
    now, zone = times.now(), source.host.time_zone
    ahead = BusyTime.objects.filter(
        source=source, period__endswith__gt=now, period__startswith__lt=now + SOON
    )
    first = ahead.order_by("period").values_list("period", flat=True)[:SHOWN]
    return {"count": ahead.count(), "first": [span(period, zone) for period in first]}


def names_of(source: CalendarSource) -> list[dict[str, Any]]:
    """The calendars on the server, and which of them is read."""
    try:
        chosen = source.collection
        return [{"name": one.name, "is_read": one.url == chosen} for one in source.remote_calendars]
    except SealBrokenError:
        return []


@may_change_calendars
def read_now(request: HttpRequest, pk: int) -> HttpResponse:
    with transaction.atomic():
        rows = CalendarSource.objects.select_for_update(no_key=True, of=("self",))
        source = get_object_or_404(own(request.user, rows), pk=pk)
        now = times.now()
        if not source.is_active:
            messages.info(request, _("This calendar is switched off. Switch it on to have it read."))
        elif source.last_tried_at and now - source.last_tried_at < REST:
            messages.info(
                request, _("It was read less than a minute ago. Wait a moment before the next time.")
            )
        elif not source.is_being_read(now):
            source.last_tried_at = None
            source.save(update_fields=["last_tried_at"])
    read_soon()
    return redirect(READING, pk)
