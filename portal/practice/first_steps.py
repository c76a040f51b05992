"""What a new practice has still to do, on the first page of the admin until all is done or somebody puts it away.

The apps say which, in `ready()`. Each line knows by itself whether it is done: nobody ticks anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from portal.common.panels import Panel
from portal.practice.known import known
from portal.practice.models import Practice


@dataclass(frozen=True)
class FirstStep:
    """`deed`: what the button of the line says. `why`: what it is good for. Both functions get the request, for the
    lines are about the coach who looks."""

    order: int
    words: str | Promise
    why: str | Promise
    deed: str | Promise
    path: Callable[[HttpRequest], str]
    is_done: Callable[[HttpRequest], bool]


_steps: list[FirstStep] = []


def register(*steps: FirstStep) -> None:
    _steps.extend(steps)
    _steps.sort(key=lambda step: step.order)


def steps(request: HttpRequest) -> list[dict[str, Any]]:
    return [{"step": step, "is_done": step.is_done(request), "path": step.path(request)} for step in _steps]


def panel(request: HttpRequest) -> Panel | None:
    now = known()
    if not now.is_set_up or now.hides_first_steps or not request.user.has_perm("practice.change_practice"):
        return None
    if not Practice.objects.filter(
        first_steps_hidden_at=None
    ).exists():  # put away by another process just now
        return None
    lines = steps(request)
    to_do = [line for line in lines if not line["is_done"]]
    if not to_do:
        return None
    lines.sort(key=lambda line: line["is_done"])  # what is left comes first, and is counted from one
    context = {"lines": lines, "next": to_do[0], "done": len(lines) - len(to_do), "count": len(lines)}
    return Panel("admin/practice/_first_steps.html", context)
