"""The list on ‘Vandaag’ of what a new practice has still to do: each line knows by itself whether it is done."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from bs4 import Tag
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import AvailabilityRule, Booking, CallType, DateOverride, Host
from bookings.words.places import link_by_hand
from portal.accounts.models import User
from portal.common import times
from portal.practice import first_steps
from portal.practice.known import forget
from portal.practice.models import Practice
from tests.bookings.admin.conftest import browser_of
from tests.factories.assessments import CompletedScanFactory
from tests.factories.bookings import BookingFactory, CalendarSourceFactory
from tests.practice.conftest import PAGE, save, soup

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LINES = ["Jij", "Uren", "Waar", "Je eigen agenda", "Feestdagen", "Een proefboeking", "Een link om te delen"]
HIDE = "admin:practice_practice_first_steps"


@pytest.fixture(autouse=True)
def _nothing_done(set_up: Host) -> None:
    """Whatever the set-up chose for the place."""
    words = link_by_hand("Jet")
    CallType.objects.update(location_kind="text", location_nl=words["nl"], location_en=words["en"])


def panel(browser: Client) -> Tag | None:
    return soup(browser, reverse("admin:index")).select_one(".first-steps")


def lines(browser: Client, of: str) -> list[str]:
    found = panel(browser)
    assert found is not None
    return [line.b.text for line in found.select(f"li{of}")]  # type: ignore[union-attr]


def done(browser: Client) -> list[str]:
    return lines(browser, ".is-done")


def test_a_new_practice_has_everything_to_do_and_one_thing_next(coach: Client) -> None:
    assert (lines(coach, ""), done(coach), lines(coach, ".is-next")) == (LINES, [], ["Jij"])
    found = panel(coach)
    assert found is not None
    assert [link.text.strip() for link in found.select("a.btn")] == ["Vertel wie je bent"]
    assert "0 van 7 klaar" in " ".join(found.text.split())


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_line_leads_to_a_page_where_it_is_done(coach: Client, language: str) -> None:
    found = soup(coach, f"{language}/beheer/").select_one(".first-steps")
    assert found is not None
    links = [str(link["href"]) for link in found.select("li a")]
    assert len(links) == len(LINES)
    assert [coach.get(link).status_code for link in links] == [200] * len(LINES)


def test_saying_who_you_are_is_done_once_nothing_of_the_example_is_left(coach: Client) -> None:
    save(coach, kvk="00000000")
    assert done(coach) == []
    save(coach)
    assert (done(coach), lines(coach, ".is-next")) == (["Jij"], ["Uren"])


def test_hours_are_done_once_they_are_others_or_were_saved_as_they_are(coach: Client, set_up: Host) -> None:
    AvailabilityRule.objects.filter(weekday=5).update(end_time=time(13))
    assert done(coach) == ["Uren"]
    AvailabilityRule.objects.filter(weekday=5).update(end_time=time(17))
    assert done(coach) == []
    LogEntry.objects.create(
        user=User.objects.get(), content_type=ContentType.objects.get_for_model(Host), object_id=str(set_up.pk),
        object_repr="Jet", action_flag=CHANGE,
    )  # fmt: skip
    assert done(coach) == ["Uren"]


@pytest.mark.parametrize("kind", ["phone_host_calls", "jitsi"])
def test_where_is_done_once_no_link_must_be_sent_by_hand(coach: Client, kind: str) -> None:
    CallType.objects.update(location_kind=kind, location_nl="", location_en="")
    assert done(coach) == ["Waar"]
    CallType.objects.update(is_active=False)
    assert done(coach) == []


def test_a_calendar_is_done_once_it_was_read(coach: Client, set_up: Host) -> None:
    source = CalendarSourceFactory(host=set_up, last_good_at=None)
    assert done(coach) == []
    type(source).objects.update(last_good_at=times.now())
    assert done(coach) == ["Je eigen agenda"]


def test_holidays_are_done_once_one_of_those_ahead_was_looked_at(coach: Client, set_up: Host) -> None:
    DateOverride.objects.create(host=set_up, on=date(2026, 11, 30))
    assert done(coach) == []
    DateOverride.objects.create(host=set_up, on=date(2026, 12, 25))
    assert done(coach) == ["Feestdagen"]


def test_a_test_booking_is_one_that_was_confirmed(coach: Client, set_up: Host) -> None:
    call = BookingFactory(host=set_up, call_type=CallType.objects.get())
    assert done(coach) == ["Een proefboeking"]
    Booking.objects.filter(pk=call.pk).delete()
    assert done(coach) == []


def test_a_link_is_shared_once_somebody_came_by_it(coach: Client) -> None:
    CompletedScanFactory(came_from={"referrer": "voorbeeld.nl"})
    assert done(coach) == []
    CompletedScanFactory(came_from={"van": "linkedin"})
    assert done(coach) == ["Een link om te delen"]


def test_it_goes_once_all_is_done(coach: Client, monkeypatch: Any) -> None:
    steps = [type(one)(**{**vars(one), "is_done": lambda request: True}) for one in first_steps._steps]
    monkeypatch.setattr(first_steps, "_steps", steps)
    assert panel(coach) is None


def test_it_is_put_away_and_comes_back(coach: Client, colleague: Client) -> None:
    assert coach.get(reverse(HIDE)).status_code == 405
    coach.post(reverse(HIDE))
    coach.post(reverse(HIDE))
    assert [panel(browser) for browser in (coach, colleague)] == [None, None]
    back = soup(coach, reverse(PAGE)).select_one("button[name=show]")
    assert back is not None
    coach.post(reverse(HIDE), {"show": "1"})
    assert panel(coach) is not None
    assert soup(coach, reverse(PAGE)).select_one("button[name=show]") is None


def test_another_process_hears_at_once_that_it_was_put_away(coach: Client) -> None:
    assert panel(coach) is not None
    Practice.objects.update(first_steps_hidden_at=times.now())
    assert panel(coach) is None


def test_it_is_for_who_may_change_the_practice(set_up: Host) -> None:
    assert panel(browser_of(User.objects.create_user("staf@voorbeeld.nl", is_staff=True))) is None


def test_before_the_set_up_made_a_practice_there_is_no_list(coach: Client) -> None:
    Practice.objects.all().delete()
    forget()
    assert panel(coach) is None


def test_the_lines_cost_the_same_however_much_there_is(coach: Client, set_up: Host) -> None:
    call_type, counts = CallType.objects.get(), []
    for many in (1, 2):
        for number in range(many):
            CalendarSourceFactory(host=set_up)
            start = times.now() + timedelta(days=many, hours=2 * number)
            BookingFactory(host=set_up, call_type=call_type, start=start)
        for _look in ("first", "as every other"):
            request = RequestFactory().get("/")
            request.user = User.objects.get()
            with CaptureQueriesContext(connection) as queries:
                assert first_steps.panel(request) is not None
        counts.append(len(queries))
    assert counts == [10, 10]
