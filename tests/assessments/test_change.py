from __future__ import annotations

from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.change import (
    KEY,
    LIKELY_Z,
    OVERALL,
    Expected,
    Norm,
    certain_z,
    expect,
    expect_key,
    interval,
    label,
    sem,
)

SCORE = st.floats(0, 100, allow_nan=False)
WORKED = Norm(sd=18, r=0.70)
MIRRORED = {
    "likely_up": "likely_down",
    "likely_down": "likely_up",
    "certain_up": "certain_down",
    "certain_down": "certain_up",
    "noise": "noise",
}


def test_the_worked_example_gives_sem_9_86_and_an_error_of_a_difference_of_13_94():
    assert sem(WORKED) == pytest.approx(9.86, abs=0.005)
    assert expect(45, WORKED).error == pytest.approx(13.94, abs=0.005)


def test_from_45_to_70_is_noise_in_the_worked_example():
    assert expect(45, WORKED).label(70) == "noise"
    assert expect(45, WORKED).likely_above == pytest.approx(45 + 27.3, abs=0.05)


def test_the_bounds_of_the_labels_are_computed_and_not_rounded():
    assert NormalDist().inv_cdf(0.975) == LIKELY_Z
    assert pytest.approx(1.959964, abs=5e-7) == LIKELY_Z
    assert certain_z(KEY.tests) == pytest.approx(2.807034, abs=5e-7)
    assert certain_z(OVERALL.tests) == LIKELY_Z


def test_the_overall_must_move_11_39_points_and_is_then_certain():
    assert expect(55, OVERALL).likely_above == pytest.approx(55 + 11.39, abs=0.005)
    assert expect(55, OVERALL).label(66.4) == "certain_up"
    assert expect(55, OVERALL).label(66.3) == "noise"
    assert expect(55, OVERALL).label(43.6) == "certain_down"


def test_a_low_key_is_expected_to_rise_by_itself():
    expected = expect_key(16.7, mean=50.8)
    assert expected.error == pytest.approx(14.25, abs=0.005)
    assert expected.score == pytest.approx(35.5, abs=0.05)
    assert expected.likely_above == pytest.approx(63.4, abs=0.05)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (41.7, "noise"),  # 25 points: what happens without any change
        (58.3, "noise"),
        (66.7, "likely_up"),
        (75.0, "likely_up"),
        (83.3, "certain_up"),
        (8.3, "noise"),
    ],
)
def test_growth_of_the_lowest_key_counts_from_what_was_expected_and_not_from_where_it_stood(after, expected):
    assert expect_key(16.7, mean=50.8).label(after) == expected


def test_a_key_at_100_can_hardly_rise_any_further_and_one_at_0_hardly_drop():
    top = expect_key(100, mean=92.5)
    assert top.likely_above == pytest.approx(123.8, abs=0.05)
    assert top.is_at_ceiling
    assert not top.is_at_floor
    assert expect_key(0, mean=7.5).is_at_floor
    assert not expect_key(50, mean=50).is_at_ceiling


def test_a_key_that_stayed_or_rose_is_never_called_dropped():
    low_among_high = expect_key(16.7, mean=90)  # 57 is expected, below 29 it is less than chance explains
    assert low_among_high.label(16.7) == "noise"
    assert low_among_high.label(25.0) == "noise"
    assert low_among_high.label(8.3) == "certain_down"
    assert low_among_high.likely_below == 16.7


def test_without_an_earlier_score_or_a_later_one_nothing_is_said():
    assert label(expect_key(None, mean=50), 60) == ""
    assert label(expect_key(50, mean=None), 60) == ""
    assert label(expect(None), 60) == ""
    assert label(expect(50), None) == ""


@pytest.mark.parametrize("norm", [Norm(20, 0), Norm(20, 1), Norm(0, 0.7), Norm(-3, 0.7), Norm(20, 1.2)])
def test_without_a_usable_sd_and_reliability_nothing_is_claimed(norm):
    assert (sem(norm), expect(40, norm), expect_key(40, 50, norm)) == (None, None, None)
    assert interval(40, norm) == (40, 40)


@pytest.mark.parametrize("r_within", [0, 1, -0.2, 1.5])
def test_without_a_usable_reliability_within_a_person_nothing_is_claimed(r_within):
    assert expect_key(40, 50, r_within=r_within) is None


def test_the_grey_band_is_the_score_plus_and_minus_sem_clipped():
    assert interval(90, KEY) == (pytest.approx(78.2, abs=0.05), 100)
    assert interval(59.17, OVERALL) == (pytest.approx(55.06, abs=0.01), pytest.approx(63.28, abs=0.01))


@given(SCORE)
def test_the_grey_band_holds_the_score_and_stays_on_the_scale(score):
    low, high = interval(score, KEY)
    assert 0 <= low <= score <= high <= 100


@given(SCORE, SCORE)
def test_of_the_overall_the_way_back_has_the_mirrored_label(before, after):
    assert expect(after).label(before) == MIRRORED[expect(before).label(after)]


@given(SCORE, SCORE, SCORE)
def test_the_scale_upside_down_has_the_mirrored_label(before, mean, after):
    upside_down = expect_key(100 - before, 100 - mean).label(100 - after)
    expected = expect_key(before, mean)
    near_a_bound = min(
        abs(abs(after - expected.score) / expected.error - z) for z in (LIKELY_Z, certain_z(10))
    )
    if near_a_bound > 1e-6 and abs(after - before) > 1e-6:
        assert upside_down == MIRRORED[expected.label(after)]


@given(SCORE, SCORE, SCORE, SCORE)
def test_a_higher_score_never_has_a_lower_label(before, mean, one, other):
    order = ["certain_down", "likely_down", "noise", "likely_up", "certain_up"]
    expected: Expected = expect_key(before, mean)
    low, high = sorted([one, other])
    assert order.index(expected.label(low)) <= order.index(expected.label(high))
