"""How it goes with a connected calendar, in words."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as __
from django.utils.translation import ngettext

from bookings.models import CalendarSource


def age(at: datetime, now: datetime) -> str:
    """'5 minutes old', in the largest unit that fits."""
    minutes = max(0, int((now - at).total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes) % {"count": minutes}
    if (hours := minutes // 60) < 48:
        return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
    return ngettext("%(count)d day ago", "%(count)d days ago", hours // 24) % {"count": hours // 24}


def state(source: CalendarSource, now: datetime) -> str:
    if not source.is_active:
        return __("switched off")
    words = [age(source.last_good_at, now) if source.last_good_at else __("not read yet")]
    if source.is_looking and not source.last_problem:
        words.append(__("The calendars on the server are being looked up."))
    if source.waits_for_choice:
        words.append(__("Choose which calendar it is."))
    if source.is_stale(now) or (source.is_unprotected and not source.is_being_read(now)):
        words[0] = __("Warning: %(age)s") % {"age": words[0]}
    if source.last_problem:
        words.append(source.get_last_problem_display())
        if source.points_at:
            words.append(
                __("It points to https://%(host)s/; fill that in if you trust it.")
                % {"host": source.points_at}
            )
    if source.unknown_zones:
        words.append(zones_on_own_clock(source))
    if source.is_closing(now):
        words.append(__("No times are offered until we can read it."))
    return words[0] + "".join(f". {one.rstrip('.')}" for one in words[1:]) + "." * (len(words) > 1)


def zones_on_own_clock(source: CalendarSource) -> str:
    names = source.unknown_zones
    words = ngettext(
        "The time zone %(names)s is unknown; its times are read by your own clock (%(zone)s). If that is "
        "wrong, give those events a time zone with the name of a city.",
        "The time zones %(names)s are unknown; their times are read by your own clock (%(zone)s). If that is "
        "wrong, give those events a time zone with the name of a city.",
        len(names),
    )
    return words % {"names": ", ".join(f"‘{name}’" for name in names), "zone": source.host.time_zone}
