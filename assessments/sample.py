"""The made-up result of a made-up leader on the landing page. Pure."""

from __future__ import annotations

from functools import lru_cache

from assessments.instrument import Instrument
from assessments.result import Result, build
from assessments.scoring import KeyScore, Scores

# Sums of three answers after reversal, 3 to 15.
SUMS = {
    "naming": 11,
    "letting-go": 6,
    "steady": 10,
    "clear": 13,
    "self-honesty": 12,
    "discomfort": 9,
    "courage": 10,
    "open": 12,
    "advance": 7,
    "recognition": 11,
}


@lru_cache(maxsize=8)
def sample_result(instrument: Instrument) -> Result:
    keys = tuple(KeyScore(key.slug, (SUMS.get(key.slug, 9) - 3) / 12 * 100, 3) for key in instrument.keys)
    return build(instrument, Scores(keys, sum(key.score or 0 for key in keys) / len(keys)))
