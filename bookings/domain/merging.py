"""Many small calendar files, one an event, as one: a server repeats the rules of a time zone with each event,
and reading those again and again is nearly all the work."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bookings.domain.busy import UnreadableError

WHOLE = re.compile(r"BEGIN:VCALENDAR\n(?P<inner>.*)\nEND:VCALENDAR", re.DOTALL)
ZONE = re.compile(r"^BEGIN:VTIMEZONE\n.*?^END:VTIMEZONE(?:\n|\Z)", re.DOTALL | re.MULTILINE)
NAME = re.compile(r"^TZID[^:\n]*:(.+)$", re.MULTILINE)
FIRST = re.compile(r"^BEGIN:", re.MULTILINE)
NOT_ALIKE = re.compile(r"^(?:BEGIN:VCALENDAR|X-WR-TIMEZONE)", re.MULTILINE | re.IGNORECASE)


def merge(files: Iterable[str]) -> str:
    """One calendar with every component of the files; a file that cannot be merged stays one of its own.

    Raises UnreadableError `not_calendar` or `truncated` for a file that is none.
    """
    zones: dict[str, str] = {}
    components: list[str] = []
    apart: list[str] = []
    for file in files:
        text = file.replace("\r\n", "\n").replace("\r", "\n").strip("\ufeff \n\t")
        if not text[:15].upper().startswith("BEGIN:VCALENDAR"):
            raise UnreadableError("not_calendar")
        if not text[-13:].upper() == "END:VCALENDAR":
            raise UnreadableError("truncated")
        whole = WHOLE.fullmatch(text)
        own = _zones(whole["inner"]) if whole and not NOT_ALIKE.search(whole["inner"]) else None
        if whole is None or own is None or any(zones.get(name, zone) != zone for name, zone in own.items()):
            apart.append(text)
            continue
        zones |= own
        rest = ZONE.sub("", whole["inner"])
        if first := FIRST.search(rest):
            components.append(rest[first.start() :].rstrip("\n"))
    if components:
        inner = [zone.rstrip("\n") for zone in zones.values()]
        apart.append("\n".join(["BEGIN:VCALENDAR", *inner, *components, "END:VCALENDAR"]))
    return "\n".join(apart)


def _zones(inner: str) -> dict[str, str] | None:
    """The rules of each zone by its name; None when one has no single name."""
    found = {}
    for zone in ZONE.findall(inner):
        names = NAME.findall(zone)
        if len(names) != 1 or names[0] in found:
            return None
        found[names[0]] = zone.rstrip("\n")
    return found
