"""Many files as one: read to the same busy time as each by itself, and much sooner."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from bookings.domain import busy
from bookings.domain.busy import UnreadableError
from bookings.domain.merging import merge

SINCE = datetime(2026, 11, 25, tzinfo=UTC)


def zone(name: str, offset: str = "+0200") -> str:
    return (
        f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n"
        f"RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nTZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\n"
        "END:STANDARD\r\nEND:VTIMEZONE\r\n"
    )


def event(uid: str, start: str, *lines: str) -> str:
    body = "\r\n".join([f"UID:{uid}", f"DTSTART{start}", "DURATION:PT30M", *lines])
    return f"BEGIN:VEVENT\r\n{body}\r\nEND:VEVENT\r\n"


def file(*components: str, own: str = "") -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{own}{''.join(components)}END:VCALENDAR\r\n"


def read(text: str) -> list[busy.Busy]:
    until = SINCE + timedelta(days=60)
    return busy.read(text.encode(), host_zone="Europe/Amsterdam", addresses=[], since=SINCE, until=until)


MOVED = "RECURRENCE-ID:20261205T090000Z"
PLACE = ";TZID=Ergens/Plaats:20261203T090000"
FILES = [
    file(zone("Ergens/Plaats"), event("een", PLACE)),
    file(zone("Ergens/Plaats"), event("twee", PLACE, "RRULE:FREQ=WEEKLY;COUNT=3")),
    file(zone("Europe/Amsterdam"), event("drie", ";TZID=Europe/Amsterdam:20261204T090000")),
    file(
        event("vier", ":20261205T090000Z"),
        event("vier", ":20261206T090000Z", "RECURRENCE-ID:20261205T090000Z"),
    ),
    file(event("vijf", ":20261207T090000"), own="X-WR-TIMEZONE:America/New_York\r\n"),
    file(event("zes", ":20261207T090000")),
    file(zone("Ergens/Plaats")),
]


def test_merged_they_are_read_as_each_by_itself() -> None:
    each = {one for text in FILES for one in read(text)}
    assert read(merge(FILES)) == sorted(each, key=lambda one: (one.start, one.end, one.uid))
    assert len({one.uid for one in each}) == 6
    assert merge(FILES).count("BEGIN:VTIMEZONE") == 2


def test_another_rule_under_the_same_name_stays_apart() -> None:
    """A zone means what its own file says."""
    merged = merge([FILES[0], file(zone("Ergens/Plaats", "+0500"), event("anders", PLACE))])
    assert merged.count("BEGIN:VCALENDAR") == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<html></html>", "not_calendar"),
        ("", "not_calendar"),
        (FILES[0][:-9], "truncated"),
        (FILES[0].replace("END:VEVENT\r\n", ""), "truncated"),
    ],
)
def test_one_file_that_is_none_refuses_all(text: str, problem: str) -> None:
    with pytest.raises(UnreadableError, match=problem):
        read(merge([FILES[0], text, FILES[1]]))


def test_no_files_are_no_calendar() -> None:
    assert merge([]) == ""


def test_a_thousand_files_cost_little_more_than_one() -> None:
    texts = [file(zone("Ergens/Plaats"), event(f"e{number}", PLACE)) for number in range(1000)]
    begun = time.process_time()
    assert len(read(merge(texts))) == 1000
    assert time.process_time() - begun < 2
