"""Why a day is empty, or what is left of it, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.domain.intervals import Interval
from bookings.domain.reasons import DayReasons, Hours
from bookings.domain.slots import Cause
from bookings.models import BlockedTime, Booking, BusyTime, CalendarSource, CallType
from portal.common import times

LISTED = 12
Closed = BlockedTime | BusyTime


@dataclass(frozen=True)
class About:
    source: Booking | Closed | CalendarSource
    words: str

    @property
    def is_call(self) -> bool:
        return isinstance(self.source, Booking)


@dataclass(frozen=True)
class Reason:
    """One line: whether it lets calls in, the fact, the rest of the sentence, and what stands in the way."""

    is_open: bool
    fact: str
    words: str = ""
    about: tuple[About, ...] = ()


@dataclass(frozen=True)
class Description:
    reasons: list[Reason]
    free: str  # the starts that can be booked, by the clock
    freed: str  # what taking away the blocked time would give


def describe(
    day: DayReasons,
    call_type: CallType,
    *,
    blocked: Iterable[Closed],
    calls: Iterable[Booking],
    unread: Sequence[CalendarSource],
    now: datetime,
) -> Description:
    """The reasons of one day of the host. `blocked` and `calls` are read around that day;
    `unread` are the calendars that close everything until they can be read."""
    zone = call_type.host.time_zone
    today = times.local(now, zone).date()
    if day.on < today:
        return Description([Reason(False, _("This day is over."))], "", "")
    reasons = [*_switched_off(call_type), *_ahead(day, call_type, today), _hours(day, call_type, zone)]
    reasons += _full(day, call_type)
    reasons += [*_unread(day, unread), *_in_the_way(day, [] if unread else blocked, calls, zone)]
    is_on = call_type.is_active and call_type.host.is_active
    freed = _freed(day, blocked, zone) if is_on and not unread else ""
    return Description(reasons, clocks(day.free, zone) if is_on else "", freed)


def _switched_off(call_type: CallType) -> list[Reason]:
    if not call_type.host.is_active:
        return [Reason(False, _("Switched off."), _("This coach cannot be booked at the moment."))]
    if not call_type.is_active:
        return [Reason(False, _("Switched off."), _("This kind of call cannot be booked at the moment."))]
    return []


def _ahead(day: DayReasons, call_type: CallType, today: date) -> list[Reason]:
    days = call_type.horizon_days or 0
    first_on, last_on = call_type.first_on or today, call_type.last_bookable_on(today)
    facts = {
        "first": formats.date_format(first_on, "j F Y"),
        "date": formats.date_format(last_on, "j F Y"),
        "days": days,
        "notice": length(call_type.minimum_notice_minutes),
    }
    if call_type.dates and not first_on <= day.on <= last_on:
        words = _("Calls can be booked from %(first)s until %(date)s.") % facts
        return [Reason(False, _("Outside the dates."), words)]
    if day.on > last_on:
        words = _("Calls can be booked until %(date)s, %(days)d days ahead.") % facts
        return [Reason(False, _("Too far ahead."), words)]
    if soon := day.removed.get(Cause.NOTICE):
        words = ngettext(
            "drops out: a call is booked at least %(notice)s ahead.",
            "drop out: a call is booked at least %(notice)s ahead.",
            len(soon),
        )
        return [Reason(False, count_of(soon), words % facts)]
    return [Reason(True, _("Within the days you can be booked."), _("Until %(date)s.") % facts)]


def _hours(day: DayReasons, call_type: CallType, zone: str) -> Reason:
    spans = [
        _("%(start)s to %(end)s") % {"start": times.clock(start, zone), "end": times.clock(end, zone)}
        for start, end in day.opened
    ]
    if not spans:
        if day.hours in (Hours.CLOSED, Hours.OTHER):
            return Reason(False, _("Closed on this date."))
        return Reason(False, _("No hours on this day of the week."))
    fact = _("Hours on this date alone: %(spans)s.") if day.hours is Hours.OTHER else _("Hours %(spans)s.")
    fact %= {"spans": listed(spans)}
    if not day.grid:
        words = _("A call of %(minutes)d minutes does not fit in.") % {"minutes": call_type.duration_minutes}
        return Reason(False, fact, words)
    words = ngettext("That is %(count)d possible start.", "That is %(count)d possible starts.", len(day.grid))
    return Reason(True, fact, words % {"count": len(day.grid)})


def _full(day: DayReasons, call_type: CallType) -> list[Reason]:
    found = []
    if Cause.FULL_WEEK in day.removed:
        most = call_type.max_per_week or 0
        words = ngettext("At most %(count)d call in a week.", "At most %(count)d calls in a week.", most)
        found.append(Reason(False, _("The week is full."), words % {"count": most}))
    if Cause.FULL_DAY in day.removed:
        most = call_type.max_per_day or 0
        words = ngettext("At most %(count)d call on a day.", "At most %(count)d calls on a day.", most)
        found.append(Reason(False, _("The day is full."), words % {"count": most}))
    return found


def _unread(day: DayReasons, unread: Sequence[CalendarSource]) -> list[Reason]:
    if not unread or not day.removed.get(Cause.BUSY):
        return []
    words = _("You chose to offer no times until it can be read:")
    about = tuple(About(source, source.name) for source in unread)
    return [Reason(False, _("A connected calendar cannot be read."), words, about)]


def _in_the_way(
    day: DayReasons, blocked: Iterable[Closed], calls: Iterable[Booking], zone: str
) -> list[Reason]:
    found = []
    blocks = _blocks_of(day, blocked)
    if blocks and (lost := day.removed.get(Cause.BUSY)):
        words = ngettext(
            "drops out because of blocked or taken time, buffers included:",
            "drop out because of blocked or taken time, buffers included:",
            len(lost),
        )
        about = [About(one, _named(one, one.title, day, zone)) for one in blocks]
        found.append(Reason(False, count_of(lost), words, tuple(about)))
    if lost := day.removed.get(Cause.CALL):
        met = set(day.calls)
        own = [call for call in calls if Interval(call.footprint.lower, call.footprint.upper) in met]
        words = ngettext(
            "drops out because of a call, buffers included:",
            "drop out because of a call, buffers included:",
            len(lost),
        )
        about = [About(one, _named(one, one.name or _("Held"), day, zone)) for one in own]
        found.append(Reason(False, count_of(lost), words, tuple(about)))
    return found


def _blocks_of(day: DayReasons, blocked: Iterable[Closed]) -> tuple[Closed, ...]:
    met = set(day.busy)
    return tuple(one for one in blocked if Interval(one.start_at, one.end_at) in met)


def _named(source: Booking | Closed, name: str, day: DayReasons, zone: str) -> str:
    is_that_day = times.local(source.start_at, zone).date() == day.on
    start = times.clock(source.start_at, zone) if is_that_day else times.short_moment(source.start_at, zone)
    return f"{start} {name}"


def _freed(day: DayReasons, blocked: Iterable[Closed], zone: str) -> str:
    starts = day.alone.get(Cause.BUSY)
    if not starts:
        return ""
    words = ngettext(
        "Without the blocked time %(starts)s could be booked again.",
        "Without the blocked times %(starts)s could be booked again.",
        len(_blocks_of(day, blocked)),
    )
    return words % {"starts": clocks(starts, zone)}


# ---- words -----------------------------------------------------------------------------------------------
def count_of(starts: Sequence[datetime]) -> str:
    words = ngettext("%(count)d start", "%(count)d starts", len(starts))
    return words % {"count": len(starts)}


def clocks(starts: Sequence[datetime], zone: str) -> str:
    """'09:00, 09:30 and 10:00'; a long list says how many more there are."""
    shown = [times.clock(start, zone) for start in starts[:LISTED]]
    if len(starts) > LISTED:
        shown.append(_("%(count)d more") % {"count": len(starts) - LISTED})
    return listed(shown)


def listed(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def length(minutes: int) -> str:
    """A length of time in the largest unit that says it whole: '2 days', '24 hours', '90 minutes'."""
    if minutes and minutes % 1440 == 0 and minutes > 1440:
        return ngettext("%(count)d day", "%(count)d days", minutes // 1440) % {"count": minutes // 1440}
    if minutes and minutes % 60 == 0:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
