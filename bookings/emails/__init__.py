"""The mails about a call and its calendar file."""

from __future__ import annotations

from bookings.emails.calendars import send_calendar_stale
from bookings.emails.contexts import LINK_LIFE, MANAGE
from bookings.emails.messages import send_cancelled, send_confirmed, send_moved
from bookings.emails.offers import (
    OFFER,
    offered_moments,
    send_freed,
    send_joined,
    send_missed,
    was_told_of_missed,
    withdraw_missed,
)
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
    "OFFER",
    "agenda",
    "calendar_method",
    "facts",
    "fill_reminder_to_coach",
    "fill_reminder_to_invitee",
    "host_language",
    "invitation",
    "moments",
    "offered_moments",
    "send_calendar_stale",
    "send_cancelled",
    "send_confirmed",
    "send_freed",
    "send_joined",
    "send_missed",
    "send_moved",
    "topic_names",
    "was_told_of_missed",
    "withdraw_missed",
]
