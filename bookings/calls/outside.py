"""Calls that lie outside the hours: found in the data, and what the coach decides about each."""

from __future__ import annotations

from datetime import datetime

from bookings.availability.lock import host_locked
from bookings.calls.lifecycle import cancel, move
from bookings.errors import ChangedError, TooLateError
from bookings.models import Booking
from portal.common import times


# ---- deciding ----------------------------------------------------------------------------------------------
def keep_outside(booking: Booking, *, seen: int) -> Booking:
    """Leave the call where it is, and do not ask again until it moves. `seen` is the version on the page.

    Raises ChangedError, TooLateError, BusyError.
    """
    with host_locked(booking.host_id):
        booking = _as_seen(booking, seen)
        if not booking.is_ahead(times.now()):
            raise TooLateError
        if booking.kept_outside_at is None:
            booking.kept_outside_at = times.now()
            booking.save(update_fields=["kept_outside_at"])
        return booking


def move_inside(booking: Booking, start: datetime, *, seen: int) -> Booking:
    """Move the call to a start on offer and tell both; already there is done.

    Raises ChangedError, SlotTakenError, TooLateError, BusyError.
    """
    with host_locked(booking.host_id):
        fresh = Booking.objects.get(pk=booking.pk)
        if fresh.status == Booking.Status.CONFIRMED and fresh.start_at == start:
            return fresh
        return move(_as_seen(booking, seen), start, by=Booking.By.HOST)


def cancel_outside(booking: Booking, *, seen: int) -> Booking:
    """Cancel the call, tell both and hold two times on other days; already cancelled is done.

    Raises ChangedError, TooLateError, BusyError.
    """
    with host_locked(booking.host_id):
        fresh = Booking.objects.get(pk=booking.pk)
        if fresh.status == Booking.Status.CANCELLED:
            return fresh
        return cancel(_as_seen(booking, seen), by=Booking.By.HOST, offer_times=True)


def _as_seen(booking: Booking, seen: int) -> Booking:
    """Raises ChangedError when the call is not the version on the page: the visitor moved it meanwhile."""
    fresh = Booking.objects.get(pk=booking.pk)
    if fresh.sequence != seen:
        raise ChangedError
    return fresh
