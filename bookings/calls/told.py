"""What the webhook is told of a call: when, what kind, with whom; never a remark, a topic or a result."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from portal.leads import told as contacts
from portal.leads.models import Lead
from portal.webhook.announcing import announce, moment
from portal.webhook.registry import Event

BOOKED, MOVED, CANCELLED, HELD = "call.booked", "call.moved", "call.cancelled", "call.held"
SAMPLE = {
    "call": {
        "id": "Qm4vT8sZxNc2HbWk6RyJf3pL",
        "version": 0,
        "kind": "impactcall",
        "coach": "Jet van Dalen",
        "start_at": "2026-11-26T09:00:00Z",
        "end_at": "2026-11-26T09:30:00Z",
        "language": "nl",
        "time_zone": "Europe/Amsterdam",
        "by": "visitor",
    },
    "contact": contacts.SAMPLE,
}
EVENTS = (
    Event(BOOKED, _("a booked call"), 30, SAMPLE),
    Event(MOVED, _("a moved call"), 40, SAMPLE),
    Event(CANCELLED, _("a cancelled call"), 50, SAMPLE),
    Event(HELD, _("a call that went ahead"), 60, SAMPLE),
)
BY = {Booking.By.INVITEE: "visitor", Booking.By.HOST: "coach"}


def tell(event: str, booking: Booking, lead: Lead, by: Booking.By) -> None:
    """In the transaction of the call. A version of a call is told of once under each event."""
    key = f"call:{booking.public_id}:{event}:{booking.sequence}"
    announce(event, key=key, tell=lambda: contacts.about(lead, call=call(booking, by)))


def call(booking: Booking, by: Booking.By) -> dict[str, Any]:
    """`version` rises with every change: events may arrive in another order than they happened."""
    return {
        "id": booking.public_id,
        "version": booking.sequence,
        "kind": booking.call_type.slug,
        "coach": booking.host.name,
        "start_at": moment(booking.start_at),
        "end_at": moment(booking.end_at),
        "language": booking.language,
        "time_zone": booking.time_zone,
        "by": BY[by],
    }
