"""The visitor's own pages: profile, tips, sign out, delete."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from portal.accounts import services
from portal.accounts.models import User
from portal.leads import services as leads
from portal.leads.models import ConsentEvent, Lead
from portal.mail.models import OutboundEmail
from tests.portal.test_door import ask, code_for, give

pytestmark = pytest.mark.django_db
EMAIL = "sanne@voorbeeld.nl"


@pytest.fixture
def member(visitor: Client) -> Client:
    ask(visitor)
    give(visitor, code_for())
    return visitor


def delete_code() -> str:
    found = re.search(r"[A-Z]{4}-[A-Z]{4}", OutboundEmail.objects.get(message="accounts/delete_code").text)
    assert found
    return found[0]


def test_account_asks_strangers_for_a_code(visitor: Client) -> None:
    response = visitor.get("/account/")
    assert response.status_code == 302
    assert response.headers["Location"] == "/inloggen/?next=/account/"


def test_account_is_never_kept_by_a_browser_or_a_search_engine(member: Client) -> None:
    response = member.get("/account/")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_profile_keeps_name_language_and_zone(member: Client) -> None:
    form = {"name": " Sanne  Vermeer ", "language": "en", "time_zone": "Pacific/Auckland"}
    response = member.post("/account/gegevens/", form)
    assert response.headers["Location"] == "/en/account/"
    user = User.objects.get()
    assert (user.name, user.language, user.time_zone) == ("Sanne Vermeer", "en", "Pacific/Auckland")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", "kijk op www.spam.example"),
        ("name", "x" * 81),
        ("time_zone", "Mars/Olympus"),
        ("language", "fr"),
    ],
)
def test_profile_refuses_with_a_sentence_and_keeps_what_was_typed(
    member: Client, field: str, typed: str
) -> None:
    form = {"name": "Sanne", "language": "nl", "time_zone": "Europe/Amsterdam"} | {field: typed}
    response = member.post("/account/gegevens/", form)
    assert response.status_code == 422
    assert "Fout" in response.content.decode()
    if field == "name":
        assert typed in response.content.decode()
    assert User.objects.get().name == ""


def test_tips_are_given_and_withdrawn_with_proof(member: Client) -> None:
    member.post("/account/tips/", {"tips": "on"})
    lead = Lead.objects.get()
    given = ConsentEvent.objects.get()
    assert leads.has_consent(lead, "tips")
    assert (given.action, given.text_version, len(given.text_sha256)) == ("given", "2026-12c", 64)
    member.post("/account/tips/", {"tips": "off"})
    assert not leads.has_consent(lead, "tips")
    assert [event.action for event in ConsentEvent.objects.all()] == ["given", "withdrawn"]


def test_box_for_tips_is_unticked_and_only_a_ticked_box_is_consent(visitor: Client) -> None:
    visitor.post("/bewaren/", {"email": EMAIL})
    give(visitor, code_for())
    assert ConsentEvent.objects.count() == 0
    other = Client()
    other.post("/bewaren/", {"email": "anders@voorbeeld.nl", "tips": "on"})
    assert ConsentEvent.objects.count() == 0  # nothing yet: the mailbox is not proven
    give(other, code_for("anders@voorbeeld.nl"))
    assert ConsentEvent.objects.get().lead.email == "anders@voorbeeld.nl"


def test_keeping_with_a_bad_address_shows_the_form_again(visitor: Client) -> None:
    response = visitor.post("/bewaren/", {"email": "geen adres", "tips": "on"})
    assert response.status_code == 422
    assert "geen adres" in response.content.decode()
    assert "checked" in response.content.decode()


def test_sign_out_needs_a_post(member: Client) -> None:
    member.get("/uitloggen/")
    assert member.get("/account/").status_code == 200
    response = member.post("/uitloggen/")
    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert member.get("/account/").status_code == 302


def test_account_is_deleted_only_with_the_right_code(member: Client) -> None:
    member.post("/account/wissen/")
    assert member.post("/account/wissen/code/", {"code": "WRNG-WRNG"}).status_code == 422
    assert User.objects.count() == 1
    response = member.post("/account/wissen/code/", {"code": delete_code()})
    assert response.headers["Location"] == "/gewist/"
    assert User.objects.count() == 0
    assert Lead.objects.count() == 0
    assert not OutboundEmail.objects.filter(to_email=EMAIL, is_forgotten=False).exists()  # rows go once sent


def test_the_mail_with_the_code_says_that_nothing_goes_before_the_code_is_typed(member: Client) -> None:
    member.post("/account/wissen/")
    mail = OutboundEmail.objects.get(message="accounts/delete_code")
    for text in (mail.text, mail.html):
        words = " ".join(text.split())
        assert "Pas dan wissen we je scans, je gesprekken en je account." in words
        assert "Daarna zijn" not in words


def test_third_wrong_delete_code_is_the_last(member: Client) -> None:
    member.post("/account/wissen/")
    for _ in range(3):
        member.post("/account/wissen/code/", {"code": "WRNG-WRNG"})
    member.post("/account/wissen/code/", {"code": delete_code()})
    assert User.objects.count() == 1


def test_deleted_person_loses_access_at_once(member: Client) -> None:
    services.erase(User.objects.get())
    assert member.get("/account/").status_code == 302


def test_codes_leave_no_trace_in_cookies(member: Client) -> None:
    values: list[Any] = [morsel.value for morsel in member.cookies.values()]
    assert all(code_for() not in str(value) for value in values)
    assert settings.SESSION_COOKIE_NAME in member.cookies
