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
from bookings.services.copies import put_right, start_over, try_again, want_all, withdraw
from bookings.services.errors import (
    BookingError,
    BusyError,
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

__all__ = [
    "HOLD",
    "HOLDS_PER_CLIENT",
    "HOLD_WITH_CODE",
    "BookingError",
    "BusyError",
    "Details",
    "FormUsedError",
    "NotOverYetError",
    "OpenCallError",
    "SlotTakenError",
    "TooLateError",
    "TooManyHoldsError",
    "adopt",
    "cancel",
    "close",
    "confirm",
    "erase",
    "free_slots",
    "held_by",
    "hold_slot",
    "host_locked",
    "move",
    "nearest_slots",
    "open_call_of",
    "placed",
    "put_right",
    "release_hold",
    "release_lapsed_holds",
    "renew_hold",
    "request_hash",
    "require_free",
    "require_no_open_call",
    "start_over",
    "try_again",
    "want_all",
    "withdraw",
]
