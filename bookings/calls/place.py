"""Where a call takes place, promised at the moment it is booked."""

from __future__ import annotations

import secrets

from django.conf import settings

from bookings.models import Booking, CallType

ROOM_BYTES = 16  # 128 bits, in hexadecimal because Jitsi does not tell capitals from small letters


def promise_place(booking: Booking) -> None:
    """Fill in the place as its call type says it now; a later edit of the call type changes nothing here.

    A private room is made once and stays with its booking. The visitor's number is kept only when the coach
    is the one who calls. Does not save.
    """
    call_type, kinds = booking.call_type, CallType.Location
    booking.location_kind = call_type.location_kind
    booking.location = booking.join_url = ""
    if call_type.location_kind in (kinds.ADDRESS, kinds.TEXT):
        booking.location = call_type.location(booking.language)
    elif call_type.location_kind == kinds.PHONE_VISITOR_CALLS:
        booking.location = call_type.location_phone
    elif call_type.location_kind == kinds.LINK:
        booking.join_url = call_type.location_url
    elif call_type.location_kind == kinds.JITSI:
        booking.join_url = f"{settings.JITSI_URL}/{secrets.token_hex(ROOM_BYTES)}"
    if not call_type.asks_phone:
        booking.phone = ""
