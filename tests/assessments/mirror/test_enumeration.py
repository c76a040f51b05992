"""Rule 6, over every team there can be: any one colleague stays within 25 points at least, for a member who knows the
own score and how many answered, given everything that is shown together.

Everything is enough, because nothing that is shown joins two keys of one person: the total, the gaps and what they are
called are made of the shown cells (test_disclosure.py, test_frozen.py), so each key stands by itself. Who gave no score
to a key, or knows somebody's gap, knows less than this member does.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations_with_replacement

import pytest

from assessments.mirror.domain.disclosure import (
    FEWEST_FOR_AGREEMENT,
    FLOOR,
    POSSIBLE,
    UNITS,
    WIDTH,
    agreement,
    are_camps,
    bounded,
)
from assessments.mirror.domain.widths import NARROWEST, table_of_widths
from tests.assessments.mirror import widening

LARGE = [(31, 9), (64, 9), (100, 9), (250, 30)]  # beyond the table: so many people, a cell in so many of them


def narrowest(n: int, every: int = 1) -> float:
    """In points, of all cells, all own scores, and all that can stand beside a cell."""
    found = [
        width
        for cell, (low, high) in list(widening.cells(n).items())[::every]
        for own in POSSIBLE
        for look in (widening.mean_alone, widening.agreeing, widening.divided)
        if (width := look(n, cell, low, high, own)) is not None
    ]
    return 100 * min(found) / UNITS


@pytest.mark.parametrize("n", [row.n for row in table_of_widths()])
def test_no_member_can_place_a_colleague_within_less_than_25_points(n: int) -> None:
    assert narrowest(n) >= WIDTH
    assert int(narrowest(n)) == NARROWEST[n - FLOOR], "The table on the page says something else."


@pytest.mark.parametrize(("n", "every"), LARGE)
def test_nor_in_a_team_beyond_the_table(n: int, every: int) -> None:
    assert narrowest(n, every) >= WIDTH


def test_in_two_camps_a_colleague_may_stand_on_either_side() -> None:
    """Three people a side at least, so whoever looks has two others on each: 33 points apart, or more."""
    for low in POSSIBLE:
        for high in POSSIBLE:
            team = [low] * 5 + [high] * 3
            if are_camps(team):
                assert 100 * abs(high - low) / UNITS >= WIDTH
    assert are_camps([0] * 5 + [24] * 3)
    assert not are_camps([0] * 6 + [24] * 2)


@pytest.mark.parametrize("n", [4, 5, 6])
def test_a_list_of_all_teams_says_the_same(n: int) -> None:
    """A second opinion that knows nothing of sums and squares: every team of few people, one by one."""
    spans: dict[object, list[int]] = defaultdict(lambda: [UNITS, 0])
    for team in combinations_with_replacement(POSSIBLE, n):
        cell = bounded(n, sum(team))
        page = (cell, agreement(team, cell))
        for own in set(team):
            others = list(team)
            others.remove(own)
            span = spans[page, own]
            span[:] = min(span[0], others[0]), max(span[1], others[-1])
    width = 100 * min(high - low for low, high in spans.values()) / UNITS
    assert int(width) == NARROWEST[n - FLOOR]
    assert {said for (_cell, said), _own in spans} == (
        {""} if n < FEWEST_FOR_AGREEMENT else {"", "agree", "divided"}
    )
