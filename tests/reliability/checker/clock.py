"""The portal's clock during a run: the machine's, moved by jumps, and of late or early processes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from tests.reliability.checker.reading import END, Run

NOTHING = timedelta(0)
Value = TypeVar("Value")


class Clock:
    """What the portal may have thought the time was. Two answers, because while a jump is made, or while processes
    disagree, nobody knows whose clock a request saw."""

    def __init__(self, run: Run) -> None:
        self.first = first_offset(run)
        self.jumps = [
            (op.at, op.until, timedelta(seconds=op.asked["offset"]))
            for op in run.asked("jump")
            if "offset" in op.asked
        ]
        self.skews = [(op.at, op.until, offsets(op.asked)) for op in run.asked("skew")]

    def between(self, since: datetime, until: datetime) -> tuple[datetime, datetime]:
        """The earliest and the latest it may have been for anybody in that time."""
        jumps = valid(self.jumps, since, until, self.first)
        skews = valid(self.skews, since, until, (NOTHING, NOTHING))
        low = min(jumps) + min(low for low, _high in skews)
        high = max(jumps) + max(high for _low, high in skews)
        return since + low, until + high


def first_offset(run: Run) -> timedelta:
    """How far it was moved when the run began, as the first row that changed then says."""
    changed = (one for one in run.versions if one.at >= run.began_at and one.business_at)
    first = next(changed, None)
    jumped_at = min((op.at for op in run.asked("jump")), default=END)
    return first.business_at - first.at if first and first.business_at and first.at < jumped_at else NOTHING


def offsets(asked: dict[str, float]) -> tuple[timedelta, timedelta]:
    seconds = [0, *(value for value in asked.values() if isinstance(value, int | float))]
    return timedelta(seconds=min(seconds)), timedelta(seconds=max(seconds))


def valid(
    steps: list[tuple[datetime, datetime, Value]], since: datetime, until: datetime, first: Value
) -> list[Value]:
    """Which values held at some moment between: from the invoke of a step on, until the answer of the next."""
    found, value = [], first
    for at, done, new in steps:
        if done <= since:
            value = new
        elif at <= until:
            found.append(new)
    return [value, *found]
