"""The lines of a calendar file (RFC 5545, 3.1) as people's programs write them: components and properties.

Only what says when is kept: titles and places never leave this module. Every step takes time in proportion to
the file, and nothing is remembered from one file to the next.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_EVENTS = 10_000
WHEN = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})
DATED = WHEN - {"RRULE", "EXRULE"} | {"FREEBUSY"}
BUSY_STATUS = ("X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-MSNCALENDAR-BUSYSTATUS")
ALL_DAY = "X-MICROSOFT-CDO-ALLDAYEVENT"
KEPT = WHEN | {
    ALL_DAY,
    *("BEGIN", "END", "METHOD", "X-WR-TIMEZONE", "UID", "SEQUENCE", "DTSTAMP", "STATUS", "TRANSP"),
    *("ATTENDEE", "ORGANIZER", "FREEBUSY", "TZID", "TZOFFSETFROM", "TZOFFSETTO", "X-LIC-LOCATION"),
    *BUSY_STATUS,
}
INNER = {
    "VEVENT",
    "VFREEBUSY",
    "VTIMEZONE",
    "VTODO",
    "VJOURNAL",
}  # they stand in a calendar, never in each other
NAME = re.compile(r"([A-Za-z0-9-]+)[ \t]*(?:[:;]|(?<=[ \t])(?=\d{8}))")  # a date without a colon is noticed
MARK = re.compile(r'"[^"]*"|[:;]')
LOOKS_DATED = re.compile(r'[ \t"]*(?:\d{4}-?\d{2}-?\d{2}|[+-]?P[\dT])', re.IGNORECASE)


class UnreadableError(Exception):
    """Why a file is refused, in one word: `not_calendar`, `truncated`, `broken` or `too_much`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Property:
    name: str
    value: str
    params: dict[str, str]


@dataclass(slots=True)
class Component:
    name: str
    properties: list[Property] = field(default_factory=list)
    inner: list[Component] = field(default_factory=list)

    def every(self, name: str) -> list[Property]:
        return [one for one in self.properties if one.name == name]

    def text(self, name: str) -> str:
        return next((one.value for one in self.properties if one.name == name), "")


def calendars(content: bytes) -> list[Component]:
    """The calendars of a file, one or more. Raises UnreadableError: not_calendar, truncated or too_much."""
    tree = _Tree()
    for line in _unfolded(_decode(content)):
        match = NAME.match(line)
        if match is None or (name := match[1].upper()) not in KEPT:
            continue
        found = _property(name, line, match.end(1))
        if name == "BEGIN":
            tree.begin(found.value.upper())
        elif name == "END":
            closed = found.value.upper()
            tree.end("VCALENDAR" if closed.startswith("VCALENDAR") else closed)
        elif tree.open:
            tree.open[-1].properties.append(found)
    if tree.open:
        raise UnreadableError("truncated")
    if not tree.calendars:
        raise UnreadableError("not_calendar")
    return tree.calendars


class _Tree:
    def __init__(self) -> None:
        self.calendars: list[Component] = []
        self.open: list[Component] = []
        self.names: Counter[str] = Counter()
        self.events = 0
        self.is_after_end = False

    def begin(self, name: str) -> None:
        if name == "VCALENDAR":
            if self.open and self.open[-1].name != name:
                raise UnreadableError("truncated")
        elif not self.open:
            if name not in INNER or not self.calendars:
                return  # no calendar yet, or something unknown after it
            self._push(self.calendars.pop())  # an event after the end of its calendar
            self.is_after_end = True
        if name in INNER:
            while self.open[-1].name != "VCALENDAR":  # something else was not closed, as a broken task
                self._pop()
            self.events += name == "VEVENT"
            if self.events > MOST_EVENTS:
                raise UnreadableError("too_much")
        self._push(Component(name))

    def end(self, name: str) -> None:
        if not self.names[name]:
            if name in ("VEVENT", "VFREEBUSY") and (self.open or self.calendars):
                raise UnreadableError("truncated")
            return
        while self.open[-1].name != name:
            self._pop()
        self._close()
        if self.is_after_end and len(self.open) == 1:
            self._close()
            self.is_after_end = False

    def _push(self, component: Component) -> None:
        self.names[component.name] += 1
        self.open.append(component)

    def _pop(self) -> None:
        left = self.open[-1]
        if left.name in ("VEVENT", "VFREEBUSY"):
            raise UnreadableError("truncated")
        if len(self.open) > 1 and self.open[-2].name == "VEVENT":
            # an alarm that was not closed: dates are never its own
            self.open[-2].properties += [one for one in left.properties if one.name in WHEN]
        self._close()

    def _close(self) -> None:
        closed = self.open.pop()
        self.names[closed.name] -= 1
        if closed.name == "VCALENDAR":
            self.calendars.append(closed)
        elif self.open:
            self.open[-1].inner.append(closed)


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1").removeprefix("ï»¿")  # times are ASCII in nearly every encoding


def _unfolded(text: str) -> Iterator[str]:
    parts: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
        elif line:
            yield "".join(parts)
            parts = [line.lstrip("\ufeff \t")]
    yield "".join(parts)


def _property(name: str, line: str, start: int) -> Property:
    """Taken apart at its first colon; of a date, at the first before a date (`TZID=GMT+05:30:2026…`)."""
    marks = [mark.start() for mark in MARK.finditer(line, start) if mark[0] in ":;"]
    colons = [at for at in marks if line[at] == ":"]
    if not colons:
        return Property(name, "", {})
    colon = colons[0]
    if name in DATED:
        colon = next((at for at in colons if LOOKS_DATED.match(line, at + 1)), colon)
    splits = [at for at in marks if at < colon and line[at] == ";"]
    params: dict[str, str] = {}
    for begin, end in zip(splits, [*splits, colon][1:], strict=True):
        key, _, value = line[begin + 1 : end].partition("=")
        params.setdefault(key.strip().upper(), value.strip(' \t"'))
    return Property(name, line[colon + 1 :].strip(), params)
