"""The portal's clock during a run: the machine's, moved by jumps, and of late or early processes."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.reliability.checker.reading import Run

NOTHING = timedelta(0)


class Clock:
    """What the portal may have thought the time was. Two answers, because while a jump is made, or while processes
    disagree, nobody knows whose clock a request saw."""

    def __init__(self, run: Run) -> None:
        self.jumps = [
            (op.at, op.until, timedelta(seconds=op.asked["offset"])) for op in run.asked("jump") if "offset" in op.asked
        ]
        self.skews = [(op.at, op.until, offsets(op.asked)) for op in run.asked("skew")]

    def between(self, since: datetime, until: datetime) -> tuple[datetime, datetime]:
        """The earliest and the latest it may have been for anybody in that time."""
        jumps = valid(self.jumps, since, until, NOTHING)
        skews = valid(self.skews, since, until, (NOTHING, NOTHING))
        low = min(jumps) + min(low for low, _high in skews)
        high = max(jumps) + max(high for _low, high in skews)
        return since + low, until + high

    def is_skewed(self, since: datetime, until: datetime) -> bool:
        return any(low != high for low, high in valid(self.skews, since, until, (NOTHING, NOTHING)))


def offsets(asked: dict[str, float]) -> tuple[timedelta, timedelta]:
    seconds = [0, *(value for value in asked.values() if isinstance(value, int | float))]
    return timedelta(seconds=min(seconds)), timedelta(seconds=max(seconds))


def valid(steps: list, since: datetime, until: datetime, first):  # type: ignore[no-untyped-def,type-arg]
    """Which values held at some moment between: from the invoke of a step on, until the answer of the next."""
    found, value = [], first
    for at, done, new in steps:
        if done <= since:
            value = new
        elif at <= until:
            found.append(new)
    return [value, *found]
