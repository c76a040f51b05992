"""Which clock a TZID means: by its name, else by the rules the file itself gives (RFC 5545, 3.6.5).

The rules of a file are kept nowhere but in the Zones made for it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from bookings.connected.formats import recurrence
from bookings.connected.formats.lines import Component, UnreadableError
from bookings.connected.formats.values import EARLIEST, plus, read_list, read_offset, read_when, wall

YEARS = timedelta(days=3 * 366)  # the rules of clocks are yearly: a change lies within so much
MOST_CHANGES = 200  # of a clock in so many years
OFFSET = re.compile(
    r"\(?\s*(?:UTC|GMT|Z)?\s*(?:([+-]\s*\d{1,2}(?:[:.]?\d{2})?(?::?\d{2})?)|$)\s*\)?", re.IGNORECASE
)
SHOWN = re.compile(r"\((?:UTC|GMT)[^)]*\)\s*(.+)", re.IGNORECASE)  # as Outlook shows them, with some towns
SPOKEN = re.compile(r"(.+?) (?:(?:Standard|Daylight|Summer) )?Time\b", re.IGNORECASE)
SAID = {"z": UTC, "coordinated universal time": UTC, "greenwich mean time": UTC}
MOST_EAST = timedelta(hours=14)
NUMBERED = re.compile(r"(?:\s+\(?|-)\d+\)?$")  # a second copy of the name in one file


# ---- by name ----------------------------------------------------------------------------------------------
@lru_cache(maxsize=1)
def _names() -> tuple[dict[str, str], dict[str, str]]:
    names = {name.casefold(): name for name in available_timezones()}
    towns = {name.rpartition("/")[2].casefold(): name for name in sorted(names.values()) if "/" in name}
    return names | {name.casefold(): iana for name, iana in WINDOWS_TO_OLSON.items()}, towns


def _by_exact_name(name: str) -> tzinfo | None:
    iana = _names()[0].get(name.casefold()) or _names()[0].get(name.replace(" ", "_").casefold())
    return ZoneInfo(iana) if iana else None


def _by_likely_name(name: str) -> tzinfo | None:
    """`/some.org/Europe/Amsterdam`, `tzone://Microsoft/Utc`, `GMT+05:30`, `(UTC+01:00) Amsterdam, Berlin`."""
    parts = name.strip("/").split("/")[-4:]
    for start in range(len(parts)):
        if found := _by_exact_name("/".join(parts[start:])):
            return found
    if name.casefold() in SAID:
        return SAID[name.casefold()]
    if (match := OFFSET.fullmatch(name)) and match[0]:
        return _fixed(re.sub(r"\s", "", match[1] or "0").replace(".", ":"))
    if match := SHOWN.fullmatch(name):
        towns = (town.strip().replace(" ", "_").casefold() for town in match[1].split(","))
        found = next((ZoneInfo(_names()[1][town]) for town in towns if town in _names()[1]), None)
        return found or _by_likely_name(match[1])
    if match := SPOKEN.match(name):
        return _by_exact_name(f"{match[1]} Standard Time")
    if NUMBERED.search(name):
        return _by_exact_name(NUMBERED.sub("", name))
    town = _names()[1].get(name.replace(" ", "_").casefold())
    return ZoneInfo(town) if town else _by_exact_name(name.replace("-", "/", 1))


def _fixed(text: str) -> tzinfo | None:
    try:
        offset = read_offset(text)
    except UnreadableError:
        return None
    return timezone(offset) if abs(offset) <= MOST_EAST else None


# ---- by the rules of the file -----------------------------------------------------------------------------
@dataclass(frozen=True)
class Change:
    """Some clock changes of one kind: from when on (on the clock before), and how far it is east of UTC."""

    before: timedelta
    offset: timedelta
    first: datetime
    more: tuple[datetime, ...]
    rules: tuple[tuple[recurrence.Rule, datetime | None], ...]

    def between(self, since: datetime, until: datetime, check: Callable[[], None]) -> Iterator[datetime]:
        """In UTC without saying so; of those that are over by `since`, at least the last."""
        found = [self.first, *self.more]
        for rule, last in self.rules:
            for begin in {since, min(since, last - YEARS) if last else since}:
                end = until if begin == since else plus(begin, YEARS + timedelta(days=1))
                onsets = recurrence.walk(
                    rule, self.first, is_day=False, since=begin, until=end, last=last, check=check
                )
                for one in onsets:
                    found.append(one)
                    if len(found) > MOST_CHANGES + len(self.more):
                        raise UnreadableError("too_much")
        return (plus(one, -self.before) for one in found)


class OwnZone(tzinfo):
    def __init__(self, changes: list[Change], check: Callable[[], None]) -> None:
        self.changes, self.check = changes, check
        self.years: dict[int, list[tuple[datetime, timedelta]]] = {}

    def _around(self, moment: datetime) -> list[tuple[datetime, timedelta]]:
        """The changes of about a year, with the offset from then on; the first one holds before it too."""
        if moment.year not in self.years:
            middle = datetime.combine(moment.replace(month=7, day=1), time())
            since, until = plus(middle, -YEARS), plus(middle, YEARS)
            self.years[moment.year] = sorted(
                (at, change.offset)
                for change in self.changes
                for at in change.between(since, until, self.check)
            )
        return self.years[moment.year]

    def _before(self) -> timedelta:
        return min(self.changes, key=lambda change: change.first).before

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """What is skipped or comes twice is read on the clock before the change, as RFC 5545, 3.3.5 says."""
        if moment is None:
            return self._before()
        naive, offset = moment.replace(tzinfo=None), self._before()
        for at, following in self._around(naive):
            edge = min(offset, following) if moment.fold else max(offset, following)
            if naive < plus(at, edge):
                break
            offset = following
        return offset

    def fromutc(self, moment: datetime) -> datetime:
        naive = moment.replace(tzinfo=None)
        around = self._around(naive)
        index = bisect_right([at for at, _ in around], naive)
        offset = around[index - 1][1] if index else self._before()
        before = around[index - 2][1] if index > 1 else self._before()
        again = index > 0 and naive - around[index - 1][0] < before - offset
        return plus(naive, offset).replace(tzinfo=self, fold=int(again))

    def dst(self, moment: datetime | None) -> None:
        return None

    def tzname(self, moment: datetime | None) -> str:
        return "own"


def _own_zone(component: Component, check: Callable[[], None]) -> OwnZone | None:
    """None without a single rule. Raises UnreadableError when one cannot be read."""
    parts = [one for one in component.inner if one.name in ("STANDARD", "DAYLIGHT")]
    return OwnZone([_change(one, parts) for one in parts], check) if parts else None


def _change(part: Component, parts: list[Component]) -> Change:
    offset = read_offset(part.text("TZOFFSETTO"))
    before = next(
        (
            read_offset(text)
            for text in (
                part.text("TZOFFSETFROM"),
                *(other.text("TZOFFSETTO") for other in parts if other.name != part.name),
            )
            if text
        ),
        offset,
    )
    start = part.every("DTSTART")
    first = _clock(read_when(start[0].value, {}, _nowhere), before) if start else EARLIEST
    dates = (one for found in part.every("RDATE") for one, _ in read_list(found, _nowhere))
    more = tuple(_clock(one, before) for one in dates)
    rules = []
    for found in part.every("RRULE"):
        if found.value:
            rule = parse_rule(found.value)
            rules.append((rule, None if rule.until is None else _clock(rule.until, before)))
    return Change(before, offset, first, more, tuple(rules))


def _clock(value: object, before: timedelta) -> datetime:
    return wall(value, timezone(before))  # type: ignore[arg-type]


def _nowhere(name: str) -> tzinfo:
    return UTC


def parse_rule(text: str) -> recurrence.Rule:
    try:
        return recurrence.parse(text)
    except recurrence.RuleError as error:
        raise UnreadableError(error.problem) from error


# ---- of one file ------------------------------------------------------------------------------------------
@dataclass
class Zones:
    """What the names in one calendar mean. An unknown one without rules is the host's clock, and is noted.

    A known name is what the world calls so, whatever the file says of it; any other is what the file says.
    """

    host: tzinfo
    calendar: Component
    check: Callable[[], None]
    unknown: set[str] = field(default_factory=set)
    found: dict[str, tzinfo] = field(default_factory=dict)

    @cached_property
    def floating(self) -> tzinfo:
        """Of times without a zone: the calendar's (X-WR-TIMEZONE), else the host's."""
        name = self.calendar.text("X-WR-TIMEZONE")
        return self.named(name) if name else self.host

    def named(self, name: str) -> tzinfo:
        if name not in self.found:
            known = self._find(name.replace("\\", "").strip(' \t"'))
            if known is None and not name:
                known = self.floating
            elif known is None:
                self.unknown.add(name)
            self.found[name] = known or self.host
        return self.found[name]

    @cached_property
    def _described(self) -> dict[str, list[Component]]:
        found = defaultdict(list)
        for component in self.calendar.inner:
            if component.name == "VTIMEZONE":
                found[_plain(component.text("TZID"))].append(component)
        return found

    def _find(self, name: str) -> tzinfo | None:
        if known := _by_exact_name(name):
            return known
        broken: UnreadableError | None = None
        names = []
        for component in self._described.get(_plain(name), []):
            names.append(component.text("X-LIC-LOCATION"))
            try:
                if own := _own_zone(component, self.check):
                    return own
            except UnreadableError as error:
                broken = error
        for likely in (name, *names):
            if likely and (known := _by_likely_name(likely)):
                return known
        if broken:
            raise broken
        return None


def _plain(name: str) -> str:
    return name.replace("\\", "").strip(' \t"').casefold()
