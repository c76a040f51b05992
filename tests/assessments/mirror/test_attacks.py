"""The attacks of the public page, carried out on what is really shown."""

from __future__ import annotations

from itertools import product

import pytest

from assessments.mirror.domain import attacks
from assessments.mirror.domain.attacks import Between
from assessments.mirror.domain.disclosure import POSSIBLE, UNITS, Cell, bounded

POINTS = 100 / UNITS


def totals(n: int, mean: int) -> list[int]:
    return [total for total in range(UNITS * n + 1) if bounded(n, total) == Cell("value", mean)]


def test_an_average_that_runs_along_shows_who_came_late() -> None:
    found = attacks.differencing()
    assert (found.n, found.mean, found.later_n, found.later_mean, found.exposed) == (5, 64, 6, 60, 40)


def test_two_rounds_with_one_member_more_leave_eleven_points_when_nobody_else_moved() -> None:
    """The interval that the page names, from every pair of teams that fits both rounds: five people, the same five
    with the same answers, and one more. Hence two rounds lie so far apart that all answer about other weeks."""
    said = attacks.differencing().next_round
    fits = [
        POINTS * (later - first)
        for first, later in product(totals(5, 64), totals(6, 60))
        if later - first in POSSIBLE
    ]
    assert fits
    assert said.low <= min(fits) <= max(fits) <= said.high
    assert said == Between(35, 45)


@pytest.mark.parametrize("n", [5, 8, 20])
def test_two_rounds_with_one_member_exchanged_leave_twice_the_team_in_points(n: int) -> None:
    """One leaves, one comes: the difference between those two is known within a step of both averages."""
    changes = [
        later - first for first, later in product(totals(n, 50), totals(n, 53)) if abs(later - first) <= UNITS
    ]
    middle = 3 * n
    assert middle - n <= POINTS * min(changes) <= POINTS * max(changes) <= middle + n


def test_whoever_gave_the_highest_score_to_a_low_key_reads_nobody() -> None:
    found = attacks.one_insider()
    assert (found.mean, found.exposed) == (20, 0)  # shown as 20: five others would have to be at 0
    assert bounded(5, UNITS) == Cell("at_most", found.at_most)
    rest = max(total for total in range(UNITS * 5) if bounded(5, total) == Cell("at_most", 26)) - UNITS
    assert found.colleague == Between(0, int(POINTS * max(score for score in POSSIBLE if score <= rest)))
    assert found.colleague.width >= 25


def test_all_others_together_read_the_last_here_too() -> None:
    found = attacks.all_others()
    assert found.last == Between(48, 52)
    assert [score for score in POSSIBLE if found.last.low <= POINTS * score <= found.last.high] == [
        UNITS // 2
    ]


def test_a_leader_who_fills_in_four_of_five_forms_reads_the_fifth() -> None:
    found = attacks.by_link()
    assert (found.n, found.forged, found.last) == (5, 4, Between(88, 92))


def test_what_is_left_never_lies_beyond_the_scale() -> None:
    assert attacks.last_of(5, 99, 400) == Between(93, 97)
    assert attacks.last_of(5, 100, 400) == Between(98, 100)
