"""Whatever is sent where a passkey is expected gets a sentence: never a 500, never a way in. Real passkeys are
made and given in e2e/test_passkeys."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.accounts import limits, second_step
from portal.accounts.models import User
from portal.accounts.passkey_forms import LONGEST, LONGEST_NAME, PasskeyNameForm
from tests.bookings.admin.conftest import browser_of
from tests.bookings.browsing import words_of
from tests.portal.test_door import signed_in
from tests.portal.test_second_factor import (
    MILA,
    SECRET,
    app_code,
    at_second_step,
    close_the_second_step,
)

pytestmark = pytest.mark.usefixtures("clock", "page_context")
BEGUN = '{"id": "AA", "rawId": "AA", "type": "public-key", "response": '
NONSENSE = [
    "", "null", "[]", "{}", '"x"', "1", "{", "[" * 5000, '{"id": 1}', '{"response": []}',
    '{"response": {"userHandle": 7}}', BEGUN + "{}}",
    BEGUN + '{"clientDataJSON": "e30", "attestationObject": "oA"}}',
    BEGUN + '{"clientDataJSON": "e30", "attestationObject": "o2M"}}',
    BEGUN + '{"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA",'
    ' "userHandle": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"}, "clientExtensionResults": 7}',
    json.dumps({"id": "A" * LONGEST}),
]  # fmt: skip


@pytest.fixture
def mila(db: None, clock: Any) -> User:
    user = User.objects.create_user(MILA, is_staff=True, proven_at=timezone.now())
    totp.TOTP.activate(user, SECRET)
    return user


@pytest.fixture
def fresh(db: None, clock: Any) -> Client:
    """Somebody of the practice without a second step."""
    return browser_of(User.objects.create_user(MILA, is_staff=True), second_factor=False)


def stranger() -> Client:
    browser = Client()
    asked = browser.post(reverse("mfa_login_webauthn")).json()
    assert asked["publicKey"]["userVerification"] == "required"
    return browser


@pytest.mark.parametrize("sent", NONSENSE)
def test_nonsense_signs_nobody_in(mila: User, sent: str) -> None:
    browser = stranger()
    page = browser.post(reverse("mfa_login_webauthn"), {"credential": sent, "next": "/beheer/"}, follow=True)
    assert page.redirect_chain == [("/inloggen/?next=%2Fbeheer%2F", 302)]
    assert "Probeer het nog eens" in words_of(page)
    assert not signed_in(browser)


@pytest.mark.parametrize("sent", NONSENSE)
def test_nonsense_is_no_second_step(mila: User, sent: str) -> None:
    browser = at_second_step()
    page = browser.post(reverse("mfa_authenticate"), {"credential": sent, "trust": "on"})
    assert page.status_code == 200
    assert "Probeer het nog eens" in words_of(page)
    again = browser_of(mila, second_factor=False)
    page = again.post(reverse("mfa_reauthenticate"), {"credential": sent})
    assert page.status_code == 200
    assert "Probeer het nog eens" in words_of(page)
    browser.post(reverse("mfa_authenticate"), {"code": app_code()})
    assert signed_in(browser)  # the code still counts


@pytest.mark.parametrize("sent", NONSENSE)
def test_nonsense_sets_up_nothing_and_the_name_stays(fresh: Client, sent: str) -> None:
    fresh.get(reverse("mfa_add_webauthn"))
    page = fresh.post(reverse("mfa_add_webauthn"), {"credential": sent, "name": "Mijn laptop"})
    assert page.status_code == 200
    assert "Probeer het nog eens" in words_of(page)
    assert 'value="Mijn laptop"' in page.content.decode()
    assert not Authenticator.objects.exists()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")
CREDENTIAL = st.fixed_dictionaries(
    {"id": st.text("ABab01-_", max_size=8) | JSON, "type": st.just("public-key") | JSON},
    optional={
        "rawId": st.text("ABab01-_", max_size=8) | JSON,
        "clientExtensionResults": JSON,
        "response": JSON
        | st.fixed_dictionaries({}, optional={name: st.text("ABab01-_") | JSON for name in NAMES}),
    },
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=CREDENTIAL)
def test_whatever_has_the_shape_of_one_is_answered(mila: User, sent: Any) -> None:
    limits.RateCounter.objects.all().delete()
    browser = stranger()
    answer = browser.post(reverse("mfa_login_webauthn"), {"credential": json.dumps(sent)})
    assert answer.status_code == 302
    assert not signed_in(browser)


def test_questions_have_a_limit_for_each_client_and_the_code_by_mail_is_named(mila: User) -> None:
    for _ in range(second_step.PER_CLIENT):
        limits.take("passkey.client", "127.0.0.1", limit=second_step.PER_CLIENT, period=second_step.HOUR)
    asked = Client().post(reverse("mfa_login_webauthn"))
    assert asked.status_code == 429
    assert "Vraag een code per mail aan" in asked.json()["words"]
    page = Client().post(reverse("mfa_login_webauthn"), {"credential": "{}"}, follow=True)
    assert "Vraag een code per mail aan" in words_of(page)


def test_a_passkey_is_asked_for_while_the_codes_of_the_app_are_closed(mila: User, clock: Any) -> None:
    """It cannot be guessed, so it is not counted: what is wrong with it is said, not that it is too late."""
    close_the_second_step(clock)
    browser = at_second_step("198.51.100.99")
    page = words_of(browser.post(reverse("mfa_authenticate"), {"credential": '{"id": 1}'}))
    assert "Die passkey opent dit account niet" in page
    assert "geen enkele code" not in page


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Mijn\tlaptop ", "Mijn laptop"),
        ("\u202eevil", "evil"),
        ("x" * 500, "x" * LONGEST_NAME),
        ("\x00a", "a"),
    ],
)
def test_a_name_is_one_clean_line(db: None, typed: str, kept: str) -> None:
    one = Authenticator(data={"name": "oud"}, type="webauthn")
    form = PasskeyNameForm({"name": typed}, instance=one)
    assert form.is_valid() or "\x00" in typed
    if form.is_valid():
        assert form.cleaned_data["name"] == kept


def test_a_name_is_needed(db: None) -> None:
    form = PasskeyNameForm(
        {"name": " \u200b "}, instance=Authenticator(data={"name": "oud"}, type="webauthn")
    )
    assert form.errors["name"] == ["Geef je passkey een naam."]


@pytest.mark.parametrize("name", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
def test_the_passkey_of_another_is_not_found(fresh: Client, name: str) -> None:
    other = User.objects.create_user("ander@voorbeeld.nl")
    row = Authenticator.objects.create(user=other, type="webauthn", data={"name": "van een ander"})
    for answer in (
        fresh.get(reverse(name, args=[row.pk])),
        fresh.post(reverse(name, args=[row.pk]), {"name": "x"}),
    ):
        assert answer.status_code == 404
    assert Authenticator.objects.get().data["name"] == "van een ander"
