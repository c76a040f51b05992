"""The mails about a call and its calendar file."""

from __future__ import annotations

from bookings.emails.calendars import send_calendar_stale
from bookings.emails.clock_notes import clock_note, clock_note_of
from bookings.emails.contexts import LINK_LIFE, MANAGE
from bookings.emails.messages import send_cancelled, send_confirmed, send_moved
from bookings.emails.reminders import fill_reminder_to_coach, fill_reminder_to_invitee
from bookings.emails.wording import (
    agenda,
    calendar_method,
    facts,
    host_language,
    invitation,
    moments,
    topic_names,
)

__all__ = [
    "LINK_LIFE",
    "MANAGE",
    "agenda",
    "calendar_method",
    "clock_note",
    "clock_note_of",
    "facts",
    "fill_reminder_to_coach",
    "fill_reminder_to_invitee",
    "host_language",
    "invitation",
    "moments",
    "send_calendar_stale",
    "send_cancelled",
    "send_confirmed",
    "send_moved",
    "topic_names",
]
