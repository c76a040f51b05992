"""What became of a call in the host's own calendar, read from the file that is there now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar

from bookings.connected.formats.busy import UnreadableError, times_of

FOLD = re.compile(r"\r?\n[ \t]")
UID = re.compile(r"^UID(?:;[^:\r\n]*)?:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Seen:
    start_at: datetime
    end_at: datetime
    sequence: int
    summary: str
    location: str


def uids(data: str) -> set[str]:
    return set(UID.findall(FOLD.sub("", data)))


def read_copy(data: str, *, uid: str, host_zone: str) -> Seen | None:
    """The event `uid`, None when it is not there or called off. Raises UnreadableError `broken`."""
    try:
        events = [
            event
            for calendar in Calendar.from_ical(data, multiple=True)
            for event in calendar.walk("VEVENT")
            if str(event.get("UID", "")) == uid and event.get("RECURRENCE-ID") is None
        ]
        if not events or str(events[0].get("STATUS", "")).upper() == "CANCELLED":
            return None
        start_at, end_at = times_of(data.encode(), uid=uid, host_zone=host_zone)
        return Seen(
            start_at=start_at,
            end_at=end_at,
            sequence=int(events[0].get("SEQUENCE", 0)),
            summary=str(events[0].get("SUMMARY", "")),
            location=str(events[0].get("LOCATION", "")),
        )
    except Exception as error:  # whatever another program wrote
        raise UnreadableError("broken") from error
