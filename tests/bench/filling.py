"""Calls in the table, before a page is asked for them."""

from __future__ import annotations

from datetime import timedelta
from itertools import count, islice

from django.db import connection

from bookings.availability import calendar
from bookings.models import Booking, CallType
from portal.common import times

IN_SIGHT = 60  # as many calls ahead as leave some days of a month with times to choose
A_DAY = 6  # calls a day in the past: 30,000 of them are fourteen years


def fill_calls(call_type: CallType, number: int, *, first: int = 0) -> None:
    """Confirmed calls, `first` is how many there are: two a day ahead, the rest in the past."""
    now = times.now().replace(hour=8, minute=0, second=0, microsecond=0)
    ahead = ((now + timedelta(days=1 + n // 2, hours=2 * (n % 2))) for n in range(IN_SIGHT))
    past = (now - timedelta(days=1 + n // A_DAY, hours=n % A_DAY) for n in count())
    starts = islice((start for part in (ahead, past) for start in part), first, first + number)
    Booking.objects.bulk_create(
        [
            Booking(
                call_type=call_type,
                host=call_type.host,
                name="Voorbeeld",
                email=f"voorbeeld{first + n}@demo.voorbeeld.nl",
                status=Booking.Status.CONFIRMED,
                confirmed_at=now,
                **calendar.period_and_footprint(call_type, start),
            )
            for n, start in enumerate(starts)
        ],
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
