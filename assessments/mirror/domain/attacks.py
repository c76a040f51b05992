"""Four ways to read one person out of an average, in numbers: what they bring elsewhere, and what here. Pure.

For the page of a round that anybody may read: an attack that can be followed with pen and paper. Scores are points.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from assessments.mirror.domain.disclosure import POSSIBLE, UNITS, bounded, rounded_mean


@dataclass(frozen=True)
class Between:
    """Where a score still may lie, in whole points, both included."""

    low: int
    high: int

    @property
    def width(self) -> int:
        return self.high - self.low


@dataclass(frozen=True)
class Differencing:
    """An average is shown, somebody answers late, and it is shown once more."""

    n: int
    mean: int
    later_n: int
    later_mean: int
    exposed: int  # where an average runs along: exactly the score of who came late
    next_round: Between  # here only over two rounds, and only where nobody else changed one answer meanwhile


@dataclass(frozen=True)
class OneInsider:
    """A member with the highest score in a team that gave the lowest knows what all others said."""

    n: int
    own: int
    mean: int  # as it would be shown elsewhere
    exposed: int  # the score of every colleague, exactly
    at_most: int  # what is shown here
    colleague: Between  # where any one colleague may be, here


@dataclass(frozen=True)
class AllOthers:
    """Everybody but one lays the own scores side by side. Nothing helps against that, here neither."""

    n: int
    known: tuple[int, ...]
    mean: int
    last: Between


@dataclass(frozen=True)
class ByLink:
    """The leader fills in all forms but one behind the link for everybody."""

    n: int
    forged: int  # how many forms
    score: int  # that each of them gives
    mean: int
    last: Between


def differencing(n: int = 5, mean: int = 64, later_mean: int = 60) -> Differencing:
    exposed = (n + 1) * later_mean - n * mean
    either_way = (n + n + 1) / 2  # each average may lie half a point beside what is shown
    return Differencing(
        n, mean, n + 1, later_mean, exposed, _between(exposed - either_way, exposed + either_way)
    )


def one_insider(n: int = 5) -> OneInsider:
    cell = bounded(n, UNITS)  # one gave the highest score, all others the lowest
    assert cell.points is not None
    rest = max(total for total in range(UNITS * n) if bounded(n, total) == cell) - UNITS
    most = max(score for score in POSSIBLE if score <= rest)
    return OneInsider(n, 100, rounded_mean(n, UNITS), 0, cell.points, _between(0, 100 * most / UNITS))


def all_others(known: tuple[int, ...] = (75, 67, 58, 50), mean: int = 60) -> AllOthers:
    n = len(known) + 1
    return AllOthers(n, known, mean, last_of(n, mean, sum(known)))


def by_link(n: int = 5, score: int = 50, mean: int = 58) -> ByLink:
    return ByLink(n, n - 1, score, mean, last_of(n, mean, (n - 1) * score))


def last_of(n: int, mean: int, known: float) -> Between:
    """The one score that is not known of `n` whose average is shown as `mean`."""
    return _between(n * (mean - 0.5) - known, n * (mean + 0.5) - known)


def _between(low: float, high: float) -> Between:
    return Between(max(0, math.ceil(low)), min(100, math.floor(high)))
