from __future__ import annotations

import json

import pytest

from assessments import change
from assessments.mirror.domain import frozen
from assessments.mirror.domain.disclosure import Cell, Disclosed, bounded, disclose
from assessments.scoring import KeyScore, Scores

OWN = Scores(
    (
        KeyScore("clear", 70.0, 3),
        KeyScore("open", 62.5, 2),
        KeyScore("steady", None, 1),
        KeyScore("courage", 10, 3),
    ),
    None,
)


def laid(**cells: Cell) -> dict[str, frozen.KeyResult]:
    found = frozen.lay_beside(Disclosed(9, {slug: (cell, "") for slug, cell in cells.items()}), OWN)
    return {key.slug: key for key in found.keys}


def test_a_gap_is_the_difference_of_the_two_numbers_that_are_shown() -> None:
    key = laid(open=Cell("value", 40))["open"]
    assert (key.own, key.gap) == (63, 23)


def test_the_worked_example_is_a_blind_spot_by_the_spread_of_leaders() -> None:
    norm = change.Norm(sd=12, r=1 - (11.8 / 12) ** 2)
    assert change.sem(norm) == pytest.approx(11.8)
    assert frozen.relation(70 - 52, 9, norm) == "blind_spot"  # z 1.44
    assert frozen.relation(52 - 70, 9, norm) == "hidden_strength"


def test_a_gap_below_ten_points_or_below_one_standard_error_is_in_view() -> None:
    assert [frozen.relation(gap, 9) for gap in (0, 13, 14, -13, -14)] == [
        "in_view",
        "in_view",  # z 0.96
        "blind_spot",  # z 1.03
        "in_view",
        "hidden_strength",
    ]
    assert frozen.relation(9, 10**6, change.Norm(sd=1, r=0.9)) == "in_view"


def test_nothing_is_said_where_the_team_cell_or_the_own_score_is_missing() -> None:
    keys = laid(clear=Cell("hidden"), steady=Cell("value", 40))
    assert [(key.gap, key.relation) for key in keys.values()] == [(None, ""), (None, "")]
    assert keys["clear"].own == 70
    assert keys["steady"].own is None


def test_beside_a_bound_stands_the_least_that_the_gap_can_be() -> None:
    """Computed from the bound that is shown: a gap from the mean itself would give the mean away."""
    keys = laid(clear=Cell("at_most", 16), courage=Cell("at_most", 16), open=Cell("at_least", 84))
    assert [(key.gap, key.relation) for key in keys.values()] == [
        (54, "blind_spot"),
        (0, "in_view"),
        (-21, "hidden_strength"),
    ]


def test_two_teams_that_show_the_same_are_laid_beside_in_the_same_way() -> None:
    """Gap and word are functions of what is shown: no two means under one cell can be told apart by them."""
    for n in (5, 9, 12):
        pages: dict[Cell, frozen.Result] = {}
        for total in range(24 * n + 1):
            cell = bounded(n, total)
            page = frozen.lay_beside(Disclosed(n, {"clear": (cell, "")}), OWN)
            assert pages.setdefault(cell, page) == page


def test_what_is_frozen_is_read_as_it_was_and_holds_nothing_that_is_not_shown() -> None:
    members = [{"clear": score, "open": 12, "steady": None} for score in (6, 12, 12, 14, 15, 16)]
    result = frozen.lay_beside(disclose(members, ["clear", "open", "steady"], minimum=5), OWN)
    data = json.loads(json.dumps(frozen.as_data(result)))
    assert frozen.read(data) == result
    assert set(data) == {"is_enough", "n", "keys", "total"}
    assert {frozenset(key) for key in data["keys"]} == {
        frozenset({"slug", "kind", "points", "agreement", "self", "gap", "relation"})
    }
    numbers = [key[name] for key in data["keys"] for name in ("points", "self", "gap")]
    assert all(number is None or isinstance(number, int) for number in numbers)


def test_below_the_minimum_not_even_the_own_scores_are_kept() -> None:
    result = frozen.lay_beside(disclose([{"clear": 12}] * 4, ["clear"], minimum=5), OWN)
    assert frozen.as_data(result) == {
        "is_enough": False,
        "n": None,
        "keys": [],
        "total": {"kind": "hidden", "points": None},
    }
    assert not frozen.read(frozen.as_data(result)).is_enough
    assert not frozen.read(None).is_enough
