"""How free starts and a call are laid out for a person: days, clocks and zones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.domain.fortnight import Fortnight, fortnight
from bookings.domain.slots import Slot
from bookings.words.clock_notes import clock_note
from portal.common import times

DAYS_SHOWN = 5
STARTS_SHOWN = 6  # of a day, before the others are asked for
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
    """One radio. `label` is the clock, with the offset when that says something new; `until_words` also says by whose
    clock; `host_clock` is empty when both clocks agree."""

    value: str
    label: str
    clock: str
    until: str
    until_words: str
    host_clock: str
    offset: str
    is_chosen: bool


@dataclass(frozen=True)
class Day:
    """`name` is short, for the button that says what was chosen: 'wo 2 december'."""

    on: date
    name: str
    weekday: str
    date: str
    year: int
    relative: str
    offset: str
    starts: tuple[Start, ...]

    @property
    def shown(self) -> tuple[Start, ...]:
        return self.starts[:STARTS_SHOWN]

    @property
    def others(self) -> tuple[Start, ...]:
        return self.starts[STARTS_SHOWN:]

    @property
    def others_words(self) -> str:
        count = len(self.others)
        return ngettext("%(count)s more time", "%(count)s more times", count) % {"count": count}

    @property
    def is_unfolded(self) -> bool:
        """The start that was chosen is one of the others: it must be seen."""
        return any(start.is_chosen for start in self.others)


@dataclass(frozen=True)
class StripDay:
    """A day of the strip above the times. `before` and `after` are what is only heard around its number; `month` stands
    below the first day and below the first of a month."""

    on: date
    weekday: str
    before: str
    after: str
    month: str
    is_free: bool
    is_monday: bool


@dataclass(frozen=True)
class Listing:
    """A few days of free starts in the visitor's zone; `next_from` and `earlier_from` are where the days after and
    before them begin. `strip` is every day of the two weeks they lie in, free or not."""

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
    strip: tuple[StripDay, ...] = ()
    earlier_from: date | None = None

    @property
    def chosen(self) -> str:
        """'wo 2 december, 11:00', of what is chosen of these days; empty without."""
        chosen = ((day, start) for day in self.days for start in day.starts if start.is_chosen)
        return next((f"{day.name}, {start.label}" for day, start in chosen), "")


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


def two_weeks(
    slots: list[Slot],
    *,
    zone: str,
    host_zone: str,
    now: datetime,
    shown_from: date | None = None,
    chosen: datetime | None = None,
) -> Listing:
    """Lay out every start of two weeks, with the strip of their days."""
    free = list(dict.fromkeys(times.local(slot.start, zone).date() for slot in slots))
    weeks = fortnight(free, shown_from)
    listing = lay_out(
        slots,
        zone=zone,
        host_zone=host_zone,
        now=now,
        shown_from=weeks.first_on if weeks else shown_from,
        chosen=chosen,
        days_shown=len(weeks.free) if weeks else 0,
    )
    return (
        replace(listing, strip=_strip(weeks, listing), earlier_from=weeks.earlier_from) if weeks else listing
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
    until, whose = _("to %(end)s, %(words)s"), times.zone_name(zone)

    def start_of(slot: Slot) -> Start:
        clock, end = times.clock(slot.start, zone), times.clock(slot.end, zone)
        offset = times.offset(slot.start, zone) if changes else ""
        return Start(
            value=slot.start.isoformat(),
            label=f"{clock} {offset}" if offset else clock,
            clock=clock,
            until=end,
            until_words=until % {"end": end, "words": whose},
            host_clock=host_clock(slot.start, zone, host_zone),
            offset=offset,
            is_chosen=slot.start == chosen,
        )

    return Day(
        on=on,
        name=f"{times.short_weekday(on)} {day_words}",
        weekday=weekday,
        date=day_words,
        year=on.year,
        relative=_relative(on, times.local(now, zone).date()),
        offset="" if times.offset(first, zone) == times.offset(now, zone) else times.offset(first, zone),
        starts=tuple(start_of(slot) for slot in slots),
    )


def _strip(weeks: Fortnight, listing: Listing) -> tuple[StripDay, ...]:
    counts = {day.on: len(day.starts) for day in listing.days}
    return tuple(_strip_day(on, counts.get(on, 0), is_first=on == weeks.first_on) for on in weeks.days)


def _strip_day(on: date, free: int, *, is_first: bool) -> StripDay:
    weekday, month = date_format(on, "l|F").split("|")
    says = ngettext("%(count)s time free", "%(count)s times free", free) % {"count": free}
    return StripDay(
        on=on,
        weekday=times.short_weekday(on),
        before=weekday,
        after=f"{month}, {says if free else _('nothing free')}",
        month=month if is_first or on.day == 1 else "",
        is_free=free > 0,
        is_monday=on.isoweekday() == 1,
    )


def _differs(instant: datetime, zone: str, other: str) -> bool:
    return zone != other and times.local(instant, zone).utcoffset() != times.local(instant, other).utcoffset()


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
