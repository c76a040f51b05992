"""The waitlist over HTTP: joining, in both languages, from every page that says so."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from bookings.models import Booking, CallType, Offer, WaitlistEntry
from portal.accounts.models import User
from portal.common import times
from portal.mail.models import OutboundEmail
from tests.bookings.browsing import code_for, hold, page_of, type_code, words_of
from tests.bookings.people import confirm, mails, told_of_missed
from tests.bookings.visitor.waitlist.offered import (
    EMAIL,
    WAITLIST,
    followed,
    page_for,
    take,
)
from tests.browsers import as_member
from tests.factories.assessments import UserFactory
from tests.factories.bookings import CallTypeFactory, WaitlistEntryFactory

pytestmark = pytest.mark.django_db


def filled_in(browser: Client, clock: Any, **changes: Any) -> dict[str, Any]:
    """The form as the page gave it, filled in by somebody who took a few seconds."""
    form = page_of(browser.get(WAITLIST)).select_one("form.plate")
    given = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    clock.shift(timedelta(seconds=5))
    return given | changes


def join(browser: Client, clock: Any, **changes: Any) -> HttpResponse:
    return browser.post(reverse("bookings:waitlist_join"), filled_in(browser, clock, **changes))


# ---- joining ------------------------------------------------------------------------------------------
def test_stranger_joins_with_a_mailed_code(browser, call_type, clock):
    link = page_of(browser.get(reverse("bookings:slots"))).find("a", string=re.compile("Laat het me weten"))
    assert browser.get(link["href"]).status_code == 200
    response = join(browser, clock, name="Noor Aydin", email=EMAIL, until_on="2026-12-10")
    assert response.headers["Location"] == reverse("account_confirm_login_code")
    assert WaitlistEntry.objects.count() == 0
    assert type_code(browser, EMAIL).headers["Location"] == WAITLIST
    entry = WaitlistEntry.objects.get()
    assert (entry.email, entry.name, entry.until_on, entry.kind, entry.host) == (
        EMAIL, "Noor Aydin", date(2026, 12, 10), call_type.slug, None
    )  # fmt: skip
    assert entry.user == User.objects.get(email=EMAIL)
    assert "Je staat op de wachtlijst." in words_of(browser.get(WAITLIST))
    assert not page_of(browser.get(WAITLIST)).select("main .btn:not(.outlined)")  # nothing is left to be done
    assert mails(to_email=EMAIL)[-1] == "bookings/waitlist_joined"


def test_code_typed_twice_joins_once(browser, clock):
    join(browser, clock, name="Noor Aydin", email=EMAIL)
    code = {"code": code_for(EMAIL)}
    twin = Client()
    twin.cookies = browser.cookies.copy()
    for one in (browser, twin):
        assert one.post(reverse("account_confirm_login_code"), code).headers["Location"] == WAITLIST
    assert WaitlistEntry.objects.count() == 1


def test_form_sent_twice_mails_one_code(browser, clock):
    data = filled_in(browser, clock, name="Noor Aydin", email=EMAIL)
    for _ in range(3):
        browser.post(reverse("bookings:waitlist_join"), data)
    assert OutboundEmail.objects.filter(message="accounts/login_code").count() == 1


def test_code_that_came_too_late_joins_nobody(browser, clock):
    join(browser, clock, name="Noor Aydin", email=EMAIL)
    clock.shift(timedelta(minutes=41))
    browser.post(reverse("account_request_login_code"), {"email": "bas@voorbeeld.nl"})
    type_code(browser, "bas@voorbeeld.nl")
    assert WaitlistEntry.objects.count() == 0


def test_member_joins_at_once_until_the_horizon_unless_told_otherwise(member, call_type, clock):
    form = page_of(member.get(WAITLIST)).select_one("form.plate")
    assert form.select("input[name=email]") == []
    assert form.select_one("input[name=name]")["value"] == "Noor Aydin"
    assert form.select_one("input[name=until_on]")["value"] == "2026-12-23"
    assert join(member, clock).headers["Location"] == WAITLIST
    assert WaitlistEntry.objects.get().until_on == date(2026, 12, 23)
    join(member, clock, until_on="2026-12-01")
    assert WaitlistEntry.objects.get().until_on == date(2026, 12, 1)


def test_page_says_that_nights_do_not_count(browser):
    words = words_of(browser.get(WAITLIST))
    assert (
        "Je hebt 4 uur om te bevestigen; daarna bieden we de tijd de volgende aan. "
        "De nacht, van 21:00 tot 08:00," in words
    )


def test_somebody_with_a_call_is_told_that_it_will_move(member, call_type, clock):
    confirm(call_type, who="noor")
    words = words_of(member.get(WAITLIST))
    assert "Je hebt een gesprek op do 26 nov 2026, 09:00. We houden alleen een eerdere tijd" in words
    join(member, clock)
    assert WaitlistEntry.objects.count() == 1


def test_one_coach_may_be_asked_for(member, call_type, clock):
    other = CallTypeFactory(host__name="Ilse Kramer")
    page = member.get(WAITLIST, {"coach": other.host.slug, "kind": other.slug})
    given = {
        field["name"]: field.get("value", "") for field in page_of(page).select("form.plate input[name]")
    }
    assert "Voor een gesprek met Ilse Kramer" in words_of(page)
    clock.shift(timedelta(seconds=5))
    member.post(reverse("bookings:waitlist_join"), given)
    entry = WaitlistEntry.objects.get()
    assert (entry.host, entry.kind) == (other.host, other.slug)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"until_on": ""}, "Kies een dag."),
        ({"until_on": "morgen"}, "Dat is geen datum."),
        ({"until_on": "2026-11-22"}, "Die dag is voorbij."),
        ({"until_on": "2027-11-24"}, "Kies een dag binnen een jaar."),
        ({"until_on": "9999-99-99"}, "Dat is geen datum."),
        ({"name": ""}, "Vul je naam in."),
        ({"name": "www.koop.nl"}, "Alleen je naam"),
        ({"email": "geen adres"}, "e-mailadres"),
        ({"website": "http://spam"}, "dat je niet ziet"),
        ({"stamp": "verzonnen"}, "lang open"),
        ({"kind": "<script>"}, ""),
        ({"coach": "x" * 400}, ""),
    ],
)
def test_bad_input_is_said_at_the_field_and_the_rest_stays(browser, clock, changes, words):
    good = {"name": "Noor Aydin", "email": EMAIL, "until_on": "2026-12-10"}
    response = join(browser, clock, **(good | changes))
    assert response.status_code == 422
    assert words in words_of(response)
    if "name" not in changes:
        assert page_of(response).select_one("input[name=name]")["value"] == "Noor Aydin"
    assert (WaitlistEntry.objects.count(), mails()) == (0, [])


def test_a_quick_form_goes_on_to_the_code(browser, clock):
    data = filled_in(browser, clock, name="Noor Aydin", email=EMAIL)
    clock.shift(timedelta(seconds=-4))
    response = browser.post(reverse("bookings:waitlist_join"), data)
    assert response.headers["Location"] == reverse("account_confirm_login_code")


def test_too_quick_without_a_code_is_pressed_once_more(browser, clock):
    browser.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    data = filled_in(browser, clock, name="Noor Aydin")
    clock.shift(timedelta(seconds=-4))
    response = browser.post(reverse("bookings:waitlist_join"), data)
    assert response.status_code == 422
    assert page_of(response).select_one("input[name=name]")["value"] == "Noor Aydin"
    clock.shift(timedelta(seconds=4))
    assert browser.post(reverse("bookings:waitlist_join"), data).status_code == 302


def test_without_a_coach_the_waitlist_leads_to_the_times(browser):
    CallType.objects.update(is_active=False)
    for path in (WAITLIST, reverse("bookings:waitlist_join")):
        assert browser.post(path) if path != WAITLIST else browser.get(path)
        assert browser.get(path).status_code == 302


def test_lost_time_leads_to_the_waitlist_too(browser, call_type):
    start = hold(Client())
    response = browser.post(reverse("bookings:hold"), {"start": start})
    assert response.status_code == 409
    assert page_of(response).find("a", string=re.compile("Laat het me weten"))


def test_account_shows_what_one_waits_for_and_stops_it(member, noor, call_type):
    assert "wachtlijst" not in words_of(member.get(reverse("accounts:account"))).lower()
    entry = WaitlistEntryFactory(user=noor, kind=call_type.slug, until_on=date(2026, 12, 10))
    page = member.get(reverse("accounts:account"))
    assert "Je staat op de wachtlijst tot en met donderdag 10 december 2026." in words_of(page)
    form = page_of(page).select_one("form[action*=stoppen]")
    assert member.post(form["action"]).status_code == 302
    entry.refresh_from_db()
    assert entry.status == "withdrawn"


def test_nobody_stops_somebody_elses_waiting(browser, offer):
    path = reverse("bookings:waitlist_stop", args=[offer.entry.public_id])
    assert browser.post(path).headers["Location"].startswith("/inloggen/")
    assert as_member(UserFactory()).post(path).status_code == 404
    assert WaitlistEntry.objects.get().status == "offered"
    assert followed(offer).post(path).headers["Location"] == reverse("bookings:slots")
    assert WaitlistEntry.objects.get().status == "withdrawn"


# ---- both languages, few queries ----------------------------------------------------------------------
def test_english_pages_are_english(offer):
    browser = followed(offer)
    with translation.override("en"):
        words = words_of(browser.get(page_for(offer)))
        assert "This time is held for you, Noor." in words
        assert "Shall we tell you when a time comes free?" in words_of(
            Client().get("/en/impact-call/waitlist/")
        )


def test_pages_ask_as_often_whoever_else_waits(offer, noor, call_type, django_assert_num_queries):
    browser, member = followed(offer), as_member(noor)
    for round_ in range(2):
        with django_assert_num_queries(3):
            browser.get(page_for(offer))
        with django_assert_num_queries(5):
            member.get(WAITLIST)
        if not round_:
            for _ in range(3):
                WaitlistEntryFactory(kind=call_type.slug)
    assert times.now() < offer.expires_at


# ---- a coach who calls ----------------------------------------------------------------------------------
def test_offered_call_by_phone_asks_for_the_number(call_type, offer):
    CallType.objects.update(location_kind=CallType.Location.PHONE_HOST_CALLS)
    browser = followed(offer)
    page = words_of(browser.get(page_for(offer)))
    assert "Jet belt je op het nummer dat je hier invult" in page
    refused = take(browser, offer, phone="12")
    assert refused.status_code == 422
    assert page_of(refused).select_one("[name=phone]")["value"] == "12"
    assert page_of(refused).select_one("[name=name]")["value"] == "Noor Aydin"
    take(browser, offer, phone="06 12345678")
    assert Booking.objects.get(status="confirmed").phone == "+31612345678"


def test_number_of_the_missed_call_is_filled_in(call_type, clock):
    CallType.objects.update(location_kind=CallType.Location.PHONE_HOST_CALLS)
    call_type.refresh_from_db()
    missed = confirm(call_type, phone="+31612345678")
    clock.move_to(missed.end_at + timedelta(minutes=5))
    told_of_missed(missed, clock)
    offer = Offer.objects.get()
    form = page_of(followed(offer).get(page_for(offer))).select_one("#take")
    assert form.select_one("[name=phone]")["value"] == "+31 6 12345678"


# ---- what no page of ours sends ------------------------------------------------------------------------
@pytest.mark.parametrize("field", ["kind", "coach"])
@pytest.mark.parametrize("sent", ["\0x", "x" * 10_000, "\ufffd"])
def test_short_names_that_cannot_be_are_none(browser, clock, field, sent):
    person = {"name": "Noor Aydin", "email": EMAIL}
    response = join(browser, clock, **person | {field: sent})
    assert response.status_code == 422
    assert page_of(response).select_one("input[name=name]")["value"] == "Noor Aydin"
    assert join(browser, clock, **person).status_code == 302
