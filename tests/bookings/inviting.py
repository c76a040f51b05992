"""What the tests of guests share: a call of somebody whose mailbox was proven, and a worker without a mail server."""

from __future__ import annotations

from typing import Any

from icalendar import Calendar

from bookings.calls import guests, lifecycle
from bookings.calls.emails.to_guests import GUEST
from bookings.models import Booking, CallType, Guest
from portal.accounts.models import User
from portal.common import times, tokens
from portal.common.ids import new_public_id
from portal.mail import delivery
from portal.mail.models import OutboundEmail
from tests.bookings.people import THURSDAY_9, details

SANNE, HR = "sanne@voorbeeld.nl", "hr@bedrijf.example"
BOSS, THIRD, FOURTH = "baas@bedrijf.example", "or@bedrijf.example", "nog@bedrijf.example"


def proven(email: str = SANNE, name: str = "Sanne Vermeer") -> User:
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email, name=name, proven_at=times.now())


def call_of(call_type: CallType, start: Any = THURSDAY_9, *, email: str = SANNE, **changes: Any) -> Booking:
    """Confirmed by somebody who signed in."""
    return lifecycle.confirm(
        call_type,
        start,
        visitor="",
        details=details(email, **changes),
        user=proven(email),
        key=new_public_id(),
    )


def invite(booking: Booking, email: str = HR, *, by: Booking.By = Booking.By.INVITEE) -> Guest:
    return guests.invite(booking, email, by=by)


def work() -> list[OutboundEmail]:
    """Let the worker send all that is due; its mails as they left, in that order."""
    left = []
    while (mail := delivery.claim()) is not None:
        if delivery.prepare(mail) is not None:
            delivery.leased(mail).finish(OutboundEmail.Status.SENT, sent_at=times.now())
            left.append(mail)
    return left


def to_guest(mails: list[OutboundEmail], email: str = HR) -> list[OutboundEmail]:
    return [mail for mail in mails if mail.to_email == email]


def event_of(mail: OutboundEmail) -> Any:
    (event,) = Calendar.from_ical(mail.calendar).walk("VEVENT")
    return event


def link_of(guest: Guest) -> list[str]:
    return [guest.public_id, tokens.make(GUEST, guest.public_id)]
