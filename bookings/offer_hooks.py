"""What a sign-in means for somebody who wants to wait."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from bookings import offer_session, services
from bookings.models import Host
from portal.accounts.models import User


def join_pending(request: HttpRequest, user: User) -> str | None:
    """Join the waitlist in the POST that proves the mailbox; say where to go."""
    wanted = offer_session.pending(request, user.email)
    if wanted is None:
        return None
    coach = Host.objects.filter(slug=wanted.pop("coach")).first()
    try:
        services.join_waitlist(user, host=coach, **wanted)
    except services.PersonGoneError:
        return reverse("accounts:deleted")
    return reverse("bookings:waitlist")
