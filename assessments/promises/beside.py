"""The keys somebody worked on, beside the next lowest one nobody worked on. Pure.

A key is chosen because it is low, and what is low rises by itself. So both are judged by what the earlier scan made us
expect of them (`assessments/change.py`), and the second one is chosen by the earlier scan alone: whoever looks at the
outcome first finds what they hope for. Two keys of one person show no cause; nothing here is summed up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assessments.result import Result, Row


@dataclass(frozen=True)
class Beside:
    worked_on: tuple[Row, ...]  # in the order of the promises
    other: Row | None  # the lowest of the others in the earlier scan; None when no other had a score

    @property
    def rows(self) -> tuple[Row, ...]:
        return (*self.worked_on, *([self.other] if self.other else []))


def beside(result: Result, worked_on: Iterable[str]) -> Beside | None:
    """`result` is of the later scan, compared with the one that the promises came from. None without a key of it."""
    by_slug = {row.key.slug: row for row in result.rows}
    worked = [slug for slug in dict.fromkeys(worked_on) if slug in by_slug]
    if not worked:
        return None
    others = [row for row in result.rows if row.key.slug not in worked and row.previous_score is not None]
    other = min(
        others, key=lambda row: row.previous_score or 0.0, default=None
    )  # the first of those that are tied
    return Beside(tuple(by_slug[slug] for slug in worked), other)


def two_lowest(result: Result) -> tuple[Row, ...]:
    """Between which chance picks for whoever has no preference."""
    return result.weakest_first[:2]
