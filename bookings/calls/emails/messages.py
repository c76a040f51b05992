"""The mails about a call, and to whom they go."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext_noop

from bookings.calls.emails import to_guests
from bookings.calls.emails.contexts import (
    agreed_context,
    booking_of,
    coach_context,
    invitee_context,
    row_of,
)
from bookings.calls.emails.reminders import reminders
from bookings.models import Booking, Offer
from bookings.waitlist.emails import offer_context
from bookings.words.invitation import calendar_method, invitation
from bookings.words.moments import host_language
from portal.common import times
from portal.mail import outbox

TO_COACH = [
    f"bookings/{name}"
    for name in ("coach_booked", "coach_moved", "coach_cancelled", "coach_shared", "reminder_coach")
]
PLANNED = ("bookings/coach_booked", "bookings/reminder_invitee", "bookings/reminder_coach")


def send_confirmed(booking: Booking, by: Booking.By = Booking.By.INVITEE) -> None:
    outbox.enqueue(
        _to_invitee(booking, "confirmation", by=by), _booked_to_coach(booking, by), *reminders(booking)
    )


def send_moved(booking: Booking, by: Booking.By) -> None:
    outbox.cancel(
        about=booking.about, before_sequence=booking.sequence, reason=gettext_noop("The call was moved.")
    )
    outbox.enqueue(
        _to_invitee(booking, "moved", by=by), _to_coach(booking, "coach_moved", by=by), *reminders(booking)
    )
    to_guests.send_changed(booking)


def send_placed(booking: Booking, *, is_promised_link: bool = False) -> None:
    """Where it is now, or the link that was to come, and nothing else. What was planned for the version before is
    planned for this one; a mail that is written already says what was true, and this one follows it."""
    rows = outbox.OutboundEmail.objects.filter(about=booking.about, sequence__lt=booking.sequence)
    planned = list(rows.filter(status__in=outbox.OutboundEmail.WAITING, message__in=PLANNED))
    reason = gettext_noop("It is planned anew, with the new place.")
    outbox.cancel(about=booking.about, keys=[mail.key for mail in planned], reason=reason)
    untold = [mail for mail in planned if mail.message == "bookings/coach_booked"]
    outbox.enqueue(
        _to_invitee(booking, "place_changed", is_promised_link=is_promised_link),
        *(_booked_to_coach(booking, (mail.data or {})["by"]) for mail in untold[:1]),
        *reminders(booking),
    )
    to_guests.send_changed(booking)


def send_cancelled(booking: Booking, by: Booking.By, offer: Offer | None = None) -> None:
    """With the times of `offer`, if the coach cancelled and some are held."""
    outbox.cancel(
        about=booking.about, before_sequence=booking.sequence, reason=gettext_noop("The call was cancelled.")
    )
    with translation.override(booking.language):
        offered = offer_context(offer) if offer else {"times": []}
    outbox.enqueue(
        _to_invitee(booking, "cancelled", by=by, **offered), _to_coach(booking, "coach_cancelled", by=by)
    )
    to_guests.send_cancelled(booking)


def send_shared(booking: Booking, proof: int) -> None:
    """The visitor said yes after booking; `proof` is the row that says so. Written when it leaves, as what tells of
    a new call."""
    row = row_of(booking, f"coach_shared-{proof}", "coach")
    outbox.enqueue(_written_later(booking, row, "coach_shared", data={"booking": booking.public_id}))


def fill_shared_to_coach(mail: outbox.OutboundEmail) -> dict[str, object] | outbox.Skip:
    booking = booking_of(mail)
    if isinstance(booking, outbox.Skip):
        return booking
    context = coach_context(booking)
    return context if context["summary"] else outbox.Skip(gettext_noop("The result is not shared any more."))


def send_unshared(booking: Booking, proof: int) -> None:
    """The visitor took back the yes, as the row `proof` says: nothing with the result stays here, and the coach is
    asked the same.

    The mail holds the facts of the call, in case the one that told of it had not left yet. Not the remark:
    whoever takes something back has nothing mailed once more.
    """
    outbox.unsay(
        about=booking.about, messages=TO_COACH, reason=gettext_noop("The result is not shared any more.")
    )
    row = row_of(booking, f"coach_unshared-{proof}", "coach")
    outbox.enqueue(_to_coach(booking, "coach_unshared", row=row, remark=""))


def send_erased(booking: Booking) -> None:
    """Before an erasure: ask the coach of this call to erase the mails and notes too. The row itself goes as
    soon as the mail has left."""
    language = host_language(booking.host)
    with translation.override(language):
        mail = outbox.written(
            **row_of(booking, "erased", "coach"),
            message="bookings/coach_erased",
            to=booking.host.email,
            to_name=booking.host.name,
            language=language,
            context={"name": booking.name or booking.email},
            erase_body=True,
        )
    mail.is_forgotten = True
    outbox.enqueue(mail)


def _booked_to_coach(booking: Booking, by: Booking.By) -> outbox.OutboundEmail:
    """Written by whoever sends it: the visitor need not wait for it, nor the others who want this calendar,
    and a result that is no longer shared is not in it."""
    row = row_of(booking, "coach_booked", "coach")
    return _written_later(booking, row, "coach_booked", data={"booking": booking.public_id, "by": by})


def fill_booked_to_coach(mail: outbox.OutboundEmail) -> dict[str, object] | outbox.Skip:
    booking = booking_of(mail)
    if isinstance(booking, outbox.Skip):
        return booking
    return coach_context(booking) | {"by": (mail.data or {})["by"]}


def send_agreed(booking: Booking) -> None:
    """What was agreed, to who agreed to it; written when it leaves, so never a text that was changed since."""
    outbox.enqueue(
        outbox.planned(
            **row_of(booking, f"agreed-{booking.agreed_version}", "invitee"),
            message="bookings/agreed",
            to=booking.email,
            to_name=booking.name,
            language=booking.language,
            reply_to=booking.host.email,
            send_after=times.now(),
            data={"booking": booking.public_id, "version": booking.agreed_version},
        )
    )


def fill_agreed(mail: outbox.OutboundEmail) -> dict[str, object] | outbox.Skip:
    booking = booking_of(mail)
    if isinstance(booking, outbox.Skip):
        return booking
    if booking.status != Booking.Status.COMPLETED:
        return outbox.Skip(gettext_noop("The call does not take place."))
    if booking.agreed_version != (mail.data or {})["version"]:
        return outbox.Skip(gettext_noop("What was agreed was changed since."))
    return agreed_context(booking)


def _to_invitee(booking: Booking, message: str, **extra: object) -> outbox.OutboundEmail:
    with translation.override(booking.language):
        return outbox.written(
            **row_of(booking, message, "invitee"),
            message=f"bookings/{message}",
            to=booking.email,
            to_name=booking.name,
            language=booking.language,
            reply_to=booking.host.email,
            calendar=invitation(booking),
            calendar_method=calendar_method(booking),
            context=invitee_context(booking) | extra,
        )


def _written_later(
    booking: Booking, row: dict[str, Any], message: str, *, data: dict[str, Any]
) -> outbox.OutboundEmail:
    return outbox.planned(
        **row,
        message=f"bookings/{message}",
        to=booking.host.email,
        to_name=booking.host.name,
        language=host_language(booking.host),
        reply_to=booking.email,
        send_after=times.now(),
        data=data,
    )


def _to_coach(
    booking: Booking, message: str, *, row: dict[str, Any] | None = None, **extra: object
) -> outbox.OutboundEmail:
    language = host_language(booking.host)
    with translation.override(language):
        return outbox.written(
            **(row or row_of(booking, message, "coach")),
            message=f"bookings/{message}",
            to=booking.host.email,
            to_name=booking.host.name,
            language=language,
            reply_to=booking.email,
            context=coach_context(booking) | extra,
        )
