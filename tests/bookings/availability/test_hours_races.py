"""The coach changes hours while visitors confirm and another window saves: real connections, real forms."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.urls import reverse

from bookings import errors
from bookings.availability import calendar, lock, outside
from bookings.calls import holds, lifecycle
from bookings.domain.slots import nearest_of
from bookings.models import BlockedTime, Booking, CallType, Host
from portal.accounts.models import User
from portal.common import times
from portal.common.ids import new_public_id
from tests.bookings.admin.conftest import browser_of
from tests.bookings.admin.week.test_calendar import ADD_BLOCK, formset, hours_of, week, words
from tests.bookings.calls.test_races import at_once, call_type, no_deadlock, psycopg_arguments
from tests.bookings.people import details
from tests.factories.bookings import BookingFactory

__all__ = ["call_type", "no_deadlock"]  # fixtures
pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_deadlock"),
]
ROUNDS = 20


@pytest.fixture
def coach(db: None) -> User:
    return User.objects.create_superuser("jet@voorbeeld.nl")


def block(client: Client, host: Host, start: datetime) -> Any:
    local = times.local(start, host.time_zone)
    typed = {"start_on": f"{local:%Y-%m-%d}", "start_time": f"{local:%H:%M}", "end_time": f"{local:%H}:59"}
    return client.post(ADD_BLOCK, {"host": host.pk, **typed})


def confirm(call_type: CallType, start: datetime, who: str) -> Booking:
    return lifecycle.confirm(
        call_type,
        start,
        visitor=who,
        details=details(f"{who}@voorbeeld.nl"),
        user=None,
        key=new_public_id(),
    )


def later(seconds: float, call_type: CallType, start: datetime, number: int) -> Booking:
    """The visitor comes in while the form of the coach is anywhere on its way."""
    time.sleep(seconds)
    return confirm(call_type, start, f"person{number}")


def test_time_blocked_while_a_visitor_confirms_is_listed_or_refused_and_never_both_in_silence(
    call_type: CallType, coach: User
) -> None:
    """Without a hold, because it lapsed: whoever has the lock first decides."""
    client, outcomes = browser_of(coach), Counter[str]()
    began = time.monotonic()
    block(client, call_type.host, times.now() + timedelta(days=60))
    takes = time.monotonic() - began
    starts = [slot.start for slot in calendar.free_slots(call_type)][::8][:ROUNDS]
    for number, start in enumerate(starts):
        blocked, booked = at_once(
            lambda start=start: block(client, call_type.host, start),
            lambda start=start, number=number: later(takes * number / ROUNDS * 1.5, call_type, start, number),
        )
        assert blocked.status_code == 302
        assert BlockedTime.objects.filter(period__startswith__lte=start, period__endswith__gt=start).exists()
        listed = {one.booking.start_at for one in outside.calls_outside(times.now())}
        if isinstance(booked, Booking):
            assert blocked.headers["Location"].startswith(reverse("admin:bookings_booking_outside"))
            assert start in listed
        else:
            assert isinstance(booked, errors.SlotTakenError)
            assert start not in listed
        outcomes[type(booked).__name__] += 1
    assert outcomes.total() == ROUNDS == len(starts)
    assert set(outcomes) == {"Booking", "SlotTakenError"}  # it went both ways


def shorten(client: Client, host: Host, start: datetime) -> Any:
    """The date has hours of its own already; the form makes them end before the call."""
    override = host.overrides.get()
    window = override.windows.get()
    row = {"id": window.pk, "override": override.pk, "start_time": "06:00", "end_time": "07:00"}
    page = reverse("admin:bookings_dateoverride_change", args=[override.pk])
    return client.post(page, {"host": host.pk, "on": f"{override.on}"} | formset("windows", [row], 1))


@pytest.mark.parametrize("change", [block, shorten])
def test_time_closed_while_a_visitor_is_half_way_waits_and_lists_the_call(
    call_type: CallType, coach: User, change: Callable[[Client, Host, datetime], Any]
) -> None:
    """The visitor has seen that the time is free and is about to be written down."""
    client, start = browser_of(coach), calendar.free_slots(call_type)[8].start
    override = call_type.host.overrides.create(on=times.local(start, call_type.host.time_zone).date())
    override.windows.create(start_time="09:00", end_time="17:00")
    half_way = threading.Event()

    def visitor() -> None:
        with lock.host_locked(call_type.host_id):
            calendar.require_free(call_type, start, now=times.now(), own=None)
            half_way.set()
            time.sleep(1)
            BookingFactory(call_type=call_type, start=start)

    def coach_closes() -> Any:
        half_way.wait(timeout=10)
        return change(client, call_type.host, start)

    _none, blocked = at_once(visitor, coach_closes)
    assert blocked.headers["Location"].startswith(reverse("admin:bookings_booking_outside"))
    assert "Sanne Vermeer" in words(client.get(blocked.headers["Location"]))


def test_time_blocked_while_a_visitor_confirms_what_is_held_is_told_either_way(
    call_type: CallType, coach: User
) -> None:
    """A hold is a promise: the call is made, and the coach reads about the hold or about the call."""
    client = browser_of(coach)
    for number, slot in enumerate(calendar.free_slots(call_type)[::8][:3]):
        who = f"person{number}"
        holds.hold_slot(call_type, slot.start, visitor=who, client=who)
        blocked, booked = at_once(
            lambda start=slot.start: block(client, call_type.host, start),
            lambda start=slot.start, who=who: confirm(call_type, start, who),
        )
        assert isinstance(booked, Booking)
        page = words(client.get(blocked.headers["Location"]))
        told = f"{times.short_moment(slot.start, call_type.host.time_zone)}"
        long = f"{times.long_span(booked.start_at, booked.end_at, call_type.host.time_zone)}"
        assert f"houdt {told} vast" in page or long in page
        assert slot.start in {one.booking.start_at for one in outside.calls_outside(times.now())}


def test_two_windows_that_save_overlapping_hours_leave_one_and_a_sentence(
    call_type: CallType, coach: User
) -> None:
    host, page = call_type.host, hours_of(call_type.host)
    for _round in range(3):
        host.rules.filter(weekday=7).delete()
        forms = [week(host, (7, "10:00", "12:00")), week(host, (7, "11:00", "13:00"))]
        answers = at_once(*(lambda form=form: browser_of(coach).post(page, form) for form in forms))
        assert sorted(answer.status_code for answer in answers) == [200, 302]
        refused = next(answer for answer in answers if answer.status_code == 200)
        assert "overlappen; een van de twee is in een ander venster toegevoegd" in words(refused)
        assert host.rules.filter(weekday=7).count() == 1


def test_a_script_that_asks_for_no_lock_still_cannot_make_the_form_fail(
    call_type: CallType, coach: User
) -> None:
    """It moves hours that the form does not know of, and commits while the form waits: the form is read once
    more, and names what it ran into."""
    host, page = call_type.host, hours_of(call_type.host)
    host.rules.filter(weekday=7).delete()
    form = week(host, (7, "11:00", "13:00"))
    host.rules.create(weekday=7, start_time="08:00", end_time="09:00")
    with psycopg.connect(**psycopg_arguments()) as script:
        script.execute("SET CONSTRAINTS ALL IMMEDIATE")
        script.execute(
            "UPDATE bookings_availabilityrule SET start_time = '10:00', end_time = '12:00'"
            " WHERE host_id = %s AND weekday = 7",
            [host.pk],
        )

        def commit_later() -> None:
            time.sleep(1)
            script.commit()

        answer, _none = at_once(lambda: browser_of(coach).post(page, form), commit_later)
    assert answer.status_code == 200
    assert "zondag 10:00–12:00 en zondag 11:00–13:00 overlappen" in words(answer)
    assert host.rules.filter(weekday=7).count() == 1


def test_five_clicks_on_one_decision_move_once(call_type: CallType, coach: User) -> None:
    start = calendar.free_slots(call_type)[8].start
    booking = confirm(call_type, start, "sanne")
    block(browser_of(coach), call_type.host, start)
    page = reverse("admin:bookings_booking_outside")
    other = nearest_of(calendar.free_slots(call_type, own=booking), start + timedelta(days=1))[0].start
    form = {"call": booking.pk, f"{booking.pk}-choice": other.isoformat(), f"{booking.pk}-seen": 0}
    answers = at_once(*(lambda: browser_of(coach).post(page, form) for _click in range(5)))
    assert [answer.status_code for answer in answers] == [302] * 5
    booking.refresh_from_db()
    assert (booking.start_at, booking.sequence) == (other, 1)
