"""A form of our own with an old token is asked for once more; nobody else's form ever is."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string

from portal.accounts.models import User
from portal.resending import MAX_SIGNS
from tests.bookings.admin.conftest import browser_of
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory
from tests.factories.bookings import BookingFactory, CallTypeFactory, OfferFactory

pytestmark = pytest.mark.django_db
OURS = "http://testserver"
PROFILE = "/account/gegevens/"


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("eigenaar@voorbeeld.nl", name="Sanne Vermeer", proven_at=timezone.now())


@pytest.fixture
def strict(owner: User) -> Client:
    """A browser in which the owner is signed in, and in which tokens are asked for."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def soup(response: HttpResponse) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def sign_in_elsewhere(client: Client) -> None:
    """What a sign-in in another tab does to the token of every page that is open."""
    client.cookies[settings.CSRF_COOKIE_NAME] = get_random_string(32)


def sent_of(form: Any) -> dict[str, list[str]]:
    """What a browser sends of a form in which everything possible was chosen or typed."""
    sent: dict[str, list[str]] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            value = chosen.get("value", "") if chosen else ""
        elif field.name == "textarea":
            value = field.text.strip() or "Twee\r\nregels <b>"
        else:
            value = field.get("value") or ("" if field.get("type") == "hidden" else "Anders")
        if field.get("type") == "file" or (field.get("type") == "radio" and field["name"] in sent):
            continue
        sent.setdefault(field["name"], []).append(value)
    return sent


def again(response: HttpResponse) -> dict[str, list[str]]:
    """The fields of the one form of our page, as a press sends them."""
    forms = soup(response).select("form[method=post]")
    assert len(forms) == 1
    assert "action" not in forms[0].attrs  # the very address it was posted to
    assert len(forms[0].select("button")) == 1
    return sent_of(forms[0])


def is_asked_again(response: HttpResponse) -> bool:
    return response.status_code == 403 and "Verstuur het opnieuw" in response.content.decode()


def old_and_new(client: Client, path: str, form: Any) -> tuple[HttpResponse, HttpResponse]:
    """Send a form with its old token, check the page that comes, and press its button."""
    sent = sent_of(form)
    target = form.get("action") or path
    old = client.post(target, sent, headers={"origin": OURS})
    assert is_asked_again(old), target
    assert old.headers["Cache-Control"] == "no-store"
    kept = again(old)
    token, fresh = sent.pop("csrfmiddlewaretoken"), kept.pop("csrfmiddlewaretoken")
    assert kept == sent
    assert token != fresh
    return old, client.post(target, kept | {"csrfmiddlewaretoken": fresh}, headers={"origin": OURS})


NAMES = [
    "assessments:landing", "assessments:scan", "assessments:result", "bookings:slots", "bookings:details",
    "bookings:cancel", "bookings:move", "bookings:waitlist", "bookings:offer", "account_request_login_code",
    "account_confirm_login_code", "accounts:account", "accounts:delete", "accounts:delete_confirm",
    "account_logout", "mfa_activate_totp",
]  # fmt: skip


def opened(client: Client, owner: User, name: str) -> str:
    """The address of a page, after the steps that lead to it."""
    InstrumentFactory()
    make: dict[str, Any] = {
        "assessments:scan": lambda: 1,
        "assessments:result": lambda: CompletedScanFactory(user=owner).public_id,
        "bookings:cancel": lambda: BookingFactory(user=owner, email=owner.email).public_id,
        "bookings:move": lambda: BookingFactory(user=owner, email=owner.email).public_id,
        "bookings:offer": lambda: OfferFactory(entry__user=owner).public_id,
    }
    arguments = [make[name]()] if name in make else []
    if name in {"bookings:slots", "bookings:details", "bookings:waitlist"}:
        CallTypeFactory()
    if name == "assessments:scan":
        client.post(reverse("assessments:again"))
    if name == "bookings:details":
        start = soup(client.get(reverse("bookings:slots"))).select_one("input[name=start]")["value"]
        client.post(reverse("bookings:hold"), {"start": start})
    if name == "accounts:delete_confirm":
        client.post(reverse("accounts:delete"))
    if "code" in name:
        client.logout()
    if name == "account_confirm_login_code":
        client.post(reverse("account_request_login_code"), {"email": owner.email})
    if name == "mfa_activate_totp":
        client.cookies = browser_of(owner).cookies
    return reverse(name, args=arguments)


@pytest.mark.parametrize("name", NAMES)
def test_every_form_of_a_page_is_asked_for_once_more_with_all_that_was_in_it(
    name: str, strict: Client, owner: User
) -> None:
    strict.handler.enforce_csrf_checks = False
    address = opened(strict, owner, name)
    response = strict.get(address)
    assert response.status_code == 200, address
    forms = soup(response).select("form[method=post]")
    assert forms, address
    strict.handler.enforce_csrf_checks = True
    sign_in_elsewhere(strict)
    is_member = SESSION_KEY in strict.session
    for form in forms:
        if is_member and SESSION_KEY not in strict.session:  # one of these forms signs out
            strict.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
        _page, after = old_and_new(strict, address, form)
        assert after.status_code != 403, form.get("action")


# ---- whose forms ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "https://testserver"},
        {"origin": "http://testserver:8000"},
        {"origin": "http://testserver.evil.example"},
        {"origin": "http://evil.example", "referer": "http://testserver/account/"},
        {"origin": "null", "referer": "http://testserver/account/"},
        {"referer": "http://evil.example/http://testserver/"},
        {"referer": "http://testserver@evil.example/"},
        {"referer": "https://testserver/"},
        {"referer": "http://[testserver/"},
        {"referer": "nonsense"},
    ],
)
def test_a_form_from_anywhere_else_or_nowhere_is_refused_and_not_shown(strict: Client, headers: Any) -> None:
    response = strict.post(PROFILE, {"name": "Bas Hoekstra"}, headers=headers)
    assert response.status_code == 403
    assert "Bas Hoekstra" not in response.content.decode()
    assert not soup(response).select("main form")
    assert "te lang open" not in response.content.decode()


@pytest.mark.parametrize("headers", [{"origin": OURS}, {"referer": f"{OURS}/account/"}])
def test_origin_or_else_referrer_says_that_it_is_our_own(strict: Client, headers: Any) -> None:
    response = strict.post(PROFILE, {"name": "Bas Hoekstra"}, headers=headers)
    assert is_asked_again(response)
    assert "Bas Hoekstra" in soup(response).main.text


def test_nothing_is_done_before_the_button_is_pressed(strict: Client, owner: User) -> None:
    response = strict.post(PROFILE, {"name": "Bas Hoekstra"}, headers={"origin": OURS})
    owner.refresh_from_db()
    assert owner.name == "Sanne Vermeer"
    assert not soup(response).select("script:not([src]), [autofocus], meta[http-equiv]")
    sent = again(response) | {"language": "nl", "time_zone": "Europe/Amsterdam"}
    strict.post(PROFILE, sent, headers={"origin": OURS})
    owner.refresh_from_db()
    assert owner.name == "Bas Hoekstra"


# ---- what goes along --------------------------------------------------------------------------------
def test_markup_in_a_name_or_a_value_is_only_text(strict: Client) -> None:
    evil = '"><script>alert(1)</script>'
    response = strict.post(PROFILE, {evil: evil, "name": evil}, headers={"origin": OURS})
    assert again(response)[evil] == [evil]
    assert "<script>alert" not in response.content.decode()


def test_several_values_of_one_name_stay_in_their_order(strict: Client) -> None:
    InstrumentFactory()
    response = strict.post(PROFILE, {"topics": ["c", "a", "b", "a"]}, headers={"origin": OURS})
    assert again(response)["topics"] == ["c", "a", "b", "a"]


@pytest.mark.parametrize(
    ("path", "field"), [("/inloggen/code/", "code"), ("/account/wissen/code/", "code"), (PROFILE, "password")]
)
def test_secrets_go_along_unseen(strict: Client, path: str, field: str) -> None:
    response = strict.post(path, {field: "BCDF-GHJK"}, headers={"origin": OURS})
    assert again(response)[field] == ["BCDF-GHJK"]
    assert "BCDF" not in soup(response).get_text()


def test_a_file_is_asked_for_again_kindly(strict: Client) -> None:
    sent = {"name": "Bas", "photo": SimpleUploadedFile("ik.png", b"x")}
    response = strict.post(PROFILE, sent, headers={"origin": OURS})
    assert "bestand" in soup(response).main.text
    assert "photo" not in again(response)


def test_more_than_people_type_is_refused(strict: Client) -> None:
    response = strict.post(PROFILE, {"name": "x" * (MAX_SIGNS + 1)}, headers={"origin": OURS})
    assert response.status_code == 403
    assert len(response.content) < 30_000
    many = strict.post(PROFILE, {f"f{n}": "x" for n in range(500)}, headers={"origin": OURS})
    assert many.status_code in {400, 403}


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
def test_what_is_no_form_gets_the_plain_answer(strict: Client, kind: str) -> None:
    response = strict.generic(
        "POST", PROFILE, b'{"name": "Bas"}', content_type=kind, headers={"origin": OURS}
    )
    assert response.status_code == 403
    assert not soup(response).select("main form")


def test_a_browser_without_cookies_is_told_why_it_goes_on(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post(
        "/inloggen/", {"email": "sanne@voorbeeld.nl"}, headers={"origin": OURS}
    )
    assert "cookies" in soup(response).main.text
    assert "sanne@voorbeeld.nl" in soup(response).main.text


def test_it_goes_to_the_address_it_was_sent_to_with_its_question(strict: Client) -> None:
    response = strict.post("/en/account/profile/?back=//evil.example", {}, headers={"origin": OURS})
    assert "evil.example" not in response.content.decode()
    assert "Send it again" in response.content.decode()
    assert "action" not in soup(response).select_one("form[method=post]").attrs


# ---- a session that ended ---------------------------------------------------------------------------
@pytest.fixture
def waiting(strict: Client) -> dict[str, list[str]]:
    """What the page holds that somebody got who pressed a button after the session had ended."""
    page = soup(strict.get(reverse("accounts:account"))).select_one(f"form[action='{PROFILE}']")
    sent = sent_of(page) | {"name": ["Bas Hoekstra"]}
    strict.logout()  # in another tab, or after fourteen days
    strict.cookies[settings.CSRF_COOKIE_NAME] = sent["csrfmiddlewaretoken"][0]
    out = strict.post(PROFILE, sent, headers={"origin": OURS})
    assert out.status_code == 403
    assert "uitgelogd" in soup(out).main.text
    assert soup(out).select_one("main a[target=_blank]")["href"] == "/inloggen/"
    assert soup(out).select_one("form[data-signed-out] button").text == "Ik ben ingelogd, ga verder"
    return again(out)


def come_back(strict: Client, owner: User) -> None:
    strict.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    sign_in_elsewhere(strict)


def without_token(sent: dict[str, list[str]]) -> dict[str, list[str]]:
    """As again.js asks for the page anew."""
    return {name: values for name, values in sent.items() if name != "csrfmiddlewaretoken"}


def test_what_a_member_typed_is_kept_until_signed_in_again(
    strict: Client, owner: User, waiting: dict[str, list[str]]
) -> None:
    """Without a script: the button shows as whom, then the next press sends."""
    come_back(strict, owner)
    last = strict.post(PROFILE, waiting, headers={"origin": OURS})
    assert is_asked_again(last)
    assert owner.email in soup(last).main.text
    assert strict.post(PROFILE, again(last), headers={"origin": OURS}).status_code == 302
    owner.refresh_from_db()
    assert owner.name == "Bas Hoekstra"


def test_the_page_that_is_asked_for_anew_says_as_whom_and_does_nothing(
    strict: Client, owner: User, waiting: dict[str, list[str]]
) -> None:
    still_out = strict.post(PROFILE, without_token(waiting), headers={"origin": OURS})
    assert not soup(still_out).select("form[data-signed-in]")
    come_back(strict, owner)
    anew = strict.post(PROFILE, without_token(waiting), headers={"origin": OURS})
    assert is_asked_again(anew)
    assert soup(anew).select("form[data-signed-in]")
    assert owner.email in soup(anew).main.text
    owner.refresh_from_db()
    assert owner.name == "Sanne Vermeer"
    assert strict.post(PROFILE, again(anew), headers={"origin": OURS}).status_code == 302
    owner.refresh_from_db()
    assert owner.name == "Bas Hoekstra"


def test_a_booking_typed_before_signing_in_names_the_address_it_will_go_to(
    strict: Client, owner: User
) -> None:
    response = strict.post(
        reverse("bookings:confirm"),
        {"name": "Sanne", "email": "ander@voorbeeld.nl"},
        headers={"origin": OURS},
    )
    assert owner.email in soup(response).main.text
    assert "ander@voorbeeld.nl" not in soup(response).main.text


@pytest.mark.parametrize("headers", [{}, {"origin": "http://evil.example"}])
def test_anybody_elses_form_is_led_to_the_door(db: None, headers: Any) -> None:
    response = Client().post(PROFILE, {"name": "Bas"}, headers=headers)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/inloggen/")
