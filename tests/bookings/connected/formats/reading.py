"""Calendar files made in a test, and what is read from them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bookings.connected.formats.busy import Busy, read

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SINCE, UNTIL = datetime(2026, 11, 23, tzinfo=UTC), datetime(2027, 12, 28, tzinfo=UTC)


def calendar(*events: str, head: str = "") -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{head}{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def busy(content: bytes, until: datetime = UNTIL, *, unanswered_blocks: bool = True) -> list[Busy]:
    return read(
        content,
        host_zone=AMSTERDAM.key,
        addresses=["Jet@voorbeeld.nl"],
        since=SINCE,
        until=until,
        unanswered_blocks=unanswered_blocks,
    )


def spans(content: bytes, until: datetime = UNTIL) -> list[str]:
    """In UTC, as ``11-26 09:00/11-26 10:00``."""
    return [f"{one.start:%m-%d %H:%M}/{one.end:%m-%d %H:%M}" for one in busy(content, until)]


def local(content: bytes, **options: bool) -> list[str]:
    """On the clock of Amsterdam: ``1 09:00-10:00`` within a day, else ``1 00:00-2 00:00``, December 2026."""
    found = [
        (one.start.astimezone(AMSTERDAM), one.end.astimezone(AMSTERDAM)) for one in busy(content, **options)
    ]
    return [
        f"{start.day} {start:%H:%M}-"
        + (f"{end:%H:%M}" if end.date() == start.date() else f"{end.day} {end:%H:%M}")
        for start, end in found
    ]


def days(content: bytes) -> list[int]:
    """On which days of the month something starts."""
    return [one.start.astimezone(AMSTERDAM).day for one in busy(content)]
