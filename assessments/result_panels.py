"""What the rooms above the result show on its page. They register in `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from django.http import HttpRequest

from assessments.models import Scan
from assessments.result import Result
from portal.common.panels import Panel

# By the score at the top, where the actions of this week stand, and as a row of the list after all that the scan says.
Place = Literal["score", "this_week", "after"]
MakePanel = Callable[[HttpRequest, Scan, Result], Panel | None]

_registered: list[tuple[Place, int, MakePanel]] = []


def register_result_panel(place: Place, order: int, func: MakePanel) -> None:
    """`func` gets the request, the completed scan that this person may see, and its result."""
    _registered.append((place, order, func))
    _registered.sort(key=lambda entry: entry[1])


def panels_of(request: HttpRequest, scan: Scan, result: Result) -> dict[Place, list[Panel]]:
    found: dict[Place, list[Panel]] = {"score": [], "this_week": [], "after": []}
    for place, _order, func in _registered:
        panel = func(request, scan, result)
        if panel is not None:
            found[place].append(panel)
    return found
