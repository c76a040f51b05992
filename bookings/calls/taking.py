"""Taking or declining a time that is held for somebody."""

from __future__ import annotations

from datetime import datetime

from bookings.availability.lock import host_locked, take_advisory_locks
from bookings.calls.lifecycle import Details, confirm, move, open_call_of
from bookings.errors import OfferOverError, OpenCallError, SlotTakenError
from bookings.models import Booking, Offer
from bookings.waitlist.offers import clear_lapsed, end
from portal.common import times


def take_offer(offer: Offer, start: datetime, *, name: str, language: str, phone: str = "") -> Booking:
    """Turn a held time into the call, or move the open call of this person to it. Idempotent.

    The other time of the offer goes to whoever waits. Raises OfferOverError, SlotTakenError for a time that
    is not of this offer, OpenCallError, TooLateError, PhoneMissingError, BusyError.
    """
    with host_locked(offer.call_type.host_id):
        take_advisory_locks(offer.email)  # persons before the waitlist, as everywhere
        now = times.now()
        offer = fresh(offer)
        if offer.status == Offer.Status.TAKEN and (taken := call_of_offer(offer)):
            return taken
        clear_lapsed(offer.call_type.host_id, now)
        if not fresh(offer).is_open(now):
            raise OfferOverError
        held = offer.times.filter(status=Booking.Status.HELD, period__startswith=start).first()
        if held is None:
            raise SlotTakenError
        booking = _move_or_confirm(offer, held, name=name, language=language, phone=phone, now=now)
        end(offer, Offer.Status.TAKEN, now=now)
        return booking


def decline_offer(offer: Offer) -> Offer:
    """Give the held times back, so that the next in line gets them. Idempotent, and late is an answer too,
    as long as nobody ended it. Returns the offer as it is then. Raises BusyError.
    """
    with host_locked(offer.call_type.host_id):
        now = times.now()
        offer = fresh(offer)
        if offer.status == Offer.Status.OPEN:
            end(offer, Offer.Status.DECLINED, now=now)
        return offer


def fresh(offer: Offer) -> Offer:
    return Offer.objects.select_related("call_type__host", "missed", "user").get(pk=offer.pk)


def call_of_offer(offer: Offer) -> Booking | None:
    return offer.times.exclude(status=Booking.Status.HELD).first()


def _move_or_confirm(
    offer: Offer, held: Booking, *, name: str, language: str, phone: str, now: datetime
) -> Booking:
    existing = open_call_of(offer.email, now)
    if existing is None:
        details = Details(
            name=name or offer.name,  # a form that was to move a call asked for none
            email=offer.email,
            language=language,
            time_zone=offer.time_zone,
            phone=phone,
            topics=tuple(offer.missed.topics) if offer.missed else (),
        )
        return confirm(
            offer.call_type,
            held.start_at,
            visitor=held.visitor,
            details=details,
            user=offer.user,
            key=offer.public_id,
        )
    if existing.call_type_id != offer.call_type_id:
        raise OpenCallError(existing)
    moved = move(existing, held.start_at, by=Booking.By.INVITEE, visitor=held.visitor)
    moved.offer = offer
    moved.save(update_fields=["offer"])
    return moved
