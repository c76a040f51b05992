"""Passkeys with Chromium's own virtual device: the first sign-in, the next, and what it says when it does not work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import CDPSession, Page

from portal.accounts.models import TrustedBrowser, User
from portal.mail.models import OutboundEmail

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """A phone or laptop that keeps passkeys, in one page of Chromium."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        self.id = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})[
            "authenticatorId"
        ]

    def unlocks(self, does: bool) -> None:
        sent = {"authenticatorId": self.id, "isUserVerified": does}
        self.session.send("WebAuthn.setUserVerified", sent)


@pytest.fixture
def coach(site: str) -> User:
    return User.objects.get(is_superuser=True)


@pytest.fixture
def walked(page: Page) -> Iterator[list[str]]:
    """The pages one saw, by path."""
    seen: list[str] = []
    page.on("domcontentloaded", lambda shown: seen.append(urlsplit(shown.url).path))
    return seen


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def type_mailed_code(page: Page, coach: User) -> None:
    page.wait_for_url("**/inloggen/code/**")
    mail = OutboundEmail.objects.filter(to_email=coach.email, message="accounts/login_code").latest(
        "created_at"
    )
    found = re.search(r"[A-Z]{4}-[A-Z]{4}", mail.text)
    assert found
    page.get_by_label("Code").fill(found[0])
    press(page, "Ga verder")


def ask_for_code(page: Page, coach: User, path: str = "/beheer/") -> None:
    page.goto(path)
    page.get_by_label("E-mailadres").fill(coach.email)
    press(page, "Stuur mij de code")


def sign_in_first(page: Page, coach: User, path: str = "/beheer/") -> None:
    """From nothing to the admin, with a passkey."""
    ask_for_code(page, coach, path)
    type_mailed_code(page, coach)
    press(page, "Maak een passkey")
    page.get_by_role("link", name=re.compile("Ik heb ze bewaard")).click()
    page.wait_for_url(f"**{path}")


def sign_out(page: Page) -> None:
    page.goto(reverse("account_logout"))
    press(page, "Uitloggen")
    page.wait_for_url(re.compile(r"//[^/]+/$"))


def test_the_first_sign_in_is_four_clicks_one_code_and_five_pages(
    page: Page, coach: User, walked: list[str]
) -> None:
    """It was six clicks, three codes and eight pages."""
    Device(page)
    sign_in_first(page, coach)
    assert walked == [
        "/inloggen/",
        "/inloggen/code/",
        "/account/twee-stappen/app/",
        "/account/twee-stappen/codes/",
        "/beheer/",
    ]
    assert page.locator("h1").inner_text()
    made = Authenticator.objects.get(type="webauthn")
    assert made.wrap().name == "Chrome op Linux"


def test_the_codes_lead_on_to_where_the_coach_was_going(page: Page, coach: User) -> None:
    Device(page)
    sign_in_first(page, coach, reverse("admin:leads_lead_changelist"))


def test_a_passkey_alone_signs_in_with_one_press(page: Page, coach: User, walked: list[str]) -> None:
    Device(page)
    sign_in_first(page, coach)
    sign_out(page)
    walked.clear()
    page.goto("/beheer/")
    press(page, "Of log in met je passkey")
    page.wait_for_url("**/beheer/")
    assert walked == ["/inloggen/", "/beheer/"]


def test_a_passkey_is_the_second_step_and_the_browser_is_trusted_until_that_is_taken_back(
    page: Page, coach: User
) -> None:
    Device(page)
    sign_in_first(page, coach)
    sign_out(page)
    ask_for_code(page, coach)
    type_mailed_code(page, coach)
    page.get_by_label("Vraag dit hier 30 dagen niet").check()
    press(page, "Gebruik je passkey")
    page.wait_for_url("**/beheer/")
    sign_out(page)
    ask_for_code(page, coach)
    type_mailed_code(page, coach)
    page.wait_for_url("**/beheer/")
    page.goto(reverse("mfa_index"))
    page.get_by_role("button", name="Vraag het daar weer").click()
    page.wait_for_url("**/account/twee-stappen/**")
    assert not TrustedBrowser.objects.exists()
    sign_out(page)
    ask_for_code(page, coach)
    type_mailed_code(page, coach)
    page.wait_for_url("**/inloggen/twee-stappen/**")


def test_a_passkey_is_named_confirmed_once_more_and_taken_away(page: Page, coach: User) -> None:
    Device(page)
    sign_in_first(page, coach)
    sign_out(page)
    page.goto("/beheer/")
    press(page, "Of log in met je passkey")
    page.wait_for_url("**/beheer/")
    page.goto(reverse("mfa_index"))
    page.get_by_role("link", name="Naam").click()
    press(page, "Gebruik je passkey")  # what changes the second step asks for it again
    page.get_by_label("Naam").fill("Mijn laptop")
    press(page, "Opslaan")
    assert "Mijn laptop" in page.locator("main").inner_text()
    page.get_by_role("link", name="Haal weg").click()
    assert "Het is je enige tweede stap" in page.locator("main").inner_text()
    press(page, "Haal hem weg")
    page.wait_for_url(f"**{reverse('mfa_index')}")
    assert not Authenticator.objects.exists()  # its recovery codes neither


def test_a_device_that_has_one_already_says_so(page: Page, coach: User) -> None:
    Device(page)
    sign_in_first(page, coach)
    page.goto(reverse("mfa_add_webauthn"))
    press(page, "Maak een passkey")
    said = page.get_by_role("status").filter(has_text="Op dit apparaat staat al een passkey")
    said.wait_for()
    assert Authenticator.objects.filter(type="webauthn").count() == 1


def test_what_did_not_work_is_said_and_can_be_tried_again(page: Page, coach: User) -> None:
    device = Device(page)
    sign_in_first(page, coach)
    sign_out(page)
    device.unlocks(False)
    page.goto("/beheer/")
    press(page, "Of log in met je passkey")
    page.get_by_text("Het lukte niet, of het werd afgebroken.").wait_for()
    device.unlocks(True)
    press(page, "Of log in met je passkey")
    page.wait_for_url("**/beheer/")


def test_without_a_script_a_passkey_says_what_it_needs_and_the_app_is_there(
    open_browser: Callable[..., Page], coach: User
) -> None:
    page = open_browser(java_script_enabled=False)
    page.goto("/beheer/")
    assert not page.get_by_role("button", name="Of log in met je passkey").is_visible()
    ask_for_code(page, coach)
    type_mailed_code(page, coach)
    page.wait_for_url("**/account/twee-stappen/app/**")
    words = page.locator("main").inner_text()
    assert "Een passkey werkt alleen met JavaScript aan" in words
    assert "De app hieronder kan zonder." in words
    assert not page.get_by_role("button", name="Maak een passkey").is_visible()
    assert page.get_by_label("Code uit je app").is_visible()


@pytest.mark.parametrize(("width", "is_phone"), [(390, True), (1280, False)])
def test_a_phone_puts_the_key_in_its_app_and_a_wide_screen_shows_a_picture(
    open_browser: Callable[..., Page], coach: User, width: int, is_phone: bool
) -> None:
    page = open_browser(viewport={"width": width, "height": 900})
    ask_for_code(page, coach)
    type_mailed_code(page, coach)
    link, picture = page.get_by_role("link", name="Zet het in mijn app"), page.locator("img.qr")
    assert (link.is_visible(), picture.is_visible()) == (is_phone, not is_phone)
    name = settings.PRACTICE["practice_name"]
    address = page.locator("a[href^=otpauth]").first.get_attribute("href") or ""
    assert address.startswith("otpauth://totp/")
    assert f"issuer={name}" in address
    assert f"Zes cijfers, onder ‘{name}’." in page.locator("main").inner_text()
