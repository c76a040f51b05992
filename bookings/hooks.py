"""What a sign-in, a code, a sign-out and an erasure mean for a booking under way."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from bookings import services, session
from bookings.models import CallType
from portal.accounts.models import User


def confirm_pending(request: HttpRequest, user: User) -> str | None:
    """Confirm what waited for this mailbox, in the POST that proves it; say where to go."""
    services.adopt(user)
    waiting = session.pending(request)
    call_type = CallType.objects.bookable().select_related("host__user").first()
    if waiting is None or call_type is None:
        return None
    start, details, key = waiting
    session.forget(request, "pending")
    try:
        booking = services.confirm(
            call_type,
            start,
            visitor=session.visitor_of(request),
            details=details.proven(user),
            user=user,
            key=key,
        )
    except services.OpenCallError:
        return reverse("bookings:already")
    except services.SlotTakenError:
        return reverse("bookings:lost")
    except services.BookingError:
        return reverse("bookings:details")
    session.forget(request)
    return reverse("bookings:done", args=[booking.public_id])


def outlive_code(request: HttpRequest) -> None:
    services.renew_hold(session.visitor_of(request))


def let_go(request: HttpRequest, response: HttpResponse) -> None:
    services.release_hold(session.visitor_of(request))
