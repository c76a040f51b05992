"""The guests of a call as the coach sees them, on its page and on their own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from bookings.models import SEATS, Booking, Guest
from portal.common import times
from portal.mail import refused


def guest_rows(booking: Booking) -> dict[str, Any]:
    """In two queries, however many there are."""
    guests = list(booking.guests.all())
    silent = refused.among([guest.email for guest in guests]) if guests else set()
    return {
        "guests": [
            {"guest": guest, "state": _state(guest, booking, guest.email in silent)} for guest in guests
        ],
        "has_seat": sum(guest.is_invited for guest in guests) < SEATS,
    }


def _state(guest: Guest, booking: Booking, gets_no_mail: bool) -> str:
    if guest.left_at:
        return _("stepped out on %(moment)s") % {"moment": _moment(guest.left_at, booking)}
    if gets_no_mail:
        return _("invited, but this address gets no mail from us: tell them yourself")
    facts = {"moment": _moment(guest.invited_at, booking)}
    words = _("invited on %(moment)s by you") if guest.by == Booking.By.HOST else _("invited on %(moment)s")
    return words % facts


def _moment(at: Any, booking: Booking) -> str:
    return times.short_moment(at, booking.host.time_zone)
