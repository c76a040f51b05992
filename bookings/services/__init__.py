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
    ChangedError,
    FormUsedError,
    NotOverYetError,
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
from bookings.services.hours import close_dates
from bookings.services.outside import (
    OutsideCall,
    calls_outside,
    cancel_outside,
    keep_outside,
    move_inside,
    nearest_for,
)
from bookings.services.places import promise_place
from bookings.services.reminders import plan_reminders

__all__ = [
    "HOLD",
    "HOLDS_PER_CLIENT",
    "HOLD_WITH_CODE",
    "BookingError",
    "BusyError",
    "ChangedError",
    "Details",
    "FormUsedError",
    "NotOverYetError",
    "OpenCallError",
    "OutsideCall",
    "SlotTakenError",
    "TooLateError",
    "TooManyHoldsError",
    "adopt",
    "calls_outside",
    "cancel",
    "cancel_outside",
    "close",
    "close_dates",
    "confirm",
    "erase",
    "free_slots",
    "held_by",
    "hold_slot",
    "host_locked",
    "keep_outside",
    "move",
    "move_inside",
    "nearest_for",
    "nearest_slots",
    "open_call_of",
    "placed",
    "plan_reminders",
    "promise_place",
    "release_hold",
    "release_lapsed_holds",
    "renew_hold",
    "request_hash",
    "require_free",
    "require_no_open_call",
]
