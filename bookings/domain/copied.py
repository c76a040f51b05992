"""What became of a call in the host's own calendar, read from the file that is there now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from bookings.domain.busy import UnreadableError

FOLD = re.compile(r"\r?\n[ \t]")
UID = re.compile(r"^UID(?:;[^:\r\n]*)?:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The event of one call as it is there; times in UTC."""

    start_at: datetime
    end_at: datetime
    sequence: int
    summary: str
    location: str


def uids(data: str) -> set[str]:
    """The calls and other events a file is about, without parsing it."""
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
        return _seen(events[0], ZoneInfo(host_zone))
    except Exception as error:  # whatever another program wrote
        raise UnreadableError("broken") from error


def _seen(event: Any, zone: ZoneInfo) -> Seen:
    start = event["DTSTART"].dt
    start_at = _instant(start, zone)
    if event.get("DTEND") is not None:
        end_at = _instant(event["DTEND"].dt, zone)
    elif event.get("DURATION") is not None:
        end_at = start_at + event["DURATION"].dt
    else:
        end_at = start_at if isinstance(start, datetime) else _instant(start + timedelta(days=1), zone)
    return Seen(
        start_at=start_at,
        end_at=end_at,
        sequence=int(event.get("SEQUENCE", 0)),
        summary=str(event.get("SUMMARY", "")),
        location=str(event.get("LOCATION", "")),
    )


def _instant(value: date, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day has no zone
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
