"""A host's hours, changed under the lock of the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bookings.availability.lock import host_locked
from bookings.models import DateOverride, Host


def close_dates(host: Host, dates: Iterable[date]) -> list[date]:
    """Close these dates of the host; one that has hours of its own, or is closed, stays as it is.

    Returns the dates that were closed now. Raises BusyError.
    """
    with host_locked(host.pk):
        wanted = sorted(set(dates))
        known = set(DateOverride.objects.filter(host=host, on__in=wanted).values_list("on", flat=True))
        closed = [on for on in wanted if on not in known]
        DateOverride.objects.bulk_create(DateOverride(host=host, on=on) for on in closed)
        return closed
