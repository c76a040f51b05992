"""Small files as people's programs write them, each with what its owner sees: `calendars/expected.json`.

Periods that touch or overlap are one; Amsterdam's clock; the host is jet@voorbeeld.nl.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from bookings.connected.formats import busy
from tests.bookings.connected.formats.reading import AMSTERDAM

FOLDER = Path(__file__).parent / "calendars"
EXPECTED: dict[str, list[str]] = json.loads((FOLDER / "expected.json").read_text())


def read(name: str) -> list[str]:
    found = busy.read(
        (FOLDER / f"{name}.ics").read_bytes(),
        host_zone=AMSTERDAM.key,
        addresses=["jet@voorbeeld.nl"],
        since=datetime(2026, 11, 28, tzinfo=AMSTERDAM),
        until=datetime(2028, 1, 3, tzinfo=AMSTERDAM),
    )
    return union([(one.start.astimezone(AMSTERDAM), one.end.astimezone(AMSTERDAM)) for one in found])


def union(spans: list[tuple[datetime, datetime]]) -> list[str]:
    joined: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            start, end = joined[-1][0], max(joined.pop()[1], end)
        joined.append((start, end))
    return [f"{start:%Y-%m-%d %H:%M}/{end:%Y-%m-%d %H:%M}" for start, end in joined]


def expected(name: str) -> list[str]:
    pairs = [tuple(map(datetime.fromisoformat, text.split("/"))) for text in EXPECTED[name]]
    return union([(start, end) for start, end in pairs])


@pytest.mark.parametrize("name", EXPECTED)
def test_a_calendar_is_read_as_its_owner_sees_it(name: str) -> None:
    assert read(name) == expected(name)


def test_every_file_says_what_must_come_out() -> None:
    assert {path.stem for path in FOLDER.glob("*.ics")} == set(EXPECTED)


@pytest.mark.parametrize("order", [("a", "b", "a"), ("b", "a", "b")])
def test_the_rules_of_a_zone_are_those_of_the_file_that_is_read(order: tuple[str, ...]) -> None:
    for letter in order:
        name = f"zone-remembered-from-another-file-{letter}"
        assert read(name) == expected(name)
