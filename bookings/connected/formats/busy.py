"""When somebody is busy, read from a calendar file (RFC 5545) that may be old, odd or hostile.

Only what says when is looked at: titles, places and people never leave this module. A file that cannot be
read whole is refused whole: an event nobody understands would otherwise look like free time.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from zoneinfo import ZoneInfo

from bookings.connected.formats import lines, series
from bookings.connected.formats.events import CANCELLED, Event, Reader, blocks
from bookings.connected.formats.lines import MOST_EVENTS, Component, UnreadableError
from bookings.connected.formats.values import Length, after, instant, read_list, wall
from bookings.connected.formats.zones import Zones

__all__ = ["MOST_EVENTS", "Busy", "UnreadableError", "read", "times_of", "unknown_zones"]

MOST_SECONDS = 5.0  # of work, for one file
MOST_BUSY = 100_000


@dataclass(frozen=True, slots=True)
class Busy:
    """One stretch `[start, end)` in UTC of the event `uid`."""

    uid: str
    start: datetime
    end: datetime


@dataclass
class Clock:
    """CPU time spent on this file; wall time would blame it for what else the machine does."""

    started: float = field(default_factory=time.thread_time)

    def check(self) -> None:
        if time.thread_time() - self.started > MOST_SECONDS:
            raise UnreadableError("too_much")


def read(
    content: bytes,
    *,
    host_zone: str,
    addresses: Iterable[str],
    since: datetime,
    until: datetime,
    unanswered_blocks: bool = True,
) -> list[Busy]:
    """Everything that keeps the host busy between two instants, in order of time. Raises UnreadableError.

    Days are days in `host_zone`; floating times are in the calendar's own zone (X-WR-TIMEZONE), else there.
    `unanswered_blocks`: whether an invitation that the host has not answered yet is busy time.
    """
    reader = Reader(
        host=ZoneInfo(host_zone),
        addresses=frozenset(address.strip().lower() for address in addresses),
        since=since,
        until=until,
        unanswered_blocks=unanswered_blocks,
        check=Clock().check,
    )
    found = set()
    try:
        for uid, start, end in _spans(lines.calendars(content), reader):
            if start < end and start < until and end > since:
                found.add(Busy(uid, start, end))
                if len(found) > MOST_BUSY:
                    raise UnreadableError("too_much")
    except (ValueError, OverflowError, RecursionError) as error:  # a date that no rule above knows to be odd
        raise UnreadableError("broken") from error
    return sorted(found, key=lambda busy: (busy.start, busy.end, busy.uid))


def _spans(calendars: list[Component], reader: Reader) -> Iterator[tuple[str, datetime, datetime]]:
    events: dict[str, list[Event]] = defaultdict(list)
    number = count(1)
    for calendar in calendars:
        zones = Zones(reader.host, calendar, reader.check)
        for component in calendar.inner:
            uid = component.text("UID") or f"event {next(number)}"
            if component.name == "VFREEBUSY":
                yield from ((uid, *span) for span in _taken(component, zones))
            elif component.name == "VEVENT":
                is_busy = blocks(component, reader, method=calendar.text("METHOD").upper())
                events[uid].append(Event(uid, component, zones, is_busy))
    for uid, same in events.items():
        reader.check()
        yield from ((uid, *span) for span in series.spans(same, reader))


def _taken(component: Component, zones: Zones) -> Iterator[tuple[datetime, datetime]]:
    """The periods that somebody published without saying why; a kind we do not know is busy (3.2.9)."""
    for one in component.every("FREEBUSY"):
        if one.params.get("FBTYPE", "").upper() == "FREE":
            continue
        for start, end in read_list(one, zones.named):
            if end is None:
                raise UnreadableError("broken")
            begin = instant(start, zones.floating)
            if isinstance(end, Length):
                finish = after(wall(start, zones.floating), end, zones.floating)
            else:
                finish = instant(end, zones.floating)
            yield min(begin, finish), max(begin, finish)


def unknown_zones(content: bytes) -> list[str]:
    """The names of zones that nobody knows and the file does not explain, of times that are read on the
    host's clock instead. Raises UnreadableError."""
    unknown: set[str] = set()
    for calendar in lines.calendars(content):
        zones = Zones(UTC, calendar, Clock().check)
        for component in calendar.inner:
            is_free = component.text("TRANSP").upper() == "TRANSPARENT"
            if is_free or component.text("STATUS").upper() in CANCELLED:
                continue
            for name in ("DTSTART", "DTEND", "RDATE", "RECURRENCE-ID", "EXDATE", "FREEBUSY"):
                for one in component.every(name):
                    with suppress(UnreadableError):  # `read` says what it thinks of that
                        found = list(read_list(one, zones.named))
                        if any(isinstance(when, datetime) and when.tzinfo is None for when, _ in found):
                            _ = zones.floating  # which may be unknown too
        unknown |= zones.unknown
    return sorted(unknown)


def times_of(content: bytes, *, uid: str, host_zone: str) -> tuple[datetime, datetime]:
    """When the single event `uid` starts and ends, in UTC; whether it blocks does not matter.

    Raises UnreadableError: `broken` when it is not there.
    """
    for calendar in lines.calendars(content):
        zones = Zones(ZoneInfo(host_zone), calendar, Clock().check)
        for component in calendar.inner:
            if component.name == "VEVENT" and component.text("UID") == uid:
                event = Event(uid, component, zones, blocks=True)
                if event.replaces is None and event.start is not None:
                    return series.span(event)
    raise UnreadableError("broken")
