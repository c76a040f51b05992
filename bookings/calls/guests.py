"""Guests of a call: invited by who booked it or by the coach, taken out again, stepping out by themselves, forgotten.

Each is one row and mails of its own. Guests are nobody's contacts: nothing is followed up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from bookings.availability.lock import host_locked
from bookings.calls.emails import to_guests
from bookings.connected import copies
from bookings.errors import CannotInviteError, TooLateError
from bookings.models import SEATS, Booking, Guest
from portal.accounts import limits
from portal.common import times
from portal.leads import services as leads
from portal.mail.retention import forget_mentions

PER_BOOKER = 10  # invitations a day
BOOKER = "bookings.invites"
DAY = timedelta(days=1)
MOST_CHANGES = 20  # of one call: who comes and goes, whoever they are
Why = CannotInviteError.Why


def can_invite(booking: Booking, by: Booking.By, now: datetime) -> bool:
    """Who booked can once the mailbox is proven: invitations leave in the name of that address."""
    return booking.is_ahead(now) and (by == Booking.By.HOST or bool(booking.proven_email))


def invite(booking: Booking, email: str, *, by: Booking.By) -> Guest:
    """Mail an invitation to this address. Raises CannotInviteError, TooLateError, BusyError."""
    with host_locked(booking.host_id):
        booking, now = _fresh(booking), times.now()
        if not can_invite(booking, by, now):
            raise TooLateError
        there = list(booking.guests.all())
        _require_new(booking, email, there)
        seat = min(set(range(1, SEATS + 1)) - {guest.seat for guest in there}, default=None)
        if seat is None:
            raise CannotInviteError(Why.FULL)
        if booking.guest_changes >= MOST_CHANGES:
            raise CannotInviteError(Why.OFTEN)
        if by == Booking.By.INVITEE and limits.take(BOOKER, booking.email, limit=PER_BOOKER, period=DAY):
            raise CannotInviteError(Why.OFTEN)
        _count(booking, now)
        guest = Guest.objects.create(
            booking=booking, email=email, seat=seat, by=by, changes=booking.guest_changes, invited_at=now
        )
        to_guests.send_invited(guest)
        _note(booking, "call.guest_invited", by=by)
        return guest


def remove(guest: Guest, *, by: Booking.By) -> None:
    """Take a guest out: the row goes, and those of the mails as soon as they have left. Idempotent. Who stepped out
    stays out: only the coach can let go of that. Raises BusyError."""
    with host_locked(guest.booking.host_id):
        found = _still_there(guest)
        if found is None or (by == Booking.By.INVITEE and not found.is_invited):
            return
        was_invited = _take_out(found)
        drop(Guest.objects.filter(pk=found.pk))
        if was_invited:
            _note(found.booking, "call.guest_removed", by=by)


def step_out(guest: Guest) -> None:
    """By the guest's own link. The row stays, so that nobody invites once more who said no. Idempotent. Raises
    BusyError."""
    with host_locked(guest.booking.host_id):
        found = _still_there(guest)
        if found is None or not _take_out(found):
            return
        found.seat, found.left_at = None, times.now()
        found.save(update_fields=["seat", "left_at", "changes"])
        _note(found.booking, "call.guest_left")


def come_back(guest: Guest) -> None:
    """Join after all. Raises CannotInviteError when the seats are taken meanwhile, TooLateError, BusyError."""
    with host_locked(guest.booking.host_id):
        found, now = _still_there(guest), times.now()
        if found is None or not found.booking.is_ahead(now):
            raise TooLateError
        if found.is_invited:
            return
        taken = set(found.booking.guests.values_list("seat", flat=True))
        seat = min(set(range(1, SEATS + 1)) - taken, default=None)
        if seat is None or found.booking.guest_changes >= MOST_CHANGES:
            raise CannotInviteError(Why.FULL)
        _count(found.booking, now)
        found.seat, found.left_at, found.changes = seat, None, found.booking.guest_changes
        found.save(update_fields=["seat", "left_at", "changes"])
        to_guests.send_invited(found)
        _note(found.booking, "call.guest_back")


def forget(email: str) -> int:
    """Somebody asks that we forget the address: out of every call, and out of mails that name it. Returns how many.
    Raises BusyError; asking again goes on where this stopped."""
    found = list(
        Guest.objects.filter(email=email).select_related("booking").order_by("booking__host_id", "pk")
    )
    for guest in found:
        remove(guest, by=Booking.By.HOST)
    if found:
        forget_mentions([email])
    return len(found)


def drop(rows: QuerySet[Guest]) -> None:
    """No mail leaves: of calls that are over, or off. What was mailed is forgotten too."""
    to_guests.forget(rows)
    rows.delete()


def _require_new(booking: Booking, email: str, there: list[Guest]) -> None:
    own = {booking.email, booking.user.email if booking.user else ""}
    if email in own:
        raise CannotInviteError(Why.VISITOR)
    host = booking.host
    if email in {host.email.lower(), host.user.email.lower() if host.user else ""}:
        raise CannotInviteError(Why.COACH)
    known = next((guest for guest in there if guest.email == email), None)
    if known is not None:
        raise CannotInviteError(Why.INVITED if known.is_invited else Why.LEFT)


def _take_out(guest: Guest) -> bool:
    """Out of the calendars, with a mail while the call is ahead. False when this guest was out already. Saves only
    the call."""
    if not guest.is_invited:
        return False
    now = times.now()
    _count(guest.booking, now)
    guest.changes = guest.booking.guest_changes
    if guest.booking.is_ahead(now):
        to_guests.send_out(guest)
    return True


def _count(booking: Booking, now: datetime) -> None:
    booking.guest_changes += 1
    booking.changed_at = now
    booking.save(update_fields=["guest_changes", "changed_at"])
    if booking.status != Booking.Status.CANCELLED:
        copies.want(booking)


def _fresh(booking: Booking) -> Booking:
    rows = Booking.objects.select_related("call_type__host", "host__user", "user")
    return rows.prefetch_related("guests").get(pk=booking.pk)


def _still_there(guest: Guest) -> Guest | None:
    rows = Guest.objects.select_related("booking__call_type__host", "booking__host__user", "booking__user")
    return rows.filter(pk=guest.pk).first()


def _note(booking: Booking, kind: str, **data: str) -> None:
    """On the timeline of who booked, without the guest: their story is nobody else's."""
    if booking.email:
        lead = leads.contact(
            booking.email, name=booking.name, language=booking.language, user_id=booking.user_id
        )
        leads.record(lead, kind, booking=booking.public_id, start_at=booking.start_at.isoformat(), **data)
