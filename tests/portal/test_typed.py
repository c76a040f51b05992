"""What is typed and not confirmed is there for one sitting, as the privacy page says, and then nowhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.internal.flows import login as allauth_login
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django.conf import settings
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from portal.accounts import typed
from portal.accounts.models import Session
from portal.tasks import clean_up
from tests.bookings.browsing import confirm, filled_in, hold, page_of, type_code, words_of
from tests.factories.assessments import InstrumentFactory
from tests.factories.bookings import CallTypeFactory

pytestmark = pytest.mark.django_db
WRITTEN = {"name": "Anne Zeldzaam", "email": "anne@voorbeeld.nl", "remark": "Over mijn vakantie in Uithuizen"}
MINUTE = timedelta(minutes=1)
SITTING = settings.RETENTION["typed"]


@pytest.fixture
def browser(clock: Any) -> Client:
    InstrumentFactory()
    CallTypeFactory()
    return Client()


def kept_in(browser: Client) -> str:
    """Everything that the session of this browser holds."""
    row = Session.objects.get(session_key=browser.cookies[settings.SESSION_COOKIE_NAME].value)
    return str(row.get_decoded())


def shown_to(browser: Client) -> str:
    return browser.get(reverse("bookings:details")).content.decode()


def refused(browser: Client, clock: Any) -> None:
    """A form that is not right yet, so that no code is mailed."""
    hold(browser)
    assert confirm(browser, clock, **WRITTEN, topics=["nonsense"]).status_code == 422


def waiting(browser: Client, clock: Any) -> None:
    """A form that waits for its code, which nobody types."""
    hold(browser)
    assert confirm(browser, clock, **WRITTEN).status_code == 302


@pytest.mark.parametrize("leave", [refused, waiting])
def test_a_form_that_was_left_is_there_for_one_sitting_and_then_gone(
    browser: Client, clock: Any, leave: Any
) -> None:
    leave(browser, clock)
    clock.shift(SITTING - MINUTE)
    clean_up()
    hold(browser)
    assert WRITTEN["remark"] in shown_to(browser)
    clock.shift(SITTING + MINUTE)
    assert [word for word in WRITTEN.values() if word in shown_to(browser)] == []
    clean_up()
    kept = kept_in(browser)
    assert [word for word in (*WRITTEN.values(), "Zeldzaam", "Uithuizen") if word in kept] == []
    assert "visitor" in kept  # what is no text lives on: which time this browser held


def test_whoever_goes_on_keeps_what_was_typed_for_another_sitting(browser: Client, clock: Any) -> None:
    """Choosing another time, twice, with an hour and a half of thinking in between."""
    refused(browser, clock)
    for _ in range(2):
        clock.shift(timedelta(minutes=90))
        clean_up()
        browser.post(reverse("bookings:release"))
        hold(browser)
    assert WRITTEN["remark"] in shown_to(browser)


def test_a_page_that_stood_open_longer_than_that_loses_nothing(browser: Client, clock: Any) -> None:
    """What is typed goes along with the form itself."""
    refused(browser, clock)
    data = filled_in(browser, clock, **WRITTEN)
    clock.shift(SITTING + MINUTE)
    clean_up()
    again = browser.post(reverse("bookings:confirm"), data)
    assert again.status_code == 422
    assert page_of(again).select_one("textarea[name=remark]").text.strip() == WRITTEN["remark"]


def test_whoever_books_leaves_nothing_typed_behind(browser: Client, clock: Any) -> None:
    waiting(browser, clock)
    type_code(browser, WRITTEN["email"])
    assert Booking.objects.get().status == Booking.Status.CONFIRMED
    assert typed.KEY not in browser.session
    assert "Uithuizen" not in kept_in(browser)
    assert Session.objects.get().typed_at is None


def test_whoever_signs_out_leaves_nothing_typed_behind(browser: Client, clock: Any) -> None:
    refused(browser, clock)
    browser.post(reverse("account_request_login_code"), {"email": WRITTEN["email"]})
    type_code(browser, WRITTEN["email"])
    assert "Uithuizen" in kept_in(browser)
    browser.post(reverse("account_logout"))
    assert [row for row in Session.objects.all() if "Uithuizen" in str(row.get_decoded())] == []


def test_an_address_for_which_a_code_was_asked_goes_too(browser: Client, clock: Any) -> None:
    browser.post(reverse("account_request_login_code"), {"email": WRITTEN["email"]})
    assert WRITTEN["email"] in kept_in(browser)
    clock.shift(SITTING + MINUTE)
    clean_up()
    assert WRITTEN["email"] not in kept_in(browser)


def test_a_place_in_line_that_was_asked_and_not_confirmed_goes_too(browser: Client, clock: Any) -> None:
    page = page_of(browser.get(reverse("bookings:waitlist")))
    sent = {field["name"]: field.get("value", "") for field in page.select("form.plate input[name]")}
    clock.shift(timedelta(seconds=5))
    wanted = {"name": WRITTEN["name"], "email": WRITTEN["email"]}
    assert browser.post(reverse("bookings:waitlist_join"), sent | wanted).status_code == 302
    assert "Zeldzaam" in kept_in(browser)
    clock.shift(SITTING + MINUTE)
    clean_up()
    assert "Zeldzaam" not in kept_in(browser)


def test_whoever_is_signed_in_stays_so_when_what_was_typed_goes(browser: Client, clock: Any) -> None:
    browser.post(reverse("account_request_login_code"), {"email": WRITTEN["email"]})
    type_code(browser, WRITTEN["email"])
    hold(browser)
    assert confirm(browser, clock, remark=WRITTEN["remark"], name="").status_code == 422
    clock.shift(SITTING + MINUTE)
    clean_up()
    assert "Uithuizen" not in kept_in(browser)
    assert browser.get(reverse("accounts:account")).status_code == 200
    assert allauth_login.AUTHENTICATION_METHODS_SESSION_KEY in browser.session


def test_the_page_says_the_period_by_which_it_goes(browser: Client, settings: Any) -> None:
    said = "Wat je hier invulde en nog niet bevestigde, nadat je er het laatst mee bezig was"
    assert f"2 uur {said}" in words_of(browser.get("/privacy/"))
    settings.RETENTION = settings.RETENTION | {"typed": timedelta(minutes=45)}
    assert f"45 minuten {said}" in words_of(browser.get("/privacy/"))


def test_the_names_under_which_allauth_keeps_a_sign_in_are_those_that_go() -> None:
    assert typed.SIGNING_IN == LOGIN_SESSION_KEY
    assert typed.PROVEN == (
        allauth_login.AUTHENTICATION_METHODS_SESSION_KEY,
        allauth_login._AUTHENTICATION_METHODS_USER_SESSION_KEY,
    )
