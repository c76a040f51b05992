"""Which calls lie outside a host's opening hours, or in time the host blocked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from zoneinfo import ZoneInfo

from bookings.domain.intervals import Interval, Span, merge
from bookings.domain.slots import ONE_DAY, WeeklyRule, Window, open_hours


class Outside(Enum):
    """Why a call does not fit the calendar it is in; the first that holds is the one to name."""

    OFF = auto()  # the host or the kind of call is switched off
    HOURS = auto()  # not wholly within one stretch of open time
    BLOCKED = auto()  # meets blocked time, buffers left out of it


@dataclass(frozen=True, slots=True)
class WeekHours:
    """Opening hours alone: what `open_hours` asks of a SlotQuery."""

    rules: tuple[WeeklyRule, ...]
    overrides: Mapping[date, tuple[Window, ...]]


def find_outside(
    calls: Sequence[Interval], *, hours: WeekHours, blocked: Iterable[Interval], zone: ZoneInfo
) -> dict[Interval, Outside]:
    """Why each of these calls (bare, without buffers) does not fit the opening hours or meets blocked time.

    Grid, notice, horizon, limits and buffers play no part: a call that was booked stays right when those
    change. `hours` must hold the overrides from a day before the first call until a day after the last;
    `blocked` whatever meets a call. `zone` is the host's.
    """
    if not calls:
        return {}
    first = min(call.start for call in calls).astimezone(zone).date() - ONE_DAY  # the night before counts
    last = max(call.end for call in calls).astimezone(zone).date()
    opened = open_hours(hours, zone, first, last)
    closed = merge((one.start, one.end) for one in blocked)
    found: dict[Interval, Outside] = {}
    for call in calls:
        if not _holds(opened, call):
            found[call] = Outside.HOURS
        elif _meets(closed, call):
            found[call] = Outside.BLOCKED
    return found


def _holds(spans: list[Span], call: Interval) -> bool:
    at = bisect_right(spans, call.start, key=lambda span: span[0]) - 1
    return at >= 0 and call.end <= spans[at][1]


def _meets(spans: list[Span], call: Interval) -> bool:
    at = bisect_right(spans, call.start, key=lambda span: span[1])  # the first that ends after the start
    return at < len(spans) and spans[at][0] < call.end
