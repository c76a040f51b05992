"""Blocked time put somewhere else, without silently closing over somebody's call."""

from __future__ import annotations

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from bookings.availability.lock import host_locked
from bookings.errors import BlockChangedError, CallsInTheWayError
from bookings.models import BlockedTime, Booking
from portal.common import times

CALLS_NAMED = 20


def move_block(
    block: BlockedTime, period: DateTimeTZRange, *, seen: DateTimeTZRange, even_over_calls: bool = False
) -> BlockedTime:
    """Move a blocked time to `period`; `seen` is the one it had on the page. Idempotent.

    Calls and holds are never touched: they stay, so whoever blocks over one says so with `even_over_calls`.
    Raises CallsInTheWayError, BlockChangedError (also when it is gone), BusyError.
    """
    with host_locked(block.host_id):
        fresh = BlockedTime.objects.select_related("host").filter(pk=block.pk).first()
        if fresh is None:
            raise BlockChangedError
        if fresh.period == period:
            return fresh
        if fresh.period != seen:
            raise BlockChangedError
        live = [Booking.Status.CONFIRMED, Booking.Status.HELD]
        calls = Booking.objects.occupying(times.now()).filter(host_id=block.host_id, status__in=live)
        met = calls.filter(period__overlap=period).select_related("host").order_by("period")
        if not even_over_calls and (found := list(met[:CALLS_NAMED])):
            raise CallsInTheWayError(found)
        fresh.period = period
        fresh.save(update_fields=["period"])
        return fresh
