"""The hours that `setup` gives the first coach, who then makes them her own."""

from __future__ import annotations

from datetime import time

from bookings.models import AvailabilityRule, Host

OPEN, CLOSE = time(9), time(17)
WORKDAYS = range(1, 6)


def give(host: Host) -> None:
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(host=host, weekday=day, start_time=OPEN, end_time=CLOSE) for day in WORKDAYS
    )


def has(host: Host) -> bool:
    """Whether they are those still, by nobody's choice."""
    rules = AvailabilityRule.objects.filter(host=host).values_list("weekday", "start_time", "end_time")
    return set(rules) == {(day, OPEN, CLOSE) for day in WORKDAYS}
