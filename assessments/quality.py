"""Whether a scan was filled in so that its numbers say something of the scan itself. Pure.

A flag never blocks and never names: it softens the words on the person's own page, and keeps the scan out of norms and
reliability. The same rules stand over arrays in `assessments/numbers/screening.py`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from assessments.instrument import Instrument, Item

AGREES: Final = 4  # raw answers from here on say yes to a statement …
DENIES: Final = 2  # … and up to here no
CONTRADICTIONS: Final = 4  # so many keys that contradict themselves
EQUAL_ANSWERS: Final = 15  # so many equal raw answers in a row, items taken key by key
SECONDS_PER_ITEM: Final = 1.5  # below it nobody reads a statement


class Flag(StrEnum):
    CONTRADICTION = "contradiction"
    STRAIGHT_LINE = "straight_line"
    TOO_FAST = "too_fast"


def flags(instrument: Instrument, answers: Mapping[str, object], seconds: float) -> tuple[Flag, ...]:
    """Why this scan is left out of norms; nothing for nearly everybody. `seconds`: `seconds_taken`."""
    contradicting = sum(contradicts(key.items, answers) for key in instrument.keys)
    in_a_row = longest_run(answers.get(item.id) for key in instrument.keys for item in key.items)
    found = {
        Flag.CONTRADICTION: contradicting >= CONTRADICTIONS,
        Flag.STRAIGHT_LINE: in_a_row >= EQUAL_ANSWERS,
        Flag.TOO_FAST: seconds < SECONDS_PER_ITEM * len(instrument.items),
    }
    return tuple(flag for flag, is_so in found.items() if is_so)


def contradicts(items: Iterable[Item], answers: Mapping[str, object]) -> bool:
    """Yes to a statement and to its opposite, or no to both: all of a key are answered, all high or all low."""
    values = [answers.get(item.id) for item in items]
    numbers = [value for value in values if isinstance(value, int)]
    if len(numbers) < len(values):
        return False
    return all(value >= AGREES for value in numbers) or all(value <= DENIES for value in numbers)


def longest_run(answers: Iterable[object]) -> int:
    """Of equal answers; what did not come up ends a run."""
    longest = run = 0
    before: object = None
    for answer in answers:
        run = run + 1 if answer is not None and answer == before else int(answer is not None)
        longest, before = max(longest, run), answer
    return longest


def seconds_taken(started_at: datetime, page_saved_at: Mapping[str, str], completed_at: datetime) -> float:
    """From the first page to the last save of one, by the clock of the server. A break makes it longer, so that it
    can hide a rush and never make one."""
    saved = [datetime.fromisoformat(at) for at in page_saved_at.values()]
    return (max(saved, default=completed_at) - started_at).total_seconds()
