"""A call that stands: the confirmation, its calendar file, moving and cancelling."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bookings import errors
from bookings.availability import calendar
from bookings.calls import lifecycle
from bookings.calls.emails import contexts
from bookings.domain.slots import nearest_of
from bookings.models import Booking, Offer, invited_to
from bookings.visitor import session
from bookings.visitor.answers import busy_again_words, busy_words, sign_in_first, too_late_words
from bookings.visitor.forms import SlotForm, ZoneForm
from bookings.visitor.guest_list import guest_list
from bookings.visitor.own import bookings, own_booking
from bookings.visitor.requests import Visit, visit_of
from bookings.words import clock_notes, invitation, starts
from portal.common import times, tokens
from portal.common.http import private
from portal.common.names import first_name

FIRST_HOUR, LAST_HOUR = 8, 18  # what the drawing of the day shows
LEFT, HOUR_WIDTH = 8.0, 84.8  # in its own units


@login_not_required
@private
@require_safe
def manage_link(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """The link of a mail: its right moves into the session, and the address becomes a clean one."""
    booking = bookings().filter(public_id=public_id).first()
    generation = booking.manage_generation if booking else 0
    is_genuine = tokens.is_valid(token, contexts.MANAGE, public_id, generation)
    if booking is None or not is_genuine:
        return render(request, "bookings/no_link.html", status=404)
    if times.now() > booking.end_at + contexts.LINK_LIFE:
        return render(request, "bookings/no_link.html", {"is_old": True}, status=410)
    session.grant(request, booking)
    return redirect("bookings:manage", public_id)


@login_not_required
@private
@require_safe
def done(request: HttpRequest, public_id: str) -> HttpResponse:
    booking = own_booking(request, public_id)
    if booking is None or booking.status == Booking.Status.CANCELLED:
        return redirect("bookings:manage", public_id)
    scan = visit_of(request).scan
    context = (
        booking_context(booking)
        | guest_list(booking)
        | {
            "confirmed_for": starts.day_and_clock(booking.start_at, booking.time_zone),
            "first_name": first_name(booking.host.name),
            "weekday": starts.long_day(booking.start_at, booking.time_zone).partition(" ")[0].capitalize(),
            "clock": times.clock(booking.start_at, booking.time_zone),
            "confirmed_moment": times.short_moment(
                booking.confirmed_at or booking.created_at, booking.time_zone
            ),
            "question": scan.coach_questions[0][1] if scan and scan.coach_questions else "",
            "drawing": drawing_of(booking),
            "agenda": invitation.agenda(booking, get_language() or "nl"),
        }
    )
    return render(request, "bookings/done.html", context)


@login_not_required
@private
@require_safe
def manage(request: HttpRequest, public_id: str) -> HttpResponse:
    booking = own_booking(request, public_id)
    if booking is None:
        return sign_in_first(request)
    context = booking_context(booking) | guest_list(booking) | {"offer": offer_of(request, booking)}
    return render(request, "bookings/manage.html", context)


@login_not_required
@private
@require_safe
def invite(request: HttpRequest, public_id: str) -> HttpResponse:
    booking = own_booking(request, public_id)
    if booking is None:
        return sign_in_first(request)
    method = invitation.calendar_method(booking)
    return HttpResponse(
        invitation.invitation(booking),
        content_type=f"text/calendar; method={method}; charset=UTF-8",
        headers={"Content-Disposition": 'attachment; filename="impactcall.ics"'},
    )


@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, public_id: str) -> HttpResponse:
    booking = own_booking(request, public_id)
    if booking is None:
        return sign_in_first(request)
    if not booking.can_change(times.now()):
        return redirect("bookings:manage", public_id)
    visit = visit_of(request)
    if request.method != "POST":
        return move_page(visit, booking)
    form = SlotForm(request.POST)
    if not form.is_valid():
        return move_page(visit, booking, form=form, status=422)
    start = form.cleaned_data["start"]
    try:
        lifecycle.move(booking, start, by=Booking.By.INVITEE, visitor=visit.visitor)
    except errors.SlotTakenError:
        return move_page(visit, booking, form=form, lost=True, status=409)
    except errors.TooLateError:
        messages.warning(request, too_late_words())
        return redirect("bookings:manage", public_id)
    except errors.BusyError:
        return move_page(visit, booking, form=form, error=busy_words(), status=503)
    session.forget(request)
    messages.success(request, _("Moved. The new invitation is on its way."))
    return redirect("bookings:manage", public_id)


@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is cancelled is shown first, with moving beside it: a call that is off is off for good."""
    booking = own_booking(request, public_id)
    if booking is None:
        return sign_in_first(request)
    if request.method != "POST":
        if not booking.can_change(times.now()):
            return redirect("bookings:manage", public_id)
        return render(request, "bookings/cancel.html", booking_context(booking))
    try:
        lifecycle.cancel(booking, by=Booking.By.INVITEE)
    except errors.TooLateError:
        messages.warning(request, too_late_words())
    except errors.BusyError:
        messages.error(request, busy_again_words())
        return redirect("bookings:cancel", public_id)
    return redirect("bookings:manage", public_id)


def offer_of(request: HttpRequest, booking: Booking) -> Offer | None:
    """Times that are held because this call did not go ahead, for whoever is signed in as that person."""
    if request.user.pk is None or booking.status not in (Booking.Status.CANCELLED, Booking.Status.NO_SHOW):
        return None
    offer = Offer.objects.filter(missed=booking, user=request.user.pk).first()
    return offer if offer and offer.is_open(times.now()) else None


# ---- what these pages share -------------------------------------------------------------------------
def booking_context(booking: Booking) -> dict[str, Any]:
    return {
        "here": "account",
        "booking": booking,
        "facts": invitation.facts(booking, get_language() or "nl"),
        "can_change": booking.can_change(times.now()),
        "change_until": starts.day_and_clock(booking.change_until, booking.time_zone),
        "is_ahead": booking.is_ahead(times.now()),
        "clock_note": clock_notes.clock_note_of(booking),
        "has_guests": bool(invited_to(booking)),
    }


def drawing_of(booking: Booking) -> dict[str, Any] | None:
    """Where the call lies in the day, for a drawing from 8 to 18 o'clock; None when it lies outside."""
    start, end = (times.local(at, booking.time_zone) for at in (booking.start_at, booking.end_at))
    first, last = (at.hour + at.minute / 60 for at in (start, end))
    if start.date() != end.date() or first < FIRST_HOUR or last > LAST_HOUR:
        return None
    left, right = (LEFT + (hour - FIRST_HOUR) * HOUR_WIDTH for hour in (first, last))
    beside = {"x": right + 20, "anchor": "start"} if right < 560 else {"x": left - 20, "anchor": "end"}
    return {
        "hours": [
            (f"{hour:02d}", LEFT + (hour - FIRST_HOUR) * HOUR_WIDTH)
            for hour in range(FIRST_HOUR, LAST_HOUR + 1)
        ],
        "quarters": [LEFT + HOUR_WIDTH * quarter / 4 for quarter in range((LAST_HOUR - FIRST_HOUR) * 4)],
        "left": left,
        "right": right,
        "beside": beside,
        "minutes": booking.call_type.duration_minutes,
        "clocks": (f"{start:%H:%M}", f"{end:%H:%M}"),
    }


def move_page(
    visit: Visit,
    booking: Booking,
    *,
    form: SlotForm | None = None,
    lost: bool = False,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    now = times.now()
    host_zone = booking.host.time_zone
    asks_zone = visit.request.GET.get("zone")
    zone = visit.zone_with(booking.host) if asks_zone else booking.time_zone
    start = form.cleaned_data.get("start") if form else None
    others = calendar.other_slots(booking, now=now)
    nearest = nearest_of(others, start) if lost and start else []
    context = booking_context(booking) | {
        "listing": starts.two_weeks(
            others,
            zone=zone,
            host_zone=host_zone,
            now=now,
            shown_from=visit.shown_from,
            chosen=start,
        ),
        "form": form,
        "error": error,
        "zone_form": ZoneForm(visit.request.GET),
        "lost": lost,
        "nearest": starts.starts(nearest, zone=zone, host_zone=host_zone),
    }
    return render(visit.request, "bookings/move.html", context, status=status)
