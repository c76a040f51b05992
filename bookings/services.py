"""Impact calls: hold, confirm, move, cancel.

Whoever changes a host's calendar first locks the host's row, so that people wait in line instead of running
into each other; the exclusion constraint is the backstop. Mails are rows in the same transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from psycopg.types.range import Range

from bookings import emails
from bookings.availability import build_query
from bookings.domain.slots import Slot, is_bookable, nearest, slots
from bookings.models import Booking, CallType, Host, IdempotencyKey
from portal.accounts.models import User
from portal.common import times
from portal.leads import services as leads
from portal.leads.models import Lead

HOLD = timedelta(minutes=10)
HOLD_WITH_CODE = timedelta(minutes=11)  # a mailed code lives ten; the hold must outlive it
HOLDS_PER_CLIENT = 3
TAKEN_STATES = {"23P01", "40P01", "40001"}  # exclusion violation, deadlock, serialization failure
BUSY_STATES = {"55P03", "57014"}  # lock timeout, statement timeout
# The lock timeout counts anew for each of the two locks behind a row lock; the statement's does not.
WAIT_AT_MOST = "SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '3s'"


class BookingError(Exception):
    """Something a person can be told in a sentence."""


class SlotTakenError(BookingError):
    """The start is not free: just taken, or never on offer."""


class BusyError(BookingError):
    """Somebody else is changing this calendar right now; trying again helps."""


class TooManyHoldsError(BookingError):
    """This address on the network already holds as many times as it may."""


class FormUsedError(BookingError):
    """This form was already used, for something else."""


class TooLateError(BookingError):
    """The moment until which this could be changed has passed, or the call is not open any more."""


class NotOverYetError(BookingError):
    """A call can only be closed after its end."""


class OpenCallError(BookingError):
    """This person already has an open call: `booking`."""

    def __init__(self, booking: Booking) -> None:
        super().__init__("This person already has an open call.")
        self.booking = booking


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a visitor filled in, cleaned. `shared_scan` is set only after an explicit yes."""

    name: str
    email: str
    language: str
    time_zone: str
    remark: str = ""
    topics: tuple[str, ...] = ()
    shared_scan: str = ""

    def proven(self, user: User) -> Details:
        """With the address that was proven, whatever was typed."""
        return replace(self, email=user.email)


def free_slots(call_type: CallType, *, own: Booking | None = None, now: datetime | None = None) -> list[Slot]:
    """Every start on offer, in order of time; `own` is shown as free to its owner."""
    now = now or times.now()
    return slots(build_query(call_type, first=now, until=_last_moment(call_type, now), now=now, own=own))


def nearest_slots(call_type: CallType, start: datetime, *, own: Booking | None = None) -> list[Slot]:
    """The three free starts nearest to a lost one."""
    now = times.now()
    return nearest(
        build_query(call_type, first=now, until=_last_moment(call_type, now), now=now, own=own), start
    )


def held_by(visitor: str) -> Booking | None:
    """The time this visitor holds, also when it lapsed but was not cleaned up yet."""
    holds = Booking.objects.filter(visitor=visitor, status=Booking.Status.HELD)
    return holds.select_related("call_type__host", "host").first() if visitor else None


def hold_slot(call_type: CallType, start: datetime, *, visitor: str, client: str) -> Booking:
    """Hold a start for ten minutes; another choice of the same visitor moves the hold.

    `visitor` and `client` are digests. Raises SlotTakenError, TooManyHoldsError, BusyError.
    """
    with host_locked(call_type.host_id):
        now = times.now()
        Booking.objects.filter(host_id=call_type.host_id).lapsed(now).delete()
        own = held_by(visitor)
        others = Booking.objects.filter(client=client, status=Booking.Status.HELD).exclude(visitor=visitor)
        if others.count() >= HOLDS_PER_CLIENT:
            raise TooManyHoldsError
        require_free(call_type, start, now=now, own=own)
        if own is not None:
            own.delete()
        return Booking.objects.create(
            call_type=call_type,
            host_id=call_type.host_id,
            expires_at=now + HOLD,
            visitor=visitor,
            client=client,
            **placed(call_type, start),
        )


def renew_hold(visitor: str) -> bool:
    """Make the hold outlive the code that was just mailed. Once per hold."""
    now = times.now()
    holds = Booking.objects.filter(visitor=visitor, status=Booking.Status.HELD, expires_at__gt=now)
    return bool(
        visitor
        and holds.filter(expires_at__lte=F("created_at") + HOLD).update(expires_at=now + HOLD_WITH_CODE)
    )


def release_hold(visitor: str) -> None:
    if visitor:
        Booking.objects.filter(visitor=visitor, status=Booking.Status.HELD).delete()


def release_lapsed_holds() -> int:
    """Delete holds nobody came back for. Readers ignore them already."""
    deleted, _by_model = Booking.objects.lapsed(times.now()).delete()
    return deleted


def request_hash(start: datetime, details: Details) -> str:
    """What a form asked for, to recognise the same form sent twice."""
    return hashlib.sha256(json.dumps([start.isoformat(), asdict(details)]).encode()).hexdigest()


def confirm(
    call_type: CallType, start: datetime, *, visitor: str, details: Details, user: User | None, key: str
) -> Booking:
    """Turn the hold into a booking, with its mails. The same form again returns the same booking.

    A hold that lapsed does no harm as long as nobody took the time. Raises SlotTakenError, OpenCallError,
    FormUsedError, BusyError.
    """
    with host_locked(call_type.host_id):
        now = times.now()
        asked = request_hash(start, details)
        if used := IdempotencyKey.objects.select_related("booking").filter(key=key).first():
            if used.request_hash != asked:
                raise FormUsedError
            return used.booking
        require_no_open_call(details.email, now)
        Booking.objects.filter(host_id=call_type.host_id).lapsed(now).delete()
        booking = held_by(visitor)
        if start <= now:
            raise SlotTakenError
        if booking is None or booking.start_at != start or booking.call_type_id != call_type.pk:
            require_free(call_type, start, now=now, own=booking)
            booking = booking or Booking(host_id=call_type.host_id)
            booking.call_type = call_type
        _fill_in(booking, placed(call_type, start) | asdict(details) | {"topics": list(details.topics)})
        _fill_in(
            booking, {"status": Booking.Status.CONFIRMED, "expires_at": None, "visitor": "", "client": ""}
        )
        _fill_in(booking, {"user": user, "confirmed_at": now, "changed_at": now})
        booking.location = call_type.location(details.language)
        booking.save()
        IdempotencyKey.objects.create(key=key, request_hash=asked, booking=booking)
        emails.send_confirmed(booking)
        lead = _note(booking, "call.booked")
        leads.advance(lead, Lead.Stage.PLANNED)
        leads.stop_followup(lead)
        return booking


def move(
    booking: Booking, start: datetime, *, by: Booking.By, visitor: str = "", outside_hours: bool = False
) -> Booking:
    """Put a booking on another start: one UPDATE of the same row, so it may overlap its own old time.

    A time that `visitor` holds may be the new one. Only the host may go outside the hours on offer, never
    against the constraint. Raises SlotTakenError, TooLateError, BusyError.
    """
    with host_locked(booking.host_id):
        now = times.now()
        booking = _fresh(booking)
        _require_open(booking, by, now)
        if booking.start_at == start:
            return booking
        Booking.objects.filter(host_id=booking.host_id).lapsed(now).delete()
        held = held_by(visitor)
        release_hold(visitor)
        if held is None or placed(booking.call_type, start)["footprint"] != held.footprint:
            _require_movable(booking, start, now=now, outside_hours=outside_hours)
        _fill_in(booking, placed(booking.call_type, start))
        booking.sequence += 1
        booking.changed_at = now
        booking.save()
        emails.send_moved(booking, by)
        _note(booking, "call.moved", by=by)
        return booking


def cancel(booking: Booking, *, by: Booking.By, even_late: bool = False) -> Booking:
    """Cancel before the start and tell both; twice is once. Raises TooLateError, BusyError."""
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
        booking.save()
        emails.send_cancelled(booking, by)
        _note(booking, "call.cancelled", by=by)
        return booking


def close(booking: Booking, status: Booking.Status) -> Booking:
    """Say how a call went, `completed` or `no_show`.

    Raises NotOverYetError before its end, TooLateError for a hold or a cancelled call.
    """
    with host_locked(booking.host_id):
        booking = _fresh(booking)
        if booking.status in (Booking.Status.HELD, Booking.Status.CANCELLED):
            raise TooLateError
        if times.now() < booking.end_at:
            raise NotOverYetError
        if booking.status != status:
            booking.status = status
            booking.save(update_fields=["status"])
            lead = _note(booking, "call.held" if status == Booking.Status.COMPLETED else "call.no_show")
            if status == Booking.Status.COMPLETED:
                leads.advance(lead, Lead.Stage.SPOKEN)
        return booking


def erase(user: User) -> None:
    """Cancel what is still to come, with its mails; of the rest keep time and status, not the person."""
    now = times.now()
    adopt(user)
    mine = Booking.objects.filter(user=user)
    for booking in mine.filter(status=Booking.Status.CONFIRMED, period__startswith__gt=now):
        cancel(booking, by=Booking.By.INVITEE, even_late=True)
    IdempotencyKey.objects.filter(booking__in=mine).delete()
    mine.filter(status=Booking.Status.HELD).delete()
    mine.update(
        name="",
        email="",
        remark="",
        topics=[],
        shared_scan="",
        user=None,
        manage_generation=F("manage_generation") + 1,
    )


def adopt(user: User) -> None:
    """Give a person the calls booked without an account for the address that was now proven."""
    Booking.objects.filter(user=None, email=user.email).update(user=user)


def open_call_of(email: str, now: datetime) -> Booking | None:
    """The call this address already has ahead."""
    ahead = Booking.objects.open(now).filter(email=email)
    return ahead.select_related("call_type__host", "host").order_by("period").first()


def require_no_open_call(email: str, now: datetime) -> None:
    if existing := open_call_of(email, now):
        raise OpenCallError(existing)


def require_free(call_type: CallType, start: datetime, *, now: datetime, own: Booking | None) -> None:
    """The same function that lists the starts says whether this is one of them."""
    query = build_query(call_type, first=start, until=start + timedelta(seconds=1), now=now, own=own)
    if not is_bookable(query, start):
        raise SlotTakenError


def placed(call_type: CallType, start: datetime) -> dict[str, object]:
    """The period of a call at `start`, and its footprint: the buffers of now, kept for good."""
    end = start + call_type.duration
    return {
        "period": Range(start, end, "[)"),
        "footprint": Range(start - call_type.buffer_before, end + call_type.buffer_after, "[)"),
    }


@contextmanager
def host_locked(host_id: int) -> Iterator[Host]:
    """One short transaction in which nobody else changes this host's calendar."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(WAIT_AT_MOST)
                host = Host.objects.select_for_update(of=("self",)).get(pk=host_id)
                cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
            yield host
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "")
        if state in TAKEN_STATES:
            raise SlotTakenError from error
        if state in BUSY_STATES:
            raise BusyError from error
        raise


def _last_moment(call_type: CallType, now: datetime) -> datetime:
    return now + timedelta(days=call_type.horizon_days + 2)  # the slot function cuts at the host's midnight


def _fresh(booking: Booking) -> Booking:
    return Booking.objects.select_related("call_type__host", "host__user").get(pk=booking.pk)


def _require_open(booking: Booking, by: Booking.By, now: datetime) -> None:
    is_open = booking.status == Booking.Status.CONFIRMED and now < booking.start_at
    if not is_open or (by == Booking.By.INVITEE and not booking.can_change(now)):
        raise TooLateError


def _require_movable(booking: Booking, start: datetime, *, now: datetime, outside_hours: bool) -> None:
    if not outside_hours:
        require_free(booking.call_type, start, now=now, own=booking)
    elif start <= now:
        raise SlotTakenError


def _fill_in(booking: Booking, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(booking, name, value)


def _note(booking: Booking, kind: str, **data: str) -> Lead:
    lead = leads.contact(booking.email, name=booking.name, language=booking.language, user_id=booking.user_id)
    leads.record(lead, kind, booking=booking.public_id, start_at=booking.start_at.isoformat(), **data)
    return lead
