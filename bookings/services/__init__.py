"""Impact calls: hold, confirm, move, cancel. What may be called from outside."""

from __future__ import annotations

from bookings.services.calendar import free_slots, host_locked, nearest_slots, placed, require_free
from bookings.services.calls import (
    Details,
    adopt,
    cancel,
    close,
    confirm,
    erase,
    move,
    open_call_of,
    request_hash,
    require_no_open_call,
)
from bookings.services.errors import (
    BookingError,
    BusyError,
    FormUsedError,
    NotOverYetError,
    OfferOverError,
    OpenCallError,
    SlotTakenError,
    TooLateError,
    TooManyHoldsError,
)
from bookings.services.holds import (
    HOLD,
    HOLD_WITH_CODE,
    HOLDS_PER_CLIENT,
    held_by,
    hold_slot,
    release_hold,
    release_lapsed_holds,
    renew_hold,
)
from bookings.services.offers import HELD_FREED, HELD_NO_SHOW, clear_lapsed, pass_on
from bookings.services.taking import call_of, decline, take
from bookings.services.waitlist import join, lapse_entries, stop

__all__ = [
    "HELD_FREED",
    "HELD_NO_SHOW",
    "HOLD",
    "HOLDS_PER_CLIENT",
    "HOLD_WITH_CODE",
    "BookingError",
    "BusyError",
    "Details",
    "FormUsedError",
    "NotOverYetError",
    "OfferOverError",
    "OpenCallError",
    "SlotTakenError",
    "TooLateError",
    "TooManyHoldsError",
    "adopt",
    "call_of",
    "cancel",
    "clear_lapsed",
    "close",
    "confirm",
    "decline",
    "erase",
    "free_slots",
    "held_by",
    "hold_slot",
    "host_locked",
    "join",
    "lapse_entries",
    "move",
    "nearest_slots",
    "open_call_of",
    "pass_on",
    "placed",
    "release_hold",
    "release_lapsed_holds",
    "renew_hold",
    "request_hash",
    "require_free",
    "require_no_open_call",
    "stop",
    "take",
]
