"""A yes or no to sharing, on the page of one's yes and no and behind the link of a tip: per call, and honest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments import summary as scans
from bookings.models import Booking, CallType
from portal.accounts.models import User
from portal.common import times
from portal.leads import consent, links
from portal.leads import services as leads
from portal.leads.models import ConsentEvent, Lead
from portal.mail.models import OutboundEmail
from portal.mail.render import Skip, due_context
from tests.bookings.admin.conftest import browser_of
from tests.bookings.browsing import page_of, words_of
from tests.bookings.people import with_words
from tests.browsers import as_member
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.bookings import BookingFactory

pytestmark = pytest.mark.django_db
EMAIL = "sanne@voorbeeld.nl"
PAGE = "/account/ja-en-nee/"


@pytest.fixture
def user(call_type: CallType, clock: Any) -> User:
    return UserFactory(email=EMAIL, name="Sanne Vermeer")


@pytest.fixture
def member(user: User) -> Client:
    return as_member(user)


@pytest.fixture
def boss(call_type: CallType) -> Client:
    return browser_of(User.objects.create_superuser("baas@voorbeeld.nl"))


@pytest.fixture
def ahead(user: User, call_type: CallType) -> Booking:
    """A call in four days, booked without sharing by somebody who has a result."""
    CompletedScanFactory(user=user)
    return a_call(user, call_type, timedelta(days=4))


def a_call(user: User, call_type: CallType, later: timedelta, **fields: Any) -> Booking:
    made: Booking = BookingFactory(
        call_type=call_type, start=times.now() + later, user=user, email=EMAIL, name=user.name,
        **{"status": "confirmed"} | fields,
    )  # fmt: skip
    return made


def share(member: Client, booking: Booking) -> str:
    return words_of(member.post(reverse("bookings:share", args=[booking.public_id]), follow=True))


def stop(member: Client, booking: Booking) -> str:
    path = reverse("bookings:unshare", args=[booking.public_id])
    return words_of(member.post(path, {"from": "account"}, follow=True))


def said() -> list[tuple[str, str, str]]:
    return list(ConsentEvent.objects.filter(purpose="sharing").values_list("about", "action", "method"))


def keys_on(browser: Client, path: str) -> list[str]:
    text = browser.get(path).content.decode()
    return [name for name in scans.key_names("nl").values() if name in text]


# ---- giving ------------------------------------------------------------------------------------------------
def test_a_result_is_shared_with_one_call_with_proof_of_its_words_and_the_coach_is_told(member, user, ahead):
    assert "Niet gedeeld." in words_of(member.get(PAGE))
    assert "Gedeeld. Jet van Dalen ziet je uitslag vanaf nu." in share(member, ahead)
    ahead.refresh_from_db()
    assert ahead.shared_scan == scans.latest_completed_for(user_id=user.pk)
    proof = ConsentEvent.objects.get()
    assert (proof.about, proof.method, proof.text) == (
        ahead.about, "account page", consent.text("sharing", "nl")
    )  # fmt: skip
    told = with_words(OutboundEmail.objects.get(message="bookings/coach_shared"))
    assert told.subject == "Sanne Vermeer deelt de uitslag met je"
    assert "van 100" in told.text
    assert OutboundEmail.objects.filter(message="bookings/reminder_coach", data__minutes=24 * 60).exists()


def test_the_page_says_which_result_with_whom_for_which_call_since_when_in_which_words(member, ahead):
    words = share(member, ahead)
    assert consent.text("sharing", "nl") in words
    day = times.full_date(times.now(), "Europe/Amsterdam")
    for part in (
        times.short_moment(ahead.start_at, "Europe/Amsterdam"), "Met Jet van Dalen.",
        f"Je zei ja op {day}, op de accountpagina (versie 2026-12).",
    ):  # fmt: skip
        assert part in words


def test_with_two_calls_each_is_a_yes_of_its_own(member, user, ahead, call_type):
    share(member, ahead)
    scan = Booking.objects.get(pk=ahead.pk).shared_scan
    earlier = a_call(user, call_type, -timedelta(days=30), status="completed", shared_scan=scan)
    leads.give_consent(
        Lead.objects.get(email=EMAIL),
        purpose="sharing",
        language="nl",
        method="booking form",
        about=earlier.about,
    )
    stop(member, earlier)
    assert set(Booking.objects.values_list("pk", "shared_scan")) == {(ahead.pk, scan), (earlier.pk, "")}
    assert said()[-1] == (earlier.about, "withdrawn", "account page")


def test_sharing_needs_a_sign_in_ones_own_call_a_result_and_a_call_that_is_ahead(
    member, user, ahead, call_type
):
    path = reverse("bookings:share", args=[ahead.pk and ahead.public_id])
    assert Client().post(path).status_code == 302
    other = Client()
    other.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert other.post(path).status_code == 404
    past = a_call(user, call_type, -timedelta(days=3), status="completed")
    assert "niet meer" in share(member, past)
    user.scans.all().delete()
    share(member, ahead)
    assert not Booking.objects.exclude(shared_scan="").exists()
    assert not ConsentEvent.objects.exists()


# ---- taking back, and giving again --------------------------------------------------------------------------
def test_what_is_taken_back_the_coach_sees_nowhere_from_then_on(member, boss, user, ahead):
    share(member, ahead)
    lead = Lead.objects.get(email=EMAIL)
    pages = [
        reverse("admin:bookings_booking_change", args=[ahead.pk]),
        reverse("admin:bookings_booking_brief", args=[ahead.pk]),
        reverse("admin:leads_lead_change", args=[lead.pk]),
    ]
    assert all(keys_on(boss, page) for page in pages)
    words = stop(member, ahead)
    assert "Je uitslag is niet meer gedeeld." in words
    assert [keys_on(boss, page) for page in pages] == [[], [], []]
    told = OutboundEmail.objects.get(message="bookings/coach_shared")
    assert isinstance(due_context(told), Skip)


def test_it_is_said_beforehand_what_taking_back_cannot_do(member, ahead):
    words = share(member, ahead)
    assert "De coach kan hem dan al gelezen hebben" in words
    assert "een mail die weg is, halen we niet terug" in words


def test_given_again_it_is_shared_proved_and_told_again(member, ahead):
    for _time in range(2):
        share(member, ahead)
        stop(member, ahead)
    share(member, ahead)
    assert [action for _about, action, _method in said()] == ["given", "withdrawn"] * 2 + ["given"]
    assert OutboundEmail.objects.filter(message="bookings/coach_shared").count() == 3
    assert OutboundEmail.objects.filter(message="bookings/coach_unshared").count() == 2
    assert Booking.objects.get().shared_scan


def test_pressing_twice_is_once(member, ahead):
    share(member, ahead)
    share(member, ahead)
    assert len(said()) == 1
    assert OutboundEmail.objects.filter(message="bookings/coach_shared").count() == 1


def test_the_coach_reads_each_yes_with_its_day_and_call(member, boss, ahead):
    share(member, ahead)
    page = words_of(boss.get(reverse("admin:leads_lead_change", args=[Lead.objects.get(email=EMAIL).pk])))
    moment = times.short_moment(ahead.start_at, "Europe/Amsterdam")
    assert "De uitslag delen: gegeven" in page
    assert f"sinds {times.short_date(times.now(), times.HOST_ZONE)} (de impactcall van {moment})" in page


# ---- behind the link of a tip --------------------------------------------------------------------------------
def test_the_link_of_a_tip_says_only_that_something_is_shared_and_takes_it_back_everywhere(
    member, user, ahead, call_type
):
    share(member, ahead)
    a_call(user, call_type, -timedelta(days=30), status="completed", shared_scan="abc")
    lead = Lead.objects.get(email=EMAIL)
    browser = Client(enforce_csrf_checks=True)
    page = page_of(browser.get(links.path_of(lead)))
    path = links.path_of(lead, "bookings:unshare_by_link")
    form = page.select_one(f"form[action='{path}']")
    assert EMAIL not in page.get_text()
    assert times.short_moment(ahead.start_at, "Europe/Amsterdam") not in page.get_text()
    assert browser.get(path).status_code == 405
    token = form.select_one("input[name=csrfmiddlewaretoken]")["value"]
    answer = words_of(browser.post(path, {"csrfmiddlewaretoken": token}, follow=True))
    assert "Je uitslag is niet meer gedeeld." in answer
    assert "De coach ziet je uitslag" not in answer
    assert not Booking.objects.exclude(shared_scan="").exists()
    assert said()[-1] == (ahead.about, "withdrawn", "one click")


def test_sharing_is_never_given_by_a_link_and_an_altered_one_takes_nothing_back(member, ahead):
    share(member, ahead)
    lead = Lead.objects.get(email=EMAIL)
    path = links.path_of(lead, "bookings:unshare_by_link")
    assert Client().post(path[:-3] + "xx/").status_code == 404
    assert Booking.objects.get().shared_scan
    stop(member, ahead)
    assert "Deel mijn uitslag" not in words_of(Client().get(links.path_of(lead)))
