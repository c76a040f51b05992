"""How many calls are in which state, for /metrics: never whose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Q

from bookings.models import Booking
from portal.operations.measures import Measure, by_state, one

LATELY = timedelta(days=30)  # it is asked every few seconds, and not of all calls of all years


def calls(at: datetime) -> Sequence[Measure]:
    """One query."""
    Status = Booking.Status
    counts = {str(status): Count("pk", filter=Q(status=status)) for status in Status}
    lapsed = Count("pk", filter=Q(status=Status.HELD, expires_at__lte=at, offer=None))
    found = Booking.objects.ending_after(at - LATELY).order_by().aggregate(**counts, lapsed_holds=lapsed)
    return [
        by_state(
            "portal_bookings",
            "Bookings of the last thirty days and ahead, by state; a held one is a hold.",
            {key: found[key] for key in counts},
        ),
        one(
            "portal_bookings_lapsed_holds", "Holds whose time is over, to be released.", found["lapsed_holds"]
        ),
    ]
