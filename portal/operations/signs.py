"""Signs of life of worker and beat: when each was last seen at work.

They lie in the cache table: lost, they are there again half a minute later, and no backup needs them.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Any, Literal

from django.core.cache import cache
from django.db import Error

from portal.common import times

logger = logging.getLogger(__name__)

Who = Literal["beat", "worker"]
SEEN = "operations:seen:"
ANSWER = "operations:answer:"
EVERY = 10.0  # seconds; a busy worker says it no more often

_said_at = -EVERY


def note(who: Who) -> None:
    """Never raises: the work itself goes on."""
    try:
        cache.set(SEEN + who, times.now(), timeout=None)
    except Error as error:
        logger.warning("The sign of life of the %s was not noted: %s", who, error)


def note_work(**_signal: Any) -> None:
    """Before a task, in a worker's child."""
    global _said_at
    if time.monotonic() - _said_at >= EVERY:
        _said_at = time.monotonic()
        note("worker")


def ages() -> dict[Who, float]:
    """Seconds since each was seen; who never was is left out. One query."""
    at = times.now()
    names: dict[str, Who] = {SEEN + "beat": "beat", SEEN + "worker": "worker"}
    found = cache.get_many(names)
    return {
        names[key]: (at - seen).total_seconds() for key, seen in found.items() if isinstance(seen, datetime)
    }


def answer(nonce: str) -> None:
    """A worker's answer to the doctor, for a minute."""
    cache.set(ANSWER + nonce[:40], True, timeout=60)


def has_answered(nonce: str) -> bool:
    return cache.get(ANSWER + nonce) is not None
