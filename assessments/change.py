"""What a difference between two scores may be called: the reliable change index. Pure.

SEM = SD * sqrt(1 - r), SEd = sqrt(2) * SEM, z = difference / SEd; "likely" from |z| 1.960 (95 %). Decided on
unrounded scores. SD and r are proposals until 150 real scans allow an estimate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

Label = Literal["", "noise", "likely_up", "likely_down"]

LIKELY_Z: Final = 1.960


@dataclass(frozen=True)
class Norm:
    sd: float  # standard deviation of the score among people, in points
    r: float  # reliability, between 0 and 1


KEY: Final = Norm(sd=20, r=0.65)
OVERALL: Final = Norm(sd=13, r=0.90)


def sem(norm: Norm) -> float | None:
    """Standard error of measurement in points; None when SD or r allow none."""
    if not (0 < norm.r < 1 and norm.sd > 0):
        return None
    return norm.sd * math.sqrt(1 - norm.r)


def sed(norm: Norm) -> float | None:
    """Standard error of a difference between two scores, in points."""
    error = sem(norm)
    return None if error is None else math.sqrt(2) * error


def z(before: float, after: float, norm: Norm) -> float | None:
    error = sed(norm)
    return None if error is None else (after - before) / error


def needed(norm: Norm) -> float | None:
    """How many points a score must move before chance is unlikely: about 33 for a key, 11 for the overall."""
    error = sed(norm)
    return None if error is None else LIKELY_Z * error


def label(before: float | None, after: float | None, norm: Norm) -> Label:
    """The empty label when there is nothing to compare."""
    if before is None or after is None:
        return ""
    value = z(before, after, norm)
    if value is None:
        return ""
    if abs(value) < LIKELY_Z:
        return "noise"
    return "likely_up" if value > 0 else "likely_down"


def interval(score: float, norm: Norm) -> tuple[float, float]:
    """The grey band: score ± SEM, clipped to 0 to 100."""
    error = sem(norm) or 0.0
    return max(0.0, score - error), min(100.0, score + error)
