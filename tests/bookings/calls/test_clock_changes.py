"""Calls around a change of the clock: one instant and one wall time, on every page and in every mail."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from bookings.models import CallType
from portal.accounts.models import User
from portal.common import times
from tests.bookings.admin.conftest import browser_of
from tests.bookings.browsing import page_of, starts_on, words_of
from tests.bookings.people import confirm, mail

pytestmark = pytest.mark.django_db
# booked on a Friday, for ten o'clock on the Monday behind the change; what New York's clock says then
SPRING = (datetime(2027, 3, 26, 9, tzinfo=UTC), datetime(2027, 3, 29, 8, tzinfo=UTC), "04:00")
AUTUMN = (datetime(2027, 10, 29, 8, tzinfo=UTC), datetime(2027, 11, 1, 9, tzinfo=UTC), "05:00")


def clock_of(page: BeautifulSoup, start: datetime) -> str:
    """What stands at the radio of this start."""
    field = page.select_one(f'input[name=start][value="{start.isoformat()}"]')
    return field.parent.select_one(".num").contents[0].strip()


@pytest.mark.parametrize(("booked_at", "start", "new_york"), [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_a_call_behind_a_clock_change_has_one_wall_time_everywhere(
    call_type: CallType, clock: Any, booked_at: datetime, start: datetime, new_york: str
) -> None:
    clock.move_to(booked_at)
    page = page_of(Client().get(reverse("bookings:slots")))
    assert clock_of(page, start).startswith("10:00")
    page = page_of(Client().get(reverse("bookings:slots"), {"zone": "America/New_York"}))
    assert clock_of(page, start).startswith(new_york)

    booking = confirm(call_type, start, time_zone="America/New_York")
    for row in (mail("confirmation"), mail("coach_booked")):
        assert re.search(r"10:00 tot 10:30(,|\n ) Nederlandse tijd", row.text)
        assert f"{new_york} tot" in row.text
    assert f"DTSTART:{start:%Y%m%dT%H%M%SZ}" in mail("confirmation").calendar
    reminder = times.local(mail("reminder_invitee").send_after, "Europe/Amsterdam")
    assert (reminder.isoweekday(), f"{reminder:%H:%M}") == (7, "10:00")

    coach = browser_of(User.objects.create_superuser("coach@voorbeeld.nl"))
    assert "10:00" in words_of_admin(coach, reverse("admin:bookings_booking_change", args=[booking.pk]))
    monday = times.local(start, "Europe/Amsterdam").date()
    assert "10:00" in words_of_admin(coach, reverse("admin:bookings_booking_changelist"))
    assert str(monday.day) in words_of_admin(coach, reverse("admin:bookings_booking_changelist"))


def words_of_admin(browser: Client, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return words_of(response)


@pytest.fixture
def nightly(call_type: CallType) -> CallType:
    """A coach who starts at half past two at night, on every day of the week."""
    call_type.host.rules.all().delete()
    for weekday in range(1, 8):
        call_type.host.rules.create(weekday=weekday, start_time="02:30", end_time="04:30")
    return call_type


def test_the_hour_that_is_skipped_is_never_offered(nightly: CallType, clock: Any) -> None:
    clock.move_to(datetime(2027, 3, 26, 1, tzinfo=UTC))
    response = Client().get(reverse("bookings:slots"), {"from": "2027-03-28"})
    sunday = page_of(response).select("fieldset.day")[0]
    assert "28 maart" in sunday.legend.get_text()
    # the window opens when the hour would have begun: 03:30 in summer time, and holds one hour
    assert [clock_words(label) for label in sunday.select("label")] == ["03:30 UTC+2", "04:00 UTC+2"]
    skipped = [start for start in starts_on(response) if start.startswith("2027-03-28T00:")]
    assert skipped == []


def test_the_hour_that_comes_twice_is_two_starts_each_with_its_offset(nightly: CallType, clock: Any) -> None:
    nightly.host.rules.update(end_time="03:00")
    clock.move_to(datetime(2027, 10, 29, 1, tzinfo=UTC))
    response = Client().get(reverse("bookings:slots"), {"from": "2027-10-31"})
    sunday = page_of(response).select("fieldset.day")[0]
    shown = [clock_words(label) for label in sunday.select("label")]
    assert shown == ["02:30 UTC+2", "02:00 UTC+1", "02:30 UTC+1"]
    first, _between, second = (
        datetime.fromisoformat(field["value"]) for field in sunday.select("input[name=start]")
    )
    assert second - first == timedelta(hours=1)
    booking = confirm(nightly, second, who="noor")
    assert "02:30 tot 03:00\n  Nederlandse tijd (UTC+1)" in mail("coach_booked").text
    assert booking.start_at == second


def clock_words(label: Any) -> str:
    number = label.select_one(".num")
    return " ".join(number.contents[0].split())
