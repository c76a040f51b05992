"""In the days around a clock change, pages and mails say so in one sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from bookings.calls import lifecycle
from bookings.calls.emails import reminders
from bookings.models import Booking, CallType
from bookings.words.clock_notes import clock_note
from portal.common import times
from portal.mail.models import OutboundEmail
from tests.bookings.browsing import confirm, hold, type_code, words_of
from tests.bookings.people import confirm as confirmed
from tests.bookings.people import mail
from tests.factories.bookings import CallTypeFactory

AMSTERDAM, NEW_YORK, SYDNEY = "Europe/Amsterdam", "America/New_York", "Australia/Sydney"
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
AFTER = datetime(2027, 3, 29, 8, tzinfo=UTC)  # Monday 10:00 in Amsterdam, the day after the change
NOTE = (
    "De klok gaat op zondag 28 maart 2027 vooruit; elke tijd die hier staat, is de tijd op de klok van dan."
)


def note(*starts: datetime, zone: str = AMSTERDAM, host_zone: str = AMSTERDAM, now: datetime = NOW) -> str:
    return clock_note(starts, zone=zone, host_zone=host_zone, now=now)


# ---- the sentence -----------------------------------------------------------------------------------------
def test_one_zone_is_told_once_without_a_city():
    assert note(AFTER) == NOTE
    with translation.override("en"):
        assert note(AFTER) == (
            "The clock goes forward on Sunday 28 March 2027; every time named here is the time on the clock"
            " then."
        )


def test_zones_that_change_together_are_told_once():
    assert note(AFTER, zone="Europe/Berlin") == NOTE


def test_autumn_goes_back():
    start = datetime(2027, 11, 1, 9, tzinfo=UTC)
    assert "op zondag 31 oktober 2027 terug" in note(start, now=start - timedelta(days=20))


@pytest.mark.parametrize(
    ("start", "told"),
    [
        (datetime(2027, 3, 12, 14, tzinfo=UTC), ""),  # six hours apart, as always
        (datetime(2027, 3, 16, 14, tzinfo=UTC), "op zondag 14 maart 2027 in New York vooruit"),  # five hours
        (datetime(2027, 3, 25, 14, tzinfo=UTC), ""),  # five hours, but New York changed long ago
        (datetime(2027, 3, 29, 14, tzinfo=UTC), "op zondag 28 maart 2027 in Amsterdam vooruit"),
    ],
)
def test_new_york_changes_two_weeks_before_amsterdam(start, told):
    found = note(start, zone=NEW_YORK)
    assert (told in found) if told else found == ""
    assert found.count("2027") == bool(told)


def test_two_changes_on_different_dates_stand_in_one_sentence():
    found = note(datetime(2027, 4, 4, 1, tzinfo=UTC), zone=SYDNEY)
    assert found == (
        "De klok gaat op zondag 28 maart 2027 in Amsterdam vooruit en op zondag 4 april 2027 in Sydney terug;"
        " elke tijd die hier staat, is de tijd op de klok van dan."
    )


def test_otherwise_nothing_is_said():
    assert note(datetime(2027, 5, 3, 8, tzinfo=UTC)) == ""
    assert note() == ""
    assert note(AFTER, zone="Asia/Kolkata", host_zone="UTC") == ""
    assert note(AFTER, now=AFTER - timedelta(hours=30)) == ""  # it changed already


# ---- where it stands --------------------------------------------------------------------------------------
@pytest.fixture
def spring(instrument: Any, clock: Any) -> CallType:
    """Saturday 27 March 2027: the first free times come after the change."""
    clock.move_to(datetime(2027, 3, 27, 12, tzinfo=UTC))
    return CallTypeFactory()


@pytest.mark.django_db
def test_pages_and_mails_around_a_change_say_so(spring, clock):
    browser = Client()
    page = browser.get(reverse("bookings:slots"))
    assert NOTE in words_of(page)
    hold(browser)
    confirm(browser, clock)
    done = browser.get(type_code(browser).headers["Location"])
    assert NOTE in words_of(done)
    sent = mail("confirmation")
    assert " ".join(sent.text.split()).count(NOTE) == 1
    assert NOTE in sent.html
    booking = lifecycle.open_call_of(sent.to_email, times.now())
    move = browser.get(reverse("bookings:move", args=[booking.public_id]))
    assert NOTE in words_of(move)


@pytest.mark.django_db
def test_reminder_says_so_only_while_the_change_is_still_to_come(spring, clock):
    booking = confirmed(spring, datetime(2027, 3, 29, 7, tzinfo=UTC))
    reminder = OutboundEmail.objects.get(message="bookings/reminder_invitee")
    clock.move_to(datetime(2027, 3, 28, 0, 59, tzinfo=UTC))
    assert reminders.fill_reminder_to_invitee(reminder)["clock_note"] == NOTE
    clock.move_to(reminder.send_after)
    assert reminders.fill_reminder_to_invitee(reminder)["clock_note"] == ""
    assert booking.is_ahead(reminder.send_after)


@pytest.mark.django_db
def test_pages_and_mails_far_from_a_change_are_silent(call_type, clock):
    browser = Client()
    assert "De klok gaat" not in words_of(browser.get(reverse("bookings:slots")))
    confirmed(call_type)
    assert "De klok gaat" not in mail("confirmation").text


@pytest.mark.django_db
def test_cancelled_call_needs_no_clock(spring):
    lifecycle.cancel(confirmed(spring, datetime(2027, 3, 29, 7, tzinfo=UTC)), by=Booking.By.HOST)
    assert "De klok gaat" not in mail("cancelled").text
