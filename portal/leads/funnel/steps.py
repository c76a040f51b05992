"""The steps on the way of who comes here. Apps register theirs in `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Step:
    """`number` is its place on the way, and is kept with whoever came so far: it never changes. The `is_main` ones
    are shown first where people are few, and who comes to `is_finish` stopped on no page.

    `event` is the line on the timeline by which somebody is there, `undone_by` the later one that takes it back, when
    their data say under the name `matter` that they are about the same thing.
    """

    number: int
    words: str | Promise
    is_main: bool = False
    is_finish: bool = False
    event: str = ""
    undone_by: str = ""
    matter: str = ""


@dataclass(frozen=True)
class Reached:
    """How far one matter of a person came, a call for instance, and when it began."""

    number: int
    began_at: datetime


_steps: list[Step] = []


def register(*steps: Step) -> None:
    _steps.extend(steps)
    _steps.sort(key=lambda step: step.number)


def steps() -> list[Step]:
    return list(_steps)


def kinds() -> set[str]:
    """Of the lines on the timeline that move somebody."""
    return {kind for step in _steps for kind in (step.event, step.undone_by) if kind}


def reached_by(lines: Iterable[tuple[str, Mapping[str, Any], datetime]]) -> list[Reached]:
    """By (kind, data, at), the oldest first."""
    began: dict[str, datetime] = {}
    standing: dict[str, set[int]] = {}
    for kind, data, at in lines:
        for step in _steps:
            if kind not in (step.event, step.undone_by):
                continue
            about = str(data.get(step.matter, ""))
            began.setdefault(about, at)
            stands = standing.setdefault(about, set())
            (stands.add if kind == step.event else stands.discard)(step.number)
    return [Reached(max(stands), began[about]) for about, stands in standing.items() if stands]
