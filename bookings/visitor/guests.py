"""Guests of one's own call: invited and taken out by who booked it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import errors
from bookings.calls import guests as calls
from bookings.fields import GuestForm
from bookings.models import Booking
from bookings.visitor.answers import busy_again_words, post_or, sign_in_first, too_late_words
from bookings.visitor.guest_list import guest_list
from bookings.visitor.own import own_booking
from bookings.words.guests import why_not
from portal.common import times
from portal.common.http import private


@login_not_required
@private
@require_http_methods(["GET", "HEAD", "POST"])
def guests(request: HttpRequest, public_id: str) -> HttpResponse:
    booking = own_booking(request, public_id)
    if booking is None:
        return sign_in_first(request)
    if request.method != "POST":
        return guests_page(request, booking, None)
    if not calls.can_invite(booking, Booking.By.INVITEE, times.now()):
        messages.warning(request, too_late_words())
        return redirect("bookings:manage", public_id)
    form = GuestForm(request.POST)
    if not form.is_valid():
        return guests_page(request, booking, form, status=422)
    email = form.cleaned_data["email"]
    try:
        calls.invite(booking, email, by=Booking.By.INVITEE)
    except errors.CannotInviteError as refused:
        form.add_error("email", why_not(refused.why))
        return guests_page(request, booking, form, status=409)
    except errors.TooLateError:
        messages.warning(request, too_late_words())
        return redirect("bookings:manage", public_id)
    except errors.BusyError:
        form.add_error(None, busy_again_words())
        return guests_page(request, booking, form, status=503)
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": email})
    return redirect("bookings:guests", public_id)


@login_not_required
@private
@post_or("bookings:guests")
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """By its id, which the page of the call holds; one that is gone already was taken out a moment ago."""
    booking = own_booking(request, public_id)
    if booking is None:
        return sign_in_first(request)
    chosen = request.POST.get("guest", "")[:24].replace("\0", "\ufffd")
    found = booking.guests.filter(public_id=chosen).first()
    if found is not None and booking.is_ahead(times.now()):
        found.booking = booking
        try:
            calls.remove(found, by=Booking.By.INVITEE)
        except errors.BusyError:
            messages.error(request, busy_again_words())
        else:
            messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": found.email})
    return redirect("bookings:guests", public_id)


def guests_page(
    request: HttpRequest, booking: Booking, form: GuestForm | None, *, status: int = 200
) -> HttpResponse:
    context = {"here": "account", "booking": booking, **guest_list(booking, form)}
    return render(request, "bookings/guests.html", context, status=status)
