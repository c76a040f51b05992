"""Calls in the host's own calendar when its server is in trouble, and when the calendar leaves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from bookings import tasks
from bookings.calls import erasure, lifecycle
from bookings.connected import copies, importing, writing
from bookings.models import Booking, CalendarCopy, CalendarSource, CallType, Host
from portal.accounts.models import User
from portal.common import times
from tests.bookings.connected.radicale import LOGIN, ROOT, Radicale, path_of
from tests.bookings.connected.writing.calls import AT_9, AT_11, DAY, HOUR, text, the_copy, write
from tests.bookings.people import THURSDAY_9, confirm
from tests.bookings.world import World, answer
from tests.factories.bookings import BookingFactory, CalDavSourceFactory

pytestmark = pytest.mark.django_db


# ---- trouble ----------------------------------------------------------------------------------------------
def test_a_worker_that_died_after_writing_is_taken_over(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    """What it wrote is recognised by UID, time and sequence, and not taken for a change of the host's."""
    confirm(call_type)
    before = CalendarCopy.objects.values().get()
    write(source, radicale)
    written = text(source, radicale)
    names = ("status", "etag", "written_sequence", "written_digest", "written_at")
    CalendarCopy.objects.update(**{name: before[name] for name in names})
    write(source, radicale)
    assert the_copy().status == "written"
    assert the_copy().etag
    assert text(source, radicale) == written


def test_a_worker_that_died_after_writing_and_a_move_after_that(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    booking = confirm(call_type)
    write(source, radicale)
    CalendarCopy.objects.update(status="waiting", etag="", written_sequence=None)
    lifecycle.move(booking, THURSDAY_9 + 2 * HOUR, by=Booking.By.HOST)
    write(source, radicale)
    assert the_copy().status == "written"
    assert AT_11[0] in text(source, radicale)


def test_a_server_that_is_down_for_six_hours_gets_everything_after_that(
    source: CalendarSource, call_type: CallType, radicale: Radicale, clock: Any
) -> None:
    booking = confirm(call_type)
    radicale.stop()
    tries = 0
    for _minute in range(6 * 60):
        tries += write(source, radicale)
        clock.shift(timedelta(minutes=1))
    assert 5 < tries < 20  # ever more seldom, at most an hour apart
    assert (the_copy().status, the_copy().last_problem) == ("waiting", "unreachable")
    lifecycle.move(booking, THURSDAY_9 + 2 * HOUR, by=Booking.By.HOST)
    radicale.start()
    write(source, radicale)
    assert (the_copy().status, the_copy().last_problem, the_copy().attempts) == ("written", "", 0)
    assert AT_11[0] in text(source, radicale)


@pytest.mark.parametrize(
    ("status", "problem", "state"),
    [
        (401, "login", "failed"),
        (403, "forbidden", "failed"),
        (404, "gone", "failed"),
        (507, "full", "failed"),
        (409, "refused", "failed"),
        (500, "trouble", "waiting"),
        (503, "trouble", "waiting"),
        (429, "trouble", "waiting"),
    ],
)
def test_what_the_server_refuses_is_said_and_tried_again_later(
    call_type: CallType, world: World, clock: Any, status: int, problem: str, state: str
) -> None:
    source = CalDavSourceFactory(host=call_type.host, collection=f"{ROOT}werk/", writes=True)
    confirm(call_type)
    world.answers = [answer(b"", status)]
    write(source, world)
    assert (the_copy().last_problem, the_copy().status) == (problem, state)
    assert Booking.objects.get().status == Booking.Status.CONFIRMED
    assert write(source, world) == 0
    clock.shift(timedelta(hours=6))
    world.answers = [answer(b"", 201, ETag='"een"')]
    write(source, world)
    assert (the_copy().status, the_copy().etag, the_copy().last_problem) == ("written", '"een"', "")


def test_one_refused_password_is_not_tried_for_every_call(
    call_type: CallType, world: World, clock: Any
) -> None:
    source = CalDavSourceFactory(host=call_type.host, collection=f"{ROOT}werk/", writes=True)
    for number in range(3):
        BookingFactory(call_type=call_type, start=THURSDAY_9 + number * DAY)
    copies.want_all(source)
    world.answers = [answer(b"", 401)]
    write(source, world)
    assert len(world.requests) == 1
    assert CalendarCopy.objects.filter(status="failed", last_problem="login").count() == 3
    copies.try_again(source)  # a new password was filled in
    world.answers = [answer(b"", 201, ETag='"een"')]
    write(source, world)
    assert CalendarCopy.objects.filter(status="written").count() == 3


def test_a_server_that_gives_weak_or_no_tags_is_served_as_well(call_type: CallType, world: World) -> None:
    source = CalDavSourceFactory(host=call_type.host, collection=f"{ROOT}werk/", writes=True)
    booking = confirm(call_type)
    world.answers = [answer(b"", 204, ETag='W/"een"')]
    write(source, world)
    assert world.requests[-1][1]["If-None-Match"] == "*"
    lifecycle.move(booking, THURSDAY_9 + HOUR, by=Booking.By.HOST)
    world.answers = [answer(b"", 204), answer(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR")]
    write(source, world)
    assert world.requests[-2][1]["If-Match"] == '"een"'
    assert the_copy().etag == "*"
    assert world.methods == ["PUT", "PUT", "GET"]


def test_the_sweep_names_the_calendars_with_something_due(
    source: CalendarSource, call_type: CallType, clock: Any
) -> None:
    assert writing.due_sources(times.now()) == []
    confirm(call_type)
    BookingFactory(call_type=call_type, start=THURSDAY_9 + DAY)
    copies.want_all(source)
    assert writing.due_sources(times.now()) == [source.pk]
    CalendarSource.objects.update(is_active=False)
    assert writing.due_sources(times.now()) == []
    tasks.visit_calendar()  # nothing to do


def test_a_wish_that_came_while_it_was_written_stays(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    booking = confirm(call_type)
    claimed = writing.claim(source)
    assert claimed
    lifecycle.move(booking, THURSDAY_9 + 2 * HOUR, by=Booking.By.HOST)
    assert writing.claim(source) is None  # one worker at a time
    writing.write(claimed, source, radicale.network())
    assert the_copy().status == "waiting"
    assert AT_9[0] in text(source, radicale)
    write(source, radicale)
    assert the_copy().status == "written"
    assert AT_11[0] in text(source, radicale)


# ---- leaving ----------------------------------------------------------------------------------------------
def test_a_calendar_that_gets_no_new_calls_keeps_following_those_it_has(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    booking = confirm(call_type)
    write(source, radicale)
    CalendarSource.objects.update(writes=False)
    confirm(call_type, THURSDAY_9 + DAY, who="bas")
    lifecycle.move(booking, THURSDAY_9 + 2 * HOUR, by=Booking.By.HOST)
    write(source, radicale)
    assert AT_11[0] in text(source, radicale)


def test_all_calls_can_be_taken_out_and_put_in_again(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    booking = confirm(call_type)
    write(source, radicale)
    assert copies.withdraw(source) == 1
    write(source, radicale)
    assert radicale.files(source.collection) == {}
    lifecycle.move(booking, THURSDAY_9 + 2 * HOUR, by=Booking.By.HOST)
    assert write(source, radicale) == 0
    CalendarSource.objects.update(writes=True)
    source.refresh_from_db()
    copies.want_all(source)
    write(source, radicale)
    assert AT_11[0] in text(source, radicale)


def test_an_erased_person_leaves_the_calendar_too(
    source: CalendarSource, call_type: CallType, radicale: Radicale, clock: Any
) -> None:
    """A call to come is taken out, one that was stays without the name; whatever was changed there."""
    Host.objects.update(feed_shows_names=True)
    user = User.objects.create_user("sanne@voorbeeld.nl")
    past = confirm(call_type)
    write(source, radicale)
    clock.shift(7 * DAY)
    Booking.objects.filter(pk=past.pk).update(status="completed")
    confirm(call_type, THURSDAY_9 + 7 * DAY + 2 * HOUR)
    write(source, radicale)
    files = radicale.files(source.collection)
    assert len(files) == 2
    for name, found in files.items():
        assert "Sanne" in found
        changed = found.replace("DTEND:", "COMMENT:x\nDTEND:").replace("083000Z", "084500Z")
        radicale.do("PUT", path_of(source.collection) + name, changed, Content_Type="text/calendar")
    erasure.erase(user)
    write(source, radicale)
    assert "SUMMARY:Impactcall\n" in text(source, radicale).replace("\r", "")
    assert "Sanne" not in text(source, radicale)
    assert AT_9[1] in text(source, radicale)


def test_an_erased_person_leaves_a_calendar_that_was_switched_off_as_well(
    source: CalendarSource, call_type: CallType, radicale: Radicale
) -> None:
    user = User.objects.create_user("sanne@voorbeeld.nl")
    confirm(call_type)
    write(source, radicale)
    CalendarSource.objects.update(is_active=False)
    erasure.erase(user)
    assert writing.due_sources(times.now()) == [source.pk]
    write(source, radicale)
    assert radicale.files(source.collection) == {}


def test_the_rows_hold_no_address(source: CalendarSource, call_type: CallType, radicale: Radicale) -> None:
    confirm(call_type)
    write(source, radicale)
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM bookings_calendarcopy c")
        (row,) = cursor.fetchone()
    assert "example.org" not in row
    assert LOGIN.user not in row
    assert "werk" not in row


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_calendar_that_is_being_read_keeps_no_booking_waiting(call_type: CallType) -> None:
    source = CalDavSourceFactory(host=call_type.host, writes=True)

    def book(_number: int) -> Booking:
        try:
            return confirm(call_type)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        importing._replace(source, importing.Reading([]), times.now())  # its lock lasts until the end
        booking = pool.submit(book, 0).result(10)
    assert the_copy().booking == booking


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_each_call_once(call_type: CallType, radicale: Radicale) -> None:
    source = CalDavSourceFactory(host=call_type.host, collection=radicale.make_calendar("werk"), writes=True)
    for number in range(6):
        BookingFactory(call_type=call_type, start=THURSDAY_9 + number * DAY)
    copies.want_all(source)

    def work(_number: int) -> int:
        try:
            return write(source, radicale)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        handled = list(pool.map(work, range(4)))
    assert sum(handled) == 6
    assert len(radicale.files(source.collection)) == 6
    assert set(CalendarCopy.objects.values_list("status", flat=True)) == {"written"}
