"""How a call went: said in one click, and a no-show asked about first, for it mails somebody."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from bookings import errors
from bookings.admin.base import back_or
from bookings.admin.calls.call_pages import (
    CLOSED,
    PAGE,
    booking_or_404,
    host_moments,
    is_movable,
    is_over,
    may_change,
    page,
    refuse,
    sentence,
)
from bookings.calls import lifecycle
from bookings.models import Booking, Offer
from bookings.waitlist import emails, instead
from portal.common import times, tokens
from portal.mail.render import render

MAIL, NO_MAIL = "yes", "no"


@may_change
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """`status` says how it went; a no-show with `mail` too, and without it is asked about first. GET only asks."""
    booking = booking_or_404(request, pk)
    usual = reverse(PAGE, args=[booking.pk])
    sent = request.POST if request.method == "POST" else request.GET
    status, is_known = sent.get("status"), booking.status in (Booking.Status.CONFIRMED, *CLOSED)
    if request.method != "POST" and is_known and status != Booking.Status.NO_SHOW:
        return close_page(request, booking, usual)
    if not is_over(booking, times.now()):
        return refuse(request, booking, _("How a call went can only be said after its end."))
    if status not in CLOSED:
        return refuse(request, booking, _("Choose how the call went."))
    if status == Booking.Status.NO_SHOW and sent.get("mail") not in (MAIL, NO_MAIL):
        return ask_page(request, booking, usual)
    if request.method != "POST":
        return close_page(request, booking, usual)
    return noted(request, booking, Booking.Status(status), usual)


def noted(request: HttpRequest, booking: Booking, status: Booking.Status, usual: str) -> HttpResponse:
    is_mailed = request.POST.get("mail") == MAIL
    try:
        lifecycle.close(booking, status, offer_times=is_mailed)
    except errors.BookingError as error:
        return refuse(request, booking, sentence(error))
    facts = {"name": booking.who, "status": status.label}
    words = _("Noted for %(name)s: %(status)s.") % facts
    if is_mailed and (mail := emails.planned_missed(booking).get(booking.public_id)):
        facts["clock"] = times.near_clock(mail.send_after, booking.host.time_zone)
        words += (
            " " + _("The mail with two times leaves at %(clock)s; until then you can take it back.") % facts
        )
    messages.success(request, words)
    if status == Booking.Status.COMPLETED and booking.email:
        usual = reverse("admin:bookings_booking_agreed", args=[booking.pk])
    return redirect(back_or(request, usual))


@may_change
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """A no-show was none; also after its mail went."""
    booking = booking_or_404(request, pk)
    usual = reverse(PAGE, args=[booking.pk])
    if request.method != "POST":
        return redirect(usual)
    try:
        lifecycle.take_back_no_show(booking)
    except errors.SlotTakenError:
        words = _("Another call lies in its time since, so this one stays noted as it is.")
        return refuse(request, booking, words)
    except errors.BookingError as error:
        return refuse(request, booking, sentence(error))
    facts = {"name": booking.who}
    offer = Offer.objects.filter(missed=booking).first()
    if offer is not None and offer.status == Offer.Status.TAKEN:
        words = _("Taken back. %(name)s chose a new time already, and that call stands.")
    elif emails.was_told_of_missed(booking):
        words = _("Taken back. The mail had left; its times are free again, and its link tells %(name)s so.")
    else:
        words = _("Taken back. No mail goes to %(name)s.")
    messages.success(request, words % facts)
    return redirect(back_or(request, usual))


# ---- pages ------------------------------------------------------------------------------------------------
def close_page(request: HttpRequest, booking: Booking, usual: str) -> HttpResponse:
    context: dict[str, Any] = {
        "moments": host_moments(booking),
        "can_close": is_over(booking, times.now()),
        "from_clock": times.short_moment(booking.end_at, booking.host.time_zone),
        "back": back_or(request, usual),
        "is_movable": is_movable(booking),
    }
    return page(request, booking, "close", _("How did it go?"), **context)


def ask_page(request: HttpRequest, booking: Booking, usual: str) -> HttpResponse:
    now = times.now()
    why_not = instead.why_no_mail(booking, now)
    context: dict[str, Any] = {
        "moments": host_moments(booking),
        "why_not": why_not,
        "mail": None if why_not else mail_of(booking),
        "leaves": times.near_clock(now + instead.UNDO, booking.host.time_zone),
        "back": back_or(request, usual),
    }
    return page(request, booking, "no_show", _("Did not show up"), **context)


def mail_of(booking: Booking) -> dict[str, str]:
    """The mail as it would be now, to read before it is sent."""
    with translation.override(booking.language):
        filled = emails.missed_context(booking, instead.imagined(booking, times.now()))
    parts = render("bookings/offer_no_show", booking.language, filled, to_name=booking.name)
    return {"subject": parts.subject, "text": tokens.hide(parts.text)}
