"""What of the counts may be shown. Pure.

A line of counts says how many came at least so far, step by step, so it never rises. Shown are only numbers of LEAST
and more, of which any two differ by LEAST or more: so who stopped between them is no small number either. Of a split
every part shows the same steps, all of them steps of the whole; what is too small is in one part with others. Then no
sum or difference of what is shown is about fewer than LEAST (decision 0036).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LEAST = 5
MOST_PARTS = 8
OTHER = "other"  # the part of all that is too small, or one too many
Line = Sequence[int]


@dataclass(frozen=True)
class Split:
    """`parts` are whole lines; only the steps at `places` are shown."""

    parts: Mapping[str, Line]
    places: tuple[int, ...]


def shown(lines: Iterable[Line], order: Iterable[int]) -> tuple[int, ...]:
    """The places that may be shown of all these lines at once; what comes first in `order` goes first."""
    lines, found = list(lines), list[int]()
    for place in order:
        if all(fits(line, found, place) for line in lines):
            found.append(place)
    return tuple(sorted(found))


def fits(line: Line, places: Iterable[int], place: int) -> bool:
    return line[place] >= LEAST and all(abs(line[place] - line[other]) >= LEAST for other in places)


def split(parts: Mapping[str, Line], order: Sequence[int], wanted: Sequence[Sequence[int]]) -> Split | None:
    """`order` are the places that are shown of the whole. The first of `wanted` that two parts can show decides
    which parts stand by themselves; None when there are no two."""
    for first in wanted:
        if not set(first) <= set(order):
            continue
        apart = merged(parts, first)
        if len(apart) > 1:
            return Split(apart, shown(apart.values(), [*first, *order]))
    return None


def merged(parts: Mapping[str, Line], places: Sequence[int]) -> dict[str, Line]:
    """The largest that can show these places, each by itself, and all others together as far as those can."""
    able = [name for name, line in parts.items() if name != OTHER and can_show(line, places)]
    apart = sorted(able, key=lambda name: (-parts[name][0], name))[: MOST_PARTS - 1]
    while True:
        rest = [line for name, line in parts.items() if name not in apart and line[0]]
        together = [sum(column) for column in zip(*rest, strict=True)]
        if not rest:
            return {name: parts[name] for name in apart}
        if can_show(together, places):
            return {**{name: parts[name] for name in apart}, OTHER: together}
        if not apart:
            return {}
        apart.pop()


def can_show(line: Line, places: Sequence[int]) -> bool:
    return len(shown([line], places)) == len(places)
