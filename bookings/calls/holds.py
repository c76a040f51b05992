"""A time that is somebody's for a few minutes, before it is a call."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from bookings.availability.calendar import period_and_footprint, require_free
from bookings.availability.lock import host_locked, take_advisory_locks
from bookings.errors import BusyError, SlotTakenError, TooManyHoldsError
from bookings.models import Booking, CallType
from bookings.waitlist.offers import clear_lapsed
from portal.common import times

HOLD = timedelta(minutes=10)
HOLD_WITH_CODE = timedelta(minutes=11)  # a mailed code lives ten; the hold must outlive it
LONGEST = HOLD_WITH_CODE + 2 * HOLD  # when it is held longer by hand: twice, or after a code once
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
    """Makes the hold outlive the code that was just mailed, unless it was held as long as may be."""
    ends_at = times.now() + HOLD_WITH_CODE
    shorter = _running(visitor).filter(expires_at__lt=ends_at, expires_at__lte=F("created_at") + LONGEST)
    return bool(shorter.update(expires_at=ends_at))


def extend_hold(visitor: str, start: datetime) -> bool:
    """Ten minutes more for the start that is held; False when it was held as long as may be.

    Raises SlotTakenError when it is not held any more, whoever has it now, and BusyError.
    """
    own = held_by(visitor)
    if own is None or own.start_at != start:
        raise SlotTakenError
    with host_locked(own.host_id):
        running = _running(visitor).filter(pk=own.pk)
        if not running.exists():
            raise SlotTakenError
        short = running.filter(expires_at__lte=F("created_at") + LONGEST - HOLD)
        return bool(short.update(expires_at=F("expires_at") + HOLD))


def may_extend(booking: Booking) -> bool:
    return booking.expires_at is not None and booking.expires_at + HOLD <= booking.created_at + LONGEST


def _running(visitor: str) -> QuerySet[Booking]:
    holds = Booking.objects.filter(visitor=visitor, status=Booking.Status.HELD, expires_at__gt=times.now())
    return holds if visitor else holds.none()


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
