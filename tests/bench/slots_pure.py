"""What the slot rules cost without a database: 60 days, 200 bookings, 300 busy blocks, and 10x and 100x.

`make bench` calls `run()`; by itself: `python -m tests.bench.slots_pure`.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

from bookings.domain.intervals import Interval
from bookings.domain.slots import SlotQuery, Taken, WeeklyRule, Window, is_bookable, nearest, slots

DAYS, BOOKINGS, BUSY = 60, 200, 300
SCALES = (1, 10, 100)
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def build_query(scale: int = 1) -> SlotQuery:
    """A coach with the shipped settings; only bookings and busy time grow, always the same for one scale.

    They are spread over all the hours of the 60 days. From 10x on nothing is free: the cost of many blocks.
    """
    dice = random.Random(scale)

    def any_quarter() -> datetime:
        return NOW + dice.randrange(DAYS * 96) * QUARTER

    def booking() -> Taken:
        start = any_quarter()
        return Taken(start, Interval(start - QUARTER, start + 3 * QUARTER), counts=True)

    def block() -> Interval:
        start = any_quarter()
        return Interval(start, start + dice.choice((1, 2, 4)) * QUARTER)

    return SlotQuery(
        zone=ZoneInfo("Europe/Amsterdam"),
        rules=tuple(WeeklyRule(weekday, Window(time(9), time(17))) for weekday in range(1, 6)),
        overrides={},
        busy=tuple(block() for _ in range(BUSY * scale)),
        taken=tuple(booking() for _ in range(BOOKINGS * scale)),
        duration=2 * QUARTER,
        slot_interval=2 * QUARTER,
        buffer_before=QUARTER,
        buffer_after=QUARTER,
        minimum_notice=timedelta(hours=24),
        horizon_days=DAYS,
        max_per_day=6,
        max_per_week=None,
        now=NOW,
        range_start=NOW,
        range_end=NOW + timedelta(days=DAYS + 1),
    )


def milliseconds(call: Callable[[], object], rounds: int) -> dict[str, float]:
    """The median and the best of some rounds; the best is what the work costs when nothing else runs."""
    measured = []
    for _ in range(rounds):
        began = perf_counter()
        call()
        measured.append((perf_counter() - began) * 1000)
    return {"median_ms": round(statistics.median(measured), 3), "best_ms": round(min(measured), 3)}


def run() -> dict[str, dict[str, object]]:
    """Per scale: the load, the free slots, and the times of listing, of one check and of three nearest."""
    figures: dict[str, dict[str, object]] = {}
    middle = NOW + timedelta(days=DAYS // 2, hours=1)
    for scale in SCALES:
        query = build_query(scale)
        rounds = max(5, 50 // scale)
        figures[f"{scale}x"] = {
            "days": DAYS,
            "bookings": BOOKINGS * scale,
            "busy": BUSY * scale,
            "free_slots": len(slots(query)),
            "slots": milliseconds(lambda query=query: slots(query), rounds),
            "is_bookable": milliseconds(lambda query=query: is_bookable(query, middle), rounds),
            "nearest": milliseconds(lambda query=query: nearest(query, middle), rounds),
        }
    return figures


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(), indent=2) + "\n")
