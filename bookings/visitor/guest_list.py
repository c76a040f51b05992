"""The guests of one's own call, as its pages show them: who is invited, who stepped out, and the way to invite."""

from __future__ import annotations

from typing import Any

from bookings.calls.guests import can_invite
from bookings.fields import GuestForm
from bookings.models import SEATS, Booking
from portal.common import times


def guest_list(booking: Booking, form: GuestForm | None = None) -> dict[str, Any]:
    """Of a call that is off or over nobody is shown."""
    now = times.now()
    if not booking.is_ahead(now):
        return {"guests": [], "shows_guests": False}
    guests = list(booking.guests.all())
    is_proven = can_invite(booking, Booking.By.INVITEE, now)
    has_seat = sum(guest.is_invited for guest in guests) < SEATS
    return {
        "guests": guests,
        "shows_guests": True,
        "guest_form": (form or GuestForm()) if is_proven and (has_seat or form) else None,
        "must_prove": not is_proven,
    }
