"""What can go wrong with a call, each something a person can be told in a sentence."""

from __future__ import annotations

from enum import Enum

from bookings.models import Booking


class BookingError(Exception):
    """Something a person can be told in a sentence."""


class SlotTakenError(BookingError):
    """The start is not free: just taken, or never on offer."""


class BusyError(BookingError):
    """Somebody else is changing this calendar right now; trying again helps."""


class DeadlockError(SlotTakenError, BusyError):
    """PostgreSQL ended this transaction to resolve a deadlock: the start is taken for whoever wanted one, and for
    everybody else the calendar is busy."""


class TooManyHoldsError(BookingError):
    """This address on the network already holds as many times as it may."""


class FormUsedError(BookingError):
    """This form was already used, for something else."""


class TooLateError(BookingError):
    """The moment until which this could be changed has passed, or the call is not open any more."""


class ChangedError(BookingError):
    """The call is not as it was when the page that asks for this was made."""


class CannotInviteError(BookingError):
    """This address cannot be invited to this call, for a reason that can be told: `why`."""

    class Why(Enum):
        VISITOR = "visitor"
        COACH = "coach"
        INVITED = "invited"
        LEFT = "left"
        FULL = "full"
        OFTEN = "often"

    def __init__(self, why: Why) -> None:
        super().__init__("This address cannot be invited.")
        self.why = why


class NotOverYetError(BookingError):
    """A call can only be closed after its end."""


class OfferOverError(BookingError):
    """The time is not held for this person any more."""


class PhoneMissingError(BookingError):
    """The coach calls, and nobody said on which number."""


class PersonGoneError(BookingError):
    """This person was erased a moment ago."""


class OpenCallError(BookingError):
    """This person already has an open call: `booking`."""

    def __init__(self, booking: Booking) -> None:
        super().__init__("This person already has an open call.")
        self.booking = booking


class BlockChangedError(BookingError):
    """The blocked time is not what the page showed any more."""


class CallsInTheWayError(BookingError):
    """There are `calls` in the time to be blocked."""

    def __init__(self, calls: list[Booking]) -> None:
        super().__init__("There are calls in this time.")
        self.calls = calls
