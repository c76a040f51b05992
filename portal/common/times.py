"""The one clock, and the one way to write an instant for a person: never without its zone."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

HOST_ZONE: Final = "Europe/Amsterdam"
_as_of = ContextVar[datetime | None]("as_of", default=None)


class UnknownZoneError(ValueError):
    """`is_zone` says no."""


def now() -> datetime:
    """The current instant, aware, UTC. Moved by CLOCK_OFFSET_FILE (seconds) in local mode, for tests."""
    instant = _as_of.get() or timezone.now()
    if settings.CLOCK_OFFSET_FILE and settings.LOCAL_MODE:
        path = Path(settings.CLOCK_OFFSET_FILE)
        if path.exists():
            return instant + timedelta(seconds=float(path.read_text() or 0))
    return instant


@contextmanager
def as_of(instant: datetime) -> Iterator[None]:
    """What is done within it happens at that instant: the demo lets the portal live through some months."""
    token = _as_of.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _as_of.reset(token)


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def is_zone(name: str) -> bool:
    """Whether `name` is an IANA zone such as Europe/Amsterdam (no offsets, no abbreviations but UTC).

    The one answer for whoever chooses a zone and for every zone that was kept: data and tzdata change.
    """
    return (
        name in zone_names() and ("/" in name or name == "UTC") and not name.startswith(("Etc/", "SystemV/"))
    )


@lru_cache(maxsize=1024)  # asked for every start on a page
def zone(name: str) -> zoneinfo.ZoneInfo:
    """The zone, or Europe/Amsterdam when the name means nothing."""
    return zoneinfo.ZoneInfo(name if is_zone(name) else HOST_ZONE)


def known_zone(name: str) -> zoneinfo.ZoneInfo:
    """The zone itself, for what may not be guessed. Raises UnknownZoneError."""
    if not is_zone(name):
        raise UnknownZoneError(f"‘{name[:60]}’ is not a time zone we know; use one such as {HOST_ZONE}.")
    return zone(name)


def local(instant: datetime, time_zone: str) -> datetime:
    return instant.astimezone(zone(time_zone))


def offset(instant: datetime, time_zone: str) -> str:
    """'UTC+1', 'UTC+5:45' for the zone at that instant."""
    minutes = int((local(instant, time_zone).utcoffset() or timedelta()).total_seconds() // 60)
    sign = "−" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}:{rest:02d}" if rest else f"UTC{sign}{hours}"


def zone_label(instant: datetime, time_zone: str) -> str:
    """'Dutch time', 'New York time (UTC−5)': whose clock it is, and how far from UTC where that says more.

    Dutch time needs no offset but in the hour that a clock change gives twice.
    """
    name, is_twice = zone_name(time_zone), _is_twice(local(instant, time_zone))
    if zone(time_zone).key in (HOST_ZONE, "UTC") and not is_twice:
        return name
    return f"{name} ({offset(instant, time_zone)})"


def zone_name(time_zone: str) -> str:
    """'Dutch time', 'New York time'."""
    key = zone(time_zone).key
    if key == HOST_ZONE:
        return _("Dutch time")
    return key if key == "UTC" else _("%(city)s time") % {"city": city(key)}


def city(time_zone: str) -> str:
    """'New York' of America/New_York; in the reader's language where that has a name of its own for it."""
    name = zone(time_zone).key.rpartition("/")[2].replace("_", " ")
    own = {
        "Brussels": _("Brussels"),
        "Berlin": _("Berlin"),
        "London": _("London"),
        "Lisbon": _("Lisbon"),
        "Paris": _("Paris"),
        "Rome": _("Rome"),
        "Vienna": _("Vienna"),
        "Copenhagen": _("Copenhagen"),
        "Curacao": "Curaçao",
    }
    return own.get(name, name)


def _is_twice(wall: datetime) -> bool:
    return wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()


def long_date(instant: datetime, time_zone: str) -> str:
    """'donderdag 26 november 2026' or 'Thursday 26 November 2026'."""
    return formats.date_format(local(instant, time_zone), "l j F Y")


def full_date(instant: datetime, time_zone: str) -> str:
    return formats.date_format(local(instant, time_zone), "j F Y")


def near_date(instant: datetime, time_zone: str) -> str:
    """'26 november', with the year when it is not this one."""
    is_this_year = local(instant, time_zone).year == local(now(), time_zone).year
    return formats.date_format(local(instant, time_zone), "j F" if is_this_year else "j F Y")


def month(instant: datetime, time_zone: str) -> str:
    """'november 2026'."""
    return formats.date_format(local(instant, time_zone), "F Y")


def short_date(instant: datetime, time_zone: str) -> str:
    """'do 26 nov 2026' or 'Thu 26 Nov 2026'."""
    return _abbreviated(instant, time_zone, "D j M Y")


def short_date_of(on: date) -> str:
    """'do 26 nov 2026', of a day without a time."""
    return short_date(datetime.combine(on, time(12), tzinfo=UTC), "UTC")


def short_day(instant: datetime, time_zone: str) -> str:
    """'26 nov' or '26 Nov'."""
    return _abbreviated(instant, time_zone, "j M")


def short_month(instant: datetime, time_zone: str) -> str:
    """'nov 2026' or 'Nov 2026'."""
    return _abbreviated(instant, time_zone, "M Y")


def short_weekday(on: date) -> str:
    """'do' or 'Thu'."""
    return _plain(formats.date_format(on, "D"))


def _abbreviated(instant: datetime, time_zone: str, pattern: str) -> str:
    return _plain(formats.date_format(local(instant, time_zone), pattern))


def _plain(text: str) -> str:
    text = text.replace(".", "")
    return text.lower() if translation.get_language() == "nl" else text


def clock(instant: datetime, time_zone: str) -> str:
    """'09:45', 24 hours, in both languages."""
    return local(instant, time_zone).strftime("%H:%M")


def long_span(start_at: datetime, end_at: datetime, time_zone: str) -> str:
    """'donderdag 26 november 2026, 09:45 tot 10:15'."""
    return _("%(date)s, %(start)s to %(end)s") % {
        "date": long_date(start_at, time_zone),
        "start": clock(start_at, time_zone),
        "end": clock(end_at, time_zone),
    }


def short_moment(instant: datetime, time_zone: str) -> str:
    """'do 26 nov 2026, 09:45'."""
    return f"{short_date(instant, time_zone)}, {clock(instant, time_zone)}"


def near_clock(instant: datetime, time_zone: str) -> str:
    """'09:45' for today, 'do 09:45' for another day; only for what is less than a week away."""
    if local(instant, time_zone).date() == local(now(), time_zone).date():
        return clock(instant, time_zone)
    return f"{short_date(instant, time_zone).partition(' ')[0]} {clock(instant, time_zone)}"
