"""Dates, moments, lengths and periods (RFC 5545, 3.3) as people's programs write them.

A date is a whole day; a moment without a zone is one on the clock of whoever reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from bookings.connected.formats.lines import Property, UnreadableError

When = date  # or a datetime
ONE_DAY = timedelta(days=1)
LONGEST = timedelta(days=36525)  # a century: nobody's event lasts longer
# The first and last moments that can still be told on every clock.
EARLIEST, LATEST = datetime(1, 1, 3), datetime(9999, 12, 29)  # noqa: DTZ001 - a wall time has no zone
MOMENT = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})"
    r"(?:[T ]?(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d+)?)?)?"
    r" ?(?P<offset>Z|[+-]\d{2}(?::?\d{2}){0,2})?",
    re.IGNORECASE,
)
NUMBER = r"(\d+(?:[.,]\d+)?)"
LENGTH = re.compile(
    rf"(?P<sign>[+-]?)P(?:{NUMBER}W)?(?:{NUMBER}D)?(?:T?(?:{NUMBER}H)?(?:(?<=[TH]){NUMBER}(?:M|$))?(?:{NUMBER}S)?)?",
    re.IGNORECASE,
)
OFFSET = re.compile(r"([+-]?)(\d{1,2}):?(\d{2})?:?(\d{2})?")


@dataclass(frozen=True, slots=True)
class Length:
    """Days are nominal, whatever the clock does on them; the rest has passed (RFC 5545, 3.3.6)."""

    days: int = 0
    rest: timedelta = timedelta()

    def __bool__(self) -> bool:
        return bool(self.days or self.rest)

    @property
    def about(self) -> timedelta:
        return abs(ONE_DAY * self.days + self.rest)


def read_when(text: str, params: dict[str, str], zone_of: Callable[[str], tzinfo]) -> When:
    """A date, or a datetime that is aware unless it says no zone. Raises UnreadableError."""
    match = MOMENT.fullmatch(text.strip(' \t";,'))
    if match is None:
        raise UnreadableError("broken")
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
        clock = timedelta(
            hours=int(match["hour"] or 0),
            minutes=int(match["minute"] or 0),
            seconds=int(match["second"] or 0),
        )
    except ValueError as error:
        raise UnreadableError("broken") from error
    if match["hour"] is None or (params.get("VALUE", "").upper() == "DATE" and not clock):
        return day
    if int(match["minute"]) > 59 or int(match["second"] or 0) > 60 or clock > ONE_DAY:
        raise UnreadableError("broken")
    wall = plus(datetime.combine(day, time()), clock)  # 24:00 is the next midnight
    if match["offset"]:  # a name beside it says nothing more
        return wall.replace(tzinfo=_offset_zone(match["offset"]))
    if "TZID" in params:
        return wall.replace(tzinfo=zone_of(params["TZID"]))
    return wall


def _offset_zone(text: str) -> tzinfo:
    offset = read_offset(text) if text.upper() != "Z" else timedelta()
    return timezone(offset) if offset else UTC


def read_offset(text: str) -> timedelta:
    """`+0530`, `+05:30:00`, `0100` or `+1` as a length east of UTC. Raises UnreadableError."""
    match = OFFSET.fullmatch(text.strip(' \t";,'))
    if match is None:
        raise UnreadableError("broken")
    sign, hours, minutes, seconds = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0), seconds=int(seconds or 0))
    if offset >= ONE_DAY:
        raise UnreadableError("broken")
    return -offset if sign == "-" else offset


def read_length(text: str) -> Length:
    """`P1DT2H`, `PT90M`, `-PT15M`, `PT1H30`, `PT`. Raises UnreadableError."""
    match = LENGTH.fullmatch(text.strip(' \t";,'))
    if match is None or len(match[0].lstrip("+-")) < 2:
        raise UnreadableError("broken")
    sign = -1 if match["sign"] == "-" else 1
    try:
        weeks, days, hours, minutes, seconds = (
            float((part or "0").replace(",", ".")) for part in match.groups()[1:]
        )
        whole = timedelta(weeks=weeks, days=days)
        rest = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except (OverflowError, ValueError) as error:
        raise UnreadableError("broken") from error
    if whole + rest > LONGEST:
        raise UnreadableError("broken")
    return Length(sign * whole.days, sign * (rest + whole - ONE_DAY * whole.days))


def read_list(
    found: Property, zone_of: Callable[[str], tzinfo]
) -> Iterator[tuple[When, When | Length | None]]:
    """Each date or moment of a list with None, each period with its end or length."""
    for text in re.split(r"[,;]", found.value):
        if not text.strip():
            continue
        start, slash, end = text.partition("/")
        first = read_when(start, found.params, zone_of)
        if not slash:
            yield first, None
        elif end.strip().lstrip("+-")[:1].upper() == "P":
            yield first, read_length(end)
        else:
            yield first, read_when(end, found.params, zone_of)


# ---- clocks -----------------------------------------------------------------------------------------------
def wall(value: When, zone: tzinfo) -> datetime:
    """What the clock in `zone` shows, without a zone: of a day its midnight."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time())
    if value.tzinfo is None:
        return value
    return (
        min(max(_instant(value), EARLIEST.replace(tzinfo=UTC)), LATEST.replace(tzinfo=UTC))
        .astimezone(zone)
        .replace(tzinfo=None)
    )


def instant(value: When, zone: tzinfo) -> datetime:
    """In UTC; what has no zone of its own is read on the clock of `zone`."""
    if isinstance(value, datetime) and value.tzinfo:
        return _instant(value)
    return _instant(wall(value, zone).replace(tzinfo=zone))


def _instant(value: datetime) -> datetime:
    bounded = min(max(value.replace(tzinfo=None), EARLIEST), LATEST)
    return bounded.replace(tzinfo=value.tzinfo, fold=value.fold).astimezone(UTC)


def plus(value: datetime, delta: timedelta) -> datetime:
    """The sum, within the years there are."""
    try:
        return value + delta
    except OverflowError:
        bound = LATEST if delta > timedelta() else EARLIEST
        return bound.replace(tzinfo=value.tzinfo)


def after(start: datetime, length: Length, zone: tzinfo) -> datetime:
    """The instant that many days later on the clock of `zone`, and the rest of the length after that."""
    if not length.days:
        return plus(instant(start, zone), length.rest)
    return plus(instant(plus(wall(start, zone), ONE_DAY * length.days), zone), length.rest)
