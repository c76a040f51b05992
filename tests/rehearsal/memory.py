"""What the whole production stack takes of memory while people book and look around: PSS, where what several
processes share counts for each in part."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

import psycopg

from tests.bench.pss import share
from tests.rehearsal import invariants
from tests.rehearsal.rolling import expect_calls, settled
from tests.rehearsal.secure_visitor import LOST, SecureVisitor
from tests.rehearsal.stack import Stack
from tests.rehearsal.system import RehearsalError
from tests.rehearsal.traffic import traffic

MOST = 800  # MiB, of all parts together
CALLS = 40  # are booked before anything is measured, so that every process and thread had its share of work
PAGES = (
    "/", "/sleutels/", "/sleutels/lef-belonen/", "/impactcall/", "/inloggen/", "/privacy/", "/toegankelijkheid/",
    "/en/",
)  # fmt: skip
LOOKS = 3  # at memory, some calls apart: the highest counts


def rehearse(stack: Stack, say: Callable[[str], None]) -> dict[str, object]:
    """Raises RehearsalError when it is more than MOST."""
    with psycopg.connect(stack.database_url) as database:
        invariants.open_calendar(database)
    highest: dict[str, float] = {}
    going = Event()
    with traffic(stack, f"memory-{stack.proxy}-", people=8) as crowd:
        looker = Thread(target=look_around, args=(stack, going), daemon=True)
        looker.start()
        for _look in range(LOOKS):
            expect_calls(crowd, CALLS // LOOKS)
            found = parts(stack)
            if sum(found.values()) > sum(highest.values()):
                highest = found
        going.set()
        looker.join(60)
    booked = settled(crowd, say)
    whole = round(sum(highest.values()), 1)
    for name, mebibytes in highest.items():
        say(f"  {name}: {mebibytes} MiB")
    say(f"  all together: {whole} MiB of at most {MOST}")
    if whole > MOST:
        raise RehearsalError(f"The stack takes {whole} MiB of memory; at most {MOST} was the aim.")
    return {"MiB": highest, "MiB in all": whole, "calls booked meanwhile": booked["calls booked"]}


def parts(stack: Stack) -> dict[str, float]:
    """MiB of each service with all its processes."""
    return {name: round(sum(_share(pid) for pid in pids), 1) for name, pids in stack.pids().items()}


def _share(pid: int) -> float:
    try:
        return share(pid)
    except (OSError, StopIteration):  # it ended meanwhile
        return 0.0


def look_around(stack: Stack, stopping: Event) -> None:
    visitor = SecureVisitor(stack.site, 60_001, stack.ca_file)
    while not stopping.is_set():
        for path in PAGES:
            try:
                visitor.open(path)
                visitor.look_at_sheet()
            except LOST:
                continue
