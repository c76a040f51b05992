"""Another place for one call: the invitation follows, and the visitor is mailed what changed and nothing else."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings

from bookings.availability.lock import host_locked
from bookings.calls.emails import messages
from bookings.calls.place import ROOM_BYTES
from bookings.connected import copies
from bookings.errors import ChangedError, TooLateError
from bookings.models import Booking, CallType
from bookings.words.places import misses_link
from portal.common import times

Kind = CallType.Location
COLUMNS = ("location_kind", "location", "phone", "join_url")


@dataclass(frozen=True, kw_only=True)
class NewPlace:
    """One kind of place and what belongs to it, cleaned: the visitor's number, the coach's, a link or an address."""

    kind: str
    phone: str = ""
    location: str = ""
    join_url: str = ""


def set_place(booking: Booking, place: NewPlace, *, seen: int) -> bool:
    """Move the call to another place; False when it is there already, and then nothing is mailed.

    `seen` is the version whoever changes it has read. Raises ChangedError when it is another one by now, TooLateError
    for a call that is over or off or whose person was erased, BusyError.
    """
    with host_locked(booking.host_id):
        booking = Booking.objects.select_related("call_type__host", "host__user").get(pk=booking.pk)
        if not can_place(booking):
            raise TooLateError
        wanted = _columns(booking, place)
        if all(getattr(booking, name) == wanted[name] for name in COLUMNS):
            return False
        if booking.sequence != seen:
            raise ChangedError
        was_promised = misses_link(booking)
        for name in COLUMNS:
            setattr(booking, name, wanted[name])
        booking.sequence += 1
        booking.changed_at = times.now()
        booking.save(update_fields=[*COLUMNS, "sequence", "changed_at"])
        copies.want(booking)
        messages.send_placed(booking, is_promised_link=was_promised and bool(booking.join_url))
        return True


def can_place(booking: Booking) -> bool:
    is_ahead = booking.status == Booking.Status.CONFIRMED and times.now() < booking.end_at
    return is_ahead and bool(booking.email)


def _columns(booking: Booking, place: NewPlace) -> dict[str, str]:
    """A private room is made once and stays with its call."""
    link = place.join_url
    if place.kind == Kind.JITSI:
        is_there = booking.location_kind == Kind.JITSI and booking.join_url
        link = booking.join_url if is_there else f"{settings.JITSI_URL}/{secrets.token_hex(ROOM_BYTES)}"
    return {"location_kind": place.kind, "location": place.location, "phone": place.phone, "join_url": link}
