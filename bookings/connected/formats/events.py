"""One event of a calendar file: when it is, which occurrence it replaces, whether it keeps the host busy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from functools import cached_property
from typing import TypeVar
from urllib.parse import unquote

from bookings.connected.formats.lines import ALL_DAY, BUSY_STATUS, Component, Property, UnreadableError
from bookings.connected.formats.values import ONE_DAY, Length, When, instant, read_length, read_when, wall
from bookings.connected.formats.zones import Zones

FREE = ("FREE", "WORKINGELSEWHERE")
CANCELLED = ("CANCELLED", "CANCELED")
STAYS_AWAY = ("DECLINED", "DELEGATED")
MIDNIGHTS = (time(), time(23, 59, 59))
Read = TypeVar("Read")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Whose calendar it is and which part of it matters; `addresses` are the host's own, in lower case.

    `check` raises UnreadableError when reading the file has taken too long.
    """

    host: tzinfo
    addresses: frozenset[str]
    since: datetime
    until: datetime
    unanswered_blocks: bool
    check: Callable[[], None]


@dataclass(eq=False)
class Event:
    """Fields are parsed when asked for, so that a broken field of an event that blocks nothing refuses no
    file."""

    uid: str
    component: Component
    zones: Zones
    blocks: bool

    @cached_property
    def replaces(self) -> When | None:
        """Of a changed occurrence: the start it had in its series."""
        found = [one for one in self.component.every("RECURRENCE-ID") if one.value]
        return self._first(found, self._when) if found else None

    @cached_property
    def reach(self) -> str:
        """Whether it changes every occurrence that follows, THISANDFUTURE, or that went before, THISANDPRIOR
        (RFC 2445, 4.2.13); empty for itself only. Raises UnreadableError for anything else."""
        ranges = {one.params.get("RANGE", "").upper() for one in self.component.every("RECURRENCE-ID")} - {""}
        if len(ranges) > 1 or ranges - {"THISANDFUTURE", "THISANDPRIOR"}:
            raise UnreadableError("broken")
        return next(iter(ranges), "")

    @cached_property
    def sequence(self) -> int:
        text = self.component.text("SEQUENCE")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0

    @cached_property
    def stamped_at(self) -> datetime | None:
        try:
            return instant(read_when(self.component.text("DTSTAMP"), {}, self.zones.named), UTC)
        except UnreadableError:
            return None

    @cached_property
    def start(self) -> When | None:
        """Of a changed occurrence that says only until when, the start it had."""
        if found := self.component.every("DTSTART"):
            try:
                return self._first(found, self._when)
            except UnreadableError:
                if self.blocks:
                    raise
                return None
        return self.replaces if self.component.every("DTEND") or self.component.every("DURATION") else None

    @property
    def is_day(self) -> bool:
        return self.start is not None and not isinstance(self.start, datetime)

    @cached_property
    def zone(self) -> tzinfo:
        """In which it repeats: its own, the calendar's for floating times, the host's for whole days."""
        if isinstance(self.start, datetime):
            return self.start.tzinfo or self.zones.floating
        return self.zones.host

    @cached_property
    def length(self) -> Length:
        """Negative when it ends before it starts. Without an end a day lasts a day, a moment no time."""
        if found := self.component.every("DTEND"):
            return self._until(self._first(found, self._when))
        length = Length(int(self.is_day))
        if found := self.component.every("DURATION"):
            length = self._first(found, lambda one: read_length(one.value))
        if self.is_day:  # in whole days, and at least one
            whole = ONE_DAY * length.days + length.rest
            length = Length(-(-whole // ONE_DAY)) or Length(1)
        return length

    def _until(self, end: When) -> Length:
        assert self.start is not None
        if self.is_day:
            # a day that ends on its own date, as many write it, is that day
            days, rest = divmod(wall(end, self.zone) - wall(self.start, self.zone), ONE_DAY)
            return Length(days, rest) or Length(1)
        if not isinstance(end, datetime) and end == wall(self.start, self.zone).date():
            end += ONE_DAY
        length = Length(0, instant(end, self.zone) - instant(self.start, self.zone))
        return length or Length(int(self.component.text(ALL_DAY).upper() == "TRUE"))

    @property
    def says_when(self) -> bool:
        return any(self.component.every(name) for name in ("DTEND", "DURATION", "RRULE", "RDATE"))

    # ---- as a series ----------------------------------------------------------------------------------
    def identify(self, when: When) -> date:
        """Which occurrence a RECURRENCE-ID or EXDATE means: the date of a whole day, else the instant; a date
        means all of a series of hours that start on it."""
        if not isinstance(when, datetime):
            return when
        return self.day_of(when) if self.is_day else instant(when, self.zone)

    def day_of(self, when: datetime) -> date:
        """The day of a series of days that a moment means: many write midnight in UTC, whatever the zone."""
        return when.date() if when.time() in MIDNIGHTS else wall(when, self.zone).date()

    def original_start(self, when: When) -> datetime:
        """Where on the clock of the series an occurrence stands that is named by a date or a moment."""
        found = self.identify(when)
        if isinstance(found, datetime):
            return wall(found, self.zone)
        assert self.start is not None
        return datetime.combine(found, wall(self.start, self.zone).time())

    def _when(self, one: Property) -> When:
        return read_when(one.value, one.params, self.zones.named)

    def _first(self, found: list[Property], read: Callable[[Property], Read]) -> Read:
        """The first that can be read: a line of a description may look like one."""
        for one in found:
            try:
                return read(one)
            except UnreadableError:
                continue
        raise UnreadableError("broken")


def blocks(component: Component, reader: Reader, *, method: str) -> bool:
    if component.text("TRANSP").upper() == "TRANSPARENT" or method == "CANCEL":
        return False
    if component.text("STATUS").upper() in CANCELLED:
        return False
    if any(component.text(name).upper() in FREE for name in BUSY_STATUS):
        return False
    answers = {
        one.params.get("PARTSTAT", "").upper()
        for one in component.every("ATTENDEE")
        if _addresses(one) & reader.addresses
    }
    away = {*STAYS_AWAY}
    is_own = any(_addresses(one) & reader.addresses for one in component.every("ORGANIZER"))
    if not reader.unanswered_blocks and not is_own:
        away.add("NEEDS-ACTION")
    return not answers or bool(answers - away)


def _addresses(one: Property) -> set[str]:
    """Of a person: in the value, or beside a value of another kind (RFC 7986, 6.2)."""
    found = (one.value, one.params.get("EMAIL", ""))
    return {unquote(text).strip(" <>").lower().removeprefix("mailto:").strip(" <>") for text in found} - {""}
