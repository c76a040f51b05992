"""Where scores stand in a drawing of their course: along the line of time, 0 to 100 upright. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assessments.scoring import shown

SMALL, WIDE = 176, 336  # widths of the drawing, 48 high
LEFT = 30.0  # as much as the two figures beside it take, each
TOP, BOTTOM = 4.0, 44.0


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    shown: int

    @property
    def dash(self) -> float:
        return self.x - 6

    @property
    def left(self) -> float:
        return self.x - 8

    @property
    def right(self) -> float:
        return self.x + 8

    @property
    def text_y(self) -> float:
        return self.y + 4.5


@dataclass(frozen=True)
class Course:
    points: tuple[Point, ...]  # oldest first; a score that is missing is a gap, not a zero
    predicted: Point | None = None  # where the newest score was expected, had nothing changed
    is_weakest: bool = False
    width: int = SMALL

    @property
    def right(self) -> float:
        return self.width - LEFT

    @property
    def is_wide(self) -> bool:
        return self.width > SMALL

    @property
    def polyline(self) -> str:
        return " ".join(f"{point.x:g},{point.y:g}" for point in self.points)


def course(
    scores: Sequence[tuple[datetime, float | None]],
    *,
    predicted: float | None = None,
    is_weakest: bool = False,
    width: int = SMALL,
) -> Course:
    """`scores` with their instants, oldest first; `predicted` is of the newest of them."""
    places = along([at for at, _score in scores], LEFT, width - LEFT)
    points = tuple(
        Point(x, height(score), shown(score))
        for x, (_at, score) in zip(places, scores, strict=True)
        if score is not None
    )
    has_newest = bool(points) and scores[-1][1] is not None
    mark = (
        Point(points[-1].x, height(predicted), shown(predicted))
        if has_newest and predicted is not None
        else None
    )
    return Course(points, mark, is_weakest, width)


def height(score: float, top: float = TOP, bottom: float = BOTTOM) -> float:
    return round(bottom - (bottom - top) * score / 100, 1)


def along(instants: Sequence[datetime], start: float, end: float) -> list[float]:
    """Where instants, oldest first, stand between two ends; one alone stands at the start, and those of one moment
    side by side."""
    if not instants:
        return []
    first, span = instants[0], (instants[-1] - instants[0]).total_seconds()
    if not span:
        step = (end - start) / max(len(instants) - 1, 1)
        return [round(start + step * n, 1) for n in range(len(instants))]
    return [round(start + (end - start) * (at - first).total_seconds() / span, 1) for at in instants]
