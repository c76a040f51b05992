"""What was free when: the coach's calendar at any moment of a run, worked out anew from the versions of its rows.

It shares no code with the portal. Where nobody can know (a clock that jumps at that moment), both answers hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.reliability.checker.clock import Clock
from tests.reliability.checker.reading import (
    BLOCK,
    BOOKING,
    BUSY,
    END,
    OVERRIDE,
    RULE,
    WINDOW,
    Map,
    Run,
    Version,
    instant,
    span,
)

COMMIT = timedelta(seconds=0.5)  # between the line of a version, written at its commit, and others seeing it
LIVE = ("held", "confirmed")
DAY = timedelta(days=1)
Pair = tuple[datetime, datetime]


@dataclass(frozen=True)
class Stretch:
    """A row as it was from `since` until `until`."""

    row: Map
    since: datetime
    until: datetime
    line: int

    def is_at(self, at: datetime) -> bool:
        return self.since <= at < self.until


@dataclass(frozen=True)
class Asked:
    """What is looked for: a start with one of these kinds of call, for whom the holds in `own` are no obstacle, nor the
    call that is `moved`. The coach may go `outside` the hours: then other calls and the past are all that refuses."""

    start: datetime
    kinds: tuple[Map, ...]
    own: frozenset[int] = frozenset()
    moved: str = ""
    outside: bool = False


def stretches(histories: Iterable[list[Version]]) -> list[Stretch]:
    found = []
    for versions in histories:
        ends = [*(version.at for version in versions[1:]), END]
        pairs = zip(versions, ends, strict=True)
        found += [Stretch(one.row, one.at, until, one.line) for one, until in pairs if not one.is_gone]
    return found


def meet(one: Pair, other: Pair) -> bool:
    return one[0] < other[1] and other[0] < one[1]


class Calendar:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.clock = Clock(run)
        self.zones = {host["id"]: ZoneInfo(host["time_zone"]) for host in run.state["hosts"]}
        self.kinds: list[Map] = run.state["call_types"]
        self.calls = stretches(run.rows(BOOKING))
        self.blocks = stretches([*run.rows(BLOCK), *run.rows(BUSY)])
        self.rules, self.overrides, self.windows = (
            stretches(run.rows(one)) for one in (RULE, OVERRIDE, WINDOW)
        )
        self.footprints = {id(one): span(one.row["footprint"]) for one in self.calls}
        self.periods = {id(one): span(one.row["period"]) for one in self.blocks}

    def kinds_of(self, slug: str) -> tuple[Map, ...]:
        return tuple(kind for kind in self.kinds if kind["is_active"] and slug in ("", kind["slug"]))

    def was_free(self, asked: Asked, since: datetime, until: datetime) -> bool:
        """Whether it may have been free for anybody who looked between these moments."""
        return any(free for free, _taken in self._seen(asked, since, until))

    def was_taken(self, asked: Asked, since: datetime, until: datetime) -> bool:
        """Whether it may have been taken, closed, too soon or too far for anybody who looked between these moments."""
        return any(taken for _free, taken in self._seen(asked, since, until))

    # ---- moment by moment ---------------------------------------------------------------------------------------
    def _seen(self, asked: Asked, since: datetime, until: datetime) -> Iterator[tuple[bool, bool]]:
        """(may be free, may be taken) of each piece of that time in which no row changed."""
        since -= COMMIT
        around = {kind["id"]: self._around(asked, kind, since, until) for kind in asked.kinds}
        changes = {one.since for part in around.values() for one in part} | {
            one.until for part in around.values() for one in part
        }
        moments = [since, *sorted(at for at in changes if since < at <= until)]
        for at, end in zip(moments, [*moments[1:], until], strict=True):
            verdicts = [self._verdict(asked, kind, around[kind["id"]], at, end) for kind in asked.kinds]
            yield any(free for free, _taken in verdicts), all(taken for _free, taken in verdicts)

    def _around(self, asked: Asked, kind: Map, since: datetime, until: datetime) -> list[Stretch]:
        """Whatever has a say about this start in that time."""
        wanted, host = footprint_of(kind, asked.start), kind["host_id"]
        day = asked.start.astimezone(self.zones[host]).date()
        near = {str(day + DAY * number) for number in range(-2, 2)}
        overrides = [one for one in self.overrides if one.row["host_id"] == host and one.row["on"] in near]
        days = {one.row["id"] for one in overrides}
        return [
            one
            for one in [
                *(one for one in self.calls if self._counts(one, asked, kind, wanted)),
                *(b for b in self.blocks if b.row["host_id"] == host and meet(self.periods[id(b)], wanted)),
                *(rule for rule in self.rules if rule.row["host_id"] == host),
                *overrides,
                *(window for window in self.windows if window.row["override_id"] in days),
            ]
            if one.since <= until and one.until > since
        ]

    def _counts(self, one: Stretch, asked: Asked, kind: Map, wanted: Pair) -> bool:
        row = one.row
        is_own = row["public_id"] == asked.moved or (row["status"] == "held" and row["id"] in asked.own)
        if row["host_id"] != kind["host_id"] or row["status"] == "cancelled" or is_own:
            return False
        return meet(self.footprints[id(one)], wanted) or is_limited(kind)

    def _verdict(
        self, asked: Asked, kind: Map, around: list[Stretch], at: datetime, end: datetime
    ) -> tuple[bool, bool]:
        there = [one for one in around if one.is_at(at)]
        early, late = self.clock.between(at, end)
        wanted, zone = footprint_of(kind, asked.start), self.zones[kind["host_id"]]
        is_blocked = any(id(one) in self.periods for one in there)
        if not asked.outside and (is_blocked or not self._is_open(asked.start, kind, there)):
            return False, True
        calls = [one for one in there if id(one) in self.footprints]
        sure = [one for one in calls if not has_lapsed(one.row, late)]
        maybe = [one for one in calls if not has_lapsed(one.row, early)]
        if asked.outside:
            met = any(meet(self.footprints[id(one)], wanted) for one in maybe)
            return not any(meet(self.footprints[id(one)], wanted) for one in sure), met or asked.start <= late
        notice = timedelta(minutes=kind["minimum_notice_minutes"])
        is_free = (
            not any(meet(self.footprints[id(one)], wanted) for one in sure)
            and not is_full(kind, asked.start, sure, zone)
            and asked.start >= early + notice
            and is_near(kind, asked.start, late, zone)
        )
        is_taken = (
            any(meet(self.footprints[id(one)], wanted) for one in maybe)
            or is_full(kind, asked.start, maybe, zone)
            or asked.start < late + notice
            or not is_near(kind, asked.start, early, zone)
        )
        return is_free, is_taken

    def _is_open(self, start: datetime, kind: Map, there: Collection[Stretch]) -> bool:
        """Within the hours of the coach, on their grid."""
        zone = self.zones[kind["host_id"]]
        length, step = (
            timedelta(minutes=kind[name]) for name in ("duration_minutes", "slot_interval_minutes")
        )
        rows = [one.row for one in there]
        day = start.astimezone(zone).date()
        for opens, closes in open_hours(rows, [day + DAY * number for number in range(-2, 2)], zone):
            if opens <= start and start + length <= closes:
                return (start - opens) % step == timedelta(0)
        return False


def open_hours(rows: list[Map], days: list[date], zone: ZoneInfo) -> list[Pair]:
    """The hours of these dates as instants, those that touch being one."""
    overrides = {row["on"]: row["id"] for row in rows if "on" in row}
    found: list[Pair] = []
    for day in days:
        if (own := overrides.get(str(day))) is not None:
            hours = [row for row in rows if row.get("override_id") == own]
        else:
            hours = [row for row in rows if row.get("weekday") == day.isoweekday()]
        for row in hours:
            opens, closes = time.fromisoformat(row["start_time"]), time.fromisoformat(row["end_time"])
            last = day if closes > opens else day + DAY
            if last != day and str(last) in overrides:  # that date has hours of its own
                closes = time(0)
            found.append((wall(day, opens, zone), wall(last, closes, zone)))
    merged: list[Pair] = []
    for opens_at, closes_at in sorted(found):
        if merged and opens_at <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], closes_at)
        else:
            merged.append((opens_at, closes_at))
    return merged


def wall(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def footprint_of(kind: Map, start: datetime) -> Pair:
    before, length, after = (
        timedelta(minutes=kind[name])
        for name in ("buffer_before_minutes", "duration_minutes", "buffer_after_minutes")
    )
    return start - before, start + length + after


def has_lapsed(row: Map, now: datetime) -> bool:
    """A hold nobody confirmed. One that was offered by mail keeps its time until the offer is ended."""
    until = instant(row["expires_at"])
    return row["status"] == "held" and row["offer_id"] is None and until is not None and until <= now


def is_limited(kind: Map) -> bool:
    return kind["max_per_day"] is not None or kind["max_per_week"] is not None


def is_full(kind: Map, start: datetime, calls: list[Stretch], zone: ZoneInfo) -> bool:
    day = start.astimezone(zone).date()
    own = [one.row for one in calls if one.row["call_type_id"] == kind["id"]]
    days = [span(row["period"])[0].astimezone(zone).date() for row in own]
    same_week = [one for one in days if one.isocalendar()[:2] == day.isocalendar()[:2]]
    per_day, per_week = kind["max_per_day"], kind["max_per_week"]
    is_full_day = per_day is not None and days.count(day) >= per_day
    return is_full_day or (per_week is not None and len(same_week) >= per_week)


def is_near(kind: Map, start: datetime, now: datetime, zone: ZoneInfo) -> bool:
    day, today = start.astimezone(zone).date(), now.astimezone(zone).date()
    first, last = (
        date.fromisoformat(kind[name]) if kind.get(name) else None for name in ("first_on", "last_on")
    )
    horizon: Any = kind["horizon_days"]
    return (
        (horizon is None or day <= today + DAY * horizon)
        and (first is None or day >= first)
        and (last is None or day <= last)
    )
