"""The mails about a call and its calendar file."""

from __future__ import annotations

from bookings.emails.calendars import send_calendar_stale
from bookings.emails.clock_notes import clock_note, clock_note_of
from bookings.emails.contexts import LINK_LIFE, MANAGE
from bookings.emails.messages import send_cancelled, send_confirmed, send_moved
from bookings.emails.offers import (
    OFFER,
    offered_moments,
    send_freed,
    send_joined,
    send_missed,
    send_stopped,
    was_told_of_missed,
    withdraw_missed,
)
from bookings.emails.places import Place, link_by_hand, place, place_ahead
from bookings.emails.reminders import (
    fill_reminder_to_coach,
    fill_reminder_to_invitee,
    plan_reminders,
    reminder_at,
    time_ahead,
    wanted_minutes,
)
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
    "OFFER",
    "Place",
    "agenda",
    "calendar_method",
    "clock_note",
    "clock_note_of",
    "facts",
    "fill_reminder_to_coach",
    "fill_reminder_to_invitee",
    "host_language",
    "invitation",
    "link_by_hand",
    "moments",
    "offered_moments",
    "place",
    "place_ahead",
    "plan_reminders",
    "reminder_at",
    "send_calendar_stale",
    "send_cancelled",
    "send_confirmed",
    "send_freed",
    "send_joined",
    "send_missed",
    "send_moved",
    "send_stopped",
    "time_ahead",
    "topic_names",
    "wanted_minutes",
    "was_told_of_missed",
    "withdraw_missed",
]
