"""The worked examples of the scoring rules, and what must hold for any answers at all."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments import scoring
from assessments.instrument import Band
from assessments.scoring import key_score, overall_score, pattern, reverse, score, shown, strongest, weakest
from tests.assessments.demo import BEFORE, NOW, answers, instrument, same_answer

ITEMS = instrument().items
VALUE = st.one_of(st.none(), st.integers(1, 5))
ANSWERS = st.fixed_dictionaries({}, optional={item.id: VALUE for item in ITEMS})
FULL = st.fixed_dictionaries({item.id: st.integers(1, 5) for item in ITEMS})
ANYTHING = st.dictionaries(
    st.one_of(st.sampled_from([item.id for item in ITEMS]), st.text(max_size=12)),
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.lists(st.none())),
)


def sums(**changes: int) -> dict[str, int]:
    """Reversed sums per key: all in the middle (9, score 50), but for what is named."""
    return dict.fromkeys(NOW, 9) | {slug.replace("_", "-"): value for slug, value in changes.items()}


# ---- the worked examples ----------------------------------------------------------------------------


def test_reverse_turns_two_into_four():
    assert [reverse(value) for value in (1, 2, 3, 4, 5)] == [5, 4, 3, 2, 1]


def test_answers_two_missing_and_reverse_one_give_62_5_shown_as_63():
    scores = score(instrument(), {"naming_1": 2, "naming_2": None, "naming_3": 1})
    assert scores.of("naming") == 62.5
    assert shown(62.5) == 63


def test_ticking_the_first_column_gives_a_third_everywhere_and_never_an_extreme():
    scores = score(instrument(), same_answer(1))
    assert {key.score for key in scores.keys} == {float(Fraction(100, 3))}
    assert scores.overall == pytest.approx(33.333, abs=0.001)


def test_eight_valid_keys_summing_to_440_give_55():
    valid = [Fraction(value) for value in (50, 60, 40, 70, 55, 55, 45, 65)]
    assert sum(valid) == 440
    assert overall_score([*valid, None, None]) == 55


def test_seven_valid_keys_give_no_overall():
    assert overall_score([Fraction(50)] * 7 + [None] * 3) is None


def test_one_answer_of_three_gives_no_key_score():
    assert key_score([5]) is None
    assert key_score([]) is None
    assert key_score([5, 5]) == 100


@pytest.mark.parametrize(
    ("value", "band", "display"),
    [
        (0.0, Band.LOW, 0),
        (49.9, Band.LOW, 50),
        (50.0, Band.MID, 50),
        (74.9, Band.MID, 75),
        (75.0, Band.HIGH, 75),
        (100.0, Band.HIGH, 100),
        (62.5, Band.MID, 63),
    ],
)
def test_the_band_is_decided_on_the_unrounded_value_and_display_rounds_half_up(value, band, display):
    assert scoring.band(value) is band
    assert shown(value) == display


def test_all_tied_weakest_keys_are_named_in_the_order_of_the_keys():
    scores = score(instrument(), answers(sums(steady=7, discomfort=7)))
    assert weakest(scores) == ("steady", "discomfort")


def test_all_tied_strongest_keys_are_named_in_the_order_of_the_keys():
    scores = score(instrument(), answers(sums(open=13, naming=13)))
    assert strongest(scores) == ("naming", "open")


def test_a_mean_of_exactly_75_is_band_high_although_its_parts_are_thirds():
    thirds = {"naming": 11, "letting-go": 13, "steady": 11, "clear": 13, "self-honesty": 11, "discomfort": 13}
    scores = score(instrument(), answers(dict.fromkeys(NOW, 12) | thirds))
    assert scores.overall == 75.0
    assert scoring.band(scores.overall) is Band.HIGH


# ---- the demo leader of the drawn pages ---------------------------------------------------------------


def test_the_demo_leader_has_the_scores_of_the_drawn_result():
    scores = score(instrument(), answers(NOW))
    assert {key.slug: shown(key.score) for key in scores.keys} == {
        "naming": 67,
        "letting-go": 25,
        "steady": 58,
        "clear": 83,
        "self-honesty": 75,
        "discomfort": 50,
        "courage": 58,
        "open": 75,
        "advance": 33,
        "recognition": 67,
    }
    assert shown(scores.overall) == 59
    assert (weakest(scores), strongest(scores)) == (("letting-go",), ("clear",))
    assert shown(score(instrument(), answers(BEFORE)).overall) == 55


# ---- patterns -----------------------------------------------------------------------------------------


def found(**changes: int) -> str | None:
    shape = pattern(instrument(), score(instrument(), answers(dict.fromkeys(NOW, 13) | sums_only(changes))))
    return shape.slug if shape else None


def sums_only(changes: dict[str, int]) -> dict[str, int]:
    return {slug.replace("_", "-"): value for slug, value in changes.items()}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"letting_go": 6, "advance": 7}, "grip"),  # both low
        ({"letting_go": 9, "advance": 10}, "grip"),  # 50 and 58: among the three lowest, both below 60
        ({"letting_go": 10, "advance": 11}, None),  # 67 is not below 60
        ({"letting_go": 6}, None),  # one low key is no pattern
        (
            {"clear": 9, "open": 9, "naming": 9, "discomfort": 9},
            "politeness",
        ),  # four tied: key order picks three
        ({"letting_go": 6, "advance": 7, "clear": 6, "open": 6}, "fog"),  # the lowest mean wins
        ({"clear": 6, "open": 6, "letting_go": 6, "advance": 6}, "grip"),  # a tie: the first listed
        (
            {"courage": 8, "recognition": 8, "naming": 3, "clear": 3, "steady": 3},
            "scoreboard",
        ),  # low, not lowest
        ({"courage": 10, "recognition": 9, "naming": 3, "clear": 3}, None),  # 4th lowest and not low
    ],
)
def test_at_most_one_pattern_is_shown(changes, expected):
    assert found(**changes) == expected


def test_a_key_without_a_score_is_in_no_pattern():
    given_answers = answers(NOW) | {"advance_1": None, "advance_2": None}
    assert pattern(instrument(), score(instrument(), given_answers)) is None


# ---- what holds for any answers -------------------------------------------------------------------------


@given(ANSWERS)
def test_scores_lie_between_0_and_100_or_are_absent(given_answers):
    scores = score(instrument(), given_answers)
    for value in [*(key.score for key in scores.keys), scores.overall]:
        assert value is None or 0 <= value <= 100


@given(ANYTHING)
def test_scoring_is_total_whatever_the_document_holds(document):
    known = {
        item.id: value
        for item in ITEMS
        if type(value := document.get(item.id)) is int and value in (1, 2, 3, 4, 5)
    }
    assert score(instrument(), document) == score(instrument(), known)


@given(FULL, st.sampled_from(ITEMS))
def test_a_better_answer_never_lowers_a_score(given_answers, item):
    better = 1 if item.reverse else 5
    before, after = score(instrument(), given_answers), score(instrument(), given_answers | {item.id: better})
    assert after.of(item.key_slug) >= before.of(item.key_slug)
    assert after.overall >= before.overall
    others = [key.slug for key in instrument().keys if key.slug != item.key_slug]
    assert [after.of(slug) for slug in others] == [before.of(slug) for slug in others]


@given(FULL, st.randoms(use_true_random=False))
def test_the_order_in_which_answers_came_does_not_matter(given_answers, random):
    pairs = list(given_answers.items())
    random.shuffle(pairs)
    assert score(instrument(), dict(pairs)) == score(instrument(), given_answers)


@given(st.integers(1, 5))
def test_ticking_one_column_never_gives_an_extreme(value):
    scores = score(instrument(), same_answer(value))
    assert all(0 < key.score < 100 for key in scores.keys)
    assert len({key.score for key in scores.keys}) == 1


@given(ANSWERS)
def test_a_score_is_absent_exactly_when_too_little_was_answered(given_answers):
    scores = score(instrument(), given_answers)
    for key, scored in zip(instrument().keys, scores.keys, strict=True):
        count = sum(given_answers.get(item.id) is not None for item in key.items)
        assert scored.answered == count
        assert (scored.score is None) == (count < 2)
    assert (scores.overall is None) == (len(scores.valid) < 8)
    assert scores.answered == sum(value is not None for value in given_answers.values())


@given(ANSWERS)
def test_the_overall_is_the_mean_of_the_valid_keys(given_answers):
    scores = score(instrument(), given_answers)
    if scores.overall is not None:
        values = [value for _slug, value in scores.valid]
        assert scores.overall == pytest.approx(sum(values) / len(values))


@given(ANSWERS)
def test_weakest_and_strongest_are_exactly_the_extremes(given_answers):
    scores = score(instrument(), given_answers)
    valid = dict(scores.valid)
    assert set(weakest(scores)) == {slug for slug in valid if valid[slug] == min(valid.values())}
    assert set(strongest(scores)) == {slug for slug in valid if valid[slug] == max(valid.values())}


@given(st.integers(0, 10_000))
def test_shown_is_the_nearest_whole_number_with_halves_up(hundredths):
    assert shown(hundredths / 100) == (hundredths + 50) // 100


@given(FULL)
def test_both_languages_score_alike(given_answers):
    assert score(instrument("nl"), given_answers) == score(instrument("en"), given_answers)
