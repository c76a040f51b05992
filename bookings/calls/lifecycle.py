"""A call: confirm, move, cancel, close. Mails are rows in the same transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.conf import settings

from bookings.availability.calendar import period_and_footprint, require_free
from bookings.availability.lock import host_locked, take_advisory_locks
from bookings.calls.emails import messages
from bookings.calls.holds import held_by, release_hold
from bookings.calls.place import promise_place
from bookings.calls.told import BOOKED, CANCELLED, HELD, MOVED, tell
from bookings.connected import copies
from bookings.errors import (
    FormUsedError,
    NotOverYetError,
    OpenCallError,
    PersonGoneError,
    PhoneMissingError,
    SlotTakenError,
    TooLateError,
)
from bookings.models import Booking, CallType, IdempotencyKey
from bookings.waitlist import instead, offers
from bookings.words.contacts import PLANNED, SHARING, SPOKEN
from portal.accounts.models import User
from portal.common import times
from portal.leads import services as leads
from portal.leads.models import Lead
from portal.leads.stages import NEW


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a visitor filled in, cleaned. `shared_scan` is set only after an explicit yes."""

    name: str
    email: str
    language: str
    time_zone: str
    phone: str = ""
    remark: str = ""
    topics: tuple[str, ...] = ()
    shared_scan: str = ""

    def proven(self, user: User) -> Details:
        """The same details with the address the person proved, whatever was typed."""
        return replace(self, email=user.email)


def request_hash(start: datetime, details: Details) -> str:
    """Tells whether two submissions with one idempotency key ask for the same thing."""
    return hashlib.sha256(json.dumps([start.isoformat(), asdict(details)]).encode()).hexdigest()


def confirm(
    call_type: CallType,
    start: datetime,
    *,
    visitor: str,
    details: Details,
    user: User | None,
    key: str,
    came_from: Mapping[str, str] | None = None,
) -> Booking:
    """Turn the hold into a booking, with its mails. The same form again returns the same booking.

    How somebody came here (`portal/common/came_from.py`) is noted with the contact. A hold that lapsed does no harm as
    long as nobody took the time. Raises SlotTakenError, OpenCallError, FormUsedError, PhoneMissingError,
    PersonGoneError, BusyError.
    """
    return _confirm(
        call_type, start, visitor=visitor, details=details, user=user, key=key, came_from=came_from
    )


def book_for(
    call_type: CallType,
    start: datetime,
    *,
    details: Details,
    key: str,
    outside_hours: bool = False,
    word: str = "",
) -> Booking:
    """The coach books for somebody, who is mailed as if it were by the person's own hand, with a personal `word`.

    No account is made; one whose address was proven gets the call at once. Only an `outside_hours` call may
    lie off the starts on offer, never against the constraint. Raises what `confirm` raises.
    """
    user = User.objects.filter(email=details.email, proven_at__isnull=False).first()
    return _confirm(
        call_type,
        start,
        details=details,
        user=user,
        key=key,
        by=Booking.By.HOST,
        outside_hours=outside_hours,
        word=word,
    )


def _confirm(
    call_type: CallType,
    start: datetime,
    *,
    details: Details,
    user: User | None,
    key: str,
    visitor: str = "",
    by: Booking.By = Booking.By.INVITEE,
    outside_hours: bool = False,
    came_from: Mapping[str, str] | None = None,
    word: str = "",
) -> Booking:
    with host_locked(call_type.host_id):
        if user is not None and not User.objects.filter(pk=user.pk).exists():
            raise PersonGoneError  # an erasure keeps every calendar until it is done
        now = times.now()
        asked = request_hash(start, details)
        if earlier := _booked_with(key, asked):
            return earlier
        require_no_open_call(details.email, now)
        if visitor:  # the hold may be in another calendar, and becomes one call only
            take_advisory_locks(visitor)
        offers.clear_lapsed(call_type.host_id, now)
        booking = held_by(visitor)
        if start <= now:
            raise SlotTakenError
        if booking is None or booking.start_at != start or booking.call_type_id != call_type.pk:
            if not outside_hours:
                require_free(call_type, start, now=now, own=booking)
            booking = booking or Booking()
        booking.host, booking.call_type = call_type.host, call_type
        _fill_in(booking, period_and_footprint(call_type, start))
        _fill_in(booking, asdict(details) | {"topics": list(details.topics)})
        _fill_in(
            booking, {"status": Booking.Status.CONFIRMED, "expires_at": None, "visitor": "", "client": ""}
        )
        _fill_in(booking, {"user": user, "confirmed_at": now, "changed_at": now})
        booking.kept_outside_at = now if outside_hours else None
        booking.word = word
        promise_place(booking)
        if booking.call_type.asks_phone and not booking.phone:
            raise PhoneMissingError
        booking.save()
        IdempotencyKey.objects.create(key=key, request_hash=asked, booking=booking)
        copies.want(booking)
        messages.send_confirmed(booking, by)
        lead = _note(booking, "call.booked", PLANNED, by=by)
        if came_from:
            leads.touch(lead, came_from, at=now)
        tell(BOOKED, booking, lead, by)
        if booking.shared_scan:
            leads.give_consent(
                lead,
                purpose=SHARING,
                language=booking.language,
                method="booking form",
                about=booking.about,
            )
        return booking


def move(
    booking: Booking,
    start: datetime,
    *,
    by: Booking.By,
    visitor: str = "",
    outside_hours: bool = False,
    word: str = "",
) -> Booking:
    """Put a booking on another start: one UPDATE of the same row, so it may overlap its own old time.

    A time that `visitor` holds may be the new one. Only the host may go outside the hours on offer, never
    against the constraint, and move a call that has begun or is over, as long as nobody said how it went and
    its number and link are kept.
    Raises SlotTakenError, TooLateError, OpenCallError (of a call that is over), BusyError.
    """
    with host_locked(booking.host_id):
        now = times.now()
        booking = _fresh(booking)
        _require_open(booking, by, now, even_started=by == Booking.By.HOST)
        if booking.end_at <= now - settings.RETENTION["call_contacts"]:
            raise TooLateError
        if booking.end_at <= now:
            require_no_open_call(booking.email, now)
        if booking.start_at == start:
            return booking
        offers.clear_lapsed(booking.host_id, now)
        held = held_by(visitor)
        release_hold(visitor)
        is_here = held is not None and held.host_id == booking.host_id
        wanted = period_and_footprint(booking.call_type, start)
        if held is None or not is_here or wanted["footprint"] != held.footprint:
            _require_movable(booking, start, now=now, outside_hours=outside_hours)
        freed = booking.period
        _fill_in(booking, wanted)
        booking.sequence += 1
        booking.changed_at = now
        booking.kept_outside_at = now if outside_hours else None
        booking.word = word
        booking.save()
        copies.want(booking)
        messages.send_moved(booking, by)
        tell(MOVED, booking, _note(booking, "call.moved", by=by), by)
        offers.pass_on(booking.host_id, freed, now=now, not_to=booking.email)
        return booking


def cancel(
    booking: Booking, *, by: Booking.By, even_late: bool = False, word: str = "", offer_times: bool = False
) -> Booking:
    """Cancel before the start and tell both; idempotent. With `offer_times` two times on other days are held for a
    day, in the same mail. Raises TooLateError, BusyError."""
    with host_locked(booking.host_id):
        now = times.now()
        booking = _fresh(booking)
        if booking.status == Booking.Status.CANCELLED:
            return booking
        _require_open(booking, Booking.By.HOST if even_late else by, now)
        booking.status = Booking.Status.CANCELLED
        booking.cancelled_at = booking.changed_at = now
        booking.cancelled_by = by
        booking.sequence += 1
        booking.word = word
        booking.save()
        copies.want(booking)
        messages.send_cancelled(booking, by, instead.offer_other_days(booking, now) if offer_times else None)
        lead = _note(booking, "call.cancelled", by=by)
        leads.take_back(lead, PLANNED)
        tell(CANCELLED, booking, lead, by)
        offers.pass_on(booking.host_id, booking.period, now=now, not_to=booking.email)
        return booking


def close(booking: Booking, status: Booking.Status, *, offer_times: bool = False) -> Booking:
    """Say how a call went, `completed` or `no_show`; with `offer_times` whoever missed it is mailed two times,
    ten minutes later.

    Raises NotOverYetError before its end, TooLateError for a hold or a cancelled call.
    """
    with host_locked(booking.host_id):
        booking = _fresh(booking)
        if booking.status in (Booking.Status.HELD, Booking.Status.CANCELLED):
            raise TooLateError
        if times.now() < booking.end_at:
            raise NotOverYetError
        if booking.status != status:
            was_spoken = booking.status == Booking.Status.COMPLETED
            booking.status = status
            booking.save(update_fields=["status"])
            if not booking.email:  # this person was erased
                return booking
            if status == Booking.Status.COMPLETED:
                tell(HELD, booking, _note(booking, "call.completed", SPOKEN), Booking.By.HOST)
                instead.take_back(booking, times.now())
            else:
                leads.take_back(_note(booking, "call.no_show"), SPOKEN if was_spoken else PLANNED)
        if offer_times and status == Booking.Status.NO_SHOW:
            instead.plan_mail(booking, times.now())
        return booking


def take_back_no_show(booking: Booking) -> Booking:
    """Nobody said how it went, once more: a mail that waits stays away, and what was offered is withdrawn. A time
    that was taken from it stays a call of its own. Idempotent.

    Raises TooLateError for a call that is no no-show, SlotTakenError when another call lies there since, BusyError.
    """
    with host_locked(booking.host_id):
        booking = _fresh(booking)
        if booking.status == Booking.Status.CONFIRMED:
            return booking
        if booking.status != Booking.Status.NO_SHOW:
            raise TooLateError
        booking.status = Booking.Status.CONFIRMED
        booking.save(update_fields=["status"])
        if booking.email:
            instead.take_back(booking, times.now())
            _note(booking, "call.no_show_undone", PLANNED)
        return booking


def has_open_call(email: str, now: datetime) -> bool:
    return Booking.objects.open(now).filter(email=email).exists()


def open_call_of(email: str, now: datetime) -> Booking | None:
    ahead = Booking.objects.open(now).filter(email=email)
    return ahead.select_related("call_type__host", "host").order_by("period").first()


def require_no_open_call(email: str, now: datetime) -> None:
    """Raises OpenCallError. Takes the advisory lock on this address, inside `host_locked`, so that two forms
    of one person, for whichever coaches, do not both get through."""
    take_advisory_locks(email)
    if has_open_call(email, now) and (existing := open_call_of(email, now)):
        raise OpenCallError(existing)


def was_booked_with(key: str, start: datetime, details: Details) -> bool:
    """Whether this submission already became a call; the browser may have missed the answer."""
    return IdempotencyKey.objects.filter(key=key, request_hash=request_hash(start, details)).exists()


def _booked_with(key: str, asked: str) -> Booking | None:
    """The call this idempotency key led to before. Raises FormUsedError when it was used to ask for something
    else."""
    used = IdempotencyKey.objects.filter(key=key).first()
    if used is not None and used.request_hash != asked:
        raise FormUsedError
    return used.booking if used else None


def _fresh(booking: Booking) -> Booking:
    return Booking.objects.select_related("call_type__host", "host__user").get(pk=booking.pk)


def _require_open(booking: Booking, by: Booking.By, now: datetime, *, even_started: bool = False) -> None:
    is_open = booking.status == Booking.Status.CONFIRMED and (
        booking.email if even_started else now < booking.start_at  # without an address: erased
    )
    if not is_open or (by == Booking.By.INVITEE and not booking.can_change(now)):
        raise TooLateError


def _require_movable(booking: Booking, start: datetime, *, now: datetime, outside_hours: bool) -> None:
    if not outside_hours:
        require_free(booking.call_type, start, now=now, own=booking)
    elif start <= now or not times.is_zone(booking.host.time_zone):  # by which clock would it be?
        raise SlotTakenError


def _fill_in(booking: Booking, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(booking, name, value)


def _note(booking: Booking, kind: str, stage: str = NEW, **data: str) -> Lead:
    lead = leads.contact(
        booking.email, name=booking.name, language=booking.language, user_id=booking.user_id, stage=stage
    )
    leads.record(lead, kind, booking=booking.public_id, start_at=booking.start_at.isoformat(), **data)
    return lead
