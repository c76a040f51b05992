"""People in whom nothing changes: how many of them are told that something did?

Drawn with our own norm (SD 20, r .65 among people, r_w .45 within a person), three answers a key, a scale
that ends at 0 and 100. A lowest key rises by itself: that is why the plain difference will not do.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import cache
from statistics import mean

import pytest

from assessments.change import KEY, LIKELY_Z, R_WITHIN, expect, expect_key, sem

PEOPLE = 4000
LEVEL = 60  # mean of the scale among people
STEP = 100 / 12  # three answers of 1 to 5
GROWN = {"likely_up", "certain_up"}


@dataclass(frozen=True)
class Told:
    """Shares of the people, 0 to 1."""

    plain: float  # lowest key grown, by the plain difference
    lowest: float  # lowest key grown, by our rule
    highest: float  # highest key dropped, by our rule
    any_grown: float  # at least one of ten keys probably grown or more
    any_certain: float  # at least one of ten keys certainly grown or dropped
    overall: float  # the overall certainly grown or dropped
    rise: float  # points by which the lowest key rises by itself


@cache
def told(r_within: float, level: float = LEVEL) -> Told:
    dice = random.Random(f"nothing changes {r_within}")
    error = sem(KEY)
    between_keys = error * math.sqrt(r_within / (1 - r_within))
    between_people = math.sqrt(KEY.sd**2 * KEY.r - between_keys**2)
    counts = [0.0] * 7
    for _ in range(PEOPLE):
        person = dice.gauss(level, between_people)
        true = [dice.gauss(person, between_keys) for _key in range(KEY.tests)]
        first, second = ([on_scale(dice.gauss(value, error)) for value in true] for _scan in range(2))
        labels = [
            expect_key(before, mean(first)).label(after) for before, after in zip(first, second, strict=True)
        ]
        lowest, highest = first.index(min(first)), first.index(max(first))
        gain = second[lowest] - first[lowest]
        counts = [
            so_far + now
            for so_far, now in zip(
                counts,
                (
                    gain / (math.sqrt(2) * error) >= LIKELY_Z,
                    labels[lowest] in GROWN,
                    labels[highest] in {"likely_down", "certain_down"},
                    bool(GROWN & set(labels)),
                    bool({"certain_up", "certain_down"} & set(labels)),
                    expect(mean(first)).label(mean(second)) != "noise",
                    gain,
                ),
                strict=True,
            )
        ]
    return Told(*(count / PEOPLE for count in counts))


def on_scale(value: float) -> float:
    return min(100.0, max(0.0, round(value / STEP) * STEP))


def test_the_lowest_key_rises_by_itself():
    assert 12 < told(R_WITHIN).rise < 16


def test_the_plain_difference_tells_one_in_seven_that_the_lowest_key_has_grown():
    assert 0.14 < told(R_WITHIN).plain < 0.18


@pytest.mark.parametrize("r_within", [0.30, R_WITHIN, 0.60])
def test_our_rule_tells_about_one_in_forty_whatever_the_reliability_within_a_person_really_is(r_within):
    assert 0.01 < told(r_within).lowest < 0.045
    assert 0.01 < told(r_within).highest < 0.045


def test_ten_keys_are_ten_chances_one_person_in_five_sees_a_key_that_probably_grew():
    assert 0.17 < told(R_WITHIN).any_grown < 0.25


def test_certain_is_said_to_one_person_in_twenty_of_a_key_and_to_no_more_of_the_overall():
    assert 0.04 < told(R_WITHIN).any_certain < 0.06
    assert 0.02 < told(R_WITHIN).overall < 0.05
