"""A calendar that somebody else holds, under many clicks: everybody hears in time that it is busy."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import psycopg
import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from bookings import errors
from bookings.availability import calendar
from bookings.calls import holds
from bookings.models import Booking, CallType
from bookings.visitor.booking import UNPROVEN_PER_DAY
from portal.common import patience
from tests.bookings.browsing import PERSON, page_of
from tests.bookings.calls.test_races import at_once, call_type, psycopg_arguments  # noqa: F401 - a fixture

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
PROMISED = 3.5
ALLOWED = PROMISED + 1  # so that a busy machine passes


def timed(click: Callable[[], HttpResponse]) -> tuple[int, float]:
    began = time.monotonic()
    response = click()
    return response.status_code, time.monotonic() - began


def assert_all_busy(found: list[tuple[int, float]], clicks: int) -> None:
    assert Counter(status for status, _seconds in found) == {503: clicks}
    assert max(seconds for _status, seconds in found) < ALLOWED


def test_ten_clicks_of_one_browser_on_a_locked_calendar_are_all_told_in_time(call_type: CallType) -> None:  # noqa: F811
    """They stand in two lines, one for their session and one for the calendar."""
    start = calendar.free_slots(call_type)[0].start.isoformat()
    browser = Client()
    browser.post(reverse("bookings:hold"), {"start": start})  # so that there is a session
    Booking.objects.all().delete()

    def click() -> HttpResponse:
        own = Client(raise_request_exception=False)
        own.cookies = browser.cookies.copy()
        return own.post(reverse("bookings:hold"), {"start": start})

    with psycopg.connect(**psycopg_arguments()) as other:
        other.execute("SELECT 1 FROM bookings_host WHERE id = %s FOR UPDATE", [call_type.host_id])
        found = at_once(*(lambda: timed(click) for _ in range(10)))
        other.rollback()
    assert_all_busy(found, 10)
    assert not Booking.objects.exists()


def test_whoever_comes_after_a_wait_in_vain_is_told_at_once(call_type: CallType) -> None:  # noqa: F811
    """Threads are few: forty people in a row must not each hold one for three seconds."""
    start = calendar.free_slots(call_type)[0].start

    def hold(who: str) -> Booking:
        with patience.counted():
            return holds.hold_slot(call_type, start, visitor=who, client=who)

    def five_in_a_row() -> float:
        began = time.monotonic()
        for number in range(5):
            with pytest.raises(errors.BusyError):
                hold(f"person{number}")
        return time.monotonic() - began

    with psycopg.connect(**psycopg_arguments()) as other:
        other.execute("SELECT 1 FROM bookings_host WHERE id = %s FOR UPDATE", [call_type.host_id])
        found = at_once(*[five_in_a_row] * 8)
        other.rollback()
    assert max(found) < 6  # five waits of three seconds are fifteen
    assert hold("sanne").start_at == start


def test_a_busy_calendar_uses_up_nothing_of_what_a_network_may_book_in_a_day(call_type: CallType) -> None:  # noqa: F811
    """Whoever insists is not asked for a code: nothing was booked yet."""
    CallType.objects.update(needs_code=False)
    browser = Client()
    browser.post(reverse("bookings:hold"), {"start": calendar.free_slots(call_type)[0].start.isoformat()})
    fields = page_of(browser.get(reverse("bookings:details"))).select("form.plate input[type=hidden]")
    form = {field["name"]: field.get("value", "") for field in fields} | PERSON
    time.sleep(2)  # a form that is sent sooner was filled in by a machine
    with psycopg.connect(**psycopg_arguments()) as other:
        other.execute("SELECT 1 FROM bookings_host WHERE id = %s FOR UPDATE", [call_type.host_id])
        for _ in range(UNPROVEN_PER_DAY):
            assert browser.post(reverse("bookings:confirm"), form).status_code == 503
        other.rollback()
    done = browser.post(reverse("bookings:confirm"), form)
    assert done.headers["Location"] == reverse("bookings:done", args=[Booking.objects.get().public_id])


def test_a_session_that_another_click_holds_is_busy_and_keeps_what_was_typed(call_type: CallType) -> None:  # noqa: F811
    browser = Client(raise_request_exception=False)
    browser.get(reverse("bookings:slots"))
    browser.session.save()
    session = browser.session
    session["x"] = 1
    session.save()
    key = session.session_key
    with psycopg.connect(**psycopg_arguments()) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        response = browser.post(reverse("bookings:confirm"), {"name": "Sanne Vermeer", "remark": "Tot dan"})
        other.rollback()
    connections.close_all()
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "Tot dan" in response.content.decode()
