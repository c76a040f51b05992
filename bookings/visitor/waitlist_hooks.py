"""What a sign-in means for somebody who wants to wait."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from bookings import errors
from bookings.models import Host
from bookings.visitor import waitlist_session
from bookings.waitlist import entries
from portal.accounts.models import User


def join_pending(request: HttpRequest, user: User) -> str | None:
    wanted = waitlist_session.pending(request, user.email)
    if wanted is None:
        return None
    coach = Host.objects.filter(slug=wanted.pop("coach")).first()
    try:
        entries.join_waitlist(user, host=coach, **wanted)
    except errors.PersonGoneError:
        return reverse("accounts:deleted")
    return reverse("bookings:waitlist")
