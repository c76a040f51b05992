"""What was agreed in a call, written down by the coach in the words of who agreed to it."""

from __future__ import annotations

from bookings.availability.lock import host_locked
from bookings.calls.emails import messages
from bookings.errors import ChangedError, TooLateError
from bookings.models import Booking
from portal.common import times
from portal.leads import services as leads


def agree(booking: Booking, text: str, *, version: int) -> bool:
    """Keep what was agreed and mail it; False when this very text stands there, and then nothing is mailed.

    An empty text takes it away, without a mail. `version` is the one the writer saw. Raises TooLateError for a
    call that did not go ahead or a person who was erased, ChangedError when somebody else wrote meanwhile, BusyError.
    """
    with host_locked(booking.host_id):
        booking = Booking.objects.select_related("call_type__host", "host__user").get(pk=booking.pk)
        if not can_agree(booking):
            raise TooLateError
        if text == booking.agreed:
            return False
        if version != booking.agreed_version:
            raise ChangedError
        booking.agreed, booking.agreed_version = text, booking.agreed_version + 1
        booking.agreed_at = times.now()
        booking.save(update_fields=["agreed", "agreed_version", "agreed_at"])
        if text:
            messages.send_agreed(booking)
            lead = leads.contact(
                booking.email, name=booking.name, language=booking.language, user_id=booking.user_id
            )
            leads.record(
                lead, "call.agreed", booking=booking.public_id, start_at=booking.start_at.isoformat()
            )
        return True


def can_agree(booking: Booking) -> bool:
    return booking.status == Booking.Status.COMPLETED and bool(booking.email)
