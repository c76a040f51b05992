"""Two times for whoever's call did not go ahead, missed or cancelled by the coach: held for a day, told in one mail.

What changes an offer runs inside `host_locked` of its host, as in `offers`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bookings.availability.calendar import free_slots
from bookings.availability.lock import host_locked
from bookings.errors import BusyError
from bookings.models import Booking, CallType, Offer
from bookings.waitlist import emails, offers
from portal.common import times
from portal.mail import outbox, refused

HELD = timedelta(hours=24)
UNDO = timedelta(minutes=10)  # so long a no-show can be taken back before anything leaves or is held
WITHIN = timedelta(days=7)  # a call marked as missed later than this is bookkeeping
ONE_MINUTE = timedelta(minutes=1)
NOT_MISSED = gettext_noop("It was taken back: they did not miss this call.")
HAS_OTHER = gettext_noop("They have another call already.")
OVER = gettext_noop("The time is not held any more.")
BUSY = gettext_noop("Somebody else was changing this calendar.")


# ---- a missed call ------------------------------------------------------------------------------------
def why_no_mail(call: Booking, now: datetime) -> str:
    """Why nothing is offered after this missed call, in a sentence to the coach; '' when two times can be."""
    facts = {"name": call.who}
    if not call.email:
        return _("This person erased everything, so there is nobody to mail.")
    if now - call.end_at > WITHIN:
        return _("This call was more than a week ago, so no mail goes to %(name)s.") % facts
    if has_other(call, now):
        return _("%(name)s has another call planned already, so no mail is needed.") % facts
    if emails.was_told_of_missed(call):
        return _("%(name)s got the mail with two times for this call before. It does not go twice.") % facts
    if refused.find(call.email):
        return _("No mail leaves to %(name)s: this address gets none.") % facts
    return ""


def has_other(call: Booking, now: datetime) -> bool:
    return Booking.objects.open(now).filter(email=call.email).exists()


def plan_mail(call: Booking, now: datetime) -> None:
    """Ten minutes from now a worker holds two times and mails them, once per call; until then nothing is held."""
    if why_no_mail(call, now):
        return
    # nobody was told of an offer whose mail never left: a second one may take its place
    Offer.objects.filter(missed=call, status=Offer.Status.WITHDRAWN).delete()
    emails.plan_missed(call, at=now + UNDO, until=now + UNDO + HELD)


def take_back(call: Booking, now: datetime) -> None:
    """This person did not miss the call after all: what was planned stays away, what is held comes free."""
    for offer in Offer.objects.open().filter(missed=call).select_related("call_type"):
        offers.end(offer, Offer.Status.WITHDRAWN, now=now)
    emails.withdraw_missed(call, NOT_MISSED)


def fill_missed(mail: outbox.OutboundEmail) -> dict[str, object] | outbox.Skip | outbox.Later:
    """Holds the times at the moment the mail leaves. However often it is tried, it is one offer."""
    call = _call_of(mail)
    if call is None:
        return outbox.Skip(NOT_MISSED)
    try:
        with host_locked(call.host_id):
            return _hold_and_fill(mail, call, times.now())
    except BusyError:
        return outbox.Later(times.now() + ONE_MINUTE, BUSY)


def _hold_and_fill(
    mail: outbox.OutboundEmail, call: Booking, now: datetime
) -> dict[str, object] | outbox.Skip:
    call.refresh_from_db(fields=["status", "email"])
    offer = Offer.objects.filter(missed=call).select_related("call_type__host").first()
    is_wanted = outbox.OutboundEmail.objects.filter(pk=mail.pk, is_withdrawn=False).exists()
    if not is_wanted or call.status != Booking.Status.NO_SHOW or not call.email:
        return outbox.Skip(NOT_MISSED)
    if has_other(call, now):
        return outbox.Skip(HAS_OTHER)
    if offer is not None and not offer.is_open(now):
        return outbox.Skip(OVER)
    if offer is None and not mail.is_rendered:  # written without times, it stays so
        until = mail.expires_at or now + HELD
        offer = hold_two(call, Offer.Reason.NO_SHOW, now=now, until=until)
    return emails.missed_context(call, offer)


def foresee_missed(mail: outbox.OutboundEmail) -> outbox.Foreseen:
    """As it would be now; nothing is held for it."""
    call = _call_of(mail)
    if call is None or call.status != Booking.Status.NO_SHOW:
        return outbox.Foreseen(None, outbox.Skip(NOT_MISSED))
    offer = Offer.objects.filter(missed=call).select_related("call_type__host").first()
    return outbox.Foreseen(emails.missed_context(call, offer or imagined(call, times.now(), mail.expires_at)))


def imagined(call: Booking, now: datetime, until: datetime | None = None) -> Offer | None:
    """The offer as it would be made now, without making it."""
    starts = two_starts(call, now)
    expires_at = until or now + UNDO + HELD
    values = {name: getattr(call, name) for name in offers.PERSON}
    return Offer(call_type=call.call_type, starts=starts, expires_at=expires_at, **values) if starts else None


def _call_of(mail: outbox.OutboundEmail) -> Booking | None:
    calls = Booking.objects.select_related("call_type__host", "host__user")
    return calls.filter(public_id=(mail.data or {}).get("booking")).first()


# ---- a call that the coach cancelled --------------------------------------------------------------------
def offer_other_days(call: Booking, now: datetime) -> Offer | None:
    """Not on the day of the call itself, on which the coach cannot be there. Whoever cancels tells of it."""
    day = times.local(call.start_at, call.host.time_zone).date()
    return hold_two(call, Offer.Reason.CANCELLED, now=now, until=now + HELD, not_on=day)


def other_days(call: Booking, now: datetime) -> list[datetime]:
    """About which times those would be; only the holding itself knows for sure."""
    return two_starts(call, now, times.local(call.start_at, call.host.time_zone).date())


# ---- two times ----------------------------------------------------------------------------------------
def hold_two(
    call: Booking, reason: Offer.Reason, *, now: datetime, until: datetime, not_on: date | None = None
) -> Offer | None:
    """Hold the first free time and one on another day, if there is one; None when nothing is free."""
    offers.delete_lapsed_holds(call.host_id, now)
    first = next(iter(_free(call.call_type, now, not_on)), None)
    if first is None:
        return None
    offer = offers.make(call, call.call_type, first, reason=reason, expires_at=until, missed=call)
    rest = _free(call.call_type, now, not_on)  # anew: the first one takes its buffers and counts in limits
    if second := _second(call, first, rest):
        offers.hold(offer, second)
        offer.starts = sorted([first, second])
        offer.save(update_fields=["starts"])
    return offer


def two_starts(call: Booking, now: datetime, not_on: date | None = None) -> list[datetime]:
    """About which times `hold_two` would hold."""
    free = _free(call.call_type, now, not_on)
    second = _second(call, free[0], free[1:]) if free else None
    return [*free[:1], *([second] if second else [])]


def _second(call: Booking, first: datetime, rest: list[datetime]) -> datetime | None:
    days = {start: times.local(start, call.time_zone).date() for start in (first, *rest)}
    return next((start for start in rest if days[start] != days[first]), next(iter(rest), None))


def _free(call_type: CallType, now: datetime, not_on: date | None) -> list[datetime]:
    """After the day to answer in and the notice; never on the date, by the coach's clock, that is `not_on`."""
    zone = call_type.host.time_zone
    if not times.is_zone(zone) or not CallType.objects.bookable().filter(pk=call_type.pk).exists():
        return []
    from_at = now + HELD + timedelta(minutes=call_type.minimum_notice_minutes)
    starts = (slot.start for slot in free_slots(call_type, now=now) if slot.start >= from_at)
    return [start for start in starts if times.local(start, zone).date() != not_on]
