"""Every formula beside an example that was worked out by hand or published."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from assessments import change
from assessments.numbers import formulas

# Eight people, three statements: the sum of the variances is 4.339, the variance of the sum 9.696.
EIGHT = np.array(
    [[4, 3, 2], [1, 1, 2], [2, 3, 3], [3, 2, 3], [2, 2, 1], [5, 4, 4], [3, 5, 4], [3, 4, 3]], dtype=float
)
THREE = np.array([[1, 0.42, 0.56], [0.42, 1, 0.48], [0.56, 0.48, 1]])


# ---- alpha --------------------------------------------------------------------------------------------
def test_alpha_of_eight_people_and_three_statements():
    covariance = formulas.covariances(EIGHT)
    assert round(float(np.trace(covariance)), 3) == 4.339
    assert round(float(covariance.sum()), 3) == 9.696
    assert round(formulas.alpha(covariance), 3) == 0.829


def test_a_statement_that_is_not_turned_round_shows_as_a_negative_alpha():
    forgotten = EIGHT.copy()
    forgotten[:, 2] = 6 - forgotten[:, 2]
    assert round(formulas.alpha(formulas.covariances(forgotten)), 2) == -0.68


def test_alpha_is_spearman_brown_of_the_correlation_when_all_statements_are_alike():
    alike = np.full((4, 4), 0.3) + 0.7 * np.eye(4)
    assert formulas.alpha(alike) == pytest.approx(formulas.spearman_brown(0.3, 4))


def test_without_differences_between_people_there_is_no_alpha():
    assert formulas.alpha(formulas.covariances(np.full((9, 3), 4.0))) is None
    assert formulas.alpha(formulas.covariances(EIGHT[:1])) is None


def test_feldt_s_interval_of_the_note():
    low, high = formulas.feldt(0.829, n=8, k=3)
    assert (round(low, 2), round(high, 2)) == (0.42, 0.96)


def test_feldt_s_interval_is_the_one_of_the_f_distribution_in_a_second_library():
    """Against scipy.stats, which is too large for the calculator."""
    from scipy import stats

    low, high = formulas.feldt(0.7, n=60, k=3)
    assert low == pytest.approx(1 - 0.3 * stats.f.ppf(0.975, 59, 118))
    assert high == pytest.approx(1 - 0.3 * stats.f.ppf(0.025, 59, 118))


def test_more_people_make_the_interval_narrower():
    widths = [high - low for low, high in (formulas.feldt(0.7, n, 3) for n in (30, 150, 1000))]
    assert widths == sorted(widths, reverse=True)


# ---- omega --------------------------------------------------------------------------------------------
def test_omega_of_loadings_point_seven_six_and_eight():
    found, reason = formulas.omega(THREE)
    assert (round(found, 3), reason) == (0.745, "")


def test_omega_is_alpha_when_all_loadings_are_equal():
    alike = np.full((3, 3), 0.4) + 0.6 * np.eye(3)
    assert formulas.omega(alike)[0] == pytest.approx(formulas.alpha(alike))


@pytest.mark.parametrize(
    ("s12", "s13", "s23", "reason"),
    [
        (0.9, 0.9, 0.5, "heywood"),
        (-0.1, 0.4, 0.4, "negative_covariance"),
        (0.0, 0.4, 0.4, "negative_covariance"),
    ],
)
def test_omega_is_nothing_with_a_reason_where_one_factor_does_not_fit(s12, s13, s23, reason):
    assert formulas.omega(np.array([[1, s12, s13], [s12, 1, s23], [s13, s23, 1]])) == (None, reason)


def test_omega_of_a_statement_to_which_all_say_the_same_is_nothing():
    assert formulas.omega(formulas.covariances(np.c_[EIGHT[:, :2], np.full(8, 3)])) == (None, "no_spread")


# ---- the whole ----------------------------------------------------------------------------------------
def test_stratified_alpha_of_the_note():
    assert formulas.stratified_alpha([10, 12], [0.60, 0.75], 40) == pytest.approx(0.825)


def test_stratified_alpha_needs_all_its_parts():
    assert formulas.stratified_alpha([10, 12], [0.60, None], 40) is None
    assert formulas.stratified_alpha([0, 0], [0.5, 0.5], 0) is None


def test_spearman_brown_of_the_note():
    assert round(formulas.spearman_brown(0.30, 3), 2) == 0.56
    assert round(formulas.spearman_brown(0.30, 30), 2) == 0.93


def test_the_errors_of_measurement_of_the_note():
    error = change.sem(change.Norm(sd=18, r=0.70))
    assert round(error, 2) == 9.86
    assert round(math.sqrt(2) * error, 2) == 13.94


def test_a_statement_is_laid_beside_the_rest_and_never_beside_itself():
    first, *_others = formulas.item_rest(EIGHT)
    assert first == pytest.approx(np.corrcoef(EIGHT[:, 0], EIGHT[:, 1] + EIGHT[:, 2])[0, 1])
    assert formulas.item_rest(np.full((9, 3), 2.0)) == [None, None, None]


# ---- two scans ----------------------------------------------------------------------------------------
def test_a_correlation_is_pearson_s_and_nothing_without_spread():
    assert formulas.correlation(EIGHT[:, 0], EIGHT[:, 1]) == pytest.approx(np.corrcoef(EIGHT.T)[0, 1])
    assert formulas.correlation(np.ones(9), np.arange(9.0)) is None
    assert formulas.correlation(np.arange(2.0), np.arange(2.0)) is None


def test_fisher_s_interval_of_a_half_among_fifty():
    """z = .5493, 1.96 / sqrt(47) = .2859."""
    low, high = formulas.fisher(0.5, 50)
    assert (round(low, 3), round(high, 3)) == (0.257, 0.683)
    assert formulas.fisher(1.0, 50) is None
    assert formulas.fisher(0.5, 3) is None


def two_scans(people: int, r_within: float, seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    dice = np.random.default_rng(seed)
    true = dice.normal(50, 12, (people, 1)) + math.sqrt(r_within) * dice.normal(0, 15, (people, 10))
    noise = math.sqrt(1 - r_within) * 15
    return tuple(true + dice.normal(0, noise, (people, 10)) for _scan in (1, 2))  # type: ignore[return-value]


@pytest.mark.parametrize("r_within", [0.30, 0.45, 0.60])
def test_r_within_finds_the_reliability_with_which_scans_were_drawn(r_within):
    found, error = formulas.within(*two_scans(4000, r_within))
    assert found == pytest.approx(r_within, abs=3 * error)
    assert error < 0.01


def test_the_error_of_r_within_is_how_far_it_lies_off():
    found = [formulas.within(*two_scans(60, 0.45, seed)) for seed in range(300)]
    assert np.std([slope for slope, _error in found]) == pytest.approx(
        np.mean([e for _s, e in found]), rel=0.15
    )


def test_r_within_predicts_as_the_result_page_does():
    first, second = two_scans(400, 0.45)
    slope, _error = formulas.within(first, second)
    means = first.mean(axis=1, keepdims=True), second.mean(axis=1, keepdims=True)

    def off(r: float) -> float:
        return float((((second - means[1]) - r * (first - means[0])) ** 2).sum())

    assert off(slope) < min(off(slope - 0.01), off(slope + 0.01))


def test_a_key_without_a_score_takes_no_part_and_too_few_people_give_nothing():
    first, second = two_scans(50, 0.45)
    first[:, 3] = np.nan
    assert formulas.within(first, second) is not None
    assert formulas.within(first[:1], second[:1]) is None
    assert formulas.within(np.full((9, 10), 50.0), second[:9]) is None


# ---- whatever comes in --------------------------------------------------------------------------------
@settings(max_examples=60)
@given(arrays.arrays(np.int8, st.tuples(st.integers(0, 12), st.just(3)), elements=st.integers(1, 5)))
def test_no_answers_of_people_break_a_formula(raw):
    covariance = formulas.covariances(raw.astype(float))
    alpha, (omega, reason) = formulas.alpha(covariance), formulas.omega(covariance)
    assert alpha is None or alpha <= 1 + 1e-9
    assert (omega is None) == bool(reason)
    assert omega is None or 0 < omega <= 1 + 1e-9
    if alpha is not None and len(raw) > 2:
        low, high = formulas.feldt(alpha, len(raw), 3)
        assert low <= alpha + 1e-9
        assert high <= 1 + 1e-9
