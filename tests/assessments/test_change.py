from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.change import KEY, OVERALL, Norm, interval, label, needed, sed, sem, z

SCORE = st.floats(0, 100, allow_nan=False)
WORKED = Norm(sd=18, r=0.70)


def test_the_worked_example_gives_sem_9_86_and_sed_13_94():
    assert sem(WORKED) == pytest.approx(9.86, abs=0.005)
    assert sed(WORKED) == pytest.approx(13.94, abs=0.005)


def test_from_45_to_70_is_noise_in_the_worked_example():
    assert z(45, 70, WORKED) == pytest.approx(1.79, abs=0.005)
    assert label(45, 70, WORKED) == "noise"
    assert needed(WORKED) == pytest.approx(27.3, abs=0.05)


def test_a_key_must_move_about_33_points_and_the_overall_about_11():
    assert round(needed(KEY)) == 33
    assert round(needed(OVERALL)) == 11


@pytest.mark.parametrize(
    ("before", "after", "norm", "expected"),
    [
        (41.7, 75.0, KEY, "likely_up"),
        (75.0, 41.7, KEY, "likely_down"),
        (75.0, 83.3, KEY, "noise"),
        (50.0, 50.0, KEY, "noise"),
        (46.0, 59.2, OVERALL, "likely_up"),
        (55.0, 59.2, OVERALL, "noise"),
        (None, 59.2, OVERALL, ""),
        (55.0, None, OVERALL, ""),
    ],
)
def test_a_difference_is_called_likely_from_z_1_96(before, after, norm, expected):
    assert label(before, after, norm) == expected


@pytest.mark.parametrize("norm", [Norm(20, 0), Norm(20, 1), Norm(0, 0.7), Norm(-3, 0.7), Norm(20, 1.2)])
def test_without_a_usable_sd_and_reliability_nothing_is_claimed(norm):
    assert (sem(norm), sed(norm), z(40, 60, norm), needed(norm)) == (None, None, None, None)
    assert label(40, 90, norm) == ""
    assert interval(40, norm) == (40, 40)


def test_the_grey_band_is_the_score_plus_and_minus_sem_clipped():
    assert interval(90, KEY) == (pytest.approx(78.2, abs=0.05), 100)
    assert interval(59.17, OVERALL) == (pytest.approx(55.06, abs=0.01), pytest.approx(63.28, abs=0.01))


@given(SCORE)
def test_the_grey_band_holds_the_score_and_stays_on_the_scale(score):
    low, high = interval(score, KEY)
    assert 0 <= low <= score <= high <= 100


@given(SCORE, SCORE)
def test_the_way_back_has_the_mirrored_label(before, after):
    mirrored = {"likely_up": "likely_down", "likely_down": "likely_up", "noise": "noise"}
    assert label(after, before, KEY) == mirrored[label(before, after, KEY)]
