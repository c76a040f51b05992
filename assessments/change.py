"""What a difference between two scores may be called, and what to expect of the next score. Pure.

The overall is judged by the plain difference (reliable change index): SEM = SD * sqrt(1 - r),
z = (x2 - x1) / (sqrt(2) * SEM). A single key is judged against what it would do by itself: an extreme key
moves towards the mean of its person, so that the lowest one rises without any change ("regression to the
mean", Hsu 1995, https://pubmed.ncbi.nlm.nih.gov/7896979). One rule for every key, chosen or not:

    predicted = m + r_w * (x1 - m)            m: mean of this person's valid keys in the earlier scan
    SE^2 = r_w * (1 - r_w) * s_w^2 + SEM^2    s_w^2 = SEM^2 / (1 - r_w)
    z = (x2 - predicted) / SE

Decided on unrounded scores. SD, r and r_w are proposals until 150 real scans allow an estimate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, Literal

Label = Literal["", "noise", "likely_up", "likely_down", "certain_up", "certain_down"]


@dataclass(frozen=True)
class Norm:
    sd: float  # standard deviation of the score among people, in points
    r: float  # reliability, between 0 and 1
    tests: int = 1  # how many scores of this sort one page judges at once


KEY: Final = Norm(sd=20, r=0.65, tests=10)
OVERALL: Final = Norm(sd=13, r=0.90)
R_WITHIN: Final = 0.45  # reliability of the differences between the keys of one person; provisional

CHANCE: Final = 0.05  # how often chance alone may give a label, up and down together
LIKELY_Z: Final = NormalDist().inv_cdf(1 - CHANCE / 2)


def certain_z(tests: int) -> float:
    """From which |z| on a change is certain when `tests` scores are judged at once (Bonferroni)."""
    return NormalDist().inv_cdf(1 - CHANCE / (2 * tests))


def sem(norm: Norm) -> float | None:
    """Standard error of measurement in points; None when SD or r allow none."""
    if not (0 < norm.r < 1 and norm.sd > 0):
        return None
    return norm.sd * math.sqrt(1 - norm.r)


@dataclass(frozen=True)
class Expected:
    """The next score of something that does not change, and how far chance may take it."""

    before: float
    score: float
    error: float  # standard error of the prediction, in points
    tests: int = 1

    @property
    def likely_above(self) -> float:
        """A score beyond this is likely growth. Above 100 no score can show it."""
        return max(self.score + LIKELY_Z * self.error, self.before)

    @property
    def likely_below(self) -> float:
        return min(self.score - LIKELY_Z * self.error, self.before)

    @property
    def is_at_ceiling(self) -> bool:
        return self.likely_above > 100 or self.before >= 100

    @property
    def is_at_floor(self) -> bool:
        return self.likely_below < 0 or self.before <= 0

    def label(self, after: float) -> Label:
        z = (after - self.score) / self.error
        if abs(z) < LIKELY_Z or z * (after - self.before) <= 0:
            return "noise"
        if abs(z) < certain_z(self.tests):
            return "likely_up" if z > 0 else "likely_down"
        return "certain_up" if z > 0 else "certain_down"


def expect(before: float | None, norm: Norm = OVERALL) -> Expected | None:
    """The next score judged by the plain difference; None without a score or a usable norm."""
    error = sem(norm)
    if before is None or error is None:
        return None
    return Expected(before, before, math.sqrt(2) * error, norm.tests)


def expect_key(
    before: float | None, mean: float | None, norm: Norm = KEY, r_within: float = R_WITHIN
) -> Expected | None:
    """The next score of a key, beside the mean of the person's valid keys in the same scan."""
    error = sem(norm)
    if before is None or mean is None or error is None or not 0 < r_within < 1:
        return None
    between_keys = error**2 / (1 - r_within)  # variance of the keys of one person, as scored
    spread = math.sqrt(r_within * (1 - r_within) * between_keys + error**2)
    return Expected(before, mean + r_within * (before - mean), spread, norm.tests)


def label(expected: Expected | None, after: float | None) -> Label:
    return "" if expected is None or after is None else expected.label(after)


def interval(score: float, norm: Norm) -> tuple[float, float]:
    """How far off a score may be: score ± SEM, clipped to 0 to 100."""
    error = sem(norm) or 0.0
    return max(0.0, score - error), min(100.0, score + error)
