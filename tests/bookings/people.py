"""Short ways to make what the tests of bookings are about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bookings.calls import holds, lifecycle
from bookings.calls.lifecycle import Details
from bookings.models import Booking, CallType
from bookings.waitlist.instead import UNDO
from portal.common import times
from portal.common.ids import new_public_id
from portal.common.leases import NO_LEASE
from portal.mail import delivery
from portal.mail.models import OutboundEmail
from portal.mail.render import Skip, due_context, render

THURSDAY_9 = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)  # 09:00 in Amsterdam, three days after the tests' now
HALF_HOUR = timedelta(minutes=30)


def details(email: str = "sanne@voorbeeld.nl", **changes: Any) -> Details:
    kept = {"name": "Sanne Vermeer", "language": "nl", "time_zone": "Europe/Amsterdam"}
    return Details(email=email, **(kept | changes))


def confirm(
    call_type: CallType, start: datetime = THURSDAY_9, *, who: str = "sanne", **changes: Any
) -> Booking:
    """Hold and confirm as one anonymous person whose mailbox was proven."""
    holds.hold_slot(call_type, start, visitor=who, client=who)
    return lifecycle.confirm(
        call_type,
        start,
        visitor=who,
        details=details(f"{who}@voorbeeld.nl", **changes),
        user=None,
        key=new_public_id(),
    )


def mails(**wanted: Any) -> list[str]:
    """The messages that have not been cancelled, oldest first."""
    rows = OutboundEmail.objects.filter(**wanted).exclude(status=OutboundEmail.Status.CANCELLED)
    return list(rows.order_by("pk").values_list("message", flat=True))


def mail(message: str) -> OutboundEmail:
    return with_words(OutboundEmail.objects.get(message=f"bookings/{message}"))


def with_words(row: OutboundEmail) -> OutboundEmail:
    """A mail that is written when it leaves, as it would leave now; the row in the database stays as it is."""
    if not row.is_rendered and not isinstance(context := due_context(row), Skip):
        parts = render(row.message, row.language, context, to_name=row.to_name, about=row.about)
        row.subject, row.text, row.html, row.rendered_at = parts.subject, parts.text, parts.html, times.now()
    return row


def no_show(booking: Booking) -> Booking:
    """Noted, with the two times that are mailed in ten minutes."""
    return lifecycle.close(booking, Booking.Status.NO_SHOW, offer_times=True)


def told_of_missed(booking: Booking, clock: Any) -> Booking:
    """Noted, and ten minutes later the two times are held and told."""
    booking = no_show(booking)
    clock.shift(UNDO)
    written_by_worker("offer_no_show")
    return booking


def written_by_worker(message: str) -> OutboundEmail:
    """A due mail as a worker writes it; the server could not be reached, so it waits for another attempt."""
    rows = (
        OutboundEmail.objects.due(times.now())
        .filter(message=f"bookings/{message}")
        .order_by("send_after", "pk")
    )
    row = rows.claim(status=OutboundEmail.Status.LEASED)
    assert row is not None
    delivery.prepare(row)
    leased = OutboundEmail.objects.filter(pk=row.pk, status=OutboundEmail.Status.LEASED)
    leased.update(status=OutboundEmail.Status.RETRY, **NO_LEASE)
    row.refresh_from_db()
    return row
