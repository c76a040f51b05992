"""The calls of one person: given to a proven address, and erased."""

from __future__ import annotations

from datetime import datetime

from bookings.availability.lock import every_host_locked
from bookings.calls.emails import messages
from bookings.calls.lifecycle import cancel
from bookings.calls.retention import keep_only_the_time
from bookings.models import Booking, BookingQuerySet
from bookings.waitlist import offers
from portal.accounts.models import User
from portal.common import times


def erase(user: User) -> None:
    """Cancel what is still to come, with its mails; of the rest keep time and status, not the person.

    Raises BusyError, and then nothing was erased.
    """
    with every_host_locked():
        _erase(user, times.now())


def _erase(user: User, now: datetime) -> None:
    adopt(user)
    offers.forget(user)
    mine = Booking.objects.filter(user=user)
    for booking in mine.filter(status=Booking.Status.CONFIRMED, period__startswith__gt=now):
        cancel(booking, by=Booking.By.INVITEE, even_late=True)
    mine.filter(status=Booking.Status.HELD).delete()
    for booking in _one_a_host(mine):
        messages.send_erased(booking)
    keep_only_the_time(mine)


def _one_a_host(bookings: BookingQuerySet) -> BookingQuerySet:
    """The latest call with each coach."""
    latest = bookings.order_by("host_id", "-period").distinct("host_id")
    return latest.select_related("call_type__host", "host__user")


def adopt(user: User) -> None:
    """Give a person the calls booked without an account for the address that was now proven."""
    Booking.objects.filter(user=None, email=user.email).update(user=user)
