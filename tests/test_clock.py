"""The suite has one clock, and only a marked test sees the machine's date."""

from __future__ import annotations

import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.clock import MONDAY_NOON, SOMEWHERE, elsewhere, third_of

IMPORTED_AT = datetime.now(UTC)
TESTS = Path(__file__).parent


@pytest.fixture(scope="module")
def prepared_at() -> datetime:
    return datetime.now(UTC)


def test_the_clock_stands_still_for_imports_fixtures_and_tests(prepared_at: datetime) -> None:
    assert IMPORTED_AT == prepared_at == datetime.now(UTC) == SOMEWHERE
    assert time.time() == SOMEWHERE.timestamp()


def test_who_asks_for_the_clock_has_monday_noon_and_may_move_it(clock: Any) -> None:
    assert datetime.now(UTC) == MONDAY_NOON
    clock.shift(timedelta(days=40))
    assert datetime.now(UTC) == datetime(2027, 1, 2, 12, 0, tzinfo=UTC)


@pytest.mark.real_clock
def test_who_is_marked_sees_the_date_of_the_machine() -> None:
    with tempfile.TemporaryFile() as file:
        assert abs(os.fstat(file.fileno()).st_mtime - time.time()) < 60


def test_no_test_travels_by_itself() -> None:
    own = {"clock.py", "test_clock.py"}
    travellers = [
        path.name
        for path in TESTS.rglob("*.py")
        if path.name not in own and "time_machine" in path.read_text(encoding="utf-8")
    ]
    assert travellers == []


def test_elsewhere_is_a_month_on_a_changing_clock_a_leap_day_and_the_last_minute_of_a_year() -> None:
    assert [moment.isoformat() for moment in elsewhere(datetime(2026, 11, 30, 8, 15, tzinfo=UTC))] == [
        "2027-01-09T09:15:00+01:00",
        "2027-03-28T01:59:00+01:00",
        "2028-02-29T12:00:00+01:00",
        "2026-12-31T23:59:00+01:00",
    ]


def test_three_thirds_are_all_files_and_about_as_many_each() -> None:
    thirds = [third_of(path.name) for path in TESTS.rglob("test_*.py")]
    assert set(thirds) == {"1", "2", "3"}
    assert min(thirds.count(third) for third in "123") > len(thirds) / 5
