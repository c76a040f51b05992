"""Waiting for a time to come free, and stopping with it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop

from bookings.availability.lock import host_locked, take_advisory_locks
from bookings.errors import PersonGoneError
from bookings.models import Host, Offer, WaitlistEntry
from bookings.waitlist import emails
from bookings.waitlist.offers import WAITLIST_LOCK, end
from portal.accounts.models import User
from portal.common import times
from portal.leads import services as leads
from portal.mail import outbox


@transaction.atomic
def join_waitlist(
    user: User,
    *,
    kind: str,
    until_on: date,
    name: str,
    language: str,
    time_zone: str,
    host: Host | None = None,
) -> WaitlistEntry:
    """Put a person whose address is proven in line, once per kind of call. Whoever waits already keeps the
    place in line and gets the new date. Raises PersonGoneError.

    An erasure that is going on is waited for: what is written meanwhile would stay behind or make it fail.
    """
    if not User.objects.select_for_update(no_key=True).filter(pk=user.pk).first():
        raise PersonGoneError
    wanted = {"until_on": until_on, "host": host, "language": language, "time_zone": time_zone}
    entry, made = WaitlistEntry.objects.update_or_create(
        email=user.email,
        kind=kind,
        status__in=WaitlistEntry.OPEN,
        defaults=wanted,
        create_defaults=wanted | {"email": user.email, "kind": kind, "user": user, "name": name},
    )
    if made:
        emails.send_joined(entry)
        lead = leads.contact(user.email, name=name, language=language, user_id=user.pk)
        leads.record(lead, "call.waiting", entry=entry.public_id)
    return entry


def stop_waiting(entry: WaitlistEntry) -> None:
    """Leave the line; a time that is held goes to whoever waits next. Idempotent. Raises BusyError."""
    gone = {"status": WaitlistEntry.Status.WITHDRAWN, "ended_at": times.now()}
    offer = Offer.objects.open().filter(entry=entry).select_related("call_type").first()
    if offer is None:
        waiting = WaitlistEntry.objects.filter(pk=entry.pk, status=WaitlistEntry.Status.WAITING)
        with transaction.atomic():
            waiting.update(**gone)
            outbox.cancel(about=entry.about, reason=gettext_noop("Stopped waiting."))
        if WaitlistEntry.objects.filter(pk=entry.pk, status=WaitlistEntry.Status.OFFERED).exists():
            stop_waiting(entry)  # a time was offered at this very moment
        return
    with host_locked(offer.call_type.host_id):
        take_advisory_locks(WAITLIST_LOCK)
        WaitlistEntry.objects.open().filter(pk=entry.pk).update(**gone)
        if Offer.objects.open().filter(pk=offer.pk).exists():
            end(offer, Offer.Status.WITHDRAWN, now=times.now())


def lapse_entries() -> int:
    now = times.now()
    with transaction.atomic():
        take_advisory_locks(WAITLIST_LOCK)
        return WaitlistEntry.objects.over(now).update(status=WaitlistEntry.Status.LAPSED, ended_at=now)
