"""How free starts and a call are laid out for a person: days, clocks and zones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.utils.translation import gettext as _

from bookings.domain.slots import Slot
from bookings.words.clock_notes import clock_note
from portal.common import times

DAYS_SHOWN = 5
# Where Dutch and English speaking visitors mostly are, the nearest first.
COMMON_ZONES = (
    "Europe/Amsterdam",
    "Europe/Brussels",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Lisbon",
    "America/New_York",
    "America/Los_Angeles",
    "America/Curacao",
    "America/Paramaribo",
    "Asia/Dubai",
    "Asia/Singapore",
    "Australia/Sydney",
)


@dataclass(frozen=True)
class Start:
    """One radio. `host_clock` is empty when both clocks agree, `offset` when it says nothing new."""

    value: str
    clock: str
    until: str
    host_clock: str
    offset: str
    is_chosen: bool


@dataclass(frozen=True)
class Day:
    weekday: str
    date: str
    year: int
    relative: str
    offset: str
    starts: tuple[Start, ...]


@dataclass(frozen=True)
class Listing:
    """A few days of free starts in the visitor's zone; `next_from` is where the next days begin."""

    days: tuple[Day, ...]
    zone: str
    zone_label: str
    zone_words: str
    host_zone_label: str
    host_words: str
    first: str
    next_from: date | None
    is_first_page: bool
    clock_note: str = ""


def lay_out(
    slots: list[Slot],
    *,
    zone: str,
    host_zone: str,
    now: datetime,
    shown_from: date | None = None,
    chosen: datetime | None = None,
    days_shown: int = DAYS_SHOWN,
) -> Listing:
    """Group starts by the visitor's own dates and show the first days that have any, from `shown_from` on."""
    per_day = [
        (on, list(day)) for on, day in groupby(slots, lambda slot: times.local(slot.start, zone).date())
    ]
    wanted = [(on, day) for on, day in per_day if shown_from is None or on >= shown_from]
    shown, rest = wanted[:days_shown], wanted[days_shown:]
    differs = any(_differs(slot.start, zone, host_zone) for _on, day in shown for slot in day)
    return Listing(
        days=tuple(
            _day(on, day, zone=zone, host_zone=host_zone, now=now, chosen=chosen) for on, day in shown
        ),
        zone=zone,
        zone_label=times.zone_label(now, zone),
        zone_words=times.zone_name(zone),
        host_zone_label=times.zone_label(now, host_zone) if differs else "",
        host_words=times.zone_name(host_zone),
        first=day_and_clock(slots[0].start, zone) if slots else "",
        next_from=rest[0][0] if rest else None,
        is_first_page=not per_day or not shown or shown[0][0] == per_day[0][0],
        clock_note=clock_note(
            (slot.start for _on, day in shown for slot in day), zone=zone, host_zone=host_zone, now=now
        ),
    )


def starts(slots: Iterable[Slot], *, zone: str, host_zone: str) -> list[tuple[str, str, str]]:
    return [
        (
            slot.start.isoformat(),
            times.long_span(slot.start, slot.end, zone),
            f"{clock}, {times.zone_name(host_zone)}"
            if (clock := host_clock(slot.start, zone, host_zone))
            else "",
        )
        for slot in slots
    ]


def day_and_clock(start: datetime, zone: str) -> str:
    """'dinsdag 24 november, 13:30'."""
    return f"{long_day(start, zone)}, {times.clock(start, zone)}"


def long_day(start: datetime, zone: str) -> str:
    return times.long_date(start, zone).removesuffix(f" {times.local(start, zone).year}")


def minutes_words(shortest: int, longest: int) -> str:
    """'30', or '30 to 45' when coaches differ."""
    return str(shortest) if shortest == longest else _("%(a)s to %(b)s") % {"a": shortest, "b": longest}


def host_clock(start: datetime, zone: str, host_zone: str) -> str:
    """'15:45' when the host's clock says something else, with the day when that differs too."""
    if not _differs(start, zone, host_zone):
        return ""
    clock = times.clock(start, host_zone)
    if times.local(start, host_zone).date() != times.local(start, zone).date():
        clock = f"{times.short_date(start, host_zone).split(' ')[0]} {clock}"
    return clock


def zone_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    names = sorted(name for name in times.zone_names() if times.is_zone(name))
    return [
        (
            region,
            [(name, name.partition("/")[2].replace("_", " ").replace("/", ", ") or name) for name in group],
        )
        for region, group in groupby(names, lambda name: name.partition("/")[0])
    ]


def likely_zones(*first: str, now: datetime) -> list[tuple[str, str]]:
    """A short list before the long one: these zones, then where most visitors are. (name, city, offset)"""
    names = dict.fromkeys(name for name in (*first, *COMMON_ZONES) if times.is_zone(name))
    return [(name, f"{times.city(name)} ({times.offset(now, name)})") for name in names]


def _day(
    on: date, slots: list[Slot], *, zone: str, host_zone: str, now: datetime, chosen: datetime | None
) -> Day:
    first = slots[0].start
    changes = _clock_changes_on(on, zone) or _clock_changes_on(
        times.local(first, host_zone).date(), host_zone
    )
    weekday, _space, day_words = long_day(first, zone).partition(" ")
    return Day(
        weekday=weekday,
        date=day_words,
        year=on.year,
        relative=_relative(on, times.local(now, zone).date()),
        offset="" if times.offset(first, zone) == times.offset(now, zone) else times.offset(first, zone),
        starts=tuple(
            Start(
                value=slot.start.isoformat(),
                clock=times.clock(slot.start, zone),
                until=times.clock(slot.end, zone),
                host_clock=host_clock(slot.start, zone, host_zone),
                offset=times.offset(slot.start, zone) if changes else "",
                is_chosen=slot.start == chosen,
            )
            for slot in slots
        ),
    )


def _differs(instant: datetime, zone: str, other: str) -> bool:
    return times.local(instant, zone).utcoffset() != times.local(instant, other).utcoffset()


def _clock_changes_on(on: date, zone: str) -> bool:
    midnight = datetime.combine(on, time(), tzinfo=times.zone(zone))
    return midnight.utcoffset() != (midnight + timedelta(days=1)).utcoffset()


def _relative(on: date, today: date) -> str:
    ahead = (on - today).days
    near = {0: _("today"), 1: _("tomorrow"), 2: _("the day after tomorrow")}
    if ahead in near:
        return near[ahead]
    weeks = on.isocalendar()[:2]
    return _("next week") if weeks == (today + timedelta(days=7)).isocalendar()[:2] else ""
