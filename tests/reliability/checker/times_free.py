"""Rules about time: nothing overlaps, and what was said of a start was so at some moment when it was said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from tests.reliability.checker.calendar import COMMIT, LIVE, Asked, Calendar, Stretch, meet, stretches
from tests.reliability.checker.findings import Finding, about
from tests.reliability.checker.owners import Owners, owners_of
from tests.reliability.checker.reading import BOOKING, Op, Run, instant, span

KEPT = timedelta(seconds=5)  # a page that all see is kept so long


def no_overlap(run: Run) -> Iterator[Finding]:
    """No two live bookings of a coach overlap, buffers included, at any moment."""
    live = [one for one in stretches(run.rows(BOOKING)) if one.row["status"] in LIVE]
    run.looked["no overlap"] += len(live)
    hosts: dict[int, list[tuple[tuple[datetime, datetime], Stretch]]] = defaultdict(list)
    for one in live:
        hosts[one.row["host_id"]].append((span(one.row["footprint"]), one))
    told = set()
    for of_host in hosts.values():
        of_host.sort(key=lambda pair: pair[0])
        for number, (footprint, one) in enumerate(of_host):
            for other_footprint, other in of_host[number + 1 :]:
                if other_footprint[0] >= footprint[1]:
                    break
                names = frozenset((one.row["public_id"], other.row["public_id"]))
                if (
                    len(names) == 2
                    and names not in told
                    and meet((one.since, one.until), (other.since, other.until))
                ):
                    told.add(names)
                    at = max(one.since, other.since)
                    yield Finding(
                        "no overlap", f"{' and '.join(sorted(names))} were both live at {at:%H:%M:%S.%f} UTC"
                    )


def taken_is_justified(run: Run) -> Iterator[Finding]:
    """Whoever heard "taken" asked while something overlapping was live, or the time was closed, too soon or too far."""
    calendar, owners = Calendar(run), owners_of(run)
    for op in run.ops:
        if op.outcome != "fail" or op.why != "taken" or op.start is None:
            continue
        run.looked["taken is justified"] += 1
        if not is_justified(op, calendar, owners):
            yield Finding(
                "taken is justified",
                f"{about(op)}, was told it is taken, and it was free all the while",
                op.lines,
            )


def is_justified(op: Op, calendar: Calendar, owners: Owners) -> bool:
    assert op.start is not None
    if op.f == "confirm" and holds_it(op, calendar, owners):
        return op.start <= calendar.clock.between(op.at, op.until)[1]
    return calendar.was_taken(asked_by(op, op.start, calendar, owners.own(op.process)), op.at, op.until)


def asked_by(op: Op, start: datetime, calendar: Calendar, own: frozenset[int]) -> Asked:
    return Asked(
        start,
        calendar.kinds_of(str(op.asked.get("kind") or "")),
        own=own,
        moved=op.booking if op.f in ("move", "list") else "",
        outside=bool(op.asked.get("outside")),
    )


def holds_it(op: Op, calendar: Calendar, owners: Owners) -> bool:
    """Whether this start was held for this person from the question to the answer."""
    end = calendar.clock.between(op.at, op.until)[1]
    for one in calendar.calls:
        if one.row["status"] == "held" and one.row["id"] in owners.own(op.process):
            until = instant(one.row["expires_at"])
            is_running = one.since <= op.at and one.until > op.until and until is not None and until > end
            if is_running and span(one.row["period"])[0] == op.start:
                return True
    return False


def listed_was_free(run: Run) -> Iterator[Finding]:
    """Every start on a page, also on one that refuses, was free at some moment of its request, or of the five seconds
    before it."""
    calendar, owners = Calendar(run), owners_of(run)
    for op in run.ops:
        wrong = []
        for text in op.answer.get("listed", []):
            start = instant(text)
            assert start is not None
            run.looked["listed was free"] += 1
            asked = asked_by(op, start, calendar, owners.perhaps_own(op.process))
            if not calendar.was_free(asked, op.at - KEPT, op.until):
                wrong.append(f"{start:%Y-%m-%d %H:%M}")
        if wrong:
            yield Finding(
                "listed was free", f"{op.process} was shown {', '.join(wrong)} UTC, never free then", op.lines
            )


def a_hold_is_kept(run: Run) -> Iterator[Finding]:
    """A held time stays its visitor's until it runs out, unless the visitor did something with it."""
    clock, owners = Calendar(run).clock, owners_of(run)
    for versions in run.rows(BOOKING):
        for before, after in pairwise(versions):
            row, until = before.row, instant(before.row["expires_at"])
            if row["status"] != "held" or row["offer_id"] is not None or not after.is_gone or until is None:
                continue
            run.looked["a hold is kept"] += 1
            owner = owners.of(row["id"])
            has_lapsed = until <= clock.between(after.at - COMMIT, after.at)[1]
            if owner and not has_lapsed and not is_own_doing(run, owner, after.at):
                yield Finding(
                    "a hold is kept",
                    f"the time held for {owner} until {until:%H:%M:%S} UTC was gone at {after.at:%H:%M:%S.%f} UTC",
                )


def is_own_doing(run: Run, owner: str, at: datetime) -> bool:
    theirs = (op for op in run.ops if op.process == owner and op.f != "list")
    return any(op.at <= at <= op.done_until + COMMIT for op in theirs)


RULES = [no_overlap, taken_is_justified, listed_was_free, a_hold_is_kept]
