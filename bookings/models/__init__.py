"""The tables of impact calls."""

from __future__ import annotations

from bookings.models.booking import Booking, BookingQuerySet, IdempotencyKey, new_uid
from bookings.models.call_type import DAY_MINUTES, CallType, CallTypeQuerySet
from bookings.models.copy import CalendarCopy, CalendarCopyQuerySet
from bookings.models.host import Host, check_zone
from bookings.models.hours import (
    WEEKDAYS,
    AvailabilityRule,
    BlockedTime,
    DateOverride,
    OverrideWindow,
)
from bookings.models.source import STALE_AFTER, BusyTime, CalendarSource, Choice, Login

__all__ = [
    "DAY_MINUTES",
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
    "CallType",
    "CallTypeQuerySet",
    "Choice",
    "DateOverride",
    "Host",
    "IdempotencyKey",
    "Login",
    "OverrideWindow",
    "check_zone",
    "new_uid",
]
