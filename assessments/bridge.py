"""The ten diagonals of the drawn bridge, one a key, each as thick as its score. Pure.

The rest of the bridge stands in templates/drawings/bridge.html, in the same 1056 by 352.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.instrument import Key
from assessments.result import Row

DECK = 206.0
ARCH = (160, 119.7, 88.3, 65.9, 52.5, 48, 52.5, 65.9, 88.3, 119.7, 160)  # heights of the eleven nodes
LEFT, PANEL = 28, 100
LINE_SIGNS, SHORT_WORD = 12, 3  # letters that fit in a panel; letters that cling to the word after them


@dataclass(frozen=True)
class Member:
    key: Key
    score: float | None
    shown: int | None
    is_weakest: bool
    is_scored: bool  # in somebody's own bridge; a key without a score is then drawn as missing

    @property
    def kind(self) -> str:
        """Its class in the style sheet."""
        if self.is_weakest:
            return "weakest-member"
        return "missing-member" if self.is_scored and self.score is None else "member"

    @property
    def thickness(self) -> float | None:
        """2 for a score of 0 to 18 for 100."""
        return None if self.score is None else 2 + 0.16 * self.score

    @property
    def mast_thickness(self) -> float | None:
        """In pixels, beside its row on a phone."""
        return None if self.thickness is None else self.thickness / 2

    @property
    def path(self) -> str:
        """The left five lean to the right, the others to the left: together they bear on the middle."""
        panel = self.key.number - 1
        left, right = LEFT + PANEL * panel, LEFT + PANEL * (panel + 1)
        if panel < 5:
            return f"M{left} {ARCH[panel]:g}L{right} {DECK:g}"
        return f"M{right} {ARCH[panel + 1]:g}L{left} {DECK:g}"

    @property
    def name_lines(self) -> tuple[str, ...]:
        """The name over at most two lines, which fit between the ticks."""
        return two_lines(self.key.name)

    @property
    def middle(self) -> int:
        return LEFT + PANEL * (self.key.number - 1) + PANEL // 2

    @property
    def height(self) -> float:
        top = ARCH[self.key.number - 1] if self.key.number <= 5 else ARCH[self.key.number]
        return (top + DECK) / 2

    @property
    def text_height(self) -> float:
        return self.height + 5.2


def two_lines(name: str) -> tuple[str, ...]:
    """In two lines as alike as can be, of which the first does not end in a short word ('Uit handen', 'geven')."""
    words = name.split()
    if len(name) <= LINE_SIGNS or len(words) < 2:
        return (name,)
    splits = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    well = [split for split in splits if len(split[0].split()[-1]) > SHORT_WORD]
    return min(well or splits, key=lambda lines: max(map(len, lines)))


def members(rows: Sequence[Row]) -> tuple[Member, ...]:
    """Somebody's own bridge; `rows` in the order of the instrument."""
    return tuple(Member(row.key, row.score, row.shown, row.is_weakest, is_scored=True) for row in rows)


def plain_members(keys: Sequence[Key], weakest: Key | None = None) -> tuple[Member, ...]:
    """The bridge that explains the scan: all diagonals are alike, one may be marked."""
    return tuple(Member(key, None, None, key == weakest, is_scored=False) for key in keys)
