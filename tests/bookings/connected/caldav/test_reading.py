"""Calendars on a server: found, read and respected, against a real Radicale and servers that misbehave."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from psycopg.types.range import Range

from bookings.availability.calendar import free_slots
from bookings.connected import importing
from bookings.models import BusyTime, CalendarSource, CallType, Login, RemoteCalendar
from portal.common import times
from tests.bookings.connected.caldav.servers import (
    DAY,
    HOUR,
    connect,
    on,
    periods,
    read,
)
from tests.bookings.connected.radicale import Radicale
from tests.bookings.world import PUBLIC

pytestmark = pytest.mark.django_db
NEXT_THURSDAY = "20261203"


# ---- which calendars there are ------------------------------------------------------------------------
def test_the_only_calendar_for_events_is_chosen_and_read_at_once(
    source: CalendarSource, radicale: Radicale
) -> None:
    calendar = radicale.make_calendar("werk", called="Mijn werk")
    radicale.make_calendar("taken", kind="VTODO")
    radicale.put(calendar, "een", "DTSTART:20261203T080000Z", "DTEND:20261203T090000Z")
    read(source, radicale)
    assert source.remote_calendars == [RemoteCalendar(calendar, "Mijn werk")]
    assert source.collection == calendar
    assert (source.last_problem, periods(source)) == ("", [(on(3, 9), on(3, 10))])
    assert set(radicale.connected) == {PUBLIC}  # by the pinned address, as every foreign server


def test_of_several_calendars_the_host_chooses_one(source: CalendarSource, radicale: Radicale) -> None:
    work, home = radicale.make_calendar("a", called="Werk"), radicale.make_calendar("b", called="Thuis")
    radicale.put(home, "thuis", "DTSTART:20261203T080000Z", "DTEND:20261203T090000Z")
    read(source, radicale)
    assert source.waits_for_choice
    assert {one.name: one.url for one in source.remote_calendars} == {"Werk": work, "Thuis": home}
    assert source.pk not in importing.due_ids(times.now() + DAY)  # the choice is the host's
    source.choose(next(one for one in source.remote_calendars if one.name == "Thuis"))
    source.save()
    assert source.pk in importing.due_ids(times.now())
    assert periods(read(source, radicale)) == [(on(3, 9), on(3, 10))]


def test_the_address_of_a_calendar_itself_is_used_as_it_is(call_type: CallType, radicale: Radicale) -> None:
    calendar = radicale.make_calendar("werk")
    radicale.make_calendar("thuis")
    source = read(connect(call_type, calendar.rstrip("/")), radicale)
    assert source.collection == calendar
    assert source.last_problem == ""


def test_a_server_without_calendars_says_so(source: CalendarSource, radicale: Radicale) -> None:
    radicale.make_calendar("taken", kind="VTODO")
    assert read(source, radicale).last_problem == "none_found"


def test_a_wrong_password_is_said_and_not_tried_every_few_minutes(
    call_type: CallType, radicale: Radicale, clock: Any
) -> None:
    source = read(connect(call_type, login=Login("jet", "fout")), radicale)
    assert source.get_last_problem_display() == "De naam of het wachtwoord klopt niet."
    source.last_tried_at = times.now()
    source.save()
    clock.shift(timedelta(minutes=59))
    assert source.pk not in importing.due_ids(times.now())
    clock.shift(timedelta(minutes=1))
    assert source.pk in importing.due_ids(times.now())


# ---- reading --------------------------------------------------------------------------------------------
def test_every_kind_of_event_is_read_from_a_server_as_from_a_file(
    call_type: CallType, radicale: Radicale
) -> None:
    calendar = radicale.make_calendar("werk")
    amsterdam = "TZID=Europe/Amsterdam"
    radicale.put(
        calendar, "wekelijks", f"DTSTART;{amsterdam}:20261203T090000", f"DTEND;{amsterdam}:20261203T093000",
        "RRULE:FREQ=WEEKLY;COUNT=4", f"EXDATE;{amsterdam}:20261210T090000",
        f"RDATE;{amsterdam}:20261204T110000",
        "END:VEVENT", "BEGIN:VEVENT", "UID:wekelijks", "DTSTAMP:20261101T000000Z",
        f"RECURRENCE-ID;{amsterdam}:20261217T090000", f"DTSTART;{amsterdam}:20261217T140000",
        f"DTEND;{amsterdam}:20261217T150000",
    )  # fmt: skip
    radicale.put(calendar, "hele-dag", "DTSTART;VALUE=DATE:20261207", "DTEND;VALUE=DATE:20261208")
    radicale.put(calendar, "zwevend", "DTSTART:20261208T100000", "DTEND:20261208T110000")
    window = ("DTSTART:20261209T100000Z", "DTEND:20261209T110000Z")
    radicale.put(calendar, "vrij", *window, "TRANSP:TRANSPARENT")
    radicale.put(calendar, "afgezegd", *window, "STATUS:CANCELLED")
    radicale.put(
        calendar, "geweigerd", *window, "ORGANIZER:mailto:bas@example.org",
        f"ATTENDEE;PARTSTAT=DECLINED:mailto:{call_type.host.email}",
    )  # fmt: skip
    radicale.put(calendar, "lang-geleden", "DTSTART:20200101T100000Z", "DTEND:20200101T110000Z")
    source = read(connect(call_type), radicale)
    assert periods(source) == [
        (on(3, 9), on(3, 9, 30)),
        (on(4, 11), on(4, 11, 30)),
        (on(7, 0), on(8, 0)),
        (on(8, 10), on(8, 11)),
        (on(17, 14), on(17, 15)),
        (on(24, 9), on(24, 9, 30)),
    ]
    assert all(slot.start != on(3, 9) for slot in free_slots(call_type))


def test_an_unchanged_calendar_is_not_read_again(
    source: CalendarSource, radicale: Radicale, clock: Any
) -> None:
    calendar = radicale.make_calendar("werk")
    radicale.put(calendar, "een", "DTSTART:20261203T080000Z", "DTEND:20261203T090000Z")
    imported_at = read(source, radicale).imported_at
    clock.shift(timedelta(minutes=5))
    radicale.connected.clear()
    read(source, radicale)
    assert (source.imported_at, source.last_good_at) == (imported_at, times.now())
    assert len(radicale.connected) == 1  # only whether it changed
    radicale.put(calendar, "twee", "DTSTART:20261204T080000Z", "DTEND:20261204T090000Z")
    assert len(periods(read(source, radicale))) == 2
    clock.shift(DAY)
    assert read(source, radicale).imported_at == times.now()  # repetitions move into view


def test_an_empty_calendar_is_read_as_empty(source: CalendarSource, radicale: Radicale) -> None:
    radicale.make_calendar("werk")
    BusyTime.objects.create(
        host=source.host, source=source, period=Range(on(3, 9), on(3, 10)), uid_digest="0" * 64
    )
    assert (read(source, radicale).last_problem, periods(source)) == ("", [])


def test_a_calendar_that_was_taken_away_keeps_its_last_times(
    source: CalendarSource, radicale: Radicale
) -> None:
    calendar = radicale.make_calendar("werk")
    radicale.put(calendar, "een", "DTSTART:20261203T080000Z", "DTEND:20261203T090000Z")
    read(source, radicale)
    radicale.empty()
    assert read(source, radicale).last_problem in ("gone", "not_dav")
    assert len(periods(source)) == 1


def test_hundreds_of_events_are_read_within_the_time_of_a_task(
    source: CalendarSource, radicale: Radicale
) -> None:
    calendar = radicale.make_calendar("werk")
    start = on(1, 0)
    for number in range(300):
        begins = start + number * HOUR
        radicale.put(
            calendar,
            f"e{number}",
            f"DTSTART:{begins:%Y%m%dT%H%M%SZ}",
            "DURATION:PT30M",
            "SUMMARY:" + "x" * 500,
        )
    begun = time.monotonic()
    assert len(periods(read(source, radicale))) == 300
    assert time.monotonic() - begun < 10
