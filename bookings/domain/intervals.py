"""Half-open stretches of time on the UTC line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter

# What the sweep works on: a bare pair costs a fifth of an Interval, and there are hundreds in one query.
Span = tuple[datetime, datetime]


def to_utc(value: datetime) -> datetime:
    """Return the same instant with UTC as its zone; raise ValueError when it names no zone.

    Python adds to and compares datetimes of one zone by the wall clock, which is an hour wrong around a
    clock change. In UTC the wall clock is the instant, so everything here is UTC before it is counted.
    """
    if value.tzinfo is UTC:
        return value
    if value.utcoffset() is None:
        raise ValueError(f"{value!r} has no time zone.")
    return value.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Interval:
    """``[start, end)``, kept in UTC; end equal to start holds no time at all.

    Raises ValueError for a time without a zone and for an end before the start.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", to_utc(self.start))
        object.__setattr__(self, "end", to_utc(self.end))
        if self.end < self.start:
            raise ValueError(f"The interval ends ({self.end}) before it starts ({self.start}).")


def merge(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order of time, those that touch or overlap joined into one, empty ones dropped."""
    merged: list[Span] = []
    for start, end in sorted(spans, key=itemgetter(0)):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged
