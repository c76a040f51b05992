"""Mails before a call: planned with it, checked and written when due.

A whole number of days before is the host's same wall time; hours and minutes are elapsed time. Each reminder
is a row of its own, keyed by its distance, so planning again makes no second one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from bookings.calls.emails.contexts import booking_of, coach_context, invitee_context, row_of
from bookings.models import DAY_MINUTES, HOUR_MINUTES, Booking
from bookings.words.follow_up import BEFORE_A_CALL
from bookings.words.moments import host_language
from portal.common import times
from portal.leads.sequences.paragraphs import paragraph
from portal.mail import outbox

Audience = Literal["invitee", "coach"]
LAST_HOUR = timedelta(hours=1)
NEAR_THE_HOUR = 5  # minutes; a mail is a little late sometimes, and an hour is still an hour then
COUNTED_IN_HOURS = 6 * HOUR_MINUTES  # what is further away is today, tomorrow or in so many days
ABOUT_HOURS = 3 * HOUR_MINUTES


def plan_reminders(booking: Booking) -> None:
    outbox.enqueue(*reminders(booking))


def reminders(booking: Booking) -> Iterator[outbox.OutboundEmail]:
    # Read here, under the lock of whoever books or changes: the call type at hand may be a little older.
    booking.call_type.refresh_from_db(fields=["reminder_minutes", "coach_reminder_minutes"])
    now = times.now()
    for minutes in wanted_minutes(booking, "invitee"):
        if (at := reminder_at(booking, minutes)) > now:
            yield outbox.planned(
                **row_of(booking, f"reminder-{minutes}", "invitee"),
                message="bookings/reminder_invitee",
                to=booking.email,
                to_name=booking.name,
                language=booking.language,
                reply_to=booking.host.email,
                send_after=at,
                expires_at=useful_until(booking, minutes),
                data={"booking": booking.public_id, "minutes": minutes},
            )
    for minutes in wanted_minutes(booking, "coach"):
        if (at := reminder_at(booking, minutes)) > now:
            yield outbox.planned(
                **row_of(booking, f"reminder-{minutes}", "coach"),
                message="bookings/reminder_coach",
                to=booking.host.email,
                to_name=booking.host.name,
                language=host_language(booking.host),
                reply_to=booking.email,
                send_after=at,
                expires_at=booking.start_at,
                data={"booking": booking.public_id, "minutes": minutes},
            )


def wanted_minutes(booking: Booking, audience: Audience) -> list[int]:
    if audience == "invitee":
        return sorted(set(booking.call_type.reminder_minutes))
    chosen = set(booking.call_type.coach_reminder_minutes)
    return sorted(chosen | {DAY_MINUTES} if chosen and booking.shared_scan else chosen)


def reminder_at(booking: Booking, minutes: int) -> datetime:
    """When a reminder is due; across a clock change a day before by the wall clock is 23 or 25 hours."""
    days, rest = divmod(minutes, DAY_MINUTES)
    if rest:
        return booking.start_at - timedelta(minutes=minutes)
    start = times.local(booking.start_at, booking.host.time_zone)
    # a zone's own datetimes subtract by the wall clock
    return (start - timedelta(days=days)).replace(fold=0).astimezone(UTC)


def useful_until(booking: Booking, minutes: int) -> datetime:
    """Until when the visitor's reminder may still leave after trouble with the mail.

    Two days and more: until the day before. A day or some hours: until the last hour. Less: until the start.
    """
    if minutes >= 2 * DAY_MINUTES:
        return reminder_at(booking, DAY_MINUTES)
    return booking.start_at - LAST_HOUR if minutes >= 2 * HOUR_MINUTES else booking.start_at


def time_ahead(now: datetime, start_at: datetime, zone: str) -> str:
    """How far away a start is, by the reader's clock: 'Tomorrow', 'In an hour', 'In a week'."""
    minutes = -((now - start_at) // timedelta(minutes=1))  # rounded up
    if minutes <= COUNTED_IN_HOURS:
        return _hours_or_minutes(minutes)
    days = (times.local(start_at, zone).date() - times.local(now, zone).date()).days
    if days <= 1:
        return _("Tomorrow") if days else _("Today")
    if days % 7 == 0:
        return ngettext("In a week", "In %(count)d weeks", days // 7) % {"count": days // 7}
    return ngettext("In %(count)d day", "In %(count)d days", days) % {"count": days}


def _hours_or_minutes(minutes: int) -> str:
    hours = round(minutes / HOUR_MINUTES)
    is_near = abs(minutes - hours * HOUR_MINUTES) <= NEAR_THE_HOUR
    if hours and (is_near or minutes > ABOUT_HOURS):
        return ngettext("In an hour", "In %(count)d hours", hours) % {"count": hours}
    return ngettext("In %(count)d minute", "In %(count)d minutes", minutes) % {"count": minutes}


def fill_reminder_to_invitee(mail: outbox.OutboundEmail) -> dict[str, object] | outbox.Skip:
    booking = _still_true(mail, "invitee")
    if isinstance(booking, outbox.Skip):
        return booking
    ahead = time_ahead(times.now(), booking.start_at, booking.time_zone)
    own = paragraph(BEFORE_A_CALL, mail.language)
    return invitee_context(booking) | {"ahead": ahead, "own_paragraph": own}


def fill_reminder_to_coach(mail: outbox.OutboundEmail) -> dict[str, object] | outbox.Skip:
    booking = _still_true(mail, "coach")
    if isinstance(booking, outbox.Skip):
        return booking
    context = coach_context(booking)
    is_for_the_result = _minutes_of(mail, "coach") not in booking.call_type.coach_reminder_minutes
    if is_for_the_result and context["summary"] is None:
        return outbox.Skip(gettext_noop("The result is not shared any more."))
    ahead = time_ahead(times.now(), booking.start_at, booking.host.time_zone)
    return context | {"ahead": ahead}


def _still_true(mail: outbox.OutboundEmail, audience: Audience) -> Booking | outbox.Skip:
    booking = booking_of(mail)
    if isinstance(booking, outbox.Skip):
        return booking
    if booking.status != Booking.Status.CONFIRMED or booking.start_at <= times.now():
        return outbox.Skip(gettext_noop("The call has started."))
    if _minutes_of(mail, audience) not in wanted_minutes(booking, audience):
        return outbox.Skip(gettext_noop("This reminder was switched off for this kind of call."))
    return booking


def _minutes_of(mail: outbox.OutboundEmail, audience: Audience) -> int:
    """Its distance; rows from before each kind of call had its own say nothing and are the usual ones."""
    usual = DAY_MINUTES if audience == "invitee" else HOUR_MINUTES
    return int((mail.data or {}).get("minutes", usual))
