"""What ten statements are worth."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments import change
from assessments.change import Norm
from assessments.pulse.measure import MIN_ANSWERED, PULSE, expect, needed, score, shortened
from tests.assessments.demo import instrument
from tests.factories.pulse import at_level

ITEMS = instrument().pulse
VALUE = st.one_of(st.none(), st.integers(1, 5))


@pytest.mark.parametrize(("level", "points"), [(1, 0.0), (3, 50.0), (4, 75.0), (5, 100.0)])
def test_a_level_is_its_place_on_0_to_100(level: int, points: float) -> None:
    assert score(ITEMS, at_level(level)) == points


def test_a_reversed_statement_is_turned_round() -> None:
    reversed_items = [item for item in ITEMS if item.reverse]
    assert reversed_items  # two of them: ticking one column gives no extreme
    assert score(ITEMS, dict.fromkeys((item.id for item in ITEMS), 5)) == 100 * (1 - len(reversed_items) / 10)


def test_it_is_the_mean_of_what_was_answered_and_nothing_below_eight() -> None:
    answers = at_level(4)
    for missing, item in enumerate(ITEMS[:3]):
        assert score(ITEMS, answers) == 75.0, missing
        answers[item.id] = None
    assert MIN_ANSWERED == 8
    assert score(ITEMS, answers) is None
    assert score(ITEMS, {}) is None


@given(st.lists(VALUE, min_size=10, max_size=10))
def test_any_answers_give_a_score_on_the_scale_or_none(values: list[int | None]) -> None:
    found = score(ITEMS, dict(zip((item.id for item in ITEMS), values, strict=True)))
    assert (found is None) == (sum(value is not None for value in values) < MIN_ANSWERED)
    assert found is None or 0 <= found <= 100


@pytest.mark.parametrize("value", [0, 6, "4", 2.5, [], {}])
def test_what_is_no_value_counts_as_not_answered(value: object) -> None:
    answers: dict[str, object] = {**at_level(4), ITEMS[0].id: value}
    assert score(ITEMS, answers) == 75.0


def test_the_worked_norm_is_sd_14_24_and_r_75_so_that_20_points_count() -> None:
    """Spearman-Brown for a third of the length: .3 / (1 - .6); error three times 16.9, beside 152.1 that is true."""
    assert pytest.approx(0.9 / 3 / (1 - 2 / 3 * 0.9)) == PULSE.r
    assert pytest.approx(0.75) == PULSE.r
    assert pytest.approx(math.sqrt(152.1 + 3 * 16.9)) == PULSE.sd
    assert change.sem(PULSE) == pytest.approx(7.12, abs=0.005)
    before = expect(50)
    assert before is not None
    assert before.likely_above == pytest.approx(69.74, abs=0.005)
    assert (before.label(69.7), before.label(69.8)) == ("noise", "certain_up")
    assert needed() == 20
    assert expect(None) is None


def test_a_share_of_all_is_the_norm_itself_and_a_longer_one_is_more_reliable() -> None:
    whole = shortened(Norm(13, 0.9), 1)
    assert (whole.sd, whole.r) == (pytest.approx(13), pytest.approx(0.9))
    assert shortened(PULSE, 3).r == pytest.approx(0.9)


def test_people_in_whom_nothing_changes_are_told_so_in_19_of_20_pulses() -> None:
    """Drawn with the norm, on a scale that ends and has steps of a fortieth."""
    dice = random.Random("no change between two pulses")
    error = change.sem(PULSE)
    assert error is not None
    told = 0
    for _person in range(4000):
        true = dice.gauss(60, math.sqrt(PULSE.r) * PULSE.sd)
        first, second = (min(100, max(0, round(dice.gauss(true, error) / 2.5) * 2.5)) for _pulse in range(2))
        told += change.label(expect(first), second) != "noise"
    assert 0.03 < told / 4000 < 0.07
