"""What ten statements are worth: the score of a pulse, and how far it must move to mean something. Pure.

The error of a mean grows as its statements get fewer. Of SD² = r·SD² + (1 − r)·SD² in the overall score of thirty
statements only the second part is error; with a third of the statements it is three times as much:

    SD_pulse² = r·SD² + (1 − r)·SD² / m                      m = 10 / 30
    r_pulse   = r·SD² / SD_pulse² = m·r / (1 + (m − 1)·r)    Spearman-Brown

With SD 13 and r .90 that is SD 14.24 and r .75: a pulse must move 20 points where the overall must move 11. Both
rest on the provisional norm of the overall, and take the ten for a fair draw of the thirty.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

from assessments import change, scoring
from assessments.change import Expected, Norm
from assessments.instrument import ITEMS_PER_KEY, KEY_COUNT, MIN_VALID_KEYS, VALUES, Item

MIN_ANSWERED: Final = (
    MIN_VALID_KEYS  # of ten, as of the keys of a scan: without more than two it is another pulse
)
SHARE: Final = KEY_COUNT / (KEY_COUNT * ITEMS_PER_KEY)  # of the statements of a scan


def shortened(norm: Norm, share: float) -> Norm:
    """The norm of a mean over this share of the statements."""
    true, error = norm.r * norm.sd**2, (1 - norm.r) * norm.sd**2
    return Norm(math.sqrt(true + error / share), true / (true + error / share), norm.tests)


PULSE: Final = shortened(change.OVERALL, SHARE)


def score(items: Iterable[Item], answers: Mapping[str, object]) -> float | None:
    """The mean on 0 to 100 after reversal over what was answered; None below eight. What is no value counts as
    not answered."""
    values = [
        scoring.reverse(answer) if item.reverse else answer
        for item in items
        if isinstance(answer := answers.get(item.id), int) and answer in VALUES
    ]
    if len(values) < MIN_ANSWERED:
        return None
    return float(Fraction(sum(values) - len(values), 4 * len(values)) * 100)


def expect(before: float | None) -> Expected | None:
    return change.expect(before, PULSE)


def needed() -> int:
    """Points that a pulse must move before chance is unlikely, as people round."""
    expected = expect(50)
    return scoring.shown(expected.likely_above - 50) if expected else 0
