"""Where scores stand on the line of time, in drawing and table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.history.course import WIDE, along, course, height

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = st.lists(st.integers(0, 2000), max_size=12).map(sorted)


def at(*days: int) -> list[datetime]:
    return [START + timedelta(days=day) for day in days]


def test_instants_stand_where_their_time_says() -> None:
    assert along(at(0, 25, 100), 0, 200) == [0, 50, 200]


def test_one_instant_stands_at_the_start_and_those_of_one_moment_side_by_side() -> None:
    assert along([], 30, 146) == []
    assert along(at(5), 30, 146) == [30]
    assert along(at(5, 5, 5), 30, 146) == [30, 88, 146]


@given(DAYS)
def test_whatever_the_days_nothing_leaves_the_drawing_or_changes_places(days: list[int]) -> None:
    places = along(at(*days), 30, 146)
    assert places == sorted(places)
    assert all(30 <= place <= 146 for place in places)


@pytest.mark.parametrize("count", [1, 2, 4, 12])
def test_each_scan_has_its_point_and_the_ends_their_figures(count: int) -> None:
    drawn = course([(day, 50.0 + n) for n, day in enumerate(at(*range(count)))], width=WIDE)
    assert [point.shown for point in drawn.points] == [50 + n for n in range(count)]
    assert (drawn.points[0].x, drawn.right) == (30, 306)
    assert count == 1 or drawn.points[-1].x == drawn.right


def test_a_score_that_is_missing_is_a_gap_and_not_a_zero() -> None:
    drawn = course(list(zip(at(0, 50, 100), [40.0, None, 60.0], strict=True)))
    assert [(point.x, point.shown) for point in drawn.points] == [(30, 40), (146, 60)]


def test_where_the_newest_was_expected_is_marked_beside_it_and_nowhere_without_it() -> None:
    days = at(0, 100)
    drawn = course([(days[0], 16.7), (days[1], 41.7)], predicted=35.5)
    assert drawn.predicted is not None
    assert (drawn.predicted.x, drawn.predicted.y, drawn.predicted.shown) == (146, height(35.5), 36)
    assert course([(days[0], 16.7), (days[1], None)], predicted=35.5).predicted is None
