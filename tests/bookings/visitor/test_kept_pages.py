"""The page with free times is kept for five seconds: what of it is somebody's own, and what a booking asks again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import CallType, Host
from portal.common import times
from portal.common.page_cache import SECONDS
from tests.bookings.browsing import hold, page_of, starts_on, words_of
from tests.factories.assessments import UserFactory
from tests.factories.bookings import BookingFactory, CallTypeFactory, HostFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_pages")]
SLOTS = "/impactcall/"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIVE_SECONDS = timedelta(seconds=SECONDS)


def remembering(**values: str) -> Client:
    browser = Client()
    kept = browser.session
    kept["booking"] = values
    kept.save()
    return browser


@pytest.fixture
def noor(call_type: CallType) -> Host:
    """A second coach for the same kind of call."""
    return CallTypeFactory(slug=call_type.slug, host=HostFactory(name="Noor Aydin", slug="noor")).host


# ---- how old a list may be -----------------------------------------------------------------------------
def test_a_time_that_was_taken_leaves_the_list_within_five_seconds(call_type: CallType, clock: Any) -> None:
    first, second = Client(), Client()
    start = starts_on(second.get(SLOTS))[6]
    hold(first, start)
    assert start in starts_on(second.get(SLOTS))
    clock.shift(FIVE_SECONDS)
    assert start not in starts_on(second.get(SLOTS))


def test_a_taken_time_that_still_stands_in_a_list_is_asked_about_again(call_type: CallType) -> None:
    first, second = Client(), Client()
    start = starts_on(second.get(SLOTS))[6]
    hold(first, start)
    refused = second.post(reverse("bookings:hold"), {"start": start})
    assert refused.status_code == 409
    assert start not in starts_on(refused)
    assert len(starts_on(refused)) == 3


def test_a_start_leaves_the_list_when_its_notice_begins(call_type: CallType, clock: Any) -> None:
    clock.shift(timedelta(seconds=-1))
    first = starts_on(Client().get(SLOTS))[0]  # Tuesday 13:00, a day and a second ahead
    clock.shift(timedelta(seconds=1, microseconds=1))
    assert first not in starts_on(Client().get(SLOTS))


def test_a_hold_that_lapses_frees_its_time_within_five_seconds(call_type: CallType, clock: Any) -> None:
    start = starts_on(Client().get(SLOTS))[4]
    until = times.now() + 6 * FIVE_SECONDS
    BookingFactory(call_type=call_type, held=True, start=times.now() + DAY + 2 * HOUR, expires_at=until)
    clock.shift(5 * FIVE_SECONDS)
    assert start not in starts_on(Client().get(SLOTS))
    clock.shift(FIVE_SECONDS)
    assert start in starts_on(Client().get(SLOTS))


# ---- what this browser chose ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("zone=America/New_York", "New York"),
        ("coach=noor", "Met Noor Aydin"),
        ("from=2026-12-10", "21 december"),
    ],
)
def test_what_an_address_asks_for_is_another_page(noor: Host, query: str, says: str) -> None:
    for _again in range(2):
        assert says in words_of(Client().get(f"{SLOTS}?{query}"))
        assert says not in words_of(Client().get(SLOTS)).partition("Woensdag")[0]


def test_a_zone_or_coach_chosen_before_is_not_somebody_elses(noor: Host) -> None:
    far, with_noor, nobody = remembering(zone="America/New_York"), remembering(asked_coach="noor"), Client()
    for _again in range(2):
        assert "New York" in words_of(far.get(SLOTS))
        assert "Met Noor Aydin" in words_of(with_noor.get(SLOTS))
        assert "New York" not in words_of(nobody.get(SLOTS))
        assert "Met Noor Aydin" not in words_of(nobody.get(SLOTS))


def test_whoever_holds_a_time_sees_it_chosen_and_nobody_else_does(call_type: CallType) -> None:
    browser = Client()
    start = hold(browser)
    assert page_of(Client().get(SLOTS)).select("input[name=start][checked]") == []
    for _again in range(2):
        chosen = page_of(browser.get(SLOTS)).select("input[name=start][checked]")
        assert [field["value"] for field in chosen] == [start]
    assert page_of(Client().get(SLOTS)).select("input[name=start][checked]") == []


def test_a_member_reads_the_times_by_their_own_clock(call_type: CallType) -> None:
    member = Client()
    member.force_login(UserFactory(time_zone="America/New_York"))
    Client().get(SLOTS)
    assert "New York" in words_of(member.get(SLOTS))
    assert "New York" not in words_of(Client().get(SLOTS))


def test_a_page_that_is_there_costs_whoever_has_a_session_that_query_alone(
    call_type: CallType, django_assert_num_queries: Any
) -> None:
    browser = remembering(zone="Europe/Amsterdam")
    browser.get(SLOTS)
    with django_assert_num_queries(1):
        browser.get(SLOTS)


# ---- a crowd on one start --------------------------------------------------------------------------------
def test_whoever_loses_a_start_in_the_same_second_is_led_to_the_same_nearest_ones(
    call_type: CallType, clock: Any
) -> None:
    late = [Client() for _ in range(3)]
    start = starts_on(late[0].get(SLOTS))[6]
    hold(Client(), start)

    def nearest(browser: Client) -> list[str]:
        lost = browser.post(reverse("bookings:hold"), {"start": start})
        assert lost.status_code == 409
        return starts_on(lost)

    first = nearest(late[0])
    assert len(first) == 3
    hold(Client(), first[0])
    assert nearest(late[1]) == first
    clock.shift(timedelta(seconds=1))
    assert first[0] not in nearest(late[2])
