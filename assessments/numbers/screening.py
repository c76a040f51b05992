"""Scores and flags of many scans at once: the rules of `scoring.py` and `quality.py`, over arrays. Pure.

Rows are scans, columns the thirty items key by key; raw answers are 1 to 5, and 0 for what did not come up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assessments.instrument import ITEMS_PER_KEY, MIN_ITEMS_PER_KEY, MIN_VALID_KEYS, VALUES
from assessments.quality import (
    AGREES,
    CONTRADICTIONS,
    DENIES,
    EQUAL_ANSWERS,
    SECONDS_PER_ITEM,
    Flag,
)

Answers = NDArray[np.int16]
Scores = NDArray[np.float64]
Marks = NDArray[np.bool_]


def reversed_answers(raw: Answers, is_reversed: Marks) -> Scores:
    """As they count: the opposite statements turned round, NaN for what did not come up."""
    turned = np.where(is_reversed, VALUES[-1] + 1 - raw, raw).astype(np.float64)
    turned[raw == 0] = np.nan
    return turned


def by_key(columns: NDArray) -> NDArray:
    """(scans, keys, items of a key)."""
    return columns.reshape(len(columns), columns.shape[1] // ITEMS_PER_KEY, ITEMS_PER_KEY)


def key_scores(turned: Scores) -> Scores:
    """0 to 100, NaN where fewer than two of a key were answered."""
    groups = by_key(turned)
    answered = (~np.isnan(groups)).sum(axis=2)
    means = np.nansum(groups, axis=2) / np.maximum(answered, 1)
    return np.where(answered >= MIN_ITEMS_PER_KEY, (means - 1) / 4 * 100, np.nan)


def overall_scores(keys: Scores) -> Scores:
    """The mean of the valid keys, NaN below eight of them."""
    valid = (~np.isnan(keys)).sum(axis=1)
    means = np.nansum(keys, axis=1) / np.maximum(valid, 1)
    return np.where(valid >= MIN_VALID_KEYS, means, np.nan)


def flagged(raw: Answers, seconds: NDArray[np.float64]) -> dict[Flag, Marks]:
    groups = by_key(raw)
    answered = (groups > 0).all(axis=2)
    alike = (groups >= AGREES).all(axis=2) | (groups <= DENIES).all(axis=2)
    run = (raw[:, 0] > 0).astype(np.int16)
    longest = run.copy()
    for column in range(1, raw.shape[1]):
        goes_on = (raw[:, column] == raw[:, column - 1]) & (raw[:, column] > 0)
        run = np.where(goes_on, run + 1, raw[:, column] > 0)
        np.maximum(longest, run, out=longest)
    return {
        Flag.CONTRADICTION: (answered & alike).sum(axis=1) >= CONTRADICTIONS,
        Flag.STRAIGHT_LINE: longest >= EQUAL_ANSWERS,
        Flag.TOO_FAST: seconds < SECONDS_PER_ITEM * raw.shape[1],
    }
