"""The mails to guests of a call: the facts of it, the invitation for the calendar and the way out. Nothing else.

A guest's mailbox is proven by nobody, so nothing leaves to it that anybody typed, and only so many mails a day. All but
what takes a call out of a calendar is written by whoever sends it: a call with guests moves as quickly as one without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop

from bookings.calls.emails.contexts import SERVICE
from bookings.calls.emails.reminders import reminder_at, time_ahead, useful_until, wanted_minutes
from bookings.models import Booking, Guest, invited_to
from bookings.words.clock_notes import clock_note_of
from bookings.words.invitation import guest_facts, guest_invitation
from bookings.words.places import place
from portal.accounts import limits
from portal.common import times, tokens
from portal.common.http import absolute_url
from portal.mail import outbox
from portal.mail.models import OutboundEmail
from portal.mail.render import CALENDAR

GUEST = "bookings.guest"
PER_ADDRESS = 5  # mails a day that somebody else causes, of all calls together
DAY = timedelta(days=1)
KEPT_BACK = timedelta(days=2)  # so long a mail waits for its turn; then it is not sent at all
INVITED, CHANGED, OFF, OUT, REMINDER = (
    f"bookings/{name}"
    for name in ("guest_invited", "guest_changed", "guest_off", "guest_out", "guest_reminder")
)
MOVED = gettext_noop("The call was moved.")
GONE = gettext_noop("This guest does not join the call.")
OFTEN = gettext_noop("This address got as many invitations from us as it may in a day.")


def send_invited(guest: Guest) -> None:
    outbox.enqueue(_written_later(guest, INVITED), *_reminders(guest))


def send_changed(booking: Booking) -> None:
    """The call got another time or place; who was not told of it yet is invited to what it is now."""
    for guest in invited_to(booking):
        outbox.cancel(about=guest.about, before_sequence=guest.sequence, reason=MOVED)
        outbox.enqueue(_written_later(guest, CHANGED if was_told(guest) else INVITED), *_reminders(guest))


def send_cancelled(booking: Booking) -> None:
    for guest in invited_to(booking):
        outbox.cancel(about=guest.about, reason=gettext_noop("The call was cancelled."))
        if was_told(guest):
            outbox.enqueue(_written(guest, OFF))


def send_out(guest: Guest) -> None:
    """This guest was taken out, or stepped out. Nothing leaves to who never heard of the call."""
    outbox.cancel(about=guest.about, reason=GONE)
    if was_told(guest):
        outbox.enqueue(_written(guest, OUT, is_out=True))


def plan_reminders(booking: Booking) -> None:
    for guest in invited_to(booking):
        outbox.enqueue(*_reminders(guest))


def was_told(guest: Guest) -> bool:
    """Whether an invitation was handed to a mail server, or may have been. Ask it after `outbox.cancel`, which keeps a
    worker from beginning with one meanwhile."""
    mails = OutboundEmail.objects.filter(about=guest.about, message__in=[INVITED, CHANGED])
    return mails.filter(rendered_at__isnull=False).exists()


def forget(guests: Iterable[Guest]) -> None:
    """The rows of the mails to these guests go, what has yet to leave as soon as it has left."""
    mails = OutboundEmail.objects.filter(about__in=[guest.about for guest in guests])
    mails.update(is_forgotten=True, erase_body=True)


# ---- the words, when they are due -----------------------------------------------------------------------
def fill(mail: OutboundEmail) -> dict[str, object] | outbox.Skip | outbox.Later:
    """An invitation, or what changed; counted for its address, which strangers may not fill the mailbox of."""
    context = _invitation_context(mail)
    if isinstance(context, outbox.Skip) or mail.is_rendered:
        return context
    opens_at = limits.take(GUEST, mail.to_email, limit=PER_ADDRESS, period=DAY)
    if opens_at is None:
        return context
    return outbox.Later(opens_at, OFTEN) if opens_at < mail.created_at + KEPT_BACK else outbox.Skip(OFTEN)


def foreseen(mail: OutboundEmail) -> outbox.Foreseen:
    """For the eyes of the coach: counts nothing."""
    context = _invitation_context(mail)
    return outbox.Foreseen(None, context) if isinstance(context, outbox.Skip) else outbox.Foreseen(context)


def _invitation_context(mail: OutboundEmail) -> dict[str, object] | outbox.Skip:
    guest = _still_true(mail)
    if isinstance(guest, outbox.Skip):
        return guest
    return _context(guest) | {CALENDAR: guest_invitation(guest)}


def fill_reminder(mail: OutboundEmail) -> dict[str, object] | outbox.Skip:
    guest = _still_true(mail)
    if isinstance(guest, outbox.Skip):
        return guest
    if (mail.data or {})["minutes"] not in wanted_minutes(guest.booking, "invitee"):
        return outbox.Skip(gettext_noop("This reminder was switched off for this kind of call."))
    if not was_told(guest):
        return outbox.Skip(OFTEN)
    ahead = time_ahead(times.now(), guest.booking.start_at, guest.booking.time_zone)
    return _context(guest) | {"ahead": ahead}


def _still_true(mail: OutboundEmail) -> Guest | outbox.Skip:
    guests = Guest.objects.select_related("booking__call_type__host", "booking__host__user", "booking__user")
    guest = guests.filter(public_id=(mail.data or {}).get("guest")).first()
    if guest is None or not guest.is_invited:
        return outbox.Skip(GONE)
    booking = guest.booking
    if booking.status != Booking.Status.CONFIRMED or not booking.email:
        return outbox.Skip(gettext_noop("The call does not take place."))
    ends_at = (
        booking.start_at if mail.message == REMINDER else booking.end_at
    )  # a place may come at the last moment
    if ends_at <= times.now():
        return outbox.Skip(gettext_noop("The call has started."))
    return guest if guest.sequence == mail.sequence else outbox.Skip(MOVED)


def _context(guest: Guest) -> dict[str, object]:
    """Call it with the language of the mail active."""
    booking = guest.booking
    token = tokens.placeholder(GUEST, guest.public_id)
    return {
        "host_name": booking.host.name,
        "invited_by": booking.proven_email if guest.by == Booking.By.INVITEE else "",
        "facts": guest_facts(booking, booking.language),
        "join_url": place(booking, booking.language, reader="guest").join_url,
        "moment": times.short_moment(booking.start_at, booking.time_zone),
        "clock_note": clock_note_of(booking),
        "guest_url": absolute_url(reverse("bookings:guest_link", args=[guest.public_id, token])),
    }


# ---- the rows -------------------------------------------------------------------------------------------
def _row(guest: Guest, message: str) -> dict[str, Any]:
    return {
        "key": f"{guest.about}:{message.partition('/')[2]}:{guest.sequence}",
        "kind": SERVICE,
        "message": message,
        "about": guest.about,
        "sequence": guest.sequence,
        "to": guest.email,
        "language": guest.booking.language,
        "reply_to": guest.booking.host.email,
    }


def _written_later(guest: Guest, message: str) -> OutboundEmail:
    return outbox.planned(
        **_row(guest, message),
        names_people=True,
        send_after=times.now(),
        expires_at=guest.booking.end_at,
        calendar_method="REQUEST",
        data={"guest": guest.public_id},
    )


def _written(guest: Guest, message: str, *, is_out: bool = False) -> OutboundEmail:
    """What takes a call out of a calendar names nobody, so that it leaves also when who booked is erased."""
    booking = guest.booking
    with translation.override(booking.language):
        return outbox.written(
            **_row(guest, message),
            names_people=False,
            calendar=guest_invitation(guest, is_out=is_out),
            calendar_method="CANCEL",
            context={
                "host_name": booking.host.name,
                "moment": times.short_moment(booking.start_at, booking.time_zone),
            },
        )


def _reminders(guest: Guest) -> Iterator[OutboundEmail]:
    booking, now = guest.booking, times.now()
    for minutes in wanted_minutes(booking, "invitee"):
        if (at := reminder_at(booking, minutes)) > now:
            row = _row(guest, REMINDER)
            yield outbox.planned(
                **row | {"key": f"{row['key']}:{minutes}"},
                names_people=True,
                send_after=at,
                expires_at=useful_until(booking, minutes),
                data={"guest": guest.public_id, "minutes": minutes},
            )
