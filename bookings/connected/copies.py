"""Calls in the host's own calendar: what should be there. A row first, in the transaction that causes it.

The worker (`bookings.connected.writing`) makes the calendar follow. Nothing that is found there changes a
call: the portal's database is the truth, and what differs is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.db.models import F

from bookings.connected import feed
from bookings.models import Booking, CalendarCopy, CalendarSource
from portal.common import times
from portal.common.waking import wake

TASK = "bookings.visit_calendar"
Wanted, Status = CalendarCopy.Wanted, CalendarCopy.Status


def want(booking: Booking) -> None:
    """Let the host's calendars follow this call, confirmed, moved or cancelled a moment ago.

    A calendar that no longer gets new calls keeps following those it has.
    """
    now = times.now()
    if booking.status == Booking.Status.CANCELLED:
        changed = booking.copies.all().ask_again(now, wanted=Wanted.ABSENT)
    else:
        kept = CalendarSource.objects.filter(host_id=booking.host_id, writes=True, is_active=True)
        sources = list(kept.only("pk"))  # nearly always none, and others wait for the lock
        if not sources and not booking.sequence:  # a new call, which no calendar has
            return
        for source in sources:
            name = {"file_name": file_name(booking)}
            CalendarCopy.objects.get_or_create(booking=booking, source=source, defaults=name)
        changed = booking.copies.filter(wanted=Wanted.PRESENT).ask_again(now)
    if changed:
        _wake()


def want_all(source: CalendarSource) -> None:
    """Make the rows of one calendar agree with the calls ahead, when it starts to get calls and at every
    read: what a copy should say may have changed anywhere."""
    with transaction.atomic():
        now, missing, changed = times.now(), [], []
        known = {copy.booking_id: copy for copy in source.copies.filter(booking__period__endswith__gt=now)}
        ahead = Booking.objects.open(now).filter(host_id=source.host_id)
        for booking in ahead.select_related("call_type", "host__user").prefetch_related("guests"):
            copy = known.get(booking.pk)
            if copy is None and source.writes:
                missing.append(CalendarCopy(booking=booking, source=source, file_name=file_name(booking)))
            elif copy is not None and _is_outdated(copy, booking, source):
                changed.append(copy.pk)
        CalendarCopy.objects.bulk_create(missing, ignore_conflicts=True)
        source.copies.filter(pk__in=changed).ask_again(now, wanted=Wanted.PRESENT)
        called_off = source.copies.filter(wanted=Wanted.PRESENT, booking__status=Booking.Status.CANCELLED)
        if missing or changed or called_off.ask_again(now, wanted=Wanted.ABSENT):
            _wake()


def withdraw(source: CalendarSource) -> int:
    """Put no more calls in this calendar and take out those to come and those that were.

    Returns how many are taken out.
    """
    with transaction.atomic():
        CalendarSource.objects.filter(pk=source.pk).update(writes=False)
        written = source.copies.exclude(status=Status.REMOVED)
        _wake()
        return written.ask_again(times.now(), wanted=Wanted.ABSENT)


def start_over(source: CalendarSource) -> None:
    source.copies.all().delete()
    want_all(source)


def try_again(source: CalendarSource) -> None:
    source.copies.filter(status__in=[Status.WAITING, Status.FAILED]).ask_again(times.now())
    _wake()


def put_right(copy: CalendarCopy) -> bool:
    """Overwrite what differs in the calendar, as it was seen there, or try again what could not be written.

    False when there is nothing to do any more.

    The ETag of what was seen is the condition, so that a newer change there shows as a new difference.
    """
    with transaction.atomic():
        open_ones = [Status.DIFFERS, Status.FAILED, Status.WAITING]
        again = CalendarCopy.objects.filter(pk=copy.pk, status__in=open_ones)
        again.filter(status=Status.DIFFERS).update(etag=F("there_etag"))
        changed = again.ask_again(times.now())
        _wake()
    return bool(changed)


def rewrite(bookings: Iterable[int]) -> None:
    copies = CalendarCopy.objects.filter(booking__in=bookings, wanted=Wanted.PRESENT)
    if copies.ask_again(times.now()):
        _wake()


def file_name(booking: Booking) -> str:
    return f"{booking.ics_uid.partition('@')[0]}.ics"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _is_outdated(copy: CalendarCopy, booking: Booking, source: CalendarSource) -> bool:
    if not copy.is_wanted:
        return source.writes
    return copy.status == Status.WRITTEN and copy.written_digest != digest(feed.copy_of(booking))


def _wake() -> None:
    transaction.on_commit(partial(wake, TASK), robust=True)
