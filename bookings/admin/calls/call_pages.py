"""The pages about one call: what the coach reads before it, and moving and cancelling it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import summary as scans
from bookings import errors
from bookings.admin.base import back_or, on_and_clock
from bookings.admin.calls.guest_rows import guest_rows
from bookings.admin.forms.calls import MoveForm
from bookings.admin.forms.word import CancelForm
from bookings.admin.mail_panels import lost_of
from bookings.availability import calendar, obstacles
from bookings.calls import lifecycle, placing
from bookings.connected.differences import in_words, worth_showing
from bookings.models import Booking, CallType, Offer, invited_to
from bookings.waitlist import emails, instead
from bookings.words import moments, places, starts
from portal.common import times
from portal.common.sight import own, seen_by
from portal.leads.models import Lead
from portal.mail import names as mail_names
from portal.mail import shown
from portal.mail.models import OutboundEmail

View = Callable[..., HttpResponse]
CLOSED = (Booking.Status.COMPLETED, Booking.Status.NO_SHOW)
OFFERED = (Booking.Status.NO_SHOW, Booking.Status.CANCELLED)
PAGE = "admin:bookings_booking_change"


def may_change(view: View) -> View:
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("bookings.change_booking"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return require_http_methods(["GET", "HEAD", "POST"])(wrapper)


# ---- reading ------------------------------------------------------------------------------------------
def detail(request: HttpRequest, object_id: str) -> HttpResponse:
    """Everything to prepare with. The profile only when it was shared, and never an answer."""
    if not request.user.has_perm("bookings.view_booking"):
        raise PermissionDenied
    booking = booking_or_404(request, object_id)
    now, language = times.now(), get_language() or "nl"
    context: dict[str, Any] = {
        "moments": moments.moments(booking, booking.host.time_zone, booking.time_zone),
        "topics": moments.topic_names(booking, language) if booking.topics else [],
        "summary": scans.summary(booking.shared_scan, language) if booking.shared_scan else None,
        "mails": mails_about(request, booking),
        "lost": lost_of(booking),
        "differences": in_words(own(request.user, worth_showing(now).filter(booking=booking)), now),
        "lead": lead_of(request, booking),
        "can_change": is_ahead(booking, now),
        "can_close": is_over(booking, now),
        "is_movable": is_movable(booking),
        "can_place": placing.can_place(booking),
        "misses_link": places.misses_link(booking),
        "cancelled_moment": moment(booking.cancelled_at, booking),
        "made_moment": moment(booking.confirmed_at, booking),
        "agreed_moment": moment(booking.agreed_at, booking),
        **guest_rows(booking),
        "offered": offered(booking) if booking.status in OFFERED else None,
    }
    return page(request, booking, "detail", booking.who, **context)


def lead_of(request: HttpRequest, booking: Booking) -> Lead | None:
    known: Lead | None = seen_by(request.user, Lead.objects.filter(email=booking.email)).first()
    return known if booking.email else None


def mails_about(request: HttpRequest, booking: Booking) -> list[dict[str, Any]]:
    abouts = [booking.about, emails.about_missed(booking), *(guest.about for guest in booking.guests.all())]
    mails = OutboundEmail.objects.filter(about__in=abouts).order_by("-due_at", "-pk")
    return [
        {
            "mail": mail,
            "moment": moment(mail.sent_at or mail.due_at, booking),
            "title": mail_names.title(mail),
            "state": shown.state(mail),
        }
        for mail in seen_by(request.user, mails)[:50]
    ]


def offered(booking: Booking) -> dict[str, Any]:
    """What goes, or went, to somebody who missed this call: the moment it leaves, or what is held and until when."""
    zone = booking.host.time_zone
    if mail := emails.planned_missed(booking).get(booking.public_id):
        return {"leaves": times.near_clock(mail.send_after, zone)}
    offer = Offer.objects.filter(missed=booking).exclude(status=Offer.Status.WITHDRAWN).first()
    if offer is None:
        is_missed = booking.status == Booking.Status.NO_SHOW
        return {
            "is_told": emails.was_told_of_missed(booking),
            "is_unmailed": is_missed and not instead.why_no_mail(booking, times.now()),
        }
    return {
        "offer": offer,
        "is_open": offer.is_open(times.now()),
        "starts": [times.short_moment(start, zone) for start in offer.starts],
        "until": times.short_moment(offer.expires_at, zone),
    }


def state(booking: Booking) -> str:
    words = booking.get_status_display()
    if booking.status == Booking.Status.HELD:
        until = times.near_clock(booking.expires_at, booking.host.time_zone) if booking.expires_at else "–"
        return _("held until %(clock)s") % {"clock": until}
    if booking.status == Booking.Status.CANCELLED:
        return _("%(status)s by %(who)s") % {"status": words, "who": booking.get_cancelled_by_display()}
    return words


# ---- acting -------------------------------------------------------------------------------------------
@may_change
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    booking = booking_or_404(request, pk)
    if not is_ahead(booking, times.now()):
        return refuse(request, booking, _("This call is not ahead any more, so it cannot be cancelled."))
    form = CancelForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return cancel_page(request, booking, form)
    try:
        lifecycle.cancel(booking, by=Booking.By.HOST, **form.cleaned_data)
    except errors.BusyError as error:
        form.add_error(None, sentence(error))
        return cancel_page(request, booking, form)
    except errors.BookingError as error:
        return refuse(request, booking, sentence(error))
    messages.success(request, cancelled_words(booking))
    return redirect(PAGE, booking.pk)


def cancel_page(request: HttpRequest, booking: Booking, form: CancelForm) -> HttpResponse:
    zone = booking.host.time_zone
    context = {
        "form": form,
        "moments": host_moments(booking),
        "free": [times.short_moment(at, zone) for at in instead.other_days(booking, times.now())],
    }
    status = 422 if form.errors else 200
    return page(request, booking, "cancel", _("Cancel this call"), status=status, **context)


def cancelled_words(booking: Booking) -> str:
    facts = {"name": booking.name}
    offer = Offer.objects.filter(missed=booking).first()
    if offer is None:
        return _("Cancelled. %(name)s is told by mail.") % facts
    zone = booking.host.time_zone
    facts["times"] = "; ".join(times.short_moment(start, zone) for start in offer.starts)
    return _("Cancelled. %(name)s is told by mail, and may choose: %(times)s, held for a day.") % facts


@may_change
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the call on one of the free starts, or on any other moment that meets no other call. `?on=` and
    `?at=` propose a moment: the page says what stands in its way and asks."""
    booking = booking_or_404(request, pk)
    if not is_movable(booking):
        return refuse(request, booking, _("It was noted how this call went, so it cannot be moved."))
    form = MoveForm(request.POST if request.method == "POST" else None, zone=booking.host.time_zone)
    try:
        start = on_and_clock(request, booking.host.time_zone)
    except ValidationError as gap:
        start = None
        messages.error(request, gap.messages[0])
    if request.method == "POST" and form.is_valid():
        start = form.cleaned_data["start"]
        if not must_ask(form, booking.call_type, booking) and moved(request, booking, form):
            return redirect(back_or(request, reverse(PAGE, args=[booking.pk])))
    return move_page(request, booking, form, start)


def must_ask(form: MoveForm, call_type: CallType, own: Booking | None = None) -> bool:
    start = form.cleaned_data["start"]
    found = obstacles.find(call_type, start, now=times.now(), own=own) if form.is_own else []
    return bool(found) and not any(one.is_hard for one in found)


def move_page(request: HttpRequest, booking: Booking, form: MoveForm, start: datetime | None) -> HttpResponse:
    is_new = start is not None and start != booking.start_at and not form.errors
    listing = starts.lay_out(
        calendar.other_slots(booking),
        zone=booking.host.time_zone,
        host_zone=booking.host.time_zone,
        now=times.now(),
        shown_from=first_day(request),
        chosen=form.cleaned_data.get("start") if form.is_bound else None,
    )
    asked = proposal(booking.call_type, start, booking.time_zone, booking) if start and is_new else None
    context = {
        "form": form,
        "listing": listing,
        "moments": host_moments(booking),
        "proposal": asked,
        "is_refused": asked is not None and not asked["is_possible"],
        "back": back_or(request, reverse(PAGE, args=[booking.pk])),
        "pager": f"?{urlencode({'back': request.GET['back']})}&" if "back" in request.GET else "?",
    }
    return page(request, booking, "move", _("Move this call"), status=422 if form.errors else 200, **context)


def proposal(
    call_type: CallType, start: datetime, visitor_zone: str, own: Booking | None = None
) -> dict[str, Any]:
    there = Booking(
        host=call_type.host, call_type=call_type, **calendar.period_and_footprint(call_type, start)
    )
    found = obstacles.find(call_type, start, now=times.now(), own=own)
    return {
        "value": start.isoformat(),
        "moments": moments.moments(there, call_type.host.time_zone, visitor_zone),
        "obstacles": found,
        "is_possible": not any(one.is_hard for one in found),
    }


def moved(request: HttpRequest, booking: Booking, form: MoveForm) -> bool:
    start = form.cleaned_data["start"]
    try:
        lifecycle.move(
            booking,
            start,
            by=Booking.By.HOST,
            outside_hours=form.is_outside_hours,
            word=form.cleaned_data["word"],
        )
    except errors.SlotTakenError:
        form.add_error(form.field_of_choice, why_not(booking.call_type, start, booking))
    except errors.OpenCallError as error:
        form.add_error(form.field_of_choice, has_open_call(request, error.booking))
    except errors.BookingError as error:
        form.add_error(form.field_of_choice, sentence(error))
    else:
        facts = {"name": booking.name, "moment": times.short_moment(start, booking.host.time_zone)}
        messages.success(request, _("Moved to %(moment)s. %(name)s is told by mail.") % facts)
        return True
    return False


# ---- helpers ------------------------------------------------------------------------------------------
def booking_or_404(request: HttpRequest, pk: str | int) -> Booking:
    if not str(pk).isdecimal() or len(str(pk)) > 18:
        raise Http404
    rows = seen_by(request.user, Booking.objects.filter(pk=pk)).prefetch_related("guests")
    booking = rows.select_related("host__user", "call_type__host").first()
    if booking is None:
        raise Http404
    return booking


def is_ahead(booking: Booking, now: datetime) -> bool:
    return booking.status == Booking.Status.CONFIRMED and now < booking.start_at


def is_over(booking: Booking, now: datetime) -> bool:
    return booking.status in (Booking.Status.CONFIRMED, *CLOSED) and booking.end_at <= now


def is_movable(booking: Booking) -> bool:
    return booking.status == Booking.Status.CONFIRMED and bool(booking.email)


def why_not(call_type: CallType, start: datetime, own: Booking | None = None) -> str:
    for one in obstacles.find(call_type, start, now=times.now(), own=own):
        if one.is_hard:
            return one.words
    return _("That time is not free any more. Choose another, or fill in one of your own.")


def has_open_call(request: HttpRequest, booking: Booking) -> str:
    if not own(request.user, Booking.objects.filter(pk=booking.pk)).exists():
        return _("This person already has a call ahead, with a colleague.")
    facts = {"name": booking.name, "moment": times.short_moment(booking.start_at, booking.host.time_zone)}
    return _("%(name)s already has a call ahead, on %(moment)s.") % facts


def sentence(error: errors.BookingError) -> str:
    if isinstance(error, errors.BusyError):
        return _("Somebody else is changing this calendar right now. Try again in a moment.")
    if isinstance(error, errors.NotOverYetError):
        return _("How a call went can only be said after its end.")
    return _("This call changed in the meantime. Look at it once more.")


def refuse(request: HttpRequest, booking: Booking, words: str) -> HttpResponse:
    messages.error(request, words)
    return redirect(PAGE, booking.pk)


def host_moments(booking: Booking) -> list[dict[str, str]]:
    return moments.moments(booking, booking.host.time_zone, booking.time_zone)


def moment(at: datetime | None, booking: Booking) -> str:
    return times.short_moment(at, booking.host.time_zone) if at else ""


def first_day(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("from", "")[:10])
    except ValueError:
        return None


def page(
    request: HttpRequest, booking: Booking, name: str, title: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    language, is_on = get_language() or "nl", booking.status != Booking.Status.CANCELLED
    shared = {
        **admin.site.each_context(request),
        "title": title,
        "booking": booking,
        "state": state(booking),
        "place": places.place(booking, language, reader="host") if is_on else None,
        "opts": Booking._meta,
        "may_change": request.user.has_perm("bookings.change_booking"),
        "Status": Booking.Status,
        "has_guests": bool(invited_to(booking)),
    }
    return render(request, f"admin/bookings/booking/{name}.html", shared | context, status=status)
