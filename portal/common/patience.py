"""How long one request waits for others: three seconds in all, however many locks it asks for.

Who clicks ten times stands in line ten times, first for the own session and then for a calendar; without a
bound on the sum the last would wait for half a minute. For the database itself it waits longer than for any
lock, once, and then does without (`portal/common/database`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SECONDS = 3.0
LEAST = 0.1  # a lock that nobody holds is had within this
STUCK_SECONDS = 2.0
ANSWER_SECONDS = 6.0  # for one answer; that a lock cannot be had is one, and comes well before

_until: ContextVar[float | None] = ContextVar("until", default=None)
_gave_up: ContextVar[bool] = ContextVar("gave_up", default=False)
_stuck: dict[str, float] = {}  # what nobody got within its time, until when; of this process


@contextmanager
def counted() -> Iterator[None]:
    """Every wait in this block counts towards the same three seconds."""
    until, gave_up = _until.set(time.monotonic() + SECONDS), _gave_up.set(False)
    try:
        yield
    finally:
        _until.reset(until)
        _gave_up.reset(gave_up)


def seconds_for_an_answer() -> float | None:
    """How long to wait for one answer of the database; None outside requests, where work takes its time."""
    return None if _until.get() is None else ANSWER_SECONDS


def give_up() -> None:
    if _until.get() is not None:
        _gave_up.set(True)


def has_given_up() -> bool:
    return _gave_up.get()


def milliseconds(what: str = "") -> int:
    """How much longer to wait. Only a moment for `what` somebody just waited for in vain: whoever comes next
    need not hold a thread for three more seconds."""
    until = _until.get()
    left = SECONDS if until is None else until - time.monotonic()
    if _stuck.get(what, 0.0) > time.monotonic():
        left = LEAST
    return int(max(left, LEAST) * 1000)


def note_timeout(what: str) -> None:
    _stuck[what] = time.monotonic() + STUCK_SECONDS
    for name in [name for name, until in _stuck.items() if until < time.monotonic()]:
        del _stuck[name]


def lock_timeout_sql(what: str = "") -> str:
    """SQL for inside a transaction: the next statements wait no longer than that for a lock.

    The lock timeout counts anew for each of the two locks behind a row lock; the statement's does not.
    """
    left = milliseconds(what)
    return f"SET LOCAL lock_timeout = {left}; SET LOCAL statement_timeout = {left}"


def after_lock_sql() -> str:
    """SQL for after the lock was had: statements take their time again, further locks what is left."""
    return f"SET LOCAL statement_timeout TO DEFAULT; SET LOCAL lock_timeout = {milliseconds()}"
