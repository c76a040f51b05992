"""What became of a call in the host's calendar, as another program wrote it."""

from __future__ import annotations

import pytest

from bookings.connected.formats.busy import UnreadableError
from bookings.connected.formats.copied import read_copy
from tests.bookings.connected.formats.reading import calendar

WEST = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:-0500
TZOFFSETTO:-0500
END:STANDARD
END:VTIMEZONE
"""
EAST = WEST.replace("-0500", "+0530")
NOON = "DTSTART;TZID=Customized Time Zone:20261201T120000\nDURATION:PT30M"
EVENT = f"UID:a\nSEQUENCE:3\nSUMMARY:Call\\, kort\n{NOON}"


def starts(content: bytes) -> str:
    seen = read_copy(content.decode(), uid="a", host_zone="Europe/Amsterdam")
    assert seen is not None
    assert (seen.sequence, seen.summary) == (3, "Call, kort")
    return f"{seen.start_at:%H:%M}-{seen.end_at:%H:%M}"


def test_a_copy_is_read_by_the_zones_of_its_own_file() -> None:
    for head, expected in ((WEST, "17:00-17:30"), (EAST, "06:30-07:00"), (WEST, "17:00-17:30")):
        assert starts(calendar(EVENT, head=head)) == expected


def test_a_copy_that_is_gone_or_called_off_is_none() -> None:
    for content in (calendar(EVENT.replace("UID:a", "UID:b")), calendar(f"{EVENT}\nSTATUS:CANCELLED")):
        assert read_copy(content.decode(), uid="a", host_zone="Europe/Amsterdam") is None


def test_a_copy_nobody_understands_is_told_as_that() -> None:
    with pytest.raises(UnreadableError):
        read_copy(calendar("UID:a\nDTSTART:morgen").decode(), uid="a", host_zone="Europe/Amsterdam")
