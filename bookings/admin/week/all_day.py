"""What is true of a whole day: a holiday, a date that is closed, time taken from midnight to midnight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bookings.admin.week.shapes import Day, Item
from bookings.availability.public_holidays import dutch_holidays
from bookings.models import Booking, DateOverride, Host


def with_all_day(days: Sequence[Day], host: Host, language: str) -> list[Day]:
    """The days with what stands above their hours; one query."""
    first, last = days[0].on, days[-1].on
    holidays = {one.on: one.name for one in dutch_holidays(first, last, language=language)}
    overrides = {one.on: one for one in DateOverride.objects.filter(host=host, on__range=(first, last))}
    return [
        replace(
            day,
            items=tuple(item for item in day.items if not _lasts_all_day(item, day)),
            all_day=tuple(item for item in day.items if _lasts_all_day(item, day)),
            holiday=holidays.get(day.on, ""),
            override=overrides.get(day.on),
        )
        for day in days
    ]


def _lasts_all_day(item: Item, day: Day) -> bool:
    return not isinstance(item.source, Booking) and (item.start_at, item.end_at) == day.span
