from __future__ import annotations

from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from assessments import scoring
from assessments.mirror.domain.disclosure import (
    HIDDEN,
    POSSIBLE,
    UNITS,
    Cell,
    agreement,
    bounded,
    cap,
    disclose,
    in_units,
    is_close,
    is_far,
    total,
)
from tests.assessments import demo

KEYS = ("clear", "open", "steady")
teams = st.integers(4, 40).flatmap(lambda n: st.lists(st.sampled_from(POSSIBLE), min_size=n, max_size=n))


def team(*scores: int | None, slug: str = "clear") -> list[dict[str, int | None]]:
    return [{slug: score} for score in scores]


def cell_of(*scores: int, minimum: int = 4) -> Cell:
    return disclose(team(*scores), ["clear"], minimum=minimum).keys["clear"][0]


# ---- the mean -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("n", "edge"), [(4, 32), (5, 26), (8, 16), (12, 11), (30, 5), (500, 1)])
def test_the_edge_depends_on_how_many_answered(n: int, edge: int) -> None:
    assert cap(n) == edge


def test_a_mean_is_given_in_whole_points_half_up_and_as_a_bound_at_the_edges() -> None:
    assert cell_of(12, 12, 12, 15) == Cell("value", 53)  # 53.125
    assert cell_of(12, 12, 12, 12, 12, 12, 12, 15) == Cell("value", 52)  # 51.5625
    assert cell_of(8, 8, 8, 8) == Cell("value", 33)
    assert cell_of(8, 8, 8, 6) == Cell("at_most", 32)  # 31.25
    assert cell_of(8, 8, 9, 6) == Cell("at_most", 32)  # 32.29 rounds to 32
    assert cell_of(16, 16, 16, 16) == Cell("value", 67)
    assert cell_of(16, 16, 16, 18) == Cell("at_least", 68)
    assert cell_of(0, 0, 0, 0) == Cell("at_most", 32)
    assert cell_of(24, 24, 24, 24) == Cell("at_least", 68)


@given(teams)
@examples(max_examples=60)
def test_the_whole_numbers_say_what_the_fractions_do(scores: list[int]) -> None:
    points = [100 * score / UNITS for score in scores]
    n, held, squares = len(scores), sum(scores), sum(score * score for score in scores)
    cell = bounded(n, held)
    mean = scoring.shown(round(fmean(points), 9))
    assert cell.points == min(max(mean, cap(n)), 100 - cap(n))
    if abs(pstdev(points) - 12.5) > 1e-9:
        assert is_close(n, held, squares) is (pstdev(points) < 12.5)
    if abs(pstdev(points) - 30) > 1e-9:
        assert is_far(n, held, squares) is (pstdev(points) > 30)


def test_a_spread_of_exactly_the_threshold_counts() -> None:
    assert is_close(2, 24, 15 * 15 + 9 * 9)  # 62.5 and 37.5: SD 12.5
    assert not is_close(2, 24, 16 * 16 + 8 * 8)


# ---- fewer than the minimum, gaps, hidden cells ---------------------------------------------------------
def test_below_the_minimum_nothing_is_shown_not_even_how_many() -> None:
    for count in range(5):
        found = disclose(team(*[12] * count), ["clear"], minimum=5)
        assert (found.n, dict(found.keys)) == (None, {})
    assert disclose(team(*[12] * 5), ["clear"], minimum=5).n == 5


def test_no_setting_goes_below_four() -> None:
    assert disclose(team(12, 12, 12), ["clear"], minimum=1).n is None
    assert disclose(team(12, 12, 12, 12), ["clear"], minimum=1).n == 4


def test_who_could_say_nothing_at_all_is_not_counted() -> None:
    assert disclose(team(12, 12, 12, 12, None), ["clear"], minimum=5).n is None


def test_a_key_that_too_few_could_say_something_about_is_hidden_and_the_others_are_not() -> None:
    members = [{"clear": 12, "open": 12 if number else None, "steady": None} for number in range(5)]
    found = disclose(members, KEYS, minimum=5)
    assert {slug: cell.kind for slug, (cell, _said) in found.keys.items()} == {
        "clear": "value",
        "open": "hidden",
        "steady": "hidden",
    }
    assert found.n == 5


def test_the_edge_follows_those_who_gave_the_key_a_score() -> None:
    members = [{"clear": 3, "open": 3 if number else None} for number in range(6)]
    found = disclose(members, KEYS[:2], minimum=5)
    assert [found.keys[slug][0] for slug in KEYS[:2]] == [Cell("at_most", 21), Cell("at_most", 26)]


def test_a_hidden_cell_cannot_be_worked_out_from_the_total() -> None:
    """Elsewhere: hidden = 10 * overall - all that is shown. Here the total knows no more than the page does."""
    shown = [Cell("value", points) for points in (64, 64, 64, 64, 64, 64, 64, 63, 64)]
    assert sum(cell.points or 0 for cell in shown) == 575
    for hidden in (HIDDEN, Cell("at_most", 26), Cell("at_least", 74)):
        assert total([*shown, hidden]) == total(shown) == Cell("value", 64)


def test_a_total_of_fewer_than_eight_values_is_none() -> None:
    values = [Cell("value", 50)] * 8
    assert total(values) == Cell("value", 50)
    assert total([*values[:7], Cell("at_most", 26)]) == HIDDEN


# ---- who ticked one column ------------------------------------------------------------------------------
def test_who_ticked_one_column_counts_as_everybody_does() -> None:
    ones = in_units(scoring.score(demo.instrument(), {item.id: 1 for item in demo.instrument().items}))
    assert set(ones.values()) == {8}  # a reverse item makes 33 of it
    found = disclose([ones] * 4, list(ones), minimum=4)
    assert found.n == 4


def test_scores_are_kept_exactly_and_a_gap_as_a_gap() -> None:
    scores = scoring.score(demo.instrument(), demo.answers(demo.NOW) | {"clear_1": None, "open_1": None})
    kept = in_units(scores)
    for slug, units in kept.items():
        assert units is not None
        assert units in POSSIBLE
        assert abs(100 * units / UNITS - (scores.of(slug) or 0)) < 1e-9
    empty = in_units(scoring.score(demo.instrument(), {}))
    assert set(empty.values()) == {None}


# ---- do they agree --------------------------------------------------------------------------------------
def said(*scores: int) -> str:
    return agreement(scores, bounded(len(scores), sum(scores)))


def test_they_agree_while_they_stand_together_and_nobody_stands_far_off() -> None:
    assert said(12, 12, 12, 14, 10, 12) == "agree"
    assert said(8, 8, 8, 15, 15, 15) == "divided"  # SD 14.6
    assert said(*[12] * 11, 21) == "divided"  # SD 10.4, and one stands 34 points off
    assert said(*[12] * 11, 20) == "agree"  # 30 points off, of twelve people


def test_two_camps_need_eight_people_three_a_side_and_nobody_between() -> None:
    assert said(0, 0, 0, 0, 24, 24, 24, 24) == "two_camps"
    assert said(0, 0, 0, 0, 0, 24, 24, 24) == "two_camps"
    assert said(0, 0, 0, 0, 0, 0, 24, 24) == "divided"  # two are no camp
    assert said(0, 0, 0, 24, 24, 24, 24) == "divided"  # seven people
    assert said(0, 0, 0, 9, 24, 24, 24, 24) == "divided"  # one between
    assert said(8, 8, 8, 8, 16, 16, 16, 16) == "divided"  # SD 16.7


def test_fewer_than_six_and_a_bound_get_no_word() -> None:
    assert said(12, 12, 12, 12, 12) == ""
    assert said(0, 0, 0, 0, 0, 0) == ""
    assert said(24, 24, 24, 24, 24, 24) == ""


@given(teams, st.randoms())
@examples(max_examples=40)
def test_the_order_of_the_answers_means_nothing(scores: list[int], chance: object) -> None:
    turned = list(scores)
    chance.shuffle(turned)  # type: ignore[attr-defined]
    assert disclose(team(*scores), ["clear"], minimum=4) == disclose(team(*turned), ["clear"], minimum=4)
