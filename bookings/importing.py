"""Busy time from calendars elsewhere: read now and then, never while somebody waits for a page.

Each calendar is read by itself: what is wrong with one neither touches the others nor what was read before.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from psycopg.types.range import Range

from bookings import emails
from bookings.domain import busy
from bookings.fetch import Fetched, FetchError, Network, fetch
from bookings.models import Booking, BusyTime, CalendarSource
from portal.common import times
from portal.common.sealing import SealBrokenError

EVERY = timedelta(minutes=5)
READ_WHOLE_AFTER = timedelta(days=1)  # even unchanged: repetitions move into view
LOOKS_BACK, LOOKS_AHEAD = timedelta(days=1), timedelta(days=400)
Problem = CalendarSource.Problem
log = logging.getLogger(__name__)


def due_ids(now: datetime) -> list[int]:
    """The calendars it is time for, longest waiting first."""
    waited = Q(last_tried_at=None) | Q(last_tried_at__lte=now - EVERY)
    sources = CalendarSource.objects.filter(waited, is_active=True).order_by("last_tried_at")
    return list(sources.values_list("pk", flat=True))


def import_source(pk: int, *, network: Network | None = None) -> None:
    """Read one calendar and replace its busy time, or keep it and say what was wrong."""
    now = times.now()
    source = CalendarSource.objects.select_related("host__user").filter(pk=pk, is_active=True).first()
    if source is None or not _claim(source, now):
        return
    try:
        fetched = fetch(source.address, etag=_known_etag(source, now), network=network)
        found = None if fetched.content is None else _read(source, fetched.content, now)
    except (FetchError, busy.UnreadableError) as error:
        _keep_last(source, Problem(error.problem), now)
    except SealBrokenError:
        _keep_last(source, Problem.SEALED, now)
    except Exception:  # also the task's time limit: whatever it was, the last good read stays
        log.exception("Calendar %d could not be imported", pk)
        _keep_last(source, Problem.FAULT, now)
    else:
        _replace(source, fetched, found, now)


def _claim(source: CalendarSource, now: datetime) -> bool:
    """Whether this worker is the one to read it: two beats or workers do not read the same twice."""
    same = CalendarSource.objects.filter(pk=source.pk, last_tried_at=source.last_tried_at)
    if source.last_tried_at is None:
        same = CalendarSource.objects.filter(pk=source.pk, last_tried_at__isnull=True)
    return bool(same.update(last_tried_at=now))


def _known_etag(source: CalendarSource, now: datetime) -> str:
    is_recent = source.imported_at is not None and now - source.imported_at < READ_WHOLE_AFTER
    return source.etag if is_recent else ""


def _read(source: CalendarSource, content: bytes, now: datetime) -> list[busy.Busy]:
    host = source.host
    return busy.read(
        content,
        host_zone=times.zone(host.time_zone).key,
        addresses={host.email, *([host.user.email] if host.user else [])},
        since=now - LOOKS_BACK,
        until=now + LOOKS_AHEAD,
    )


def _replace(source: CalendarSource, fetched: Fetched, found: list[busy.Busy] | None, now: datetime) -> None:
    """`found` is None when nothing changed."""
    with transaction.atomic():
        fresh = CalendarSource.objects.select_for_update().filter(pk=source.pk).first()
        if fresh is None or fresh.sealed_address != source.sealed_address:
            return  # taken away, or given another address meanwhile
        if found is not None:
            fresh.busy.all().delete()
            BusyTime.objects.bulk_create(_rows(fresh, found), batch_size=2000)
            fresh.imported_at, fresh.etag = now, fetched.etag
        fresh.last_good_at, fresh.last_problem, fresh.stale_told_at = now, "", None
        fresh.save(update_fields=["imported_at", "etag", "last_good_at", "last_problem", "stale_told_at"])


def _rows(source: CalendarSource, found: list[busy.Busy]) -> list[BusyTime]:
    """Without the host's own calls: they come back when a calendar shows the feed or an invitation."""
    uids = {one.uid for one in found}
    own = set(Booking.objects.filter(ics_uid__in=uids).values_list("ics_uid", flat=True))
    return [
        BusyTime(
            host_id=source.host_id,
            source=source,
            period=Range(one.start, one.end, "[)"),
            uid_digest=hashlib.sha256(one.uid.encode("utf-8", "replace")).hexdigest(),
        )
        for one in found
        if one.uid not in own
    ]


def _keep_last(source: CalendarSource, problem: CalendarSource.Problem, now: datetime) -> None:
    """Say what is wrong; once it is stale, tell the coach, one time until it works again."""
    with transaction.atomic():
        sources = CalendarSource.objects.select_for_update(of=("self",)).select_related("host__user")
        fresh = sources.filter(pk=source.pk).first()
        if fresh is None or fresh.sealed_address != source.sealed_address:
            return
        fresh.last_problem = problem
        if fresh.is_stale(now) and fresh.stale_told_at is None:
            emails.send_calendar_stale(fresh)
            fresh.stale_told_at = now
        fresh.save(update_fields=["last_problem", "stale_told_at"])
