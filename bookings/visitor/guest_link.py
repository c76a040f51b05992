"""What a guest can do with the link of a mail: read the facts of the call, step out, come back, be forgotten.

It needs no sign-in and no cookie that was there before; it opens nothing of who booked.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bookings import errors
from bookings.calls import guests
from bookings.calls.emails.contexts import LINK_LIFE
from bookings.calls.emails.to_guests import GUEST
from bookings.models import Booking, Guest
from bookings.visitor.answers import busy_again_words
from bookings.words.clock_notes import clock_note_of
from bookings.words.invitation import guest_facts
from bookings.words.places import place
from portal.common import times, tokens
from portal.common.http import private

PAGE = "bookings/guest.html"


@login_not_required
@private
@require_safe
def show(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """The link of a mail asks; only a press does something."""
    if not tokens.is_valid(token, GUEST, public_id):
        return render(request, PAGE, {"is_broken": True}, status=404)
    guest = guest_of(public_id)
    if guest is None or times.now() > guest.booking.end_at + LINK_LIFE:
        return render(request, PAGE, {"is_gone": True}, status=410)
    booking, language = guest.booking, get_language() or "nl"
    context = {
        "guest": guest,
        "token": token,
        "booking": booking,
        "facts": guest_facts(booking, language),
        "is_off": booking.status == Booking.Status.CANCELLED,
        "is_ahead": booking.is_ahead(times.now()),
        "join_url": place(booking, language, reader="guest").join_url if guest.is_invited else "",
        "clock_note": clock_note_of(booking),
    }
    return render(request, PAGE, context)


@login_not_required
@private
@require_POST
def step_out(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    return acted(request, public_id, token, guests.step_out)


@login_not_required
@private
@require_POST
def come_back(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    return acted(request, public_id, token, guests.come_back)


@login_not_required
@private
@require_POST
def forget(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """Out of this call and of every other to which this address was invited."""
    return acted(request, public_id, token, lambda guest: guests.forget(guest.email))


def acted(request: HttpRequest, public_id: str, token: str, act: Callable[[Guest], object]) -> HttpResponse:
    if not tokens.is_valid(token, GUEST, public_id):
        raise Http404
    if (guest := guest_of(public_id)) is not None:
        try:
            act(guest)
        except errors.CannotInviteError:
            messages.error(
                request, _("Three others are invited by now, so there is no place. Ask who invited you.")
            )
        except errors.TooLateError:
            messages.warning(request, _("This call has begun or does not go ahead."))
        except errors.BusyError:
            messages.error(request, busy_again_words())
    return redirect("bookings:guest_link", public_id, token)


def guest_of(public_id: str) -> Guest | None:
    rows = Guest.objects.select_related("booking__call_type", "booking__host__user", "booking__user")
    return rows.filter(public_id=public_id).first()
