"""Many real connections at once. Every test here fails when its guard is taken away."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from bookings import errors
from bookings.availability import calendar
from bookings.calls import holds, lifecycle
from bookings.models import Booking, CallType, IdempotencyKey
from portal.common import times
from portal.common.ids import new_public_id
from portal.leads.models import LeadEvent
from portal.mail.models import OutboundEmail
from tests.bookings.people import details, mails
from tests.factories.assessments import InstrumentFactory, UserFactory
from tests.factories.bookings import CallTypeFactory

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
CROWD = 50


@pytest.fixture
def call_type() -> CallType:
    """Open all week, without limits, so that only the race decides. The clock is the real one."""
    InstrumentFactory()
    call_type = CallTypeFactory(max_per_day=None, weekdays=False)
    for weekday in range(1, 8):
        call_type.host.rules.create(weekday=weekday, start_time="09:00", end_time="17:00")
    return call_type


@pytest.fixture
def no_deadlock() -> Iterator[None]:
    """Read what the server wrote in its log meanwhile."""
    log = Path(os.environ["POSTGRES_LOG"])
    before = log.stat().st_size
    yield
    with log.open("rb") as lines:
        lines.seek(before)
        assert b"deadlock detected" not in lines.read()


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """Run every task in a thread with a connection of its own, all let go together.

    Returns what each returned, or the error it raised.
    """
    barrier = threading.Barrier(len(tasks))
    results: list[Any] = [None] * len(tasks)

    def run(index: int, task: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            results[index] = task()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def kinds(results: list[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def book(call_type: CallType, start: datetime, who: str) -> Booking:
    holds.hold_slot(call_type, start, visitor=who, client=who)
    return lifecycle.confirm(
        call_type,
        start,
        visitor=who,
        details=details(f"{who}@voorbeeld.nl"),
        user=None,
        key=new_public_id(),
    )


def insist(call_type: CallType, start: datetime, who: str) -> Booking:
    """Book as a person does: "busy", the honest answer of a machine that cannot keep up, is tried again until
    it is a yes or a no. Any other error is the answer."""
    end = time.monotonic() + 40
    while True:
        try:
            return book(call_type, start, who)
        except errors.SlotTakenError:
            raise
        except errors.BusyError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def as_everybody_saw_it(call: Booking, times_: int) -> list[Booking]:
    """Copies read before the race, one for each: nobody sees another's change in memory."""
    return [Booking.objects.get(pk=call.pk) for _ in range(times_)]


def holders_of_overlaps() -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, b.id FROM bookings_booking a JOIN bookings_booking b ON a.host_id = b.host_id"
            " AND a.id < b.id AND a.footprint && b.footprint"
            " WHERE a.status IN ('held', 'confirmed') AND b.status IN ('held', 'confirmed')"
        )
        return cursor.fetchall()


@pytest.mark.usefixtures("no_deadlock")
def test_fifty_people_on_one_slot_make_one_booking(call_type: CallType) -> None:
    start = calendar.free_slots(call_type)[5].start
    began = time.monotonic()
    results = at_once(*(lambda n=n: insist(call_type, start, f"person{n}") for n in range(CROWD)))
    assert kinds(results) == {"Booking": 1, "SlotTakenError": CROWD - 1}
    assert list(Booking.objects.values_list("status", flat=True)) == ["confirmed"]
    assert OutboundEmail.objects.count() == len(mails()) == 4
    assert time.monotonic() - began < 15


@pytest.mark.usefixtures("no_deadlock")
def test_two_hundred_attempts_on_twenty_slots_make_twenty_bookings(call_type: CallType) -> None:
    starts = [slot.start for slot in calendar.free_slots(call_type)][::3][:20]
    attempts = [(starts[n % 20], f"person{n}") for n in range(200)]

    def four(first: int) -> list[Any]:
        found = []
        for start, who in attempts[first::CROWD]:
            try:
                found.append(insist(call_type, start, who))
            except errors.SlotTakenError as error:
                found.append(error)
        return found

    results = at_once(*(lambda first=first: four(first) for first in range(CROWD)))
    assert kinds([one for several in results for one in several]) == {"Booking": 20, "SlotTakenError": 180}
    assert sorted(booking.start_at for booking in Booking.objects.all()) == starts
    assert holders_of_overlaps() == []


@pytest.mark.usefixtures("no_deadlock")
def test_overlapping_lengths_never_overlap(call_type: CallType) -> None:
    """Half an hour and an hour, a quarter of an hour apart, with different buffers."""
    long = CallTypeFactory(
        host=call_type.host,
        weekdays=False,
        duration_minutes=60,
        slot_interval_minutes=15,
        buffer_after_minutes=0,
    )
    call_type.slot_interval_minutes = 15
    call_type.save()
    starts = [slot.start for slot in calendar.free_slots(call_type)][:12]
    results = at_once(
        *(lambda n=n: insist((call_type, long)[n % 2], starts[n % 12], f"person{n}") for n in range(24))
    )
    assert set(kinds(results)) == {"Booking", "SlotTakenError"}
    assert holders_of_overlaps() == []


def test_raw_sql_cannot_overlap_either(call_type: CallType) -> None:
    booking = book(call_type, calendar.free_slots(call_type)[0].start, "sanne")
    columns = [field.column for field in Booking._meta.concrete_fields if not field.primary_key]
    fresh = {"public_id": "'2345ABCDEFGHJKLMNPQRSTUV'", "ics_uid": "'other@voorbeeld.nl'"}
    values = ", ".join(fresh.get(column, column) for column in columns)
    with psycopg.connect(**psycopg_arguments()) as raw, pytest.raises(psycopg.errors.ExclusionViolation):
        raw.execute(
            f"INSERT INTO bookings_booking ({', '.join(columns)}) SELECT {values} FROM bookings_booking"
            " WHERE id = %s",
            [booking.pk],
        )


def psycopg_arguments() -> dict[str, Any]:
    """A connection that knows nothing of Django."""
    given = connection.get_connection_params()
    return {name: given[name] for name in ("host", "port", "user", "password", "dbname") if given.get(name)}


def test_somebody_else_holding_the_calendar_means_busy_within_four_seconds(call_type: CallType) -> None:
    start = calendar.free_slots(call_type)[0].start
    with psycopg.connect(**psycopg_arguments()) as other:
        other.execute("SELECT 1 FROM bookings_host WHERE id = %s FOR UPDATE", [call_type.host_id])
        began = time.monotonic()
        page = reverse("bookings:hold")
        held, answer = at_once(
            lambda: holds.hold_slot(call_type, start, visitor="sanne", client="sanne"),
            lambda: Client().post(page, {"start": start.isoformat()}),
        )
        waited = time.monotonic() - began
        other.rollback()
    assert isinstance(held, errors.BusyError)
    assert (answer.status_code, "Het is even druk" in answer.content.decode()) == (503, True)
    assert 2.5 < waited < 3.9
    assert Booking.objects.count() == 0


@pytest.mark.usefixtures("no_deadlock")
def test_whoever_heard_that_it_is_busy_gets_a_yes_or_a_no_by_trying_again(call_type: CallType) -> None:
    """Nothing that was tried in vain stands in the way afterwards: one call, whoever of them it is."""
    start = calendar.free_slots(call_type)[5].start
    crowd = [f"person{n}" for n in range(10)]
    with psycopg.connect(**psycopg_arguments()) as other:
        other.execute("SELECT 1 FROM bookings_host WHERE id = %s FOR UPDATE", [call_type.host_id])
        tried = at_once(*(lambda who=who: book(call_type, start, who) for who in crowd))
        other.rollback()
    assert kinds(tried) == {"BusyError": 10}
    assert Booking.objects.count() == 0
    results = at_once(*(lambda who=who: insist(call_type, start, who) for who in crowd))
    assert kinds(results) == {"Booking": 1, "SlotTakenError": 9}
    assert Booking.objects.count() == 1


def test_a_taken_start_is_refused_without_standing_in_line(call_type: CallType) -> None:
    """Fifty people want one start: forty-nine hear no at once, and the line is for who may still win."""
    start = calendar.free_slots(call_type)[0].start
    holds.hold_slot(call_type, start, visitor="sanne", client="sanne")
    with psycopg.connect(**psycopg_arguments()) as other:
        other.execute("SELECT 1 FROM bookings_host WHERE id = %s FOR UPDATE", [call_type.host_id])
        began = time.monotonic()
        with pytest.raises(errors.SlotTakenError):
            holds.hold_slot(call_type, start, visitor="noor", client="noor")
        assert time.monotonic() - began < 2  # the line itself takes three seconds
        other.rollback()
    assert holds.hold_slot(call_type, start, visitor="sanne", client="sanne").start_at == start


@pytest.mark.usefixtures("no_deadlock")
def test_one_form_posted_ten_times_at_once_is_one_booking(call_type: CallType) -> None:
    start = calendar.free_slots(call_type)[0].start
    user = UserFactory(email="sanne@voorbeeld.nl")
    holds.hold_slot(call_type, start, visitor="sanne", client="sanne")
    wanted = details()
    results = at_once(
        *(
            lambda: lifecycle.confirm(
                call_type, start, visitor="sanne", details=wanted, user=user, key="one-form-of-sanne"
            )
            for _ in range(10)
        )
    )
    assert kinds(results) == {"Booking": 10}
    assert len({booking.pk for booking in results}) == 1
    assert (Booking.objects.count(), IdempotencyKey.objects.count(), len(mails())) == (1, 1, 4)


@pytest.mark.usefixtures("no_deadlock", "page_context")
def test_ten_clicks_on_one_page_end_on_one_confirmation(call_type: CallType) -> None:
    browser = signed_in_browser()
    start = calendar.free_slots(call_type)[0].start.isoformat()
    browser.post(reverse("bookings:hold"), {"start": start})
    form = browser.get(reverse("bookings:details")).context["form"]
    data = {
        "name": "Sanne Vermeer",
        "start": start,
        "key": form["key"].value(),
        "stamp": old_stamp(),
    }
    cookies = browser.cookies

    def click() -> str:
        own = Client()
        own.cookies = cookies.copy()
        return own.post(reverse("bookings:confirm"), data).headers["Location"]

    places = at_once(*(click for _ in range(10)))
    assert places == [reverse("bookings:done", args=[Booking.objects.get().public_id])] * 10
    assert len(mails()) == 4


def old_stamp() -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(times, "now", lambda at=times.now: at() - timedelta(seconds=5))
        from bookings.visitor.forms import new_stamp

        return new_stamp()


def signed_in_browser() -> Client:
    browser = Client()
    browser.force_login(
        UserFactory(email="sanne@voorbeeld.nl"), backend="django.contrib.auth.backends.ModelBackend"
    )
    return browser


@pytest.mark.usefixtures("no_deadlock")
@pytest.mark.parametrize("apart", [4, 0], ids=["eight times", "one time"])
def test_one_person_with_two_tabs_gets_one_call(call_type: CallType, apart: int) -> None:
    free = [slot.start for slot in calendar.free_slots(call_type)]
    starts = [free[number * apart] for number in range(8)]

    def tab(number: int) -> Booking:
        return lifecycle.confirm(
            call_type,
            starts[number],
            visitor=f"tab{number}",
            details=details(),
            user=None,
            key=new_public_id(),
        )

    results = at_once(*(lambda n=n: tab(n) for n in range(8)))
    assert kinds(results) == {"Booking": 1, "OpenCallError": 7}
    assert Booking.objects.count() == 1


@pytest.mark.usefixtures("no_deadlock")
def test_two_calls_moved_to_one_time_do_not_meet(call_type: CallType) -> None:
    free = [slot.start for slot in calendar.free_slots(call_type)]
    calls = [book(call_type, start, f"person{n}") for n, start in enumerate(free[::4][:8])]
    target = free[40]
    results = at_once(
        *(lambda call=call: lifecycle.move(call, target, by=Booking.By.INVITEE) for call in calls)
    )
    assert kinds(results) == {"Booking": 1, "SlotTakenError": 7}
    assert Booking.objects.filter(period__startswith=target).count() == 1
    assert holders_of_overlaps() == []


@pytest.mark.usefixtures("no_deadlock")
def test_moving_while_the_coach_cancels_ends_in_one_state(call_type: CallType) -> None:
    """Whoever is last decides; of every earlier version no mail is left to send."""
    free = [slot.start for slot in calendar.free_slots(call_type)]
    for round_ in range(6):
        call = book(call_type, free[0], f"person{round_}")
        first, second, third, last = as_everybody_saw_it(call, 4)
        results = at_once(
            lambda seen=first: lifecycle.move(seen, free[8], by=Booking.By.INVITEE),
            lambda seen=second: lifecycle.move(seen, free[16], by=Booking.By.INVITEE),
            lambda seen=third: lifecycle.move(seen, free[24], by=Booking.By.INVITEE),
            lambda seen=last: lifecycle.cancel(seen, by=Booking.By.HOST),
        )
        assert set(kinds(results)) <= {"Booking", "TooLateError"}
        call.refresh_from_db()
        done = [result for result in results if isinstance(result, Booking)]
        assert call.status == Booking.Status.CANCELLED  # a cancelled call is never moved back to life
        assert call.sequence == len(done)
        assert mails(about=call.about) == ["bookings/cancelled", "bookings/coach_cancelled"]


@pytest.mark.usefixtures("no_deadlock")
def test_two_moves_of_one_call_end_where_the_later_one_put_it(call_type: CallType) -> None:
    free = [slot.start for slot in calendar.free_slots(call_type)]
    for round_ in range(6):
        call = book(call_type, free[0], f"person{round_}")
        first, second = as_everybody_saw_it(call, 2)
        results = at_once(
            lambda seen=first: lifecycle.move(seen, free[8], by=Booking.By.INVITEE),
            lambda seen=second: lifecycle.move(seen, free[16], by=Booking.By.HOST),
        )
        assert kinds(results) == {"Booking": 2}
        call.refresh_from_db()
        later = next(result for result in results if result.sequence == 2)
        assert (call.sequence, call.start_at) == (2, later.start_at)
        assert sorted(result.sequence for result in results) == [1, 2]
        # of the invite and of the move that lost, nothing is left to send
        assert mails(about=call.about, sequence__lt=2) == []
        assert mails(about=call.about)[:2] == ["bookings/moved", "bookings/coach_moved"]
        lifecycle.cancel(call, by=Booking.By.HOST)


@pytest.mark.usefixtures("no_deadlock")
def test_five_cancels_at_once_send_one_mail_each(call_type: CallType) -> None:
    call = book(call_type, calendar.free_slots(call_type)[0].start, "sanne")
    copies = as_everybody_saw_it(call, 5)
    results = at_once(*(lambda seen=seen: lifecycle.cancel(seen, by=Booking.By.INVITEE) for seen in copies))
    assert kinds(results) == {"Booking": 5}
    call.refresh_from_db()
    assert (call.status, call.sequence) == ("cancelled", 1)
    assert LeadEvent.objects.filter(kind="call.cancelled").count() == 1
    offered = [slot.start for slot in calendar.free_slots(call_type)]
    assert offered.count(call.start_at) == 1
    assert mails(about=call.about) == ["bookings/cancelled", "bookings/coach_cancelled"]
