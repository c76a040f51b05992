"""The plan of a chaos run follows from its seed, and over some seeds everything is tried."""

from __future__ import annotations

import json
from collections import Counter

from tests.reliability.plan import (
    COACHING,
    JUMPS,
    PEOPLE,
    ROUND,
    VISITING,
    WEB_POINTS,
    WORKER_POINTS,
    Step,
    plan,
)

SEEDS = range(1, 41)


def steps_of(seed: int) -> list[Step]:
    chosen = plan(seed)
    return [step for steps in (*(person.steps for person in chosen.people), chosen.coach) for step in steps]


def test_a_seed_always_gives_the_same_plan_and_another_seed_another() -> None:
    assert plan(17) == plan(17)
    assert json.dumps(plan(17).as_json()) == json.dumps(plan(17).as_json())
    assert plan(17).people != plan(18).people
    assert plan(17).faults != plan(18).faults


def test_every_operation_every_fault_and_every_point_is_tried_within_forty_seeds() -> None:
    steps = [step for seed in SEEDS for step in steps_of(seed)]
    assert {step.f for step in steps} == {*VISITING, *COACHING}
    assert {(step.kill, step.f) for step in steps if step.kill} == set(WEB_POINTS)
    assert any(step.lose for step in steps)
    faults = {(fault.f, fault.what) for seed in SEEDS for fault in plan(seed).faults}
    assert faults == {*ROUND, *(("point", point) for point in WORKER_POINTS)}


def test_points_come_round_about_equally_often() -> None:
    hit = Counter((step.kill, step.f) for seed in SEEDS for step in steps_of(seed) if step.kill)
    usual = [times for (_point, f), times in hit.items() if f != "erase"]  # not everybody leaves
    assert max(usual) <= 2 * min(usual)


def test_nobodys_words_are_in_anybody_elses() -> None:
    """Else what is found of somebody who was erased could be another's."""
    for seed in SEEDS:
        people = plan(seed).people
        assert len(people) == PEOPLE
        for words in (
            [one.email for one in people],
            [one.name for one in people],
            [one.remark for one in people],
        ):
            assert not [(a, b) for a in words for b in words if a is not b and a in b]


def test_a_run_is_about_two_hundred_operations_with_faults_and_jumps_spread_over_it() -> None:
    for seed in SEEDS:
        chosen = plan(seed)
        planned = chosen.size + len(chosen.faults) + len(chosen.jumps)
        assert 150 <= planned <= 250
        places = [fault.after for fault in chosen.faults]
        assert places == sorted(places)
        assert places[-1] < chosen.size
        assert [jump.seconds for jump in chosen.jumps] == list(JUMPS)
