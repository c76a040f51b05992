"""What the tests of visitor share."""

from __future__ import annotations

from django.urls import reverse

from bookings.calls.emails import contexts
from bookings.models import Booking
from portal.common import tokens

EMAIL = "sanne@voorbeeld.nl"


def linked(booking: Booking, *, generation: int = 0) -> str:
    token = tokens.make(contexts.MANAGE, booking.public_id, generation)
    return reverse("bookings:manage_link", args=[booking.public_id, token])
