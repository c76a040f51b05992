"""Reminders of calls that are booked already, when their kind of call gets other ones."""

from __future__ import annotations

from bookings.availability.lock import host_locked
from bookings.calls.emails import reminders, to_guests
from bookings.models import Booking, CallType
from portal.common import times


def plan_reminders(call_type: CallType) -> None:
    """Plan what is wanted now and still ahead, for every call to come; what is planned already stays one row.

    Reminders that are no longer wanted find that out when they are due. Raises BusyError.
    """
    with host_locked(call_type.host_id):
        calls = Booking.objects.filter(
            call_type=call_type, status=Booking.Status.CONFIRMED, period__startswith__gt=times.now()
        )
        for booking in calls.select_related("call_type", "host__user").prefetch_related("guests"):
            reminders.plan_reminders(booking)
            to_guests.plan_reminders(booking)
