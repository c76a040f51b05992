"""Several coaches as one calendar: their starts together, and whose turn it is."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter

from bookings.domain.slots import Slot

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Load:
    """How busy a coach is with one kind of call. `coach` is whatever tells coaches apart and orders them."""

    coach: int
    calls: int
    last_booked_at: datetime | None = None


def in_turn(loads: Iterable[Load]) -> list[int]:
    """The coaches in the order in which a call is offered to them: who has fewest calls, then who was booked
    longest ago or never, then the lowest number."""
    return [
        load.coach
        for load in sorted(loads, key=lambda load: (load.calls, load.last_booked_at or NEVER, load.coach))
    ]


def together(calendars: Iterable[list[Slot]]) -> list[Slot]:
    """The starts of several calendars in order of time, each instant once; of equal starts the first
    calendar's. Each calendar is in order of time itself."""
    found: list[Slot] = []
    for slot in heapq.merge(*calendars, key=attrgetter("start")):
        if not found or found[-1].start != slot.start:
            found.append(slot)
    return found
