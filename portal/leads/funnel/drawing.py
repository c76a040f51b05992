"""How far people come, as a drawing: a beam for each step, and between two the dimension of who stopped. Pure.

Widths are percentages of the drawing, heights are pixels, so that its words keep their size on any screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ROW, BEAM = 54, 20  # height of a row, and where in it the beam begins
WIDE = 14  # per cent that a dimension must be wide for its number to stand on it


@dataclass(frozen=True)
class Bar:
    words: str
    count: int
    left: int  # stopped before the next bar
    top: int
    width: float
    next_width: float

    @property
    def text_y(self) -> int:
        return self.top + 14

    @property
    def beam_y(self) -> int:
        return self.top + BEAM

    @property
    def line_y(self) -> int:
        return self.top + BEAM + 19

    @property
    def ends(self) -> tuple[float, float]:
        return self.next_width, self.width

    @property
    def number_y(self) -> int:
        return self.line_y + 5

    @property
    def number_x(self) -> float:
        if self.width - self.next_width >= WIDE:
            return round((self.width + self.next_width) / 2, 2)
        return self.width if self.width <= 85 else self.next_width

    @property
    def number_side(self) -> str:
        if self.width - self.next_width >= WIDE:
            return "middle"
        return "after" if self.width <= 85 else "before"


def bars(rows: Sequence[tuple[str, int]]) -> list[Bar]:
    """`rows` are words and counts, the first the largest."""
    most = rows[0][1] if rows else 1
    widths = [round(100 * count / most, 2) for _words, count in rows]
    following = [*rows[1:], *rows[-1:]]
    return [
        Bar(words, count, count - after, ROW * place, widths[place], [*widths, widths[-1]][place + 1])
        for place, ((words, count), (_next, after)) in enumerate(zip(rows, following, strict=True))
    ]


def height(rows: Sequence[tuple[str, int]]) -> int:
    return ROW * len(rows) - (ROW - BEAM - 12 if rows else 0)
