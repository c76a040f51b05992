from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bookings.domain.intervals import Interval, Span, merge, to_utc
from tests.bookings.domain.builders import NEW_YORK, at


def span(start: int, end: int) -> Span:
    midnight = datetime(2026, 11, 27, tzinfo=UTC)
    return midnight + timedelta(hours=start), midnight + timedelta(hours=end)


def test_an_interval_is_kept_in_utc_whatever_zone_it_came_in() -> None:
    interval = Interval(at("2026-10-25 02:30", fold=0), at("2026-10-25 02:30", fold=1))
    assert (interval.start, interval.end) == (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )
    assert interval.start.tzinfo is interval.end.tzinfo is UTC


def test_an_interval_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Interval(at("2026-10-25 02:30", fold=1), at("2026-10-25 02:30", fold=0))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        to_utc(datetime(2026, 11, 27))


def test_an_instant_stays_the_same_in_utc() -> None:
    assert to_utc(at("2026-11-27 04:00", NEW_YORK)) == datetime(2026, 11, 27, 9, tzinfo=UTC)


def test_spans_that_touch_overlap_or_lie_inside_become_one() -> None:
    spans = [span(9, 10), span(14, 15), span(10, 12), span(11, 13), span(3, 8), span(4, 5)]
    assert merge(spans) == [span(3, 8), span(9, 13), span(14, 15)]


def test_spans_without_length_vanish_and_join_nothing() -> None:
    assert merge([span(9, 9), span(10, 8)]) == []
    assert merge([span(9, 10), span(10, 10), span(11, 12)]) == [span(9, 10), span(11, 12)]
