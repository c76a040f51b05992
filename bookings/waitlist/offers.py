"""A time held for one person and told by mail.

What changes an offer runs inside `host_locked` of its host, in the transaction that freed the time: nobody
comes between, and nothing is held without its mail.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_noop
from psycopg.types.range import Range

from bookings.availability.calendar import period_and_footprint
from bookings.availability.lock import host_locked, take_advisory_locks
from bookings.availability.query import build_query
from bookings.domain.daytime import held_until
from bookings.domain.slots import slots
from bookings.models import Booking, CallType, Offer, WaitlistEntry
from bookings.waitlist import emails
from portal.accounts.models import User
from portal.common import times
from portal.mail import outbox
from portal.mail.retention import forget_mentions

HELD_FREED = timedelta(hours=4)  # by day, by the clock of whoever it is held for
SHORTEST = timedelta(minutes=30)  # less of daytime is no offer: nobody reads a mail that fast
WAITLIST_LOCK = "waitlist"  # one for all hosts: whoever changes who comes next takes it
PERSON = ("user_id", "name", "email", "language", "time_zone")
# Each text and JSON column is in one of these; tests/portal/test_erased_and_kept.py holds them to the models.
ERASED = {model: {"name": "", "email": ""} for model in (WaitlistEntry, Offer)}
KEPT = {
    WaitlistEntry: {
        "public_id": "random",
        "kind": "of call",
        "language": "nl or en",
        "time_zone": "a region",
    },
    Offer: {"public_id": "random", "language": "nl or en", "time_zone": "a region"},
}


# ---- time that came free -----------------------------------------------------------------------------
@dataclass(frozen=True)
class Candidate:
    call_type: CallType
    start: datetime
    latest: datetime


def pass_on(host_id: int, freed: Range[datetime], *, now: datetime, not_to: str = "") -> Offer | None:
    """Offer time that came free to whoever waits longest and can use it, and mail this one person.

    Nobody is offered the same time twice, nor (`not_to`) the time they just gave back.
    """
    who_waits = WaitlistEntry.objects.in_line(host_id).exclude(email=not_to)
    if not who_waits.exists():
        return None
    take_advisory_locks(WAITLIST_LOCK)
    line = list(who_waits.all())
    delete_lapsed_holds(host_id, now)
    candidates = list(_candidates(host_id, {entry.kind for entry in line}, freed, now))
    seen = _offered_before(line, candidates)
    calls = _open_calls(line, now)
    for entry in line:
        for one in candidates:
            call = calls.get(entry.email)
            if (entry.pk, one.start) in seen or not _suits(entry, one, call):
                continue
            if (expires_at := _held_until(entry, one, call, now)) is None:
                continue
            waiting = WaitlistEntry.objects.filter(pk=entry.pk, status=WaitlistEntry.Status.WAITING)
            if waiting.update(status=WaitlistEntry.Status.OFFERED):  # another host may be quicker
                offer = make(
                    entry,
                    one.call_type,
                    one.start,
                    reason=Offer.Reason.FREED,
                    expires_at=expires_at,
                    entry=entry,
                )
                emails.send_freed(offer, call, is_last=let_lapse_before(offer))
                return offer
    return None


def _candidates(host_id: int, kinds: set[str], freed: Range[datetime], now: datetime) -> Iterator[Candidate]:
    """Free starts that overlap the freed time, the one closest to its beginning first."""
    lower, upper = freed.lower, freed.upper
    assert lower
    assert upper
    for call_type in CallType.objects.bookable().filter(host_id=host_id, slug__in=kinds):
        if not times.is_zone(call_type.host.time_zone):  # no start is on offer until the host chose another
            continue
        query = build_query(call_type, first=lower - call_type.duration, until=upper, now=now)
        overlapping = [slot.start for slot in slots(query) if slot.end > lower]
        for start in sorted(overlapping, key=lambda start: (abs(start - lower), start)):
            yield Candidate(call_type, start, start - timedelta(minutes=call_type.minimum_notice_minutes))


def _offered_before(line: list[WaitlistEntry], candidates: list[Candidate]) -> set[tuple[int, datetime]]:
    earlier = Offer.objects.filter(entry__in=line, starts__overlap=[one.start for one in candidates])
    rows = earlier.values_list("entry_id", "starts") if candidates else []
    return {(entry_id, start) for entry_id, starts in rows if entry_id for start in starts}


def _open_calls(line: list[WaitlistEntry], now: datetime) -> dict[str, Booking]:
    ahead = Booking.objects.open(now).filter(email__in=[entry.email for entry in line])
    return {call.email: call for call in ahead.select_related("call_type", "host").order_by("-period")}


def _suits(entry: WaitlistEntry, one: Candidate, call: Booking | None) -> bool:
    if entry.kind != one.call_type.slug:
        return False
    if times.local(one.start, entry.time_zone).date() > entry.until_on:
        return False
    if call is None:
        return True
    return call.call_type_id == one.call_type.pk and one.start < call.start_at


def _held_until(entry: WaitlistEntry, one: Candidate, call: Booking | None, now: datetime) -> datetime | None:
    """Until when to hold it for this person; None when too little daytime is left to answer in, or to move
    the call they already have."""
    latest = min(one.latest, call.change_until) if call else one.latest
    zone = times.zone(entry.time_zone)
    return held_until(now, length=HELD_FREED, shortest=SHORTEST, latest=latest, zone=zone)


# ---- making and ending -------------------------------------------------------------------------------
def make(
    to: WaitlistEntry | Booking,
    call_type: CallType,
    start: datetime,
    *,
    reason: Offer.Reason,
    expires_at: datetime,
    entry: WaitlistEntry | None = None,
    missed: Booking | None = None,
) -> Offer:
    offer = Offer.objects.create(
        reason=reason,
        call_type=call_type,
        entry=entry,
        missed=missed,
        starts=[start],
        created_at=times.now(),
        expires_at=expires_at,
        **{name: getattr(to, name) for name in PERSON},
    )
    hold(offer, start)
    return offer


def hold(offer: Offer, start: datetime) -> None:
    """An ordinary hold, under a random visitor that matches no browser: the link in the mail takes it."""
    Booking.objects.create(
        call_type=offer.call_type,
        host_id=offer.call_type.host_id,
        offer=offer,
        expires_at=offer.expires_at,
        visitor=secrets.token_hex(32),
        **period_and_footprint(offer.call_type, start),
    )


def end(offer: Offer, status: Offer.Status, *, now: datetime) -> None:
    """End an open offer: its mail is cancelled if it has not left, its times go to whoever waits next.

    The person keeps the place in line, unless a time was taken or this is the second offer in a row that
    lapsed.
    """
    take_advisory_locks(WAITLIST_LOCK)
    left = list(offer.times.filter(status=Booking.Status.HELD))
    Booking.objects.filter(pk__in=[row.pk for row in left]).delete()
    offer.status, offer.ended_at = status, now
    offer.save(update_fields=["status", "ended_at"])
    emails.withdraw(offer, gettext_noop("The time is not held any more."))
    entries = WaitlistEntry.objects.filter(offers=offer, status=WaitlistEntry.Status.OFFERED)
    if status == Offer.Status.TAKEN:
        entries.update(status=WaitlistEntry.Status.TAKEN, ended_at=now)
    elif status == Offer.Status.LAPSED and let_lapse_before(offer):
        _stop_waiting(entries, now)
    else:
        entries.update(status=WaitlistEntry.Status.WAITING)
    for row in left:
        pass_on(row.host_id, row.period, now=now, not_to=offer.email)


def let_lapse_before(offer: Offer) -> bool:
    before = Offer.objects.filter(entry__isnull=False, entry=offer.entry_id, pk__lt=offer.pk)
    last = before.order_by("-pk").first()
    return last is not None and last.status == Offer.Status.LAPSED


def _stop_waiting(entries: QuerySet[WaitlistEntry], now: datetime) -> None:
    found = list(entries)
    entries.update(status=WaitlistEntry.Status.WITHDRAWN, ended_at=now)
    calls = _open_calls(found, now)
    for entry in found:
        emails.send_stopped(entry, calls.get(entry.email))


def clear_lapsed(host_id: int, now: datetime) -> int:
    """Delete this host's lapsed holds; the times of lapsed offers go to whoever waits next.

    Whoever changes a host's calendar calls this first, so that nobody takes an offered time between its lapse
    and the task that looks for it. Returns how many times came free.
    """
    lapsed = list(Booking.objects.filter(host_id=host_id).lapsed(now).values_list("offer_id", flat=True))
    if not lapsed:  # nearly always, and this runs while others wait for the lock
        return 0
    delete_lapsed_holds(host_id, now)
    over = Offer.objects.open().filter(pk__in=[pk for pk in lapsed if pk])
    for offer in over.select_related("call_type").order_by("expires_at", "pk"):
        end(offer, Offer.Status.LAPSED, now=now)
    return len(lapsed)


def delete_lapsed_holds(host_id: int, now: datetime) -> int:
    """Of visitors: free to the slot function already, but not to the exclusion constraint."""
    deleted, _by_model = Booking.objects.filter(host_id=host_id, offer=None).lapsed(now).delete()
    return deleted


def forget(user: User) -> None:
    """End this person's waiting and offers, and keep nothing of the person. Inside `every_host_locked`."""
    now = times.now()
    take_advisory_locks(WAITLIST_LOCK)
    mine = Q(user=user) | Q(email=user.email)
    entries = WaitlistEntry.objects.filter(mine)
    for entry in entries:
        outbox.cancel(about=entry.about, reason=gettext_noop("Stopped waiting."))
    entries.open().update(status=WaitlistEntry.Status.WITHDRAWN, ended_at=now)
    offers = Offer.objects.filter(mine)
    for offer in offers.open().select_related("call_type").order_by("call_type__host_id", "pk"):
        with host_locked(offer.call_type.host_id):
            end(offer, Offer.Status.WITHDRAWN, now=now)
    forget_mentions([*entries.values_list("name", flat=True), *offers.values_list("name", flat=True)])
    entries.update(user=None, **ERASED[WaitlistEntry])
    offers.update(user=None, generation=F("generation") + 1, **ERASED[Offer])
