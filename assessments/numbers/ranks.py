"""Where a score stands among others. Pure, and without NumPy: pages for visitors use it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

LEAST: Final = 50  # scans without gaps or flags, below which nobody is compared with anybody


def percentile(below: int, equal: int, n: int) -> float:
    """100 * (below + equal / 2) / n: the mid-rank percentile, in which equals share the middle of their places."""
    return 100 * (below + equal / 2) / n


def rank(counts: Sequence[int], shown: int) -> int:
    """The percentile of a score in whole points, from 1 to 99; `counts`: how many have each score from 0 to 100.

    Scores are compared as they are shown, so that two people who both read 62 stand at one place.
    """
    found = percentile(sum(counts[:shown]), counts[shown], sum(counts))
    return min(99, max(1, int(found + 0.5)))
