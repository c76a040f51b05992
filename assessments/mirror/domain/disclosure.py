"""What a team's answers may show without showing anybody's. Pure; the reasons stand in docs/decisions/0047.

Scores are whole numbers of units of 100/24 points: exactly what two or three answers to a key can give. So every
comparison here is exact. The proof is tests/assessments/mirror/test_enumeration.py, which goes through every possible
team of 4 to 30 people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from assessments.instrument import MIN_VALID_KEYS
from assessments.scoring import KEY_SCORES, Scores, shown

UNITS: Final = 24  # of one score: 100 points
POSSIBLE: Final = tuple(
    round(score * UNITS / 100) for score in KEY_SCORES
)  # the 17 scores of a key, in units
FLOOR: Final = 4  # no setting goes below it
MOST_ANSWERS: Final = 500  # in one round
WIDTH: Final = 25  # points within which any one colleague's score stays unknown

# Thresholds of our own: no study says where agreement begins.
FEWEST_FOR_AGREEMENT: Final = 6  # of fewer people even "they agree" would tell too much
CLOSE_SD: Final = 12.5  # up to here a team agrees
REACH: Final = 10  # points: while they agree, nobody may stand farther off than this times the root of n - 2
FAR_SD: Final = 30  # from here it may be two camps
FEWEST_FOR_CAMPS: Final = 8
FEWEST_IN_A_CAMP: Final = 3  # one who differs is no camp

Kind = Literal["value", "at_most", "at_least", "hidden"]
Agreement = Literal["", "agree", "divided", "two_camps"]


@dataclass(frozen=True)
class Cell:
    """What is shown of the mean of one key: whole points, a bound for at_most and at_least, None when hidden."""

    kind: Kind
    points: int | None = None

    @property
    def value(self) -> int | None:
        """The points, where they are no bound."""
        return self.points if self.kind == "value" else None


HIDDEN: Final = Cell("hidden")


@dataclass(frozen=True)
class Disclosed:
    """All that leaves the answers of a team. `n` is None, and `keys` empty, below the minimum."""

    n: int | None
    keys: Mapping[str, tuple[Cell, Agreement]]


def in_units(scores: Scores) -> dict[str, int | None]:
    """A member's scores as they are kept until the round closes."""
    return {
        key.slug: None if key.score is None else round(key.score * UNITS / 100)  # exact: see POSSIBLE
        for key in scores.keys
    }


def disclose(members: Sequence[Mapping[str, int | None]], slugs: Sequence[str], *, minimum: int) -> Disclosed:
    """What is shown of these members' scores in units; nothing at all of fewer than `minimum`.

    A member without any score is nobody here. Who ticked one column counts as everybody does: to leave somebody out
    would show who it was.
    """
    fewest = max(minimum, FLOOR)
    given = [member for member in members if any(member.get(slug) is not None for slug in slugs)]
    if len(given) < fewest:
        return Disclosed(None, {})
    return Disclosed(len(given), {slug: _key(slug, given, fewest) for slug in slugs})


def _key(slug: str, members: Sequence[Mapping[str, int | None]], fewest: int) -> tuple[Cell, Agreement]:
    scores = [score for member in members if (score := member.get(slug)) is not None]
    if len(scores) < fewest:
        return HIDDEN, ""
    cell = bounded(len(scores), sum(scores))
    return cell, agreement(scores, cell)


def total(cells: Iterable[Cell]) -> Cell:
    """The mean of the values that are shown, of at least eight keys: it says nothing that they do not say."""
    values = [cell.value for cell in cells if cell.value is not None]
    return Cell("value", shown(sum(values) / len(values))) if len(values) >= MIN_VALID_KEYS else HIDDEN


def cap(n: int) -> int:
    """Up to which a mean of `n` scores is given as a bound only: nobody with the lowest score can read the others."""
    return 125 // n + 1


def bounded(n: int, total: int) -> Cell:
    """The mean of `n` scores that add up to `total` units, as it is shown."""
    mean, edge = rounded_mean(n, total), cap(n)
    if mean <= edge:
        return Cell("at_most", edge)
    return Cell("at_least", 100 - edge) if mean >= 100 - edge else Cell("value", mean)


def rounded_mean(n: int, total: int) -> int:
    """In whole points, half up."""
    return (200 * total + UNITS * n) // (2 * UNITS * n)


def agreement(scores: Sequence[int], cell: Cell) -> Agreement:
    """By the spread of all members, who are the whole team; '' of fewer than six, and beside a bound.

    The team does not agree while somebody stands far off, however many stand together: who knows to be that one
    would otherwise know where all others are.
    """
    n, total, squares = len(scores), sum(scores), sum(score * score for score in scores)
    value = cell.value
    if value is None or n < FEWEST_FOR_AGREEMENT:
        return ""
    if is_close(n, total, squares) and all(is_within_reach(n, score, value) for score in scores):
        return "agree"
    return "two_camps" if are_camps(scores) and is_far(n, total, squares) else "divided"


def is_close(n: int, total: int, squares: int) -> bool:
    """SD up to CLOSE_SD, without a division."""
    return n * squares - total * total <= (CLOSE_SD * UNITS / 100) ** 2 * n * n


def is_far(n: int, total: int, squares: int) -> bool:
    """SD from FAR_SD on, without a division: SD of 30 points is 7.2 units, whose square times 25 is whole."""
    return 25 * (n * squares - total * total) >= 25 * FAR_SD**2 * UNITS**2 // 100**2 * n * n


def is_within_reach(n: int, score: int, value: int) -> bool:
    """Whether a score lies within REACH * sqrt(n - 2) points of the mean as shown: 20 of six people, 40 of eighteen."""
    return (100 * score - UNITS * value) ** 2 <= (REACH * UNITS) ** 2 * (n - 2)


def are_camps(scores: Sequence[int]) -> bool:
    """Nobody in the middle third, and at least three people on either side."""
    low = sum(3 * score <= UNITS for score in scores)
    high = sum(3 * score >= 2 * UNITS for score in scores)
    is_split = low + high == len(scores) and min(low, high) >= FEWEST_IN_A_CAMP
    return is_split and len(scores) >= FEWEST_FOR_CAMPS
