"""What the tests of waitlist share."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bookings.calls import holds, lifecycle
from bookings.models import Booking, CallType, Offer, WaitlistEntry
from tests.bookings.people import THURSDAY_9, confirm
from tests.factories.assessments import UserFactory
from tests.factories.bookings import (
    WaitlistEntryFactory,
)

DAY = timedelta(days=1)


FREED = "bookings/offer_freed"


def waiting(call_type: CallType, who: str, **fields: Any) -> WaitlistEntry:
    user = UserFactory(email=f"{who}@voorbeeld.nl", name=who.capitalize())
    return WaitlistEntryFactory(user=user, **{"kind": call_type.slug} | fields)


def cancelled(call_type: CallType, start: datetime = THURSDAY_9, who: str = "sanne") -> Booking:
    return lifecycle.cancel(confirm(call_type, start, who=who), by=Booking.By.INVITEE)


def offered() -> list[tuple[str, str]]:
    """Who was offered a time and how that stands, oldest first."""
    return list(Offer.objects.order_by("pk").values_list("name", "status"))


def held() -> list[datetime]:
    return [row.start_at for row in Booking.objects.filter(status="held").order_by("period")]


def lapse(clock: Any) -> None:
    """Let the open offer run out, and the task of every minute find it."""
    clock.move_to(Offer.objects.get(status="open").expires_at)
    holds.release_lapsed_holds()
