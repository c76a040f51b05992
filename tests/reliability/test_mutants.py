"""The mutants stay alive: what each takes away is there, once, and what it puts there is Python."""

from __future__ import annotations

import pytest

from tests.reliability.checker.judging import RULES, name_of
from tests.reliability.mutants import MUTANTS, Edit, Mutant, changed_source

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
