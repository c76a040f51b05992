"""Everything is started anew, one by one, while people book: none lost, none refused wrongly, no error seen.

PostgreSQL is the exception, and is said to be: while the database is away a page answers 503 and keeps what was
typed. Nothing may be lost then either, and nobody may be refused who need not be.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg

from portal.local.processes import wait_until
from tests.rehearsal import invariants
from tests.rehearsal.stack import POSTGRES, Stack
from tests.rehearsal.system import RehearsalError
from tests.rehearsal.traffic import Traffic, traffic

CALLS = 6  # are booked after each restart, so that one knows it serves
CALLS_SECONDS = 240  # on a machine with much else to do
SHOWN = 8  # sentences of what went wrong

Say = Callable[[str], None]


def rehearse(stack: Stack, say: Say) -> dict[str, object]:
    with psycopg.connect(stack.database_url) as database:
        invariants.open_calendar(database)
    return {"one by one": one_by_one(stack, say), "the database": the_database(stack, say)}


def one_by_one(stack: Stack, say: Say) -> dict[str, object]:
    """All but PostgreSQL; of the proxy its reload, as a new certificate asks for it."""
    with traffic(stack, f"rolling-{stack.proxy}-") as crowd:
        expect_calls(crowd)
        restarts = {}
        for name in stack.names:
            if name in (POSTGRES, stack.proxy):
                continue
            restarts[name] = while_booking(crowd, name, lambda name=name: stack.restart(name), say)  # type: ignore[misc]
        again = f"{stack.proxy}, its reload"
        restarts[again] = while_booking(crowd, again, stack.reload_proxy, say)
    return settled(crowd, say) | {"restarts": restarts}


def the_database(stack: Stack, say: Say) -> dict[str, object]:
    with traffic(stack, f"database-{stack.proxy}-") as crowd:
        expect_calls(crowd)
        restart = while_booking(crowd, POSTGRES, lambda: stack.restart(POSTGRES), say)
    return settled(crowd, say, may_fail=True) | {"restarts": {POSTGRES: restart}}


def while_booking(crowd: Traffic, name: str, act: Callable[[], None], say: Say) -> dict[str, object]:
    """What was heard from the order on until some more calls were booked."""
    before, began, wall = len(crowd.accepted), time.monotonic(), time.time()
    act()
    seconds = time.monotonic() - began
    expect_calls(crowd)
    heard = [one for one in crowd.heard() if one.began + one.seconds >= wall]
    lost = sum(one.is_lost for one in heard)
    figures = {
        "seconds": round(seconds, 1),
        "requests": len(heard),
        "calls booked": len(crowd.accepted) - before,
        "errors of a server": lost,
        "told to press again": sum(one.is_busy for one in heard),
        "slowest answer, seconds": round(max((one.seconds for one in heard), default=0), 2),
    }
    say(f"  {name}: {', '.join(f'{value} {what}' for what, value in figures.items())}")
    return figures


def expect_calls(crowd: Traffic, more: int = CALLS) -> None:
    aim = len(crowd.accepted) + more
    if not wait_until(lambda: len(crowd.accepted) >= aim, CALLS_SECONDS, step=0.2):
        wrong = [*crowd.odd, *(f"{one.status} {one.what} {one.said}" for one in crowd.heard() if one.is_lost)]
        raise RehearsalError(f"Nobody could book for {CALLS_SECONDS} seconds. {' '.join(wrong[-SHOWN:])}")


def settled(crowd: Traffic, say: Say, *, may_fail: bool = False) -> dict[str, object]:
    """The figures of a crowd that went home. Raises RehearsalError with what is wrong."""
    faults = crowd.faults(may_fail=may_fail)
    figures = crowd.figures()
    say(f"  in all: {', '.join(f'{value} {what}' for what, value in figures.items() if what != 'attempts')}")
    if faults:
        shown = "\n  ".join(faults[:SHOWN])
        raise RehearsalError(f"{len(faults)} things do not hold:\n  {shown}")
    return figures
