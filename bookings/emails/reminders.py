"""Mails before a call: planned with it, checked and written when due."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from bookings.emails.contexts import coach_context, invitee_context, row_of
from bookings.emails.wording import host_language
from bookings.models import Booking
from portal.common import times
from portal.mail import outbox

LAST_HOUR = timedelta(hours=1)


def plan(booking: Booking) -> None:
    """The invitee a day before at the host's same wall time, skipped when that has passed; the coach an hour
    before."""
    now = times.now()
    day_before = day_before_at(booking)
    if day_before > now:
        outbox.enqueue_later(
            **row_of(booking, "reminder", "invitee"),
            message="bookings/reminder_invitee",
            to=booking.email,
            to_name=booking.name,
            language=booking.language,
            reply_to=booking.host.email,
            send_after=day_before,
            expires_at=booking.start_at - LAST_HOUR,
            data={"booking": booking.public_id},
        )
    if booking.start_at - LAST_HOUR > now:
        outbox.enqueue_later(
            **row_of(booking, "reminder", "coach"),
            message="bookings/reminder_coach",
            to=booking.host.email,
            to_name=booking.host.name,
            language=host_language(booking.host),
            reply_to=booking.email,
            send_after=booking.start_at - LAST_HOUR,
            expires_at=booking.start_at,
            data={"booking": booking.public_id},
        )


def day_before_at(booking: Booking) -> datetime:
    """The host's same wall time on the day before; across a clock change that is 23 or 25 hours earlier."""
    start = times.local(booking.start_at, booking.host.time_zone)
    return (start - timedelta(days=1)).replace(fold=0)  # a zone's own datetimes subtract by the wall clock


def fill_reminder_to_invitee(mail: outbox.OutboundEmail) -> dict[str, object] | outbox.Skip:
    booking = _still_true(mail)
    return booking if isinstance(booking, outbox.Skip) else invitee_context(booking)


def fill_reminder_to_coach(mail: outbox.OutboundEmail) -> dict[str, object] | outbox.Skip:
    booking = _still_true(mail)
    return booking if isinstance(booking, outbox.Skip) else coach_context(booking)


def _still_true(mail: outbox.OutboundEmail) -> Booking | outbox.Skip:
    """The booking a reminder is about, re-checked at the moment it leaves."""
    bookings = Booking.objects.select_related("call_type", "host__user")
    booking = bookings.filter(public_id=(mail.data or {}).get("booking")).first()
    if booking is None or booking.status != Booking.Status.CONFIRMED:
        return outbox.Skip(_("The call does not take place."))
    if booking.sequence != mail.sequence:
        return outbox.Skip(_("The call was moved."))
    if booking.start_at <= times.now():
        return outbox.Skip(_("The call has started."))
    return booking
