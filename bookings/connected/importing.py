"""Busy time from calendars elsewhere: read now and then, never while somebody waits for a page.

Each calendar is read by itself: what is wrong with one neither touches the others nor what was read before.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from psycopg.types.range import Range

from bookings.connected import caldav, comparing, emails
from bookings.connected.copies import want_all
from bookings.connected.fetch import fetch
from bookings.connected.formats import busy
from bookings.connected.writing import Found
from bookings.models import Booking, BusyTime, CalendarCopy, CalendarSource
from portal.common import times
from portal.common.leases import NO_LEASE
from portal.common.reaching import Network, ReachError
from portal.common.sealing import SealBrokenError

READ_WHOLE_AFTER = timedelta(days=1)  # even unchanged: repetitions move into view
LOOKS_BACK, LOOKS_AHEAD = timedelta(days=1), timedelta(days=400)
MOST_EVENTS, MOST_STRETCHES = 10_000, 50_000  # of one calendar, in however many files
READ_SECONDS = 8.0  # with the 15 of the network below the task's soft limit of 30
EVENT = re.compile(rb"BEGIN:VEVENT", re.IGNORECASE)
Problem = CalendarSource.Problem
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    found: list[busy.Busy] | None
    etag: str = ""
    unknown_zones: list[str] = field(default_factory=list)
    copies: list[CalendarCopy] = field(default_factory=list)
    there: dict[int, Found] = field(default_factory=dict)


def due_ids(now: datetime) -> list[int]:
    return list(CalendarSource.objects.due(now).values_list("pk", flat=True))


def import_source(pk: int, *, network: Network | None = None) -> None:
    """Read one calendar and replace its busy time, or keep it and say what was wrong.

    Of a server whose calendars are not known yet they are looked up first; the only one is read at once.
    """
    now = times.now()
    source = claim(pk, now)
    if source is None:
        return
    try:
        reading = _READ[CalendarSource.Kind(source.kind)](source, now, network)
    except caldav.ElsewhereError as error:
        _keep_last(source, Problem.ELSEWHERE, now, points_at=error.host[:253])
    except (ReachError, busy.UnreadableError) as error:
        _keep_last(source, Problem.SLOW if _is_out_of_time(error) else Problem(error.problem), now)
    except SealBrokenError:
        _keep_last(source, Problem.SEALED, now)
    except caldav.ConflictError:
        _keep_last(source, Problem.REFUSED, now)
    except SoftTimeLimitExceeded:
        _keep_last(source, Problem.SLOW, now)
    except Exception:  # whatever it was, the last good read stays
        log.exception("Calendar %d could not be imported", pk)
        _keep_last(source, Problem.FAULT, now)
    else:
        if reading:
            _replace(source, reading, now)
    finally:
        CalendarSource.objects.leased_as(source).update(**NO_LEASE)


def _is_out_of_time(error: BaseException | None) -> bool:
    """Whether the task ran into its time limit, even when a library caught that and raised something else."""
    while error and not isinstance(error, SoftTimeLimitExceeded):
        error = error.__cause__ or error.__context__
    return error is not None


def set_back(source: CalendarSource) -> None:
    _keep_last(source, Problem.SLOW, times.now())


def claim(pk: int, now: datetime) -> CalendarSource | None:
    due = CalendarSource.objects.due(now).filter(pk=pk)
    return due.select_related("host__user").claim(last_tried_at=now)


def _known_etag(source: CalendarSource, now: datetime) -> str:
    is_recent = source.imported_at is not None and now - source.imported_at < READ_WHOLE_AFTER
    return source.etag if is_recent else ""


def _read_file(source: CalendarSource, now: datetime, network: Network | None) -> Reading:
    fetched = fetch(source.address, etag=_known_etag(source, now), network=network)
    if fetched.content is None:
        return Reading(None)
    found, unknown = _busy(source, [fetched.content], now)
    return Reading(found, fetched.etag, unknown)


def _read_server(source: CalendarSource, now: datetime, network: Network | None) -> Reading | None:
    """Only when it changed. Its marker is asked for first: what changes meanwhile is read the next time.

    None while it is not chosen which calendar it is; looking that up takes of the same seconds.
    """
    server = caldav.Server.at(source.address, source.login, network)
    if source.is_looking and not _look_for_calendars(source, server):
        return None
    collection = source.collection
    copies = comparing.comparable(source, now)
    marker = caldav.read_marker(server, collection)
    if marker and marker == _known_etag(source, now):
        return Reading(None)
    events = caldav.read_events(server, collection, now - LOOKS_BACK, now + LOOKS_AHEAD)
    there = comparing.look_up(server, collection, events, copies)
    found, unknown = _busy(source, [event.data.encode() for event in events], now)
    return Reading(found, marker, unknown, copies, there)


_READ = {CalendarSource.Kind.ICS: _read_file, CalendarSource.Kind.CALDAV: _read_server}


def _busy(source: CalendarSource, files: list[bytes], now: datetime) -> tuple[list[busy.Busy], list[str]]:
    """The busy time of all files, each by its own rules, and the names of time zones that say nothing.

    What is bounded in one file is bounded in all of them together. Raises UnreadableError.
    """
    if sum(EVENT.subn(b"", file)[1] for file in files) > MOST_EVENTS:
        raise busy.UnreadableError("too_much")
    host, started = source.host, time.monotonic()
    found: list[busy.Busy] = []
    unknown: dict[str, None] = {}  # in the order of the files
    for file in files:
        if time.monotonic() - started > READ_SECONDS:
            raise busy.UnreadableError("too_much")
        found += busy.read(
            file,
            host_zone=times.zone(host.time_zone).key,
            addresses={host.email, *([host.user.email] if host.user else [])},
            since=now - LOOKS_BACK,
            until=now + LOOKS_AHEAD,
            unanswered_blocks=source.unanswered_blocks,
        )
        unknown |= dict.fromkeys(busy.unknown_zones(file))
        if len(found) > MOST_STRETCHES:
            raise busy.UnreadableError("too_much")
    return found, list(unknown)


def _look_for_calendars(source: CalendarSource, server: caldav.Server) -> bool:
    found = caldav.find_calendars(server, source.address)
    with transaction.atomic():
        fresh = CalendarSource.objects.select_for_update(no_key=True).filter(pk=source.pk).first()
        if fresh is None or not fresh.reads_the_same(source):
            return False
        tried_at = fresh.last_tried_at
        fresh.set_remote_calendars(found)
        fresh.last_problem = ""
        if len(found) == 1 and not fresh.sealed_collection:
            fresh.choose(found[0])
        fresh.last_tried_at = tried_at
        fresh.save(update_fields=["sealed_choices", "sealed_collection", "etag", "last_problem"])
    source.sealed_collection, source.etag = fresh.sealed_collection, fresh.etag
    return bool(fresh.sealed_collection)


def _replace(source: CalendarSource, reading: Reading, now: datetime) -> None:
    """Put what was read in the place of what was known, and note which of our calls differ there.

    The lock leaves room for a booking that writes down a copy for this calendar meanwhile.
    """
    with transaction.atomic():
        fresh = CalendarSource.objects.select_for_update(no_key=True).filter(pk=source.pk).first()
        if fresh is None or not fresh.reads_the_same(source):
            return  # taken away, or given another address meanwhile
        if reading.found is not None:
            fresh.busy.all().delete()
            BusyTime.objects.bulk_create(_rows(fresh, reading.found), batch_size=2000)
            fresh.imported_at, fresh.etag = now, reading.etag
            fresh.set_unknown_zones(reading.unknown_zones)
        fresh.last_good_at, fresh.last_problem, fresh.stale_told_at = now, "", None
        kept = ["imported_at", "etag", "unknown_zones", "last_good_at", "last_problem", "stale_told_at"]
        fresh.save(update_fields=kept)
        comparing.note(reading.copies, reading.there)
        if fresh.kind == CalendarSource.Kind.CALDAV:
            want_all(fresh)


def _rows(source: CalendarSource, found: list[busy.Busy]) -> list[BusyTime]:
    """Without the host's own calls, which a calendar shows again when it subscribes to the feed or has an
    invitation."""
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


def _keep_last(
    source: CalendarSource, problem: CalendarSource.Problem, now: datetime, *, points_at: str = ""
) -> None:
    with transaction.atomic():
        sources = CalendarSource.objects.select_for_update(of=("self",), no_key=True).select_related(
            "host__user"
        )
        fresh = sources.filter(pk=source.pk).first()
        if fresh is None or not fresh.reads_the_same(source):
            return
        fresh.last_problem, fresh.points_at = problem, points_at
        if fresh.is_stale(now) and fresh.stale_told_at is None:
            emails.send_calendar_stale(fresh)
            fresh.stale_told_at = now
        fresh.save(update_fields=["last_problem", "points_at", "stale_told_at"])
