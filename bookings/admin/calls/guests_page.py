"""Guests of a call, for the coach: who is invited, inviting somebody, taking somebody out, forgetting an address."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bookings import errors
from bookings.admin.calls.call_pages import booking_or_404, host_moments, may_change, page, refuse, sentence
from bookings.admin.calls.guest_rows import guest_rows
from bookings.calls import guests
from bookings.fields import GuestForm
from bookings.models import Booking, Guest
from bookings.words.guests import why_not
from portal.common import times
from portal.common.sight import sees_practice

GUESTS = "admin:bookings_booking_guests"


@may_change
def show(request: HttpRequest, pk: int) -> HttpResponse:
    booking = booking_or_404(request, pk)
    if request.method != "POST":
        return guests_page(request, booking, GuestForm())
    if not guests.can_invite(booking, Booking.By.HOST, times.now()):
        return refuse(request, booking, _("This call is not ahead any more, so nobody can be invited to it."))
    form = GuestForm(request.POST)
    if not form.is_valid():
        return guests_page(request, booking, form, status=422)
    try:
        guest = guests.invite(booking, form.cleaned_data["email"], by=Booking.By.HOST)
    except errors.CannotInviteError as refused:
        form.add_error("email", why_not(refused.why, is_coach=True))
        return guests_page(request, booking, form, status=409)
    except errors.BookingError as error:
        form.add_error(None, sentence(error))
        return guests_page(request, booking, form, status=409)
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": guest.email})
    return redirect(GUESTS, booking.pk)


@may_change
def out(request: HttpRequest, pk: int, public_id: str) -> HttpResponse:
    """What happens is said first; the second button is for who asks to be forgotten, and the practice's alone: an
    address may be a guest of colleagues too."""
    booking = booking_or_404(request, pk)
    guest = Guest.objects.filter(booking=booking, public_id=public_id).select_related("booking").first()
    if guest is None:
        if request.method == "POST":  # taken out a moment ago
            return redirect(GUESTS, booking.pk)
        raise Http404
    if request.method != "POST":
        context: dict[str, Any] = {
            "guest": guest,
            "is_ahead": booking.is_ahead(times.now()),
            "may_forget": sees_practice(request.user),
            "moments": host_moments(booking),
        }
        return page(request, booking, "guest_out", _("Take a guest out"), **context)
    if "forget" in request.POST and not sees_practice(request.user):
        raise PermissionDenied
    try:
        if "forget" in request.POST:
            guests.forget(guest.email)
            messages.success(request, _("The address is erased, with the mails to it about calls."))
        else:
            guests.remove(guest, by=Booking.By.HOST)
            messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": guest.email})
    except errors.BookingError as error:
        messages.error(request, sentence(error))
    return redirect(GUESTS, booking.pk)


def guests_page(
    request: HttpRequest, booking: Booking, form: GuestForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "moments": host_moments(booking),
        "can_invite": guests.can_invite(booking, Booking.By.HOST, times.now()),
        **guest_rows(booking),
    }
    return page(request, booking, "guests", _("Guests of this call"), status=status, **context)
