"""Scans as rows of COPY, and what is worked out of them."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments import quality, scoring
from assessments.numbers import calculator
from assessments.numbers.calculator import changed, read, work_out
from assessments.numbers.sizes import SHOWN
from tests.assessments import demo
from tests.assessments.numbers.rows import DAY, ITEMS, KEYS, NOW, TASK, copied, scans
from tests.factories.numbers import leaders


def of_version(found: dict[str, Any], language: str = "") -> dict[str, Any]:
    return found["versions"]["1"][language]


# ---- the same rules as for one scan -------------------------------------------------------------------
SHEETS = st.lists(
    st.fixed_dictionaries({item.id: st.sampled_from([None, 1, 2, 2, 4, 4, 5]) for item in ITEMS}),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40, deadline=None)
@given(SHEETS, st.sampled_from([10.0, 44.9, 45.0, 400.0]), st.booleans())
def test_many_scans_are_scored_and_flagged_as_each_by_itself(sheets, seconds, is_straight):
    if is_straight:
        sheets = [sheet | {item.id: 4 for item in ITEMS[6:21]} for sheet in sheets]
    found = scans(sheets, seconds=seconds)
    for place, sheet in enumerate(sheets):
        one = scoring.score(demo.instrument(), sheet)
        assert found.keys[place] == pytest.approx(
            [np.nan if key.score is None else key.score for key in one.keys], nan_ok=True
        )
        assert found.overall[place] == pytest.approx(
            np.nan if one.overall is None else one.overall, nan_ok=True
        )
        flags = {flag for flag, marks in found.flags.items() if marks[place]}
        assert flags == set(quality.flags(demo.instrument(), sheet, seconds))


def test_rows_of_another_length_are_refused_and_no_rows_are_fine():
    data = bytearray(copied([demo.answers(demo.NOW)]))
    data[20] = 7
    with pytest.raises(ValueError, match="another length"):
        read(bytes(data), TASK)
    assert of_version(work_out(TASK, scans([])))["completed"] == 0


# ---- what is said, and from how many on ---------------------------------------------------------------
@pytest.mark.parametrize(("count", "is_shown"), [(SHOWN - 1, False), (SHOWN, True)])
def test_below_thirty_nothing_is_worked_out_of_answers(count, is_shown):
    found = of_version(work_out(TASK, scans(leaders(count))))
    assert found["used"] == count
    assert {"items", "keys", "answers", "overall", "covariances"} & set(found) == (
        {"items", "keys", "answers", "overall", "covariances"} if is_shown else set()
    )


def test_the_figures_are_those_of_the_formulas_over_unflagged_scans():
    sheets = leaders(120, gaps=0.02)
    rushed = leaders(9, seed=5)
    found = of_version(work_out(TASK, scans([*sheets, *rushed], seconds=[400.0] * 120 + [20.0] * 9)))
    assert (found["completed"], found["used"]) == (129, 120)
    assert found["flags"]["too_fast"] == 9
    item = ITEMS[0]
    given_answers = [sheet[item.id] for sheet in sheets if sheet[item.id] is not None]
    values = [6 - value if item.reverse else value for value in given_answers]
    assert found["items"][item.id]["n"] == len(values)
    assert found["items"][item.id]["mean"] == pytest.approx(np.mean(values), abs=1e-4)
    assert found["items"][item.id]["missing"] == pytest.approx(1 - len(values) / 120, abs=1e-4)
    key = found["keys"][KEYS[0].slug]
    assert key["low"] < key["alpha"] < key["high"]
    assert found["complete"] == sum(None not in sheet.values() for sheet in sheets)
    assert found["overall"]["n"] == found["complete"] < 120
    assert found["overall"]["sed"] == pytest.approx(found["overall"]["sem"] * 2**0.5, abs=1e-3)


def test_answers_that_fewer_than_five_gave_together_are_one_number():
    found = of_version(work_out(TASK, scans(leaders(200))))
    for one in found["answers"].values():
        assert all(times >= 5 for *_given, times in one["shown"])
        assert one["other"] + sum(times for *_given, times in one["shown"]) == 200


def test_each_language_and_version_is_counted_apart():
    sheets = leaders(90)
    found = work_out(TASK, scans(sheets, version=[0] * 20 + [1] * 70, language=[0] * 50 + [1] * 40))
    assert found["versions"]["0"][""]["used"] == 20
    assert [of_version(found, code)["used"] for code in ("", "nl", "en")] == [70, 30, 40]
    assert "keys" not in found["versions"]["0"][""]


def test_the_norm_is_of_fifty_scans_without_a_gap_or_a_flag():
    whole = leaders(49) + leaders(20, seed=3, gaps=0.9)
    assert calculator.norm(scans(whole)) is None
    counts = calculator.norm(scans([*whole, *leaders(1, seed=4)]))
    assert counts is not None
    assert (sum(counts), len(counts)) == (50, 101)


def test_a_key_to_which_everybody_says_the_same_has_no_alpha_and_says_why():
    sheets = leaders(40)
    for sheet in sheets:
        sheet |= {item.id: 3 for item in KEYS[2].items}
    found = of_version(work_out(TASK, scans(sheets)))
    assert (found["keys"][KEYS[2].slug]["alpha"], found["keys"][KEYS[2].slug]["reason"]) == (
        None,
        "no_spread",
    )
    assert found["items"][KEYS[2].items[0].id]["rest"] is None
    assert found["overall"]["alpha"] is None


# ---- what changed since -------------------------------------------------------------------------------
def test_what_changed_are_scans_that_came_and_scans_that_went():
    done_at = [NOW - DAY] * 38 + [NOW - 60] * 2
    now = scans(leaders(40), done_at=done_at)
    since = NOW - 3600
    assert changed(now, None) == 40
    assert changed(now, (since, 38)) == 2
    assert changed(now, (since, 40)) == 4  # two came, and two went
    assert changed(now, (NOW, 40)) == 0


# ---- who came back ------------------------------------------------------------------------------------
def came_back(people: int, stayed: int, *, apart: int = 90) -> dict[str, Any]:
    """So many did it twice with the same answers but for chance, so many once."""
    dice = random.Random(3)
    first, alone = leaders(people, seed=8), leaders(stayed, seed=9)
    second = [
        {name: value if dice.random() < 0.7 else dice.randint(1, 5) for name, value in sheet.items()}
        for sheet in first
    ]
    persons = [*range(1, people + 1)] * 2 + [*range(1000, 1000 + stayed)]
    done_at = [NOW - 200 * DAY] * people + [NOW - (200 - apart) * DAY] * people + [NOW - 100 * DAY] * stayed
    sheets = [*first, *second, *alone]
    return work_out(TASK, scans(sheets, person=persons, done_at=done_at))["rescans"]  # type: ignore[no-any-return]


def test_of_thirty_who_came_back_it_is_said_how_much_came_back():
    assert "r" not in came_back(29, 0)
    found = came_back(30, 6)
    assert (found["pairs"], found["days"]) == (30, 90)
    assert found["r_interval"][0] < found["r"] < found["r_interval"][1]
    assert found["within_interval"][0] < found["within"] < found["within_interval"][1]
    assert 0.2 < found["within"] < 0.9


def test_somebody_who_came_three_times_counts_once_and_nobody_s_scans_not_at_all():
    sheets, persons = leaders(6), [1, 1, 1, 0, 0, 0]
    found = work_out(TASK, scans(sheets, person=persons, done_at=[NOW - n * DAY for n in range(6)]))
    assert found["rescans"]["pairs"] == 1


def test_a_scan_of_the_version_before_is_the_first_of_two():
    sheets = leaders(2)
    found = work_out(TASK, scans(sheets, person=1, version=[0, 1], done_at=[NOW - 90 * DAY, NOW - DAY]))
    assert found["rescans"]["pairs"] == 1


@pytest.mark.parametrize(("people", "stayed", "is_shown"), [(5, 5, True), (4, 5, False), (5, 4, False)])
def test_the_first_scores_of_who_came_back_and_who_did_not_are_of_five_each(people, stayed, is_shown):
    found = came_back(people, stayed)
    assert ("mean" in found["returned"], "mean" in found["stayed"]) == (is_shown, is_shown)
    assert (found["returned"]["n"], found["stayed"]["n"]) == (people, stayed)


def test_whoever_scanned_lately_has_not_stayed_away_yet():
    found = work_out(TASK, scans(leaders(6), person=[*range(1, 7)], done_at=NOW - 59 * DAY))["rescans"]
    assert found["stayed"]["n"] == 0
