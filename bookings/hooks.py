"""What a sign-in, a code, a sign-out and an erasure mean for a booking under way."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from bookings import services, session
from portal.accounts.hooks import EraseLaterError
from portal.accounts.models import User


def confirm_pending(request: HttpRequest, user: User) -> str | None:
    """Confirm what waited for this mailbox, in the POST that proves it; say where to go."""
    services.adopt(user)
    waiting = session.pending(request)
    asked = services.find_call(**asdict(waiting.wanted)) if waiting else None
    if waiting is None or asked is None:
        return None
    session.forget(request, "pending")
    try:
        booking = services.confirm_with_any(
            asked,
            waiting.start,
            visitor=session.visitor_of(request),
            details=waiting.details.proven(user),
            user=user,
            key=waiting.key,
        )
    except services.OpenCallError:
        return reverse("bookings:already")
    except services.SlotTakenError:
        return reverse("bookings:lost")
    except services.BookingError:
        return reverse("bookings:details")
    session.forget(request)
    session.tell_of_other_coach(request, booking, asked)
    return reverse("bookings:done", args=[booking.public_id])


def erase(user: User) -> None:
    try:
        services.erase(user)
    except services.BusyError as busy:
        raise EraseLaterError from busy


def outlive_code(request: HttpRequest) -> None:
    services.renew_hold(session.visitor_of(request))


def let_go(request: HttpRequest, response: HttpResponse) -> None:
    services.release_hold(session.visitor_of(request))
