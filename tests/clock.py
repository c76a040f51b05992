"""The one clock of the suite: a pytest plugin, loaded before Django and the tests (`addopts` in pyproject).

It stands still on Monday 23 November 2026, 13:00 in Amsterdam, while modules are imported too. A test that
names dates, or lets time pass, asks for the fixture `clock`. Only tests with a marker of MACHINES_DATE see
the machine's date.

`make test ELSEWHERE=2028-02-29T12:00+01:00` starts the clock elsewhere for every quick test that did not
ask for it: such a test must hold on any day; the others are left out. With THIRD=1, 2 or 3 only the files of that
third run: each change takes another, so that a few of them have seen all. `python -m tests.clock` names one of four
such moments, and a third.
"""

from __future__ import annotations

import os
import random
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # 13:00 in Amsterdam
HERE = ZoneInfo("Europe/Amsterdam")
MACHINES_DATE = ("real_clock", "browser", "chaos", "local", "race")


def somewhere() -> datetime:
    """Return where the clock stands for a test that did not ask for it."""
    text = os.environ.get("ELSEWHERE")
    if not text:
        return MONDAY_NOON
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SystemExit(f"ELSEWHERE is {text}; it must be a moment: 2028-02-29T12:00+01:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=HERE)


SOMEWHERE = somewhere()


def standing_at(moment: datetime) -> time_machine.travel:
    """Takes seconds to travel, because a moment with a zone would change the zone of the process too."""
    return time_machine.travel(moment.timestamp(), tick=False)


_between_tests = standing_at(SOMEWHERE)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    _between_tests.start()
    return (yield)


def pytest_unconfigure() -> None:
    _between_tests.stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Elsewhere, who asked for the clock would only do the same once more."""
    if SOMEWHERE == MONDAY_NOON:
        return
    third = os.environ.get("THIRD")
    asked = [
        item
        for item in items
        if "clock" in getattr(item, "fixturenames", ()) or (third and third_of(item.path.name) != third)
    ]
    config.hook.pytest_deselected(items=asked)
    items[:] = [item for item in items if item not in set(asked)]


def third_of(file: str) -> str:
    return str(zlib.crc32(file.encode()) % 3 + 1)


@pytest.fixture(autouse=True)
def _one_clock(request: pytest.FixtureRequest) -> Iterator[time_machine.Traveller | None]:
    marked = any(map(request.node.get_closest_marker, MACHINES_DATE))
    if marked and "clock" not in request.fixturenames:
        _between_tests.stop()
        yield None
        _between_tests.start()
    else:
        with standing_at(SOMEWHERE) as traveller:
            yield traveller


@pytest.fixture
def clock(_one_clock: time_machine.Traveller) -> time_machine.Traveller:
    """The clock stands still on Monday 23 November 2026, 13:00 in Amsterdam, until the test moves it."""
    _one_clock.move_to(MONDAY_NOON.timestamp())
    return _one_clock


def elsewhere(now: datetime) -> list[datetime]:
    """Return four moments at which programs that reckon with dates go wrong."""
    here = now.astimezone(HERE)
    hours = (now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=n) for n in range(1, 366 * 24))
    change = next(hour for hour in hours if zone_offset(hour) != zone_offset(hour - timedelta(hours=1)))
    minute = timedelta(minutes=1)
    return [
        here + timedelta(days=40),
        (change - minute).astimezone(HERE),
        datetime(2028, 2, 29, 12, 0, tzinfo=HERE),
        datetime(here.year, 12, 31, 23, 59, tzinfo=HERE),
    ]


def zone_offset(moment: datetime) -> timedelta | None:
    return moment.astimezone(HERE).utcoffset()


if __name__ == "__main__":
    chosen = random.choice(elsewhere(datetime.now(UTC))).isoformat(timespec="minutes")
    sys.stdout.write(f"ELSEWHERE={chosen} THIRD={random.choice('123')}\n")
