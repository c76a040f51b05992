"""Booking a call on somebody's behalf: by phone, after a talk, for whoever asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import summary as scans
from bookings import errors
from bookings.admin.base import back_or, on_and_clock
from bookings.admin.calls.call_pages import (
    PAGE,
    first_day,
    has_open_call,
    must_ask,
    proposal,
    sentence,
    why_not,
)
from bookings.admin.forms import known_people
from bookings.admin.forms.new_call import NewCallForm
from bookings.availability import calendar
from bookings.calls import lifecycle
from bookings.models import Booking, CallType
from bookings.words import starts
from portal.common import times
from portal.common.sight import own

MOST = 100


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """`?host=` and `?type=` choose the kind of call, `?on=` and `?at=` propose a moment, `?contact=` is for whom."""
    if not request.user.has_perm("bookings.change_booking"):
        raise PermissionDenied
    types = list(
        own(request.user, CallType.objects.filter(is_active=True))
        .select_related("host__user")
        .order_by("host", "pk")[:MOST]
    )
    call_type = chosen_of(types, request)
    if call_type is None:
        messages.error(request, _("There is no kind of call that can be booked. Add one first."))
        return redirect("admin:bookings_calltype_changelist")
    if not times.is_zone(call_type.host.time_zone):
        messages.error(
            request, _("The time zone of this coach does not exist any more. Choose another first.")
        )
        return redirect("admin:bookings_booking_week")
    return fill_in(request, call_type, types)


def fill_in(request: HttpRequest, call_type: CallType, types: list[CallType]) -> HttpResponse:
    topics = topic_choices()
    if request.method == "POST" and not {"show", "contact"} & set(request.POST):
        form = NewCallForm(request.POST, call_type=call_type, topics=topics)
        if form.is_valid():
            return book(request, form, call_type, types)
        return form_page(request, form, call_type, types, status=422)
    typed: dict[str, Any] = {
        name: request.POST.get(name) for name in NewCallForm.base_fields if name in request.POST
    }
    if request.method != "POST" or "contact" in request.POST:
        typed |= known_people.chosen(request)
    if "topics" in typed:
        typed["topics"] = request.POST.getlist("topics")
    form = NewCallForm(call_type=call_type, topics=topics, initial=typed)
    return form_page(request, form, call_type, types, asked=asked_for(request, call_type))


def book(request: HttpRequest, form: NewCallForm, call_type: CallType, types: list[CallType]) -> HttpResponse:
    start = form.cleaned_data["start"]
    if must_ask(form, call_type):
        return form_page(request, proposing(request, call_type, start), call_type, types, asked=start)
    try:
        booking = lifecycle.book_for(
            call_type,
            start,
            details=form.details,
            key=form.cleaned_data["key"],
            outside_hours=form.is_outside_hours,
            word=form.cleaned_data["word"],
        )
    except errors.SlotTakenError:
        form.add_error(form.field_of_choice, why_not(call_type, start))
    except errors.OpenCallError as error:
        form = proposing(request, call_type, start)
        form.add_error("email", has_open_call(request, error.booking))
        existing = (
            own(request.user, Booking.objects.filter(pk=error.booking.pk)).select_related("host").first()
        )
        return form_page(request, form, call_type, types, asked=start, existing=existing, status=409)
    except errors.FormUsedError:
        form.add_error(None, _("This form was used already, for another call. Open it again."))
    except errors.BookingError as error:
        form.add_error(None, sentence(error))
    else:
        facts = {"name": booking.name, "moment": times.short_moment(start, call_type.host.time_zone)}
        messages.success(request, _("Booked: %(name)s, %(moment)s. The invitation is on its way.") % facts)
        return redirect(back_or(request, reverse(PAGE, args=[booking.pk])))
    return form_page(request, form, call_type, types, status=409)


def proposing(request: HttpRequest, call_type: CallType, start: datetime) -> NewCallForm:
    sent = request.POST.copy()
    for name, value in (
        ("start", start.isoformat()),
        ("asked", start.isoformat()),
        ("own_on", ""),
        ("own_time", ""),
    ):
        sent[name] = value
    form = NewCallForm(sent, call_type=call_type, topics=topic_choices())
    form.full_clean()
    return form


def topic_choices() -> list[tuple[str, str]]:
    return list(scans.key_names(get_language() or "nl").items())


# ---- what is asked for -----------------------------------------------------------------------------------
def chosen_of(types: list[CallType], request: HttpRequest) -> CallType | None:
    sent = request.POST.get("call_type", "")
    for one in types:
        if sent and str(one.pk) == sent:
            return one
    host, slug = request.GET.get("host"), request.GET.get("type")
    of_host = [one for one in types if one.host.slug == host] or [
        one for one in types if one.host.user_id == request.user.pk
    ]
    named = [one for one in of_host or types if one.slug == slug]
    return next(iter(named or of_host or types), None)


def asked_for(request: HttpRequest, call_type: CallType) -> datetime | None:
    try:
        return on_and_clock(request, call_type.host.time_zone)
    except ValidationError as gap:
        messages.error(request, gap.messages[0])
        return None


def form_page(
    request: HttpRequest,
    form: NewCallForm,
    call_type: CallType,
    types: list[CallType],
    *,
    asked: datetime | None = None,
    existing: Booking | None = None,
    status: int = 200,
) -> HttpResponse:
    zone, now = call_type.host.time_zone, times.now()
    chosen = form.cleaned_data.get("start") if form.is_bound else None
    free = calendar.free_slots(call_type, now=now)
    if asked is None and chosen and form.cleaned_data.get("asked") == chosen:
        asked = chosen
    shown_from = first_day(request) or (times.local(asked, zone).date() if asked else None)
    several = len({one.host_id for one in types}) > 1
    context = {
        **admin.site.each_context(request),
        "title": _("New call"),
        "opts": Booking._meta,
        "form": form,
        "call_type": call_type,
        "types": [
            (one.pk, f"{one.host.name}, {one}" if several else str(one), one == call_type) for one in types
        ],
        "listing": starts.lay_out(
            free, zone=zone, host_zone=zone, now=now, shown_from=shown_from, chosen=asked or chosen
        ),
        "proposal": proposal(call_type, asked, zone) if asked else None,
        "find": known_people.wanted(request),
        "found": known_people.found(request),
        "existing": existing,
        "existing_path": move_path(existing, asked) if existing else "",
        "back": back_or(request, reverse("admin:bookings_booking_week")),
    }
    return render(request, "admin/bookings/new_call.html", context, status=status)


def move_path(existing: Booking, start: datetime | None) -> str:
    path = reverse("admin:bookings_booking_move", args=[existing.pk])
    if start is None:
        return path
    at = times.local(start, existing.host.time_zone)
    return f"{path}?{urlencode({'on': f'{at:%Y-%m-%d}', 'at': f'{at:%H:%M}'})}"
