"""What a member who knows the own score may still think possible of one colleague, over every team there can be.

Scores in units, as in assessments/mirror/domain/disclosure.py. Colleagues can trade places without anything that is
shown changing, so what is possible of one is whatever any of them has in any team that fits. Teams are not listed but
counted out: which sums can `k` people make (a bit each), with which smallest and largest sum of squares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from assessments.mirror.domain import disclosure
from assessments.mirror.domain.disclosure import FEWEST_FOR_AGREEMENT, FEWEST_FOR_CAMPS, POSSIBLE, UNITS, Cell

LOW, MIDDLE, HIGH = (
    tuple(score for score in POSSIBLE if UNITS * third <= 3 * score <= UNITS * (third + 1))
    for third in range(3)
)
MIDDLE = tuple(score for score in MIDDLE if score not in (*LOW, *HIGH))  # without its edges
NEVER = 10**9


def cells(n: int) -> dict[Cell, tuple[int, int]]:
    """Every cell that can be shown of `n` people, with the smallest and largest total that it stands for."""
    found: dict[Cell, tuple[int, int]] = {}
    for total in range(UNITS * n + 1):
        cell = disclosure.bounded(n, total)
        low, _high = found.get(cell, (total, total))
        found[cell] = (low, total)
    return found


_sums = [1]  # of nobody; one more person at a time


def sums(k: int) -> int:
    """Bit `s` is set when `k` people can have `s` units together."""
    while len(_sums) <= k:
        made = 0
        for score in POSSIBLE:
            made |= _sums[-1] << score
        _sums.append(made)
    return _sums[k]


@dataclass(frozen=True)
class Squares:
    """Of `k` people with scores out of some: by their sum, the smallest or largest sum of squares they can have."""

    by_sum: list[int]
    never: int  # stands where no such people have that sum

    def of(self, held: int, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Each total from `low` to `high` of them and who holds `held` together, with their own sum of squares."""
        for total in range(max(low, held), min(high, held + len(self.by_sum) - 1) + 1):
            if (squares := self.by_sum[total - held]) != self.never:
                yield total, squares


@cache
def smallest(k: int, allowed: tuple[int, ...]) -> Squares:
    return Squares(_squares(allowed, True)(k).tolist(), NEVER)


@cache
def largest(k: int, allowed: tuple[int, ...]) -> Squares:
    return Squares(_squares(allowed, False)(k).tolist(), -NEVER)


@cache
def _squares(allowed: tuple[int, ...], is_smallest: bool) -> Callable[[int], npt.NDArray[np.int64]]:
    best, never = (np.minimum, NEVER) if is_smallest else (np.maximum, -NEVER)
    made = [np.zeros(1, dtype=np.int64)]  # one more person at a time

    def of(k: int) -> npt.NDArray[np.int64]:
        while len(made) <= k:
            less = made[-1]
            more = np.full(len(less) + UNITS, never, dtype=np.int64)
            for score in allowed:
                part = more[score : score + len(less)]
                best(part, np.where(less == never, never, less + score * score), out=part)
            made.append(more)
        return made[k]

    return of


def width(is_possible: Callable[[int], bool]) -> int | None:
    """Units from the lowest to the highest score that a colleague may have; None when no team fits."""
    lowest = next(filter(is_possible, POSSIBLE), None)
    return None if lowest is None else next(filter(is_possible, reversed(POSSIBLE))) - lowest


def mean_alone(n: int, cell: Cell, low: int, high: int, own: int) -> int | None:
    others, window = sums(n - 2), (1 << (high - low + 1)) - 1

    def is_possible(score: int) -> bool:
        rest = low - own - score
        return bool((others >> rest if rest >= 0 else others << -rest) & window)

    return width(is_possible)


def agreeing(n: int, cell: Cell, low: int, high: int, own: int) -> int | None:
    """Beside the cell stands that they agree."""
    value = cell.value
    if value is None or n < FEWEST_FOR_AGREEMENT:
        return None
    near = tuple(score for score in POSSIBLE if disclosure.is_within_reach(n, score, value))
    if own not in near:
        return None
    others = smallest(n - 2, near)

    def is_possible(score: int) -> bool:
        return score in near and any(
            disclosure.is_close(n, total, squares + own * own + score * score)
            for total, squares in others.of(own + score, low, high)
        )

    return width(is_possible)


def divided(n: int, cell: Cell, low: int, high: int, own: int) -> int | None:
    """Beside the cell stands that they are divided. At least this width: teams are looked for that are no two camps
    for one of three reasons. None only when no team at all fits the cell."""
    value = cell.value
    if value is None or n < FEWEST_FOR_AGREEMENT:
        return None
    families: list[tuple[tuple[int, ...], Squares]] = [((), largest(n - 2, POSSIBLE))]
    if n >= FEWEST_FOR_CAMPS:
        families = [
            ((), largest(n - 2, LOW + MIDDLE)),  # at most two of them high
            ((), largest(n - 2, MIDDLE + HIGH)),
            *(((middle,), largest(n - 3, POSSIBLE)) for middle in MIDDLE),
        ]

    def is_possible(score: int) -> bool:
        is_apart = not all(disclosure.is_within_reach(n, one, value) for one in (own, score))
        for more, others in families:
            some = (own, score, *more)
            held = sum(one * one for one in some)
            for total, squares in others.of(sum(some), low, high):
                if is_apart or not disclosure.is_close(n, total, squares + held):
                    return True
        return False

    return width(is_possible)
