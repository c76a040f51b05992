"""How little of one colleague a member who knows the own score can work out, by team size. Pure.

For the page of a round that anybody may read. The suite works all of it out anew (tests/assessments/mirror/).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assessments.mirror.domain.disclosure import FLOOR, cap


@dataclass(frozen=True)
class Width:
    n: int
    cap: int  # a mean up to here is given as a bound, and from 100 - cap on
    narrowest: int  # points within which any one colleague stays, for a member who knows the own score


# From 4 people to 30, below the exact width. A table, because working it out takes seconds; the suite does.
NARROWEST: Final = (
    25,
    25,
    25,
    25,
    25,
    25,
    33,
    33,
    33,
    33,
    25,
    37,
    33,
    41,
    33,
    33,
    33,
    33,
    37,
    37,
    *(41,) * 7,
)


def table_of_widths() -> tuple[Width, ...]:
    return tuple(Width(n, cap(n), narrowest) for n, narrowest in enumerate(NARROWEST, start=FLOOR))
