"""When somebody is busy, read from a calendar file (RFC 5545) that may be old, odd or hostile.

Only what says when is looked at: titles, places and people never leave this module. A file that cannot be
read whole is refused whole: an event nobody understands would otherwise look like free time.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrule, rrulestr
from icalendar import Calendar
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

MOST_EVENTS = 10_000
MOST_INSTANCES = 1_000  # of one rule
MOST_STEPS = 50_000  # that looking for the instances of one rule may take
MOST_SECONDS = 5.0  # for all rules together
ONE_DAY = timedelta(days=1)
Event = Any  # the library's type of a value is the union of all it knows
# A rule that never happens is looked for until the year 9999. The calendar repeats every 400 years, weekdays
# included, so rules are walked this many years later: that leaves little to look through.
CYCLE = 19 * 400
WHEN = (
    "BEGIN|END|UID|SEQUENCE|STATUS|TRANSP|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID|ATTENDEE"
    "|X-WR-TIMEZONE|TZID|TZOFFSETFROM|TZOFFSETTO"
)
WHEN_LINE = re.compile(rf"(?:{WHEN})[;:]", re.IGNORECASE)
FAST = re.compile(r"FREQ=(?:SECONDLY|MINUTELY)", re.IGNORECASE)
ZONE = re.compile(r"^BEGIN:VTIMEZONE$.*?^END:VTIMEZONE$", re.IGNORECASE | re.DOTALL | re.MULTILINE)
RULE = re.compile(r"^RRULE.*$", re.IGNORECASE | re.MULTILINE)
YEARLY = re.compile(r"FREQ=YEARLY", re.IGNORECASE)
BY_CLOCK = re.compile(r"BY(?:HOUR|MINUTE|SECOND)", re.IGNORECASE)


class UnreadableError(Exception):
    """Why a file is refused, in one word: `not_calendar`, `truncated`, `broken` or `too_much`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Busy:
    """One stretch `[start, end)` in UTC of the event `uid`."""

    uid: str
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Whose calendar it is and which part of it matters; `addresses` are the host's own, in lower case."""

    host_zone: str
    addresses: frozenset[str]
    since: datetime
    until: datetime
    unanswered_blocks: bool = True
    started: float = field(default_factory=time.monotonic)


def unknown_zones(content: bytes) -> list[str]:
    """The names of time zones that neither the file nor anybody explains."""
    text = _decode(content)
    own = set(re.findall(r"^TZID:(.+?)\r?$", text, re.MULTILINE))
    used = dict.fromkeys(re.findall(r';TZID="?([^":;\r\n]+)', text))
    return [name for name in used if name not in own and not _is_known(name)]


def _is_known(name: str) -> bool:
    try:
        return bool(ZoneInfo(WINDOWS_TO_OLSON.get(name, name)))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


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
    """
    lines = _lines(content)
    reader = Reader(
        host_zone=host_zone,
        addresses=frozenset(address.lower() for address in addresses),
        since=since,
        until=until,
        unanswered_blocks=unanswered_blocks,
    )
    try:
        found = [
            busy for calendar in Calendar.from_ical(lines, multiple=True) for busy in _busy(calendar, reader)
        ]
    except UnreadableError:
        raise
    except Exception as error:  # whatever a stranger's file makes two libraries raise
        raise UnreadableError("broken") from error
    return sorted(set(found), key=lambda busy: (busy.start, busy.end, busy.uid))


# ---- the text ---------------------------------------------------------------------------------------------
def _lines(content: bytes) -> str:
    """The lines that say when, unfolded; what could keep us busy for ever is refused before it is parsed."""
    text = _decode(content).replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff \n\t")
    if not text[:15].upper().startswith("BEGIN:VCALENDAR"):
        raise UnreadableError("not_calendar")
    if not text[-13:].upper() == "END:VCALENDAR":
        raise UnreadableError("truncated")
    unfolded = re.sub(r"\n[ \t]", "", text)
    kept = "\n".join(line.rstrip() for line in unfolded.split("\n") if _says_when(line))
    if kept.upper().count("BEGIN:V") != kept.upper().count("END:V"):
        raise UnreadableError("truncated")
    if FAST.search(kept) or kept.upper().count("BEGIN:VEVENT") > MOST_EVENTS:
        raise UnreadableError("too_much")
    for zone in ZONE.findall(kept):
        if any(not YEARLY.search(rule) or BY_CLOCK.search(rule) for rule in RULE.findall(zone)):
            raise UnreadableError("too_much")
    return kept.replace("\n", "\r\n") + "\r\n"


def _decode(content: bytes) -> str:
    """Times are ASCII in nearly every encoding, and nothing else is looked at."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    return content.decode("latin-1").removeprefix("ï»¿")


def _says_when(line: str) -> bool:
    if not WHEN_LINE.match(line):
        return False
    return line[:8].upper() != "ATTENDEE" or any(
        answer in line.upper() for answer in ("PARTSTAT=DECLINED", "PARTSTAT=NEEDS-ACTION")
    )


# ---- events -----------------------------------------------------------------------------------------------
def _busy(calendar: Any, reader: Reader) -> Iterator[Busy]:
    floating = _zone(str(calendar.get("X-WR-TIMEZONE", "")), reader.host_zone)
    series: dict[str, dict[datetime | None, Event]] = {}
    for number, event in enumerate(calendar.walk("VEVENT")):
        uid = str(event.get("UID", "")) or f"event {number}"
        moment = event.get("RECURRENCE-ID")
        # of an occurrence that was changed: the moment it replaces
        replaced = _instant(moment.dt, _own_zone(event, floating, reader)) if moment is not None else None
        versions = series.setdefault(uid, {})
        if replaced not in versions or _sequence(versions[replaced]) <= _sequence(event):
            versions[replaced] = event
    for uid, versions in series.items():
        for replaced, event in versions.items():
            if not _blocks(event, reader):
                continue
            skipped = set() if replaced is not None else {moment for moment in versions if moment is not None}
            for start, end in _spans(event, floating, reader, skipped):
                if start < end and start < reader.until and end > reader.since:
                    yield Busy(uid, start, end)


def _blocks(event: Event, reader: Reader) -> bool:
    """Not free time, not called off, and not declined by the host."""
    if str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        return False
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return False
    declined = event.get("ATTENDEE", [])  # only those are left in the text
    people = declined if isinstance(declined, list) else [declined]
    free = {"DECLINED"} if reader.unanswered_blocks else {"DECLINED", "NEEDS-ACTION"}
    return not any(
        str(person).lower().removeprefix("mailto:") in reader.addresses
        and str(person.params.get("PARTSTAT", "")).upper() in free
        for person in people
    )


def _sequence(event: Event) -> int:
    return int(event.get("SEQUENCE", 0))


def _spans(
    event: Event, floating: tzinfo, reader: Reader, skipped: set[datetime]
) -> Iterator[tuple[datetime, datetime]]:
    """Every occurrence in UTC; `skipped` are the starts that have an event of their own."""
    if event.get("DTSTART") is None:
        raise UnreadableError("broken")
    first = event["DTSTART"].dt
    zone = _own_zone(event, floating, reader)
    wall = _wall(first, zone)
    is_day = not isinstance(first, datetime)
    length = _length(event, first, wall, zone)
    excluded, excluded_days = set(skipped), set()
    for value in _values(event, "EXDATE"):
        if isinstance(value, datetime) or is_day:
            excluded.add(_instant(value, zone))
        else:
            excluded_days.add(value)
    starts = {wall}
    for rule in _rules(event):
        starts.update(_instances(rule, wall, zone, length, reader))
    for value in _values(event, "RDATE"):
        if isinstance(value, tuple):  # a period: with an end or a length of its own
            start, end = value
            start = _instant(start, zone)
            if start not in excluded:
                yield start, start + end if isinstance(end, timedelta) else _instant(end, zone)
        else:
            starts.add(_wall(value, zone))
    for start_wall in starts:
        start = _from_wall(start_wall, zone)
        if start in excluded or start_wall.date() in excluded_days:
            continue
        # days end at a midnight, whatever the clock did; hours have passed
        yield start, _from_wall(start_wall + length, zone) if is_day else start + length


def _length(event: Event, first: date, wall: datetime, zone: tzinfo) -> timedelta:
    """Without an end a day lasts a day, and a moment no time at all."""
    if event.get("DTEND") is not None:
        end = event["DTEND"].dt
        if isinstance(first, datetime):
            return _instant(end, zone) - _from_wall(wall, zone)
        return _wall(end, zone) - wall
    if event.get("DURATION") is not None:
        duration: timedelta = event["DURATION"].dt
        return duration
    return timedelta() if isinstance(first, datetime) else ONE_DAY


def _values(event: Event, name: str) -> Iterator[Any]:
    found = event.get(name, [])
    for group in found if isinstance(found, list) else [found]:
        yield from (value.dt for value in group.dts)


# ---- rules ------------------------------------------------------------------------------------------------
def _rules(event: Event) -> list[Any]:
    found = event.get("RRULE", [])
    return found if isinstance(found, list) else [found]


def _instances(
    rule: Any, wall: datetime, zone: tzinfo, length: timedelta, reader: Reader
) -> Iterator[datetime]:
    """The wall times of a rule that matter, oldest first. COUNT counts from the first, long ago or not."""
    if time.monotonic() - reader.started > MOST_SECONDS:
        raise UnreadableError("too_much")
    parts = {name.upper(): values for name, values in rule.items()}
    count = int(parts.pop("COUNT", [0])[0])
    until = parts.pop("UNTIL", [None])[0]
    last = _wall(reader.until, zone)
    if until is not None:
        ends = _wall(until, zone) if isinstance(until, datetime) else _wall(until, zone) + ONE_DAY
        last = min(last, ends)
    earliest = _wall(reader.since, zone) - length - 2 * ONE_DAY
    start = wall if count else _skip_ahead(parts, wall, earliest)
    if last < start:
        return
    _require_few_steps(parts, last - start)
    if "BYEASTER" in parts:  # not of the standard, and not of a cycle of 400 years
        raise UnreadableError("broken")
    text = ";".join(f"{name}={','.join(map(_text, values))}" for name, values in parts.items())
    later = _later(last)
    found = rrulestr(f"{text};UNTIL={later:%Y%m%dT%H%M%S}", dtstart=_later(start))
    assert isinstance(found, rrule)
    seen = 0
    for shifted in islice(found, count or None):
        one = shifted.replace(year=shifted.year - CYCLE)
        if one >= earliest:
            seen += 1
            if seen > MOST_INSTANCES:
                raise UnreadableError("too_much")
            yield one


def _skip_ahead(parts: dict[str, Any], wall: datetime, earliest: datetime) -> datetime:
    """A later start from which the rule goes on just the same, so that an old rule costs no more."""
    interval = max(1, int(parts.get("INTERVAL", [1])[0]))
    frequency = str(parts["FREQ"][0]).upper()
    if earliest <= wall:
        return wall
    if frequency in ("DAILY", "WEEKLY"):
        step = interval * (7 if frequency == "WEEKLY" else 1) * ONE_DAY
        return wall + max(0, (earliest - wall) // step - 1) * step
    if frequency in ("MONTHLY", "YEARLY") and (wall.month, wall.day) != (2, 29):
        years = max(0, (earliest.year - wall.year) // interval - 1) * interval
        return wall.replace(year=wall.year + years)
    return wall


def _later(wall: datetime) -> datetime:
    return wall.replace(year=wall.year + CYCLE)


def _require_few_steps(parts: dict[str, Any], span: timedelta) -> None:
    steps = span // ONE_DAY + 1
    if str(parts["FREQ"][0]).upper() == "HOURLY":
        steps *= 24
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        steps *= max(1, len(set(parts.get(name, []))))
    if steps > MOST_STEPS:
        raise UnreadableError("too_much")


def _text(value: Any) -> str:
    return value.to_ical().decode() if hasattr(value, "to_ical") else str(value)


# ---- zones ------------------------------------------------------------------------------------------------
def _zone(name: str, otherwise: str) -> tzinfo:
    """A zone by its IANA or Windows name."""
    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name) or otherwise)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(otherwise)


def _own_zone(event: Event, floating: tzinfo, reader: Reader) -> tzinfo:
    """In which an event repeats: its own, the calendar's for floating times, the host's for whole days."""
    first = event["DTSTART"].dt if event.get("DTSTART") is not None else None
    if isinstance(first, datetime):
        return first.tzinfo or floating
    return ZoneInfo(reader.host_zone)


def _wall(value: date, zone: tzinfo) -> datetime:
    """What the clock in `zone` shows, without a zone."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a wall time has none
    return (value.astimezone(zone) if value.tzinfo else value).replace(tzinfo=None)


def _from_wall(wall: datetime, zone: tzinfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _instant(value: date, zone: tzinfo) -> datetime:
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC)
    return _from_wall(_wall(value, zone), zone)
