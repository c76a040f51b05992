"""When a scan is read with care, and left out of what is compared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from assessments.quality import Flag, flags, longest_run, seconds_taken
from tests.assessments import demo

SLOW = 420.0
BEGAN = datetime(2026, 11, 23, 12, tzinfo=UTC)


def contradicting(keys: int, value: int = 5, opposite: int = 4) -> dict[str, int | None]:
    """The demo leader, who on so many keys says the same to a statement and to its opposite."""
    answers = demo.answers(demo.NOW)
    for key in demo.instrument().keys[:keys]:
        for item in key.items:
            answers[item.id] = opposite if item.reverse else value
    return answers


def test_an_ordinary_scan_has_no_flag():
    assert flags(demo.instrument(), demo.answers(demo.NOW), SLOW) == ()


@pytest.mark.parametrize(("keys", "found"), [(3, ()), (4, (Flag.CONTRADICTION,))])
def test_four_keys_that_contradict_themselves_are_a_flag_and_three_are_not(keys, found):
    assert flags(demo.instrument(), contradicting(keys), SLOW) == found
    assert flags(demo.instrument(), contradicting(keys, 1, 2), SLOW) == found


def test_a_key_with_a_gap_contradicts_nothing():
    answers = contradicting(4)
    answers[demo.instrument().keys[0].items[1].id] = None
    assert flags(demo.instrument(), answers, SLOW) == ()


def test_a_statement_and_its_opposite_that_are_both_in_the_middle_contradict_nothing():
    assert Flag.CONTRADICTION not in flags(demo.instrument(), contradicting(10, 3, 3), SLOW)


@pytest.mark.parametrize(("equal", "is_flagged"), [(14, False), (15, True)])
def test_fifteen_equal_answers_in_a_row_taken_key_by_key_are_a_straight_line(equal, is_flagged):
    items = [item for key in demo.instrument().keys for item in key.items]
    answers = {item.id: 3 if place < equal else 2 + 2 * (place % 2) for place, item in enumerate(items)}
    assert (Flag.STRAIGHT_LINE in flags(demo.instrument(), answers, SLOW)) == is_flagged


def test_what_did_not_come_up_is_no_answer_and_ends_a_run():
    assert longest_run([None] * 30) == 0
    assert longest_run([3] * 14 + [None] + [3] * 15) == 15
    assert longest_run([]) == 0


@pytest.mark.parametrize(("seconds", "is_flagged"), [(40, True), (44.9, True), (45, False)])
def test_thirty_answers_in_forty_seconds_are_too_fast(seconds, is_flagged):
    assert (Flag.TOO_FAST in flags(demo.instrument(), demo.answers(demo.NOW), seconds)) == is_flagged


def test_the_time_ends_with_the_last_page_that_was_saved_and_a_break_counts_along():
    saved = {str(page): (BEGAN + timedelta(seconds=20 * page)).isoformat() for page in range(1, 7)}
    assert seconds_taken(BEGAN, saved, BEGAN + timedelta(hours=5)) == 120
    assert seconds_taken(BEGAN, {**saved, "3": (BEGAN + timedelta(hours=2)).isoformat()}, BEGAN) == 7200
    assert seconds_taken(BEGAN, {}, BEGAN + timedelta(minutes=7)) == 420


def test_answers_of_any_kind_are_read_without_an_error():
    assert flags(demo.instrument(), {}, SLOW) == ()
    assert flags(demo.instrument(), {"naming-1": "x", "naming-2": [], "naming-3": None}, SLOW) == ()
