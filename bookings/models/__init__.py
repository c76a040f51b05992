"""The tables of impact calls."""

from __future__ import annotations

from bookings.models.booking import MAX_WORD, Booking, BookingQuerySet, IdempotencyKey, new_uid
from bookings.models.call_type import (
    DAY_MINUTES,
    HOUR_MINUTES,
    LONGEST_RANGE,
    REMINDER_LEAST,
    REMINDER_MOST,
    REMINDERS_AT_MOST,
    CallType,
    CallTypeQuerySet,
)
from bookings.models.copy import CalendarCopy, CalendarCopyQuerySet
from bookings.models.guest import SEATS, Guest, invited_to
from bookings.models.host import Host, check_zone
from bookings.models.hours import (
    LONGEST_BLOCK,
    WEEKDAYS,
    AvailabilityRule,
    BlockedTime,
    DateOverride,
    OverrideWindow,
)
from bookings.models.offer import Offer, WaitlistEntry
from bookings.models.source import STALE_AFTER, BusyTime, CalendarSource, Login, RemoteCalendar
from bookings.models.visit import CalendarVisit

__all__ = [
    "DAY_MINUTES",
    "HOUR_MINUTES",
    "LONGEST_BLOCK",
    "LONGEST_RANGE",
    "MAX_WORD",
    "REMINDERS_AT_MOST",
    "REMINDER_LEAST",
    "REMINDER_MOST",
    "SEATS",
    "STALE_AFTER",
    "WEEKDAYS",
    "AvailabilityRule",
    "BlockedTime",
    "Booking",
    "BookingQuerySet",
    "BusyTime",
    "CalendarCopy",
    "CalendarCopyQuerySet",
    "CalendarSource",
    "CalendarVisit",
    "CallType",
    "CallTypeQuerySet",
    "DateOverride",
    "Guest",
    "Host",
    "IdempotencyKey",
    "Login",
    "Offer",
    "OverrideWindow",
    "RemoteCalendar",
    "WaitlistEntry",
    "check_zone",
    "invited_to",
    "new_uid",
]
