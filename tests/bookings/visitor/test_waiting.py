"""What is ticked or typed for an address belongs to it and to its own code, whoever signs in next."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import Mock

import pytest
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from bookings.models import Booking, CallType, WaitlistEntry
from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.leads.models import ConsentEvent
from portal.mail.models import OutboundEmail
from tests.assessments.walk import ask_code, walk
from tests.bookings.browsing import confirm, filled_in, hold, page_of, type_code, words_of
from tests.factories.assessments import InstrumentFactory

pytestmark = pytest.mark.django_db
ANNE, BAS = "anne@voorbeeld.nl", "bas@voorbeeld.nl"
WRITTEN = {"name": "Anne Zeldzaam", "email": ANNE, "remark": "Over mijn vakantie in Uithuizen"}


@pytest.fixture
def browser(call_type: CallType) -> Client:
    return Client()


def door(browser: Client, email: str) -> None:
    browser.post(reverse("account_request_login_code"), {"email": email})


def sign_in(browser: Client, email: str) -> None:
    """Through the door, with a code of its own, whatever waited in this browser."""
    door(browser, email)
    type_code(browser, email)
    assert "_auth_user_id" in browser.session


def consents() -> list[str]:
    return list(ConsentEvent.objects.values_list("lead__email", flat=True))


def test_tips_are_consent_of_the_address_whose_code_is_typed(browser):
    ask_code(browser, " Anne@Voorbeeld.NL ", tips="on")
    type_code(browser, ANNE)
    assert consents() == [ANNE]


@pytest.mark.parametrize("next_address", [ANNE, BAS])
def test_tips_lapse_with_their_code(browser, clock, next_address):
    """Even for the same address: the second code was asked without the box."""
    ask_code(browser, ANNE, tips="on")
    clock.shift(timedelta(minutes=11))
    sign_in(browser, next_address)
    assert consents() == []


@pytest.mark.parametrize("next_address", [ANNE, BAS])
def test_tips_go_with_a_code_that_is_asked_for_anew(browser, next_address):
    ask_code(browser, ANNE, tips="on")
    sign_in(browser, next_address)
    assert consents() == []


def test_tips_go_with_a_code_that_three_wrong_tries_end(browser):
    ask_code(browser, ANNE, tips="on")
    for _ in range(3):
        browser.post(reverse("account_confirm_login_code"), {"code": "BBBB-BBBB"})
    sign_in(browser, BAS)
    assert consents() == []


def test_tips_for_which_no_code_could_be_mailed_are_no_consent_of_the_next(browser, monkeypatch):
    with monkeypatch.context() as broken:
        refused = Mock(side_effect=ValidationError("Too many codes"))
        broken.setattr(LoginCodeVerificationProcess, "initiate", refused)
        browser.post(reverse("accounts:keep"), {"email": ANNE, "tips": "on"})
    sign_in(browser, BAS)
    assert consents() == []


def test_a_code_sent_once_more_from_its_own_page_keeps_what_was_ticked(browser, clock):
    ask_code(browser, ANNE, tips="on")
    clock.shift(timedelta(seconds=40))
    browser.post(reverse("account_confirm_login_code"), {"action": "resend"})
    assert OutboundEmail.objects.filter(message="accounts/login_code").count() == 2
    type_code(browser, ANNE)
    assert consents() == [ANNE]


def test_a_scan_kept_in_another_tab_takes_no_tips_from_the_first(browser):
    """Two tabs, two addresses: only the newest code opens anything, and with what was ticked for it."""
    walk(browser)
    ask_code(browser, ANNE, tips="on")
    ask_code(browser, BAS)
    type_code(browser, BAS)
    assert (consents(), User.objects.filter(proven_at__isnull=False).get().email) == ([], BAS)


def test_details_typed_for_one_address_never_become_the_call_of_another(browser, clock):
    InstrumentFactory()
    hold(browser)
    confirm(browser, clock, **WRITTEN)
    sign_in(browser, BAS)
    assert not Booking.objects.exclude(status=Booking.Status.HELD).exists()
    page = page_of(browser.get(reverse("bookings:details")))
    assert [word for word in (*WRITTEN.values(), "Zeldzaam") if word in str(page)] == []
    assert "voor een ander adres" in str(page)
    account = browser.get(reverse("accounts:account")).content.decode()
    assert [word for word in WRITTEN.values() if word in account] == []


def test_details_that_were_never_sent_well_are_not_filled_in_for_another(browser, clock):
    """The form was refused, so no code was asked: what stands in it is still of the first address."""
    hold(browser)
    assert confirm(browser, clock, **WRITTEN, start="nonsense").status_code in {302, 422}
    sign_in(browser, BAS)
    page = browser.get(reverse("bookings:details")).content.decode()
    assert [word for word in WRITTEN.values() if word in page] == []


@pytest.mark.parametrize("typed", ["anne@faß.example", "Anne@FASS-büro.example ", "anne@ｂücher.example"])
def test_an_address_is_known_again_however_its_domain_is_written(browser, clock, typed):
    """It is kept in ASCII; what stands in a form stands there as it was typed."""
    hold(browser)
    confirm(browser, clock, **WRITTEN | {"email": typed})
    owner = User.objects.get()
    sign_in(browser, owner.email)
    assert WRITTEN["remark"] in browser.get(reverse("bookings:details")).content.decode()
    elsewhere = Client()
    hold(elsewhere)
    confirm(elsewhere, clock, **WRITTEN | {"email": typed}, start="nonsense")
    accounts.erase(User.objects.get())
    assert "typed" not in elsewhere.session


def test_details_whose_code_lapsed_are_there_to_confirm_once_more(browser, clock):
    hold(browser)
    confirm(browser, clock, **WRITTEN)
    clock.shift(timedelta(minutes=11))
    door(browser, ANNE)
    led = type_code(browser, ANNE)
    assert led.headers["Location"] == reverse("bookings:details")
    assert not Booking.objects.exclude(status=Booking.Status.HELD).exists()
    assert WRITTEN["remark"] in browser.get(reverse("bookings:details")).content.decode()


def test_waiting_for_a_time_is_done_by_the_address_that_asked(browser, clock):
    page = page_of(browser.get(reverse("bookings:waitlist")))
    hidden = {field["name"]: field.get("value", "") for field in page.select("form.plate input[type=hidden]")}
    until = page.select_one("input[name=until_on]")["value"]
    clock.shift(timedelta(seconds=5))
    sent = hidden | {"name": "Anne Zeldzaam", "email": ANNE, "until_on": until}
    assert browser.post(reverse("bookings:waitlist_join"), sent).status_code == 302
    sign_in(browser, BAS)
    assert not WaitlistEntry.objects.exists()
    assert "Zeldzaam" not in words_of(browser.get(reverse("bookings:waitlist")))
    assert User.objects.get(email=BAS).name == ""


def test_the_form_of_another_address_is_a_new_form_with_its_own_code(browser, clock):
    """A mistyped address is mended by going back: then the call is of the second, with its own words."""
    hold(browser)
    data = filled_in(browser, clock, **WRITTEN)
    browser.post(reverse("bookings:confirm"), data)
    browser.post(reverse("bookings:confirm"), data | {"email": BAS, "name": "Bas"})
    type_code(browser, BAS)
    booking = Booking.objects.get(status=Booking.Status.CONFIRMED)
    assert (booking.email, booking.name) == (BAS, "Bas")
