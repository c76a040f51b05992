"""The keys somebody worked on beside the next lowest: chosen by the earlier scan alone, judged by what was expected."""

from __future__ import annotations

from assessments import result as results
from assessments import scoring
from assessments.promises.beside import Beside, beside, two_lowest
from assessments.result import Result
from tests.assessments.demo import BEFORE, NOW, answers, instrument

FLAT = dict.fromkeys(NOW, 9)


def result(before: dict[str, int | None], now: dict[str, int | None]) -> Result:
    """Of sums per key; None is a key with too few answers."""
    return results.build(instrument(), scored(now), scored(before))


def scored(sums: dict[str, int | None]) -> scoring.Scores:
    given = answers({slug: 9 if total is None else total for slug, total in sums.items()})
    gone = {slug for slug, total in sums.items() if total is None}
    return scoring.score(
        instrument(), {item.id: given[item.id] for item in instrument().items if item.key_slug not in gone}
    )


def slugs(found: Beside | None) -> tuple[list[str], str | None]:
    assert found is not None
    return [row.key.slug for row in found.worked_on], found.other.key.slug if found.other else None


def test_the_other_is_the_lowest_of_those_nobody_worked_on() -> None:
    found = beside(result(BEFORE, NOW), ["advance"])
    assert slugs(found) == (["advance"], "letting-go")
    assert slugs(beside(result(BEFORE, NOW), ["letting-go"])) == (["letting-go"], "advance")


def test_both_are_judged_by_what_was_expected_of_them() -> None:
    before, now = FLAT | {"open": 4, "clear": 5}, FLAT | {"open": 7, "clear": 15}
    found = beside(result(before, now), ["open"])
    assert found is not None
    worked, other = found.rows
    assert (worked.previous_shown, worked.shown, worked.change, worked.change_label) == (8, 33, 25, "noise")
    assert round(worked.predicted or 0) == 27  # it would have risen nineteen points by itself
    assert (other.change, other.change_label) == (83, "certain_up")


def test_of_tied_keys_the_first_of_the_instrument_stands_beside_it() -> None:
    tied = FLAT | {"steady": 6, "clear": 6, "open": 4}
    assert slugs(beside(result(tied, NOW), ["open"])) == (["open"], "steady")
    assert slugs(beside(result(tied, NOW), ["steady"])) == (["steady"], "open")


def test_what_came_of_it_does_not_choose_the_other() -> None:
    """Whoever picks the one that fell lets every promise look good."""
    low = FLAT | {"steady": 5, "clear": 6, "open": 4}
    for now in (FLAT, low, FLAT | {"steady": 15}, FLAT | {"steady": None}):
        assert slugs(beside(result(low, now), ["open"])) == (["open"], "steady")


def test_a_key_without_a_score_now_stays_and_has_no_judgement() -> None:
    low = FLAT | {"steady": 5, "open": 4}
    found = beside(result(low, FLAT | {"open": None, "steady": None}), ["open"])
    assert slugs(found) == (["open"], "steady")
    assert [(row.shown, row.change, row.change_label) for row in found.rows] == [(None, None, "")] * 2
    assert [row.previous_shown for row in found.rows] == [8, 17]


def test_a_promise_on_a_key_without_a_score_then_is_shown_without_a_comparison() -> None:
    found = beside(result(FLAT | {"open": None, "naming": 5}, FLAT), ["open"])
    assert slugs(found) == (["open"], "naming")
    assert (found.worked_on[0].previous_shown, found.worked_on[0].predicted) == (None, None)
    assert found.worked_on[0].change_label == ""


def test_several_promises_stand_in_their_order_once_and_none_is_the_other() -> None:
    low = FLAT | {"steady": 5, "clear": 6, "open": 4}
    found = beside(result(low, FLAT), ["open", "steady", "open"])
    assert slugs(found) == (["open", "steady"], "clear")


def test_there_is_no_other_when_every_key_was_worked_on_or_had_no_score() -> None:
    assert slugs(beside(result(FLAT, FLAT), list(NOW))) == (list(NOW), None)
    only = dict.fromkeys(NOW, None) | {"open": 9}
    assert slugs(beside(result(only, FLAT), ["open"])) == (["open"], None)


def test_a_key_that_this_version_does_not_have_says_nothing() -> None:
    assert beside(result(FLAT, FLAT), ["gone"]) is None
    assert beside(result(FLAT, FLAT), []) is None


def test_chance_picks_between_the_two_lowest() -> None:
    lowest = two_lowest(results.build(instrument(), scored(NOW)))
    assert [row.key.slug for row in lowest] == ["letting-go", "advance"]
    assert two_lowest(results.build(instrument(), scored(dict.fromkeys(NOW, None)))) == ()
