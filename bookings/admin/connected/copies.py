"""What the coach does about calls in the own calendar; each is a POST, and changes no call."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from bookings.connected import copies
from bookings.connected.copies import TASK
from bookings.models import CalendarCopy, CalendarSource
from portal.common.sight import own
from portal.common.waking import wake

View = Callable[..., HttpResponse]
PAGE = "admin:bookings_calendarsource_change"
READING = "admin:bookings_calendarsource_reading"


def may_change_calendars(view: View) -> View:
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("bookings.change_calendarsource"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return require_POST(wrapper)


@may_change_calendars
def put_right(request: HttpRequest, pk: int) -> HttpResponse:
    copy = get_object_or_404(own(request.user, CalendarCopy.objects.select_related("source")), pk=pk)
    if copies.put_right(copy):
        messages.success(request, _("Your calendar is put right within a minute."))
    else:
        messages.info(request, _("Nothing differs any more."))
    back = request.POST.get("back", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect(PAGE, copy.source_id)


@may_change_calendars
def look_again(request: HttpRequest, pk: int) -> HttpResponse:
    with transaction.atomic():
        rows = CalendarSource.objects.select_for_update(no_key=True, of=("self",))
        source = get_object_or_404(own(request.user, rows), pk=pk, kind=CalendarSource.Kind.CALDAV)
        source.look_again()
        source.save()
    read_soon()
    return redirect(READING, pk)


@may_change_calendars
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    source = get_object_or_404(
        own(request.user, CalendarSource.objects.all()), pk=pk, kind=CalendarSource.Kind.CALDAV
    )
    count = copies.withdraw(source)
    words = ngettext(
        "%(count)d call is taken out of this calendar within a minute.",
        "%(count)d calls are taken out of this calendar within a few minutes.",
        count,
    )
    messages.success(request, words % {"count": count})
    return redirect(PAGE, pk)


def read_soon() -> None:
    transaction.on_commit(partial(wake, TASK), robust=True)
