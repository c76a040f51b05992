"""Whether the calendar is still as it was: cheaper to ask than what is in it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from bookings.models import STALE_AFTER, CalendarChange

# Rows become visible when their transaction ends, in any order: with each the count grows, and so does the
# sum when old ones go meanwhile. Besides what is written, time itself ends a hold, and makes a read too old.
STATE = """
SELECT (SELECT count(*) FROM bookings_calendarchange), (SELECT sum(id) FROM bookings_calendarchange),
    (SELECT count(*) FROM bookings_booking WHERE status = 'held' AND expires_at > %(now)s),
    (SELECT count(*) FROM bookings_calendarsource WHERE last_good_at > %(readable)s)
"""


def calendar_state(now: datetime) -> tuple[int, ...]:
    """Something that is another one whenever what is on offer may be, within the minute of `now`. One query.

    Minutes are the caller's to tell apart: notice, horizon, dates and clocks turn on whole ones.
    """
    with connection.cursor() as cursor:
        cursor.execute(STATE, {"now": now, "readable": now - STALE_AFTER})
        row: tuple[int, ...] = cursor.fetchone()
        return row


def forget_changes() -> None:
    """Drop what is too old to matter: nothing outlives a minute that was made of the state before it."""
    CalendarChange.objects.old().delete()
