"""The mutants stay alive: what each takes away is there, once, and what it puts there is Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability.checker.judging import RULES, name_of
from tests.reliability.checker.sample import went_well
from tests.reliability.mutants import BY_NAME, MUTANTS, Edit, Mutant, changed_source
from tests.reliability.teeth import Hunted

EDITS = [edit for mutant in MUTANTS for edit in mutant.edits]


@pytest.mark.parametrize("edit", EDITS, ids=[edit.where for edit in EDITS])
def test_a_mutant_changes_lines_that_are_there_once(edit: Edit) -> None:
    compile(changed_source(edit), edit.where, "exec")


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_mutant_is_meant_for_rules_that_exist_and_changes_something(mutant: Mutant) -> None:
    assert set(mutant.found_by) <= {name_of(rule) for rule in RULES}
    assert mutant.edits or mutant.statements


def test_lines_that_are_gone_are_missed() -> None:
    with pytest.raises(ValueError, match="0 times, not once"):
        changed_source(Edit("bookings.calls.lifecycle:cancel", "what never stood there", ""))


def test_only_a_rule_that_is_meant_for_a_mutant_finds_it_and_only_runs_that_ended_count(
    tmp_path: Path,
) -> None:
    story, hunted = went_well(), Hunted(BY_NAME["unknown-sent-again"])
    (story.write(tmp_path / "1") / "points.json").unlink()
    hunted.look_at(tmp_path / "1", 1)
    story.seconds_to_drain = 90  # wrong, and nothing that this mutant does
    hunted.look_at(story.write(tmp_path / "2"), 2)
    assert (hunted.tried, hunted.rules) == (1, [])
    story.outbox[3]["maybe_duplicate"] = False
    hunted.look_at(story.write(tmp_path / "3"), 3)
    assert (hunted.as_map()["seeds"], hunted.seed, hunted.rules) == (2, 3, ["copies are marked"])
