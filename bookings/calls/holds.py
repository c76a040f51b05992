"""A time that is somebody's for a few minutes, before it is a call."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.db.models import F

from bookings.availability.calendar import period_and_footprint, require_free
from bookings.availability.lock import host_locked, take_advisory_locks
from bookings.errors import BusyError, SlotTakenError, TooManyHoldsError
from bookings.models import Booking, CallType
from bookings.waitlist.offers import clear_lapsed
from portal.common import times

HOLD = timedelta(minutes=10)
HOLD_WITH_CODE = timedelta(minutes=11)  # a mailed code lives ten; the hold must outlive it
HOLDS_PER_CLIENT = 3


def held_by(visitor: str) -> Booking | None:
    return Booking.objects.filter(visitor=visitor, status=Booking.Status.HELD).first() if visitor else None


def hold_slot(call_type: CallType, start: datetime, *, visitor: str, client: str) -> Booking:
    """Hold a start for ten minutes; another choice of the same visitor moves the hold.

    `visitor` and `client` are digests. Raises SlotTakenError, TooManyHoldsError, BusyError.
    """
    if _is_taken(call_type, start, visitor):
        raise SlotTakenError
    with host_locked(call_type.host_id):
        take_advisory_locks(visitor, client)
        now = times.now()
        clear_lapsed(call_type.host_id, now)
        own = held_by(visitor)
        others = Booking.objects.filter(client=client, status=Booking.Status.HELD).exclude(visitor=visitor)
        if others.count() >= HOLDS_PER_CLIENT:
            raise TooManyHoldsError
        require_free(call_type, start, now=now, own=own)
        release_hold(visitor)
        return Booking.objects.create(
            call_type=call_type,
            host_id=call_type.host_id,
            expires_at=now + HOLD,
            visitor=visitor,
            client=client,
            **period_and_footprint(call_type, start),
        )


def _is_taken(call_type: CallType, start: datetime, visitor: str) -> bool:
    """Whether somebody else has this time: a cheap look, so that most losers need not wait for the lock.

    False promises nothing: only under the host's lock is a time given away.
    """
    others = Booking.objects.occupying(times.now()).exclude(status=Booking.Status.HELD, visitor=visitor)
    footprint = period_and_footprint(call_type, start)["footprint"]
    return others.filter(host_id=call_type.host_id, footprint__overlap=footprint).exists()


def renew_hold(visitor: str) -> bool:
    """Extends the hold, once, so that it outlives the code that was just mailed."""
    now = times.now()
    holds = Booking.objects.filter(visitor=visitor, status=Booking.Status.HELD, expires_at__gt=now)
    return bool(
        visitor
        and holds.filter(expires_at__lte=F("created_at") + HOLD).update(expires_at=now + HOLD_WITH_CODE)
    )


def release_hold(visitor: str) -> None:
    if visitor:
        Booking.objects.filter(visitor=visitor, status=Booking.Status.HELD).delete()


def release_lapsed_holds() -> int:
    """Deletes lapsed holds and passes on lapsed offers. A host whose lock is not free is left to the next
    run."""
    released = 0
    hosts = Booking.objects.lapsed(times.now()).order_by("host_id").values_list("host_id", flat=True)
    for host_id in list(hosts.distinct()):
        with suppress(BusyError), host_locked(host_id):
            released += clear_lapsed(host_id, times.now())
    return released
