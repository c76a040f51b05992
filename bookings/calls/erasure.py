"""The calls of one person: given to a proven address, and erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from bookings.availability.lock import every_host_locked
from bookings.calls import guests
from bookings.calls.emails import messages
from bookings.calls.lifecycle import cancel
from bookings.connected import copies
from bookings.models import Booking, BookingQuerySet, CalendarCopy, Guest, IdempotencyKey
from bookings.waitlist import offers
from portal.accounts.models import User
from portal.common import times
from portal.mail.retention import forget_mentions

# Each text and JSON column is in one of these; tests/portal/test_erased_and_kept.py holds them to the models.
ERASED: dict[type[Booking], dict[str, Any]] = {
    Booking: {
        "name": "",
        "email": "",
        "phone": "",
        "join_url": "",
        "remark": "",
        "topics": [],
        "shared_scan": "",
        "agreed": "",
        "word": "",
    },
}
KEPT = {
    Booking: {
        "public_id": "random",
        "ics_uid": "random; calendars know the call by it",
        "visitor": "a digest, of held times only",
        "client": "a digest, of held times only",
        "language": "nl or en",
        "time_zone": "a region",
        "location": "the coach's own: words, address or number",
    },
    CalendarCopy: {
        "file_name": "made of the call's random name",
        "etag": "the calendar server's",
        "there_etag": "the calendar server's",
        "written_digest": "a digest, and the copy is written anew",
    },
}


def erase(user: User) -> None:
    """Cancel what is still to come, with its mails; of the rest keep time and status, not the person.

    Raises BusyError, and then nothing was erased.
    """
    with every_host_locked():
        _erase(user, times.now())


def _erase(user: User, now: datetime) -> None:
    adopt(user)
    offers.forget(user)
    guests.forget(user.email)
    mine = Booking.objects.filter(user=user)
    for booking in mine.filter(status=Booking.Status.CONFIRMED, period__startswith__gt=now):
        cancel(booking, by=Booking.By.INVITEE, even_late=True)
    mine.filter(status=Booking.Status.HELD).delete()
    for booking in _one_a_host(mine):
        messages.send_erased(booking)
    forget_mentions(mine.values_list("name", flat=True))
    keep_only_the_time(mine)


def _one_a_host(bookings: BookingQuerySet) -> BookingQuerySet:
    latest = bookings.order_by("host_id", "-period").distinct("host_id")
    return latest.select_related("call_type__host", "host__user")


def keep_only_the_time(bookings: QuerySet[Any]) -> None:
    """Empties these calls of the person, and has their copies in connected calendars rewritten."""
    kept = list(bookings.values_list("pk", flat=True))
    IdempotencyKey.objects.filter(booking__in=kept).delete()
    guests.drop(Guest.objects.filter(booking__in=kept))
    Booking.objects.filter(pk__in=kept).update(
        user=None, manage_generation=F("manage_generation") + 1, **ERASED[Booking]
    )
    copies.rewrite(kept)


def adopt(user: User) -> None:
    """Give a person the calls booked without an account for the address that was now proven."""
    Booking.objects.filter(user=None, email=user.email).update(user=user)
