"""Whether the copies in the host's calendar say what they should; what differs is shown, never guessed."""

from __future__ import annotations

from datetime import datetime

from bookings.connected import caldav
from bookings.connected.formats.busy import UnreadableError
from bookings.connected.formats.copied import uids
from bookings.connected.writing import Found, differing, found_in
from bookings.models import Booking, CalendarCopy, CalendarSource

Status = CalendarCopy.Status
LONGEST_NAME = 250


def comparable(source: CalendarSource, now: datetime) -> list[CalendarCopy]:
    """The copies of calls ahead that no worker has leased; load them before the calendar is read."""
    copies = source.copies.filter(
        status__in=[Status.WRITTEN, Status.DIFFERS],
        wanted=CalendarCopy.Wanted.PRESENT,
        booking__status=Booking.Status.CONFIRMED,
        booking__period__startswith__gt=now,
        lease_until=None,
    )
    return list(copies.select_related("booking__host"))


def look_up(
    server: caldav.Server, collection: str, events: list[caldav.Event], copies: list[CalendarCopy]
) -> dict[int, Found]:
    """The event of each copy as the calendar has it. One that is not among `events` is asked for by name: it
    may have been moved out of the time that was read."""
    by_uid = {uid: event for event in events for uid in uids(event.data)}
    lost = [copy for copy in copies if copy.booking.ics_uid not in by_uid]
    if lost:
        for event in caldav.read_files(server, collection, [collection + copy.file_name for copy in lost]):
            by_uid |= dict.fromkeys(uids(event.data), event)
    found = {}
    for copy in copies:
        there = by_uid.get(copy.booking.ics_uid)
        try:
            found[copy.pk] = found_in(there, copy) if there else Found(copy.file_name, "", None)
        except UnreadableError:
            continue  # nothing is claimed about what cannot be read
    return found


def note(copies: list[CalendarCopy], found: dict[int, Found]) -> None:
    """Mark what differs, and what no longer does; not what changed while the calendar was read."""
    for copy in copies:
        there = found.get(copy.pk)
        if there is None or len(there.file_name) > LONGEST_NAME:
            continue
        seen, booking = there.seen, copy.booking
        if seen and (seen.start_at, seen.end_at) == (booking.start_at, booking.end_at):
            fields = {"status": Status.WRITTEN, "etag": there.etag, "file_name": there.file_name, "there": ""}
        else:
            fields = {"status": Status.DIFFERS, **differing(there)}
        if any(getattr(copy, name) != value for name, value in fields.items()):
            same = {"version": copy.version, "status": copy.status, "etag": copy.etag}
            CalendarCopy.objects.filter(pk=copy.pk, lease_until=None, **same).update(**fields)
