"""Time that is closed, as a person writes it down: ‘24 dec t/m 3 jan’ and not from midnight to midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.utils import formats
from django.utils.translation import gettext as _

from portal.common import times

FAR = timedelta(days=300)  # past or ahead: then the year is said


def closed_words(start_at: datetime, end_at: datetime, zone: str) -> str:
    """'24 dec t/m 3 jan' of whole days, else 'do 26 nov, 12:00–13:00'; the year when it is far away."""
    start, end = times.local(start_at, zone), times.local(end_at, zone)
    if start.time() == end.time() == time() and start < end:
        return days_words(start.date(), end.date() - timedelta(days=1))
    first = f"{weekday_and_day(start.date())}, {start:%H:%M}"
    if start.date() == end.date():
        return f"{first}–{end:%H:%M}"
    return f"{first} – {weekday_and_day(end.date())}, {end:%H:%M}"


def days_words(first: date, last: date) -> str:
    if first == last:
        return weekday_and_day(first)
    return _("%(first)s – %(last)s") % {"first": day(first), "last": day(last)}


def weekday_and_day(on: date) -> str:
    return f"{times.short_weekday(on)} {day(on)}"


def day(on: date) -> str:
    """'3 jan', with its year when that is not the next one to come."""
    noon = datetime.combine(on, time(12), tzinfo=UTC)
    if abs(noon - times.now()) > FAR:
        return f"{times.short_day(noon, 'UTC')} {on.year}"
    return times.short_day(noon, "UTC")


def weekday_name(on: date) -> str:
    return formats.date_format(on, "l")
