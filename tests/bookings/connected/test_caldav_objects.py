"""Every object of a calendar on a server is read by itself, and all of them count or none."""

from __future__ import annotations

import pytest

from bookings.models import CallType
from tests.bookings.connected.caldav.servers import IS_CALENDAR, Send, connect, dav, on, periods, read, told
from tests.bookings.world import NAME, World

pytestmark = pytest.mark.django_db


def files(*texts: str) -> Send:
    found = (
        told(f"/werk/{number}.ics", f"<c:calendar-data>{text}</c:calendar-data>")
        for number, text in enumerate(texts)
    )
    return dav(*found)


def one_file(uid: str, *, zone: str = "", more: str = "") -> str:
    return (
        f"BEGIN:VCALENDAR\nVERSION:2.0\n{zone}BEGIN:VEVENT\nUID:{uid}\n"
        f"DTSTART;TZID=Onze zone:20261203T090000\nDURATION:PT1H\n{more}END:VEVENT\nEND:VCALENDAR"
    )


OWN_ZONE = (
    "BEGIN:VTIMEZONE\nTZID:Onze zone\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:-0500\n"
    "TZOFFSETTO:-0500\nEND:STANDARD\nEND:VTIMEZONE\n"
)


def test_the_time_zone_of_one_object_is_not_used_for_another(call_type: CallType, world: World) -> None:
    """What a name means in one object says nothing about another that does not explain it."""
    source = connect(call_type, f"https://{NAME}/werk/")
    texts = [one_file("zonder"), one_file("met", zone=OWN_ZONE)]
    world.answers = [dav(told("/werk/", IS_CALENDAR)), dav(told("/werk/", IS_CALENDAR)), files(*texts)]
    assert periods(read(source, world)) == [(on(3, 9), on(3, 10)), (on(3, 15), on(3, 16))]
    assert source.unknown_zones == ["Onze zone"]


CROWDED = one_file("goed").replace("END:VCALENDAR", "BEGIN:VEVENT\nEND:VEVENT\n" * 60 + "END:VCALENDAR")


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ([one_file("goed"), one_file("stuk", more="RRULE:FREQ=SOMS\n")], "broken"),
        ([one_file("goed"), one_file("half")[:-14]], "truncated"),
        ([one_file("goed"), "hallo"], "not_calendar"),
        ([CROWDED] * 170, "too_much"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_bad_object_refuses_the_whole_and_loses_nothing(
    call_type: CallType, world: World, texts: list[str], problem: str
) -> None:
    """An event nobody understands would otherwise look like free time; what bounds a file bounds them all."""
    known = connect(call_type, f"https://{NAME}/werk/")
    world.answers = [
        dav(told("/werk/", IS_CALENDAR)),
        dav(told("/werk/", IS_CALENDAR)),
        files(one_file("een")),
    ]
    read(known, world)
    world.answers = [dav(told("/werk/", IS_CALENDAR)), files(*texts)]
    read(known, world)
    assert (known.last_problem, len(periods(known))) == (problem, 1)
