"""In the days around a clock change: that it comes, and that the time named is the one on the clock then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from itertools import chain

from django.utils.translation import gettext as _

from bookings.domain.clock_changes import ClockChange, changes_before
from bookings.models import Booking
from portal.common import times


def clock_note(starts: Iterable[datetime], *, zone: str, host_zone: str, now: datetime) -> str:
    """One sentence for whoever reads these starts in `zone`; empty when no clock changes near them.

    It names the city when the clocks of coach and visitor do not change together.
    """
    listed = list(starts)
    zones = list(dict.fromkeys(times.zone(name) for name in (zone, host_zone)))
    per_zone = [changes_before(listed, zone=one, now=now) for one in zones]
    agree = all(_days(changes) == _days(per_zone[0]) for changes in per_zone)
    shown = per_zone[0] if agree else sorted(chain.from_iterable(per_zone), key=lambda change: change.at)
    if not shown:
        return ""
    changes = _(" and ").join(_words(change, names_city=not agree) for change in shown)
    return _("The clock goes %(changes)s; every time named here is the time on the clock then.") % {
        "changes": changes
    }


def clock_note_of(booking: Booking) -> str:
    now = times.now()
    if not booking.is_ahead(now):
        return ""
    return clock_note([booking.start_at], zone=booking.time_zone, host_zone=booking.host.time_zone, now=now)


def _days(changes: list[ClockChange]) -> list[tuple[date, bool]]:
    return [(change.on, change.is_forward) for change in changes]


def _words(change: ClockChange, *, names_city: bool) -> str:
    noon = datetime.combine(change.on, time(12), tzinfo=UTC)  # its own date, whatever the zone of the change
    facts = {
        "date": times.long_date(noon, "UTC"),
        "city": times.city(change.zone.key),
    }
    if names_city:
        return (
            _("forward on %(date)s in %(city)s") if change.is_forward else _("back on %(date)s in %(city)s")
        ) % facts
    return (_("forward on %(date)s") if change.is_forward else _("back on %(date)s")) % facts
