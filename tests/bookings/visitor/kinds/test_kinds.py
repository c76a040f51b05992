"""Several kinds of call, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking, CallType
from bookings.visitor import panels
from portal.accounts.models import User
from tests.bookings.browsing import confirm, filled_in, page_of, starts_on, type_code, words_of
from tests.bookings.people import HALF_HOUR, THURSDAY_9
from tests.bookings.visitor.kinds.coaches import EMAIL, SLOTS, fields, hold, link
from tests.factories.assessments import UserFactory
from tests.factories.bookings import AvailabilityRuleFactory, BookingFactory, CallTypeFactory

pytestmark = pytest.mark.django_db
MOVE = "form[action*=verplaatsen]"
DAY = timedelta(days=1)


# ---- one kind, one coach: nothing is asked --------------------------------------------------------------
def test_with_one_kind_and_one_coach_nothing_is_asked(browser, jet):
    page = browser.get(SLOTS)
    assert page_of(page).select(".kinds, .coach-choice") == []
    assert "30 minuten met Jet van Dalen, gratis, over jouw sleutels." in words_of(page)
    assert [a["href"] for a in page_of(page).select(".zone a")] == [reverse("bookings:zone")]
    assert link(page, "Meer dagen") == f"{SLOTS}?from=2026-12-08&zone=Europe/Amsterdam#dagen"


# ---- kinds ------------------------------------------------------------------------------------------------
def test_with_several_kinds_the_kind_is_chosen_first_and_named_with_its_length(browser, jet, noor, deep):
    page = browser.get(SLOTS)
    rows = [" ".join(row.get_text(" ").split()) for row in page_of(page).select(".kinds li")]
    assert rows == [
        "Impactcall 30 minuten, met een van onze coaches Bekijk de vrije tijden",
        "Verdiepend gesprek 60 minuten, met Jet van Dalen Bekijk de vrije tijden",
    ]
    assert starts_on(page) == []
    chosen = browser.get(SLOTS, {"kind": "deep"})
    assert "Verdiepend gesprek: 60 minuten met Jet van Dalen, gratis." in words_of(chosen)
    assert "tot 10:00, Nederlandse tijd" in words_of(chosen)
    assert page_of(chosen).select(".coach-choice") == []
    assert page_of(browser.get(link(chosen, "Kies een ander soort gesprek"))).select(".kinds li")


@pytest.mark.parametrize("kind", ["no-such-kind", "deep\x00", "x" * 3000, "Deep"])
def test_unknown_kind_asks_for_one_that_exists(browser, jet, deep, kind):
    page = browser.get(SLOTS, {"kind": kind})
    assert page.status_code == 200
    assert len(page_of(page).select(".kinds li")) == 2


def test_held_kind_is_the_one_that_is_confirmed(browser, jet, deep, clock):
    page = browser.get(SLOTS, {"kind": "deep"})
    hold(browser, page, starts_on(page)[0])
    confirm(browser, clock)
    type_code(browser)
    booking = Booking.objects.get()
    assert (booking.call_type, booking.end_at - booking.start_at) == (deep, timedelta(hours=1))


def test_time_that_came_to_be_held_without_a_choice_is_confirmed_as_it_is(browser, jet, noor, deep, clock):
    """A link that holds a time, or a session from before there were kinds."""
    page = browser.get(SLOTS, {"kind": "impact-call", "coach": "noor"})
    hold(browser, page, starts_on(page)[0])
    kept = browser.session
    kept["booking"] = {name: kept["booking"][name] for name in ("visitor", "start", "zone")}
    kept.save()
    assert "Wie mag Noor Aydin verwachten?" in words_of(browser.get(reverse("bookings:details")))
    confirm(browser, clock)
    type_code(browser)
    assert Booking.objects.get(status="confirmed").call_type == noor


def test_hold_of_another_kind_moves_the_first(browser, jet, deep):
    for kind in ("impact-call", "deep"):
        page = browser.get(SLOTS, {"kind": kind})
        hold(browser, page, starts_on(page)[-1])
    assert [booking.call_type for booking in Booking.objects.all()] == [deep]


def test_kind_that_is_switched_off_meanwhile_is_not_swapped_for_another(browser, jet, deep, clock):
    page = browser.get(SLOTS, {"kind": "deep"})
    start = starts_on(page)[0]
    CallType.objects.filter(pk=deep.pk).update(is_active=False)
    assert hold(browser, page, start).status_code == 409
    CallType.objects.filter(pk=deep.pk).update(is_active=True)
    hold(browser, page, start)
    data = filled_in(browser, clock)
    CallType.objects.filter(pk=deep.pk).update(is_active=False)
    response = browser.post(reverse("bookings:confirm"), data)
    assert response.headers["Location"] == reverse("bookings:slots")
    assert Booking.objects.get().status == Booking.Status.HELD


def test_two_tabs_with_two_kinds_each_confirm_their_own(member, jet, deep, clock):
    first = member.get(SLOTS, {"kind": "deep"})
    hold(member, first, starts_on(first)[-1])
    data = filled_in(member, clock)
    second = member.get(SLOTS, {"kind": "impact-call"})
    hold(member, second, starts_on(second)[9])
    clock.shift(timedelta(seconds=5))
    member.post(reverse("bookings:confirm"), data)
    booking = Booking.objects.get()
    assert (booking.call_type, booking.start_at.isoformat()) == (deep, starts_on(first)[-1])


# ---- one open call a person -------------------------------------------------------------------------------
def test_second_call_with_another_coach_offers_to_move_the_first_with_its_own(member, jet, noor, clock):
    first = BookingFactory(call_type=jet, start=THURSDAY_9, email=EMAIL, user=User.objects.get())
    both = THURSDAY_9 + 14 * HALF_HOUR
    hold(member, member.get(SLOTS, {"coach": "noor"}), both.isoformat())
    assert confirm(member, clock).headers["Location"] == reverse("bookings:already")
    page = member.get(reverse("bookings:already"))
    member.post(
        reverse("bookings:move", args=[first.public_id]), fields(page_of(page), "form[action*=verplaats]")
    )
    moved = Booking.objects.get()
    assert (moved.pk, moved.host, moved.call_type, moved.start_at) == (first.pk, jet.host, jet, both)


def test_time_that_the_first_coach_does_not_have_is_said_with_that_coachs_nearest(member, jet, noor, clock):
    first = BookingFactory(call_type=jet, start=THURSDAY_9, email=EMAIL, user=User.objects.get())
    evening = THURSDAY_9 + 18 * HALF_HOUR
    hold(member, member.get(SLOTS), evening.isoformat())
    confirm(member, clock)
    page = member.get(reverse("bookings:already"))
    assert "Je gesprek is met Jet van Dalen, en die kan niet op de tijd die je koos." in words_of(page)
    assert starts_on(page) == [(THURSDAY_9 + steps * HALF_HOUR).isoformat() for steps in (13, 14, 15)]
    data = fields(page_of(page), "form.plate") | {"start": starts_on(page)[-1]}
    member.post(reverse("bookings:move", args=[first.public_id]), data)
    moved = Booking.objects.get()
    assert (moved.pk, moved.host, moved.start_at) == (first.pk, jet.host, THURSDAY_9 + 15 * HALF_HOUR)


def test_time_the_call_already_has_is_no_time_to_move_it_to(member, jet, noor, clock):
    BookingFactory(call_type=jet, start=THURSDAY_9 + 15 * HALF_HOUR, email=EMAIL, user=User.objects.get())
    evening = THURSDAY_9 + 18 * HALF_HOUR
    hold(member, member.get(SLOTS), evening.isoformat())
    confirm(member, clock)
    page = member.get(reverse("bookings:already"))
    assert len(starts_on(page)) == 3
    assert (THURSDAY_9 + 15 * HALF_HOUR).isoformat() not in starts_on(page)


def test_longer_call_of_the_same_coach_offers_to_move_the_first_as_it_is(member, jet, deep, clock):
    first = BookingFactory(call_type=jet, start=THURSDAY_9, email=EMAIL, user=User.objects.get())
    start = THURSDAY_9 + 4 * HALF_HOUR
    hold(member, member.get(SLOTS, {"kind": "deep"}), start.isoformat())
    confirm(member, clock)
    page = member.get(reverse("bookings:already"))
    assert "die kan niet" not in words_of(page)
    member.post(
        reverse("bookings:move", args=[first.public_id]), fields(page_of(page), "form[action*=verplaats]")
    )
    assert [(call.call_type, call.start_at) for call in Booking.objects.all()] == [(jet, start)]


# ---- elsewhere, and what it costs -------------------------------------------------------------------------
def test_pages_of_the_scan_name_the_first_free_time_of_any_coach(jet, noor, clock):
    facts = panels.call_facts()
    clock.move_to(THURSDAY_9 - 2 * DAY + timedelta(hours=9))  # Tuesday evening, a day of notice
    assert facts.find_first_start() == THURSDAY_9
    AvailabilityRuleFactory(host=noor.host, weekday=4, start_time="07:00", end_time="08:00")
    assert (facts.minutes, facts.find_first_start()) == (30, THURSDAY_9 - 4 * HALF_HOUR)
    CallType.objects.update(is_active=False)
    assert panels.call_facts() is None


@pytest.mark.parametrize("coaches", [1, 3])
@pytest.mark.parametrize("calls", [0, 12])
def test_slot_page_takes_four_queries_however_many_coaches_and_calls(
    browser, jet, django_assert_num_queries, coaches, calls
):
    offers = [jet, *(CallTypeFactory(slug="impact-call") for _ in range(coaches - 1))]
    for call_type in offers:
        for number in range(calls):
            BookingFactory(call_type=call_type, start=THURSDAY_9 + (number + 1) * DAY)
    with django_assert_num_queries(4):
        browser.get(SLOTS)
    hold(browser, browser.get(SLOTS), THURSDAY_9.isoformat())
    with django_assert_num_queries(5):  # the session too, once there is one
        browser.get(SLOTS)
    member = Client()
    member.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    with django_assert_num_queries(7):  # the person too, and whether there is a result to go back to
        member.get(SLOTS)
