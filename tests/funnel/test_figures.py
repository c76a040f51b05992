"""What of the counts is shown adds up, and never tells of fewer than five: not by a sum, nor by a difference."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.leads.funnel import figures
from portal.leads.funnel.figures import LEAST, OTHER


def line_of(stopped: list[int]) -> list[int]:
    """How many came to each step, when so many stopped at each."""
    return [sum(stopped[place:]) for place in range(len(stopped))]


STOPPED = st.lists(st.integers(0, 30), min_size=1, max_size=9)
LINES = STOPPED.map(line_of)
PARTS = st.integers(1, 6).flatmap(
    lambda steps: st.dictionaries(
        st.sampled_from(["", "blog", "site", "linkedin", "mail", OTHER]),
        st.lists(st.integers(0, 25), min_size=steps, max_size=steps).map(line_of),
        min_size=1,
    )
)


def total(parts: dict[str, list[int]]) -> list[int]:
    return [sum(column) for column in zip(*parts.values(), strict=True)]


def order_of(line: list[int]) -> list[int]:
    """The first, the middle and the last before all others, as the page has them."""
    mains = list(dict.fromkeys([0, len(line) // 2, len(line) - 1]))
    return [*mains, *(place for place in range(len(line)) if place not in mains)]


def split_of(parts: dict[str, list[int]]) -> tuple[tuple[int, ...], figures.Split | None]:
    whole = total(parts)
    places = figures.shown([whole], order_of(whole))
    first = [place for place in order_of(whole) if place in places]
    return places, figures.split(parts, first, [first[:2], first[:1]]) if places else None


# ---- one line ------------------------------------------------------------------------------------------
@given(LINES)
def test_every_number_shown_and_every_difference_is_five_or_more(line: list[int]) -> None:
    places = figures.shown([line], order_of(line))
    assert all(line[place] >= LEAST for place in places)
    assert all(line[one] - line[two] >= LEAST for one, two in combinations(places, 2))


@given(LINES)
def test_nothing_is_hidden_without_need_and_who_began_is_shown_first(line: list[int]) -> None:
    places = figures.shown([line], order_of(line))
    for hidden in set(range(len(line))) - set(places):
        near = [abs(line[hidden] - line[place]) for place in places]
        assert line[hidden] < LEAST or min(near) < LEAST
    assert (0 in places) == (line[0] >= LEAST)


def test_four_are_hidden_and_five_are_shown() -> None:
    assert figures.shown([[4]], [0]) == ()
    assert figures.shown([[5]], [0]) == (0,)
    assert figures.shown([[10, 6]], [0, 1]) == (0,)
    assert figures.shown([[10, 5]], [0, 1]) == (0, 1)


def possible(line: list[int], places: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Every line that would be shown alike: what a reader who knows our rule cannot rule out."""
    for other in product(*(range(line[0] + 1) for _place in line)):
        falls = all(one >= two for one, two in pairwise(other))
        is_alike = falls and all(other[place] == line[place] for place in places)
        if is_alike and figures.shown([other], order_of(list(other))) == places:
            yield other


@pytest.mark.parametrize("stopped", [
    [5, 2, 5], [5, 0, 5], [4, 4, 5], [0, 0, 12], [1, 6, 5], [5, 5, 2], [9, 0, 0], [3, 3, 8], [6, 1, 1, 5], [2, 2, 2, 6],
])  # fmt: skip
def test_a_hidden_number_may_be_five_others_even_to_who_knows_the_rule(stopped: list[int]) -> None:
    line = line_of(stopped)
    places = figures.shown([line], order_of(line))
    found = list(possible(line, places))
    for hidden in set(range(len(line))) - set(places):
        assert len({other[hidden] for other in found}) >= LEAST


# ---- a line in parts -----------------------------------------------------------------------------------
@given(PARTS)
def test_the_parts_are_the_whole_at_every_step_that_they_show(parts: dict[str, list[int]]) -> None:
    places, split = split_of(parts)
    if split is not None:
        assert set(split.places) <= set(places)
        for place in range(len(total(parts))):
            assert sum(line[place] for line in split.parts.values()) == total(parts)[place]


@given(PARTS)
def test_no_part_shows_a_number_or_difference_below_five(parts: dict[str, list[int]]) -> None:
    _places, split = split_of(parts)
    if split is not None:
        assert len(split.parts) >= 2
        assert 0 in split.places
        for line in split.parts.values():
            assert all(line[place] >= LEAST for place in split.places)
            assert all(line[one] - line[two] >= LEAST for one, two in combinations(split.places, 2))


@given(PARTS)
def test_a_small_part_stands_with_others_and_never_by_itself(parts: dict[str, list[int]]) -> None:
    """So the whole without the other parts is no small part."""
    _places, split = split_of(parts)
    if split is not None:
        apart = set(split.parts) - {OTHER}
        together = [name for name, line in parts.items() if name not in apart and line[0]]
        assert bool(together) == (OTHER in split.parts)
        assert all(parts[name] == split.parts[name] for name in apart)
        assert sum(parts[name][0] for name in together) not in range(1, LEAST)


@given(PARTS)
def test_what_a_part_does_not_show_may_be_five_others_even_by_the_whole(parts: dict[str, list[int]]) -> None:
    """Where only the whole is shown, each part lies between its own shown neighbours, and all add up to the whole."""
    places, split = split_of(parts)
    for hidden in set(places) - set(split.places if split else places):
        assert split is not None
        least = {name: line[min((p for p in split.places if p > hidden), default=hidden)] for name, line in
                 split.parts.items()}  # fmt: skip
        if not [p for p in split.places if p > hidden]:
            least = dict.fromkeys(least, 0)
        most = {name: line[max(p for p in split.places if p < hidden)] for name, line in split.parts.items()}
        whole = total(parts)[hidden]
        for name in split.parts:
            low = max(least[name], whole - sum(most.values()) + most[name])
            high = min(most[name], whole - sum(least.values()) + least[name])
            assert high - low >= LEAST


def test_there_are_never_more_parts_than_eight() -> None:
    parts = {f"way {number}": [10 + number] for number in range(20)}
    split = figures.split(parts, [0], [[0]])
    assert split is not None
    assert len(split.parts) == figures.MOST_PARTS
    assert split.parts[OTHER] == [sum(10 + number for number in range(13))]
