"""The tables of impact calls."""

from __future__ import annotations

from bookings.models.booking import Booking, BookingQuerySet, IdempotencyKey, new_uid
from bookings.models.calendar import (
    DAY_MINUTES,
    WEEKDAYS,
    AvailabilityRule,
    BlockedTime,
    CallType,
    CallTypeQuerySet,
    DateOverride,
    Host,
    OverrideWindow,
    check_zone,
)

__all__ = [
    "DAY_MINUTES",
    "WEEKDAYS",
    "AvailabilityRule",
    "BlockedTime",
    "Booking",
    "BookingQuerySet",
    "CallType",
    "CallTypeQuerySet",
    "DateOverride",
    "Host",
    "IdempotencyKey",
    "OverrideWindow",
    "check_zone",
    "new_uid",
]
