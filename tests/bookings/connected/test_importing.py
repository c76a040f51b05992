"""Busy time from connected calendars: read, kept, told when stale, and respected by the slots."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.db.models.functions import Now
from psycopg.types.range import Range

from bookings import errors, tasks
from bookings.availability import calendar
from bookings.availability.query import build_query
from bookings.calls import holds, lifecycle
from bookings.connected import importing
from bookings.models import Booking, BusyTime, CalendarSource
from portal.common import sealing, times
from portal.mail.models import OutboundEmail
from tests.bookings.people import THURSDAY_9, confirm
from tests.bookings.world import URL, World, answer
from tests.factories.bookings import BusyTimeFactory, CalendarSourceFactory, CallTypeFactory

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SIX_HOURS = timedelta(hours=6)


def ics(*spans: tuple[str, str, str]) -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:Tandarts\r\nDTSTART:{start}\r\nDTEND:{end}\r\nEND:VEVENT\r\n"
        for uid, start, end in spans
    )
    return f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n".encode()


DENTIST = ics(("a", "20261126T080000Z", "20261126T090000Z"))


@pytest.fixture
def source(call_type, clock):
    """Connected just now, never read."""
    new = CalendarSource(host=call_type.host, name="Eigen agenda")
    new.set_address(URL)
    new.save()
    return new


def read(source: CalendarSource, world: World, send) -> CalendarSource:
    world.answers = [send]
    importing.import_source(source.pk, network=world.network())
    source.refresh_from_db()
    return source


def starts(call_type, day=THURSDAY_9):
    return [slot.start for slot in calendar.free_slots(call_type) if slot.start.date() == day.date()]


# ---- reading ------------------------------------------------------------------------------------------
def test_a_calendar_is_read_and_its_time_is_no_longer_offered(source, world, call_type):
    before = starts(call_type)
    read(source, world, answer(DENTIST))
    assert (source.last_good_at, source.last_problem) == (times.now(), "")
    # 09:00-10:00 is taken: 15 minutes of buffer after a call, none on the calendar's own side
    assert before[:4] == [THURSDAY_9 + n * HOUR / 2 for n in range(4)]
    assert starts(call_type)[0] == THURSDAY_9 + 1.5 * HOUR  # 10:00 would have its buffer in the busy hour
    with pytest.raises(errors.SlotTakenError):
        holds.hold_slot(call_type, THURSDAY_9, visitor="noor", client="noor")


def test_no_words_of_the_calendar_are_kept(source, world):
    read(source, world, answer(DENTIST))
    with connection.cursor() as cursor:
        cursor.execute("SELECT b::text FROM bookings_busytime b")
        (row,) = cursor.fetchall()
    assert "Tandarts" not in row[0]


def test_a_new_read_replaces_the_old_one_of_this_calendar_only(source, world):
    other = BusyTimeFactory(host=source.host, source__host=source.host)
    read(source, world, answer(DENTIST))
    source.last_tried_at = None
    source.save()
    read(source, world, answer(ics(("b", "20261127T080000Z", "20261127T090000Z"))))
    assert [busy.period.lower for busy in source.busy.all()] == [THURSDAY_9 + DAY]
    assert BusyTime.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"a" * (10 * 1024 * 1024), "big"),
        (b"<html><title>Inloggen</title></html>", "not_calendar"),
        (DENTIST[:-9], "truncated"),
        (DENTIST.replace(b"DTEND:", b"RRULE:FREQ=SECONDLY\r\nDTEND:"), "too_much"),
        (DENTIST.replace(b"20261126T080000Z", b"overmorgen"), "broken"),
        (DENTIST.decode().encode("utf-16-be"), "not_calendar"),
    ],
)
def test_bad_files_lose_nothing_and_say_what_is_wrong(source, world, body, problem):
    read(source, world, answer(DENTIST))
    good_at = source.last_good_at
    CalendarSource.objects.update(last_tried_at=None)
    source.refresh_from_db()
    read(source, world, answer(body))
    assert source.last_problem == problem
    assert len(str(source.get_last_problem_display())) > 20
    assert (source.busy.count(), source.last_good_at) == (1, good_at)


INVITED = DENTIST.replace(b"DTEND:", b"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:jet@voorbeeld.nl\r\nDTEND:")


@pytest.mark.parametrize("blocks", [True, False])
def test_an_unanswered_invitation_is_the_hosts_choice(source, world, blocks):
    source.unanswered_blocks = blocks
    source.save()
    assert read(source, world, answer(INVITED)).busy.count() == int(blocks)


def test_what_was_read_by_the_other_choice_is_not_kept(source):
    """The choice was made while the calendar was read: it is read once more."""
    old = CalendarSource.objects.get(pk=source.pk)
    source.unanswered_blocks = False
    source.read_whole()
    source.save()
    importing._replace(old, importing.Reading([], '"een"'), times.now())
    source.refresh_from_db()
    assert (source.etag, source.imported_at) == ("", None)
    assert importing.due_ids(times.now()) == [source.pk]


def test_names_of_time_zones_that_say_nothing_are_kept_until_the_next_good_read(source, world, clock):
    odd = DENTIST.replace(b"DTSTART:20261126T080000Z", b"DTSTART;TZID=Zone van Jet:20261126T090000")
    read(source, world, answer(odd))
    assert (source.unknown_zones, source.busy.get().start_at) == (["Zone van Jet"], THURSDAY_9)
    for send, kept in ((answer(status=500), ["Zone van Jet"]), (answer(DENTIST), [])):
        clock.shift(timedelta(minutes=5))
        assert read(source, world, send).unknown_zones == kept


def test_a_redirect_inwards_and_a_changed_name_lose_nothing(source, world):
    read(source, world, answer(DENTIST))
    for send, names in (
        (answer(status=302, Location="https://169.254.169.254/"), {"169.254.169.254": [["169.254.169.254"]]}),
        (answer(DENTIST), {"agenda.example.org": [["10.0.0.1"]]}),
    ):
        CalendarSource.objects.update(last_tried_at=None)
        source.refresh_from_db()
        world.names = names
        read(source, world, send)
        assert (source.last_problem, source.busy.count()) == ("unreachable", 1)


def test_one_bad_calendar_leaves_the_others_alone(source, world):
    good = CalendarSourceFactory(host=source.host, last_tried_at=None, sealed_address=sealing.seal(URL))
    read(source, world, answer(b"<html>"))
    read(good, world, answer(DENTIST))
    assert (source.last_problem, good.last_problem, good.busy.count()) == ("not_calendar", "", 1)


def test_an_unchanged_calendar_is_not_read_again_for_a_day(source, world, clock):
    read(source, world, answer(DENTIST, ETag='"een"'))
    clock.shift(timedelta(minutes=5))
    read(source, world, answer(status=304))
    assert world.requests[-1][1]["If-None-Match"] == '"een"'
    assert (source.last_good_at, source.busy.count()) == (times.now(), 1)
    clock.shift(DAY)
    read(source, world, answer(DENTIST, ETag='"een"'))
    assert "If-None-Match" not in world.requests[-1][1]


def test_the_hosts_own_calls_in_that_calendar_do_not_block(source, world, call_type):
    booking = confirm(call_type)
    read(source, world, answer(ics((booking.ics_uid, "20261126T080000Z", "20261126T083000Z"))))
    assert source.busy.count() == 0
    lifecycle.cancel(booking, by=Booking.By.HOST)
    assert starts(call_type)[0] == THURSDAY_9


def test_two_workers_do_not_read_the_same_calendar(source, world):
    world.answers = [answer(DENTIST)]
    first = importing.claim(source.pk, times.now())
    CalendarSource.objects.update(last_tried_at=None)  # even where it would be due again
    importing.import_source(source.pk, network=world.network())
    assert world.requests == []
    CalendarSource.objects.leased_as(first).update(lease_until=Now() - timedelta(seconds=1))  # it was killed
    importing.import_source(source.pk, network=world.network())
    importing.import_source(source.pk, network=world.network())  # the same beat, once more
    assert len(world.requests) == 1
    assert CalendarSource.objects.get().lease_token is None


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_read_a_calendar_once(source, world):
    world.answers = [answer(DENTIST)]
    start = threading.Barrier(4)

    def work(_number: int) -> None:
        start.wait(10)
        try:
            importing.import_source(source.pk, network=world.network())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert len(world.requests) == 1


def test_an_address_that_changed_meanwhile_keeps_its_own_result(source):
    old = CalendarSource.objects.get(pk=source.pk)
    source.set_address("https://agenda.example.org/andere.ics")
    source.save()
    importing._replace(old, importing.Reading([], '"een"'), times.now())
    source.refresh_from_db()
    assert source.last_good_at is None


def test_due_are_the_new_ones_and_those_of_five_minutes_ago(source, clock):
    CalendarSourceFactory(host=source.host, is_active=False, last_tried_at=None)
    recent = CalendarSourceFactory(host=source.host, last_tried_at=times.now())
    assert importing.due_ids(times.now()) == [source.pk]
    clock.shift(timedelta(minutes=5))
    assert set(importing.due_ids(times.now())) == {source.pk, recent.pk}


def test_the_task_reads_what_is_due(call_type, clock):
    source = CalendarSourceFactory(
        host=call_type.host, sealed_address=sealing.seal("https://127.0.0.1/a.ics")
    )
    clock.shift(HOUR)
    tasks.visit_calendar()
    source.refresh_from_db()
    assert (source.last_problem, source.last_tried_at) == ("unreachable", times.now())
    assert importing.due_ids(times.now()) == []


# ---- the address --------------------------------------------------------------------------------------
def test_the_address_is_unreadable_in_the_database_and_survives_a_new_key(source, settings):
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM bookings_calendarsource s")
        assert "example.org" not in cursor.fetchone()[0]
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "een heel andere sleutel, lang genoeg"
    assert source.address == URL
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(sealing.SealBrokenError):
        _ = source.address


def test_an_address_that_cannot_be_opened_any_more_says_so(source, world, settings):
    settings.SECRET_KEY = "een heel andere sleutel, lang genoeg"
    assert read(source, world, answer(DENTIST)).last_problem == "sealed"


# ---- stale --------------------------------------------------------------------------------------------
def fail_at(source, clock, world, later):
    clock.shift(later)
    return read(source, world, answer(status=500))


def test_the_coach_is_told_once_when_it_becomes_stale_and_anew_after_it_worked(source, world, clock):
    read(source, world, answer(DENTIST))
    told = OutboundEmail.objects.filter(message="bookings/calendar_stale")
    fail_at(source, clock, world, SIX_HOURS - timedelta(minutes=1))
    assert told.count() == 0
    fail_at(source, clock, world, timedelta(minutes=5))
    fail_at(source, clock, world, HOUR)
    assert told.count() == 1
    assert "Eigen agenda" in told.get().subject
    assert "13:00" in told.get().text
    assert "geeft niet de agenda" in told.get().text
    assert URL not in told.get().text + told.get().html
    clock.shift(HOUR)
    read(source, world, answer(DENTIST))
    assert source.stale_told_at is None
    fail_at(source, clock, world, 7 * HOUR)
    assert told.count() == 2
    assert django_mail.outbox == []


@pytest.mark.parametrize(("choice", "is_open"), [("keep", True), ("close", False)])
def test_a_stale_calendar_closes_only_when_the_host_chose_so(call_type, clock, choice, is_open):
    CalendarSourceFactory(host=call_type.host, on_stale=choice)
    CalendarSourceFactory(host=call_type.host, on_stale="close", last_good_at=None, is_active=False)
    assert calendar.free_slots(call_type) != []
    clock.shift(SIX_HOURS)
    assert (calendar.free_slots(call_type) != []) == is_open
    assert calendar.free_slots(CallTypeFactory()) != []


def test_a_calendar_that_must_be_known_closes_until_it_is_read_first(source, world, call_type):
    CalendarSource.objects.update(on_stale="close")
    assert calendar.free_slots(call_type) == []
    read(source, world, answer(DENTIST))
    assert calendar.free_slots(call_type) != []


# ---- slots --------------------------------------------------------------------------------------------
def test_connected_calendars_cost_no_query_more(call_type, django_assert_num_queries):
    source = CalendarSourceFactory(host=call_type.host)
    other = CalendarSourceFactory(host=call_type.host, is_active=False)
    for number in range(20):
        start = THURSDAY_9 + number * DAY
        BusyTimeFactory(source=source, period=Range(start, start + HOUR))
        BusyTimeFactory(source=other, period=Range(start, start + HOUR))
        BusyTimeFactory(period=Range(start, start + HOUR))
    now = times.now()
    with django_assert_num_queries(3):
        query = build_query(call_type, first=now, until=now + 30 * DAY, now=now)
    assert len(query.busy) == 20
