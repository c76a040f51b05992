"""What answers are worth, in numbers. Pure: arrays in, numbers out; NumPy and SciPy, no Django.

Rows are people, columns items or keys, after reversal. Variances and covariances have n - 1 below the line. Where a
number does not exist it is None, never 0; `assessments/numbers/calculator.py` says why.

Never imported by a web process: the calculator is a process of its own (decision 0053).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

Numbers = NDArray[np.float64]
Reason = Literal["", "no_spread", "negative_covariance", "heywood"]
DUST: Final = 1e-9
LEVEL: Final = 0.95
Z: Final = NormalDist().inv_cdf(0.5 + LEVEL / 2)


def covariances(answers: Numbers) -> Numbers:
    """Of the columns; nothing but zeros for fewer than two rows."""
    columns = answers.shape[1]
    if len(answers) < 2:
        return np.zeros((columns, columns))
    return np.atleast_2d(np.cov(answers, rowvar=False))


def alpha(covariance: Numbers) -> float | None:
    """k/(k-1) * (1 - sum of the item variances / variance of the sum). A negative one is given as it is: mostly it
    means that an item was not reversed. None when the sum does not vary.

    Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika, 16, 297-334.
    """
    k, total = len(covariance), float(covariance.sum())
    if k < 2 or total <= DUST:
        return None
    return float(k / (k - 1) * (1 - np.trace(covariance) / total))


def feldt(alpha: float, n: int, k: int, level: float = LEVEL) -> tuple[float, float]:
    """The confidence interval of alpha of n people and k items:
    1 - (1 - alpha) * F(1 - tail) to 1 - (1 - alpha) * F(tail), with n - 1 and (n - 1)(k - 1) degrees of freedom.

    Feldt, L. S. (1965). The approximate sampling distribution of Kuder-Richardson reliability coefficient twenty.
    Psychometrika, 30, 357-370. https://doi.org/10.1007/BF02289499
    """
    tail, freedom = (1 - level) / 2, (n - 1, (n - 1) * (k - 1))
    low, high = (1 - (1 - alpha) * float(fdtri(*freedom, p)) for p in (1 - tail, tail))
    return low, high


def omega(covariance: Numbers) -> tuple[float | None, Reason]:
    """Of three items: one factor fits them exactly, with l1^2 = s12 * s13 / s23 and so round;
    (sum of the loadings)^2 / sum of all covariances.

    None with a reason: a covariance that is not positive, or a loading that explains more than all of its item
    (a Heywood case).

    McDonald, R. P. (1999). Test theory: A unified treatment. Erlbaum, chapter 6.
    """
    if len(covariance) != 3:
        raise ValueError("This omega is of three items.")
    total = float(covariance.sum())
    if total <= DUST or min(np.diag(covariance)) <= DUST:
        return None, "no_spread"
    s12, s13, s23 = covariance[0, 1], covariance[0, 2], covariance[1, 2]
    if min(s12, s13, s23) <= DUST:
        return None, "negative_covariance"
    squares = np.array([s12 * s13 / s23, s12 * s23 / s13, s13 * s23 / s12])
    if (squares > np.diag(covariance) + DUST).any():
        return None, "heywood"
    return float(np.sqrt(squares).sum() ** 2 / total), ""


def stratified_alpha(
    variances: Sequence[float], alphas: Sequence[float | None], total: float
) -> float | None:
    """Of a sum of parts: 1 - sum of (variance of a part * (1 - its alpha)) / variance of the sum. None when a part has
    no alpha, or the sum does not vary.

    Rajaratnam, N., Cronbach, L. J., & Gleser, G. C. (1965). Generalizability of stratified-parallel tests.
    Psychometrika, 30, 39-56.
    """
    if total <= DUST or any(one is None for one in alphas):
        return None
    noise = sum(variance * (1 - (one or 0.0)) for variance, one in zip(variances, alphas, strict=True))
    return 1 - noise / total


def spearman_brown(r: float, times: float) -> float:
    """The reliability of a test `times` as long as one of reliability r: m * r / (1 + (m - 1) * r).

    Spearman, C. (1910) and Brown, W. (1910), British Journal of Psychology, 3, 271-295 and 296-322.
    """
    return times * r / (1 + (times - 1) * r)


def correlation(first: Numbers, second: Numbers) -> float | None:
    """Pearson's r; None below three pairs, or when one of the two does not vary."""
    if len(first) < 3:
        return None
    one, other = first - first.mean(), second - second.mean()
    below = math.sqrt(float(one @ one) * float(other @ other))
    return None if below <= DUST else max(-1.0, min(1.0, float(one @ other) / below))


def fisher(r: float, n: int) -> tuple[float, float] | None:
    """The 95 % interval of r of n pairs, by Fisher's z: tanh(atanh r ± 1.96 / sqrt(n - 3)). None without one.

    Fisher, R. A. (1921). On the 'probable error' of a coefficient of correlation. Metron, 1, 3-32.
    """
    if n < 4 or abs(r) >= 1:
        return None
    middle, wide = math.atanh(r), Z / math.sqrt(n - 3)
    return math.tanh(middle - wide), math.tanh(middle + wide)


def item_rest(answers: Numbers) -> list[float | None]:
    """Of each column: its correlation with the sum of the others, so that an item does not meet itself.

    Guilford, J. P. (1953). The correlation of an item with a composite of the remaining items in a test. Educational
    and Psychological Measurement, 13, 87-93.
    """
    total = answers.sum(axis=1)
    return [correlation(column, total - column) for column in answers.T]


def within(first: Numbers, second: Numbers) -> tuple[float, float] | None:
    """r_w, and its standard error: which part of the distance between a key and the mean of its person is there again
    at the next scan. Rows are people, columns keys; NaN for a key without a score in either scan.

    With d the distance of a key to the mean of the person's valid keys in that scan, it is the slope through the origin
    of the later distances on the earlier: sum(d1 * d2) / sum(d1^2). That is what `change.expect_key` predicts with
    (predicted = m + r_w * (x1 - m)), so it is estimated as it is used; the distances of one person add up to zero, so
    there is no intercept. When nobody changed and both scans are equally precise, its expectation is the share of true
    variance in those distances: a reliability. Real change lowers it. What all people have in common (a key that is
    high with everybody) stays in it, as it does in the prediction.

    The distances of one person hang together, so the error counts people, not keys (the sandwich of Liang & Zeger 1986,
    Biometrika, 73, 13-22, with n / (n - 1)). None below two people or without any distance.
    """
    one, other = distances(first), distances(second)
    known = ~(np.isnan(one) | np.isnan(other))
    one, other = np.where(known, one, 0.0), np.where(known, other, 0.0)
    squares, n = float((one**2).sum()), len(one)
    if n < 2 or squares <= DUST:
        return None
    slope = float((one * other).sum()) / squares
    by_person = (one * (other - slope * one)).sum(axis=1)
    return slope, math.sqrt(n / (n - 1) * float((by_person**2).sum())) / squares


def distances(scores: Numbers) -> Numbers:
    """Of each key to the mean of its person's valid keys; NaN stays NaN."""
    valid = ~np.isnan(scores)
    count = np.maximum(valid.sum(axis=1, keepdims=True), 1)
    found: Numbers = scores - np.where(valid, scores, 0.0).sum(axis=1, keepdims=True) / count
    return found
