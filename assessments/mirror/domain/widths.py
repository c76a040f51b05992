"""How little of one colleague can be worked out, by team size, and the attacks in numbers. Pure.

For the page of a round that anybody may read. The suite works all of it out anew (tests/assessments/mirror/).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assessments.mirror.domain.disclosure import FLOOR, cap

WIDEST_SAID: Final = 30  # the largest team of the table, and of the enumeration in the suite


@dataclass(frozen=True)
class Width:
    n: int
    cap: int  # a mean up to here is given as a bound, and from 100 - cap on
    narrowest: int  # points within which any one colleague stays, for a member who knows the own score


# By team size from 4 on. A table, because working it out takes seconds; a test does.
NARROWEST: Final[tuple[int, ...]] = (25,) * (WIDEST_SAID - FLOOR + 1)


def table_of_widths() -> tuple[Width, ...]:
    return tuple(Width(n, cap(n), NARROWEST[n - FLOOR]) for n in range(FLOOR, WIDEST_SAID + 1))
