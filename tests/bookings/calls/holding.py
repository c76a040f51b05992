"""What the tests of calls share."""

from __future__ import annotations

from datetime import datetime

from bookings.calls import holds
from bookings.models import Booking, CallType
from tests.bookings.people import THURSDAY_9


def hold(call_type: CallType, start: datetime = THURSDAY_9, who: str = "sanne", client: str = "") -> Booking:
    return holds.hold_slot(call_type, start, visitor=who, client=client or who)
