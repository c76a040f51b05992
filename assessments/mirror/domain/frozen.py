"""The result of a round as it is frozen at closing: the cells that are shown, and beside them the leader's own scores.

Everything here is computed from the shown cells, so that nothing says more than they do. Whether a gap means something
is decided with the spread of leaders at large (`change.KEY`) and never with the team's own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from assessments import change
from assessments.mirror.domain.disclosure import HIDDEN, Agreement, Cell, Disclosed, total
from assessments.scoring import Scores, shown

Relation = Literal["", "blind_spot", "hidden_strength", "in_view"]

# A low bar of our own: it opens a conversation.
WIDE: Final = 10  # points
WIDE_Z: Final = 1.0


@dataclass(frozen=True)
class KeyResult:
    """`gap` is the own score minus the team's, both as shown; of a bound the least that it can be. None, and no
    relation, without one of the two."""

    slug: str
    cell: Cell
    agreement: Agreement
    own: int | None
    gap: int | None
    relation: Relation


@dataclass(frozen=True)
class Result:
    is_enough: bool
    count: int | None = None  # how many answered; None below the minimum
    keys: tuple[KeyResult, ...] = ()
    total: Cell = HIDDEN


def lay_beside(disclosed: Disclosed, own: Scores) -> Result:
    """What the team may be shown to say, beside what the leader said in the scan."""
    if disclosed.n is None:
        return Result(is_enough=False)
    keys = tuple(
        _beside(slug, cell, agreement, own.of(slug), disclosed.n)
        for slug, (cell, agreement) in disclosed.keys.items()
    )
    return Result(True, disclosed.n, keys, total(key.cell for key in keys))


def _beside(slug: str, cell: Cell, agreement: Agreement, own: float | None, n: int) -> KeyResult:
    score = None if own is None else shown(own)
    gap = None if score is None or cell.points is None else gap_between(score, cell)
    return KeyResult(slug, cell, agreement, score, gap, relation(gap, n))


def gap_between(own: int, cell: Cell) -> int:
    """0 when the own score lies within a bound: then it may as well be the same."""
    assert cell.points is not None
    gap = own - cell.points
    if cell.kind == "at_most":
        return max(gap, 0)
    return min(gap, 0) if cell.kind == "at_least" else gap


def relation(gap: int | None, n: int, norm: change.Norm = change.KEY) -> Relation:
    """By z = gap / sqrt(SEM^2 + SD^2 / n), with the norm's SD and SEM."""
    error = change.sem(norm)
    if gap is None or error is None:
        return ""
    z = gap / math.sqrt(error**2 + norm.sd**2 / n)
    if abs(gap) < WIDE or abs(z) < WIDE_Z:
        return "in_view"
    return "blind_spot" if gap > 0 else "hidden_strength"


def as_data(result: Result) -> dict[str, Any]:
    return {
        "is_enough": result.is_enough,
        "n": result.count,
        "keys": [
            {
                "slug": key.slug,
                "kind": key.cell.kind,
                "points": key.cell.points,
                "agreement": key.agreement,
                "self": key.own,
                "gap": key.gap,
                "relation": key.relation,
            }
            for key in result.keys
        ],
        "total": {"kind": result.total.kind, "points": result.total.points},
    }


def read(data: Mapping[str, Any] | None) -> Result:
    """What `as_data` made; of nothing a result without anything."""
    if not data:
        return Result(is_enough=False)
    keys = tuple(
        KeyResult(
            slug=key["slug"],
            cell=Cell(key["kind"], key["points"]),
            agreement=key["agreement"],
            own=key["self"],
            gap=key["gap"],
            relation=key["relation"],
        )
        for key in data["keys"]
    )
    return Result(data["is_enough"], data["n"], keys, Cell(data["total"]["kind"], data["total"]["points"]))
