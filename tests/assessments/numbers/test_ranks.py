"""Where a score stands among others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assessments.numbers.ranks import percentile, rank


def counts(scores: dict[int, int]) -> list[int]:
    return [scores.get(score, 0) for score in range(101)]


def test_twenty_one_below_and_eight_equal_of_sixty_is_the_note_s_example():
    assert round(percentile(21, 8, 60), 1) == 41.7
    assert rank(counts({40: 21, 55: 8, 70: 31}), 55) == 42


def test_the_middle_of_equals_stands_in_the_middle():
    assert rank(counts({50: 60}), 50) == 50


def test_nobody_stands_above_all_or_below_all():
    some = counts({0: 500, 100: 500})
    assert rank(counts({50: 60}), 0) == 1
    assert rank(counts({50: 60}), 100) == 99
    assert (rank(some, 0), rank(some, 100)) == (25, 75)


@given(st.lists(st.integers(0, 9), min_size=101, max_size=101).filter(any))
def test_a_higher_score_never_stands_lower(many):
    ranks = [rank(many, score) for score in range(101)]
    assert ranks == sorted(ranks)
    assert ranks[0] >= 1
    assert ranks[-1] <= 99
