"""The auth door: one answer for everybody, codes that die, double clicks that do not hurt."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts import hooks
from portal.accounts.models import User
from portal.mail.models import OutboundEmail

ASK = "/inloggen/"
CODE = "/inloggen/code/"


def ask(client: Client, email: str = "sanne@voorbeeld.nl", **extra: str) -> Any:
    return client.post(reverse("account_request_login_code"), {"email": email, **extra})


def code_for(email: str = "sanne@voorbeeld.nl") -> str:
    row = OutboundEmail.objects.filter(to_email=email, message="accounts/login_code").latest(
        "created_at", "pk"
    )
    found = re.search(r"[A-Z]{4}-[A-Z]{4}", row.text)
    assert found
    return found[0]


def give(client: Client, code: str) -> Any:
    return client.post(reverse("account_confirm_login_code"), {"code": code})


def signed_in(client: Client) -> bool:
    return client.get(reverse("accounts:account")).status_code == 200


@pytest.mark.django_db
def test_unknown_address_gets_a_code_and_the_code_makes_the_account(visitor: Client) -> None:
    response = ask(visitor)

    assert response.status_code == 302
    assert response.headers["Location"] == CODE
    assert User.objects.get().proven_at is None

    response = give(visitor, code_for())

    assert response.headers["Location"] == "/account/"
    assert User.objects.get().proven_at is not None
    assert EmailAddress.objects.get().verified
    assert signed_in(visitor)


@pytest.mark.django_db
def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_mail(visitor: Client) -> None:
    User.objects.create_user("bekend@voorbeeld.nl", proven_at=timezone.now())
    known = ask(visitor, "bekend@voorbeeld.nl")
    known_page = visitor.get(CODE).content
    other = Client()
    unknown = ask(other, "nieuw@voorbeeld.nl")
    unknown_page = other.get(CODE).content

    def blank(page: bytes) -> bytes:
        page = re.sub(rb'csrfmiddlewaretoken" value="[^"]+"', b"", page)
        return page.replace(b"bekend@voorbeeld.nl", b"?").replace(b"nieuw@voorbeeld.nl", b"?")

    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )
    assert blank(known_page) == blank(unknown_page)
    first, second = OutboundEmail.objects.order_by("pk")
    assert first.text.replace(code_for("bekend@voorbeeld.nl"), "") == second.text.replace(
        code_for("nieuw@voorbeeld.nl"), ""
    )


@pytest.mark.django_db
def test_code_may_be_typed_in_lower_case_with_spaces(visitor: Client) -> None:
    ask(visitor)
    response = give(visitor, f" {code_for().lower().replace('-', ' ')} ")
    assert response.status_code == 302
    assert signed_in(visitor)


@pytest.mark.django_db
def test_third_wrong_try_kills_the_code(visitor: Client) -> None:
    ask(visitor)
    right = code_for()
    assert give(visitor, "WRNG-WRNG").status_code == 200
    assert give(visitor, "WRNG-WRNG").status_code == 200
    assert give(visitor, "WRNG-WRNG").headers["Location"] == ASK
    assert give(visitor, right).headers["Location"] == ASK
    assert not signed_in(visitor)


@pytest.mark.django_db
def test_a_kept_cookie_finds_no_code_after_the_third_wrong_try(visitor: Client) -> None:
    ask(visitor)
    right, cookie = code_for(), visitor.cookies[settings.SESSION_COOKIE_NAME].value
    for _ in range(3):
        give(visitor, "WRNG-WRNG")
    visitor.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert give(visitor, right).headers["Location"] == ASK
    assert not signed_in(visitor)


@pytest.mark.django_db
def test_code_dies_after_ten_minutes(visitor: Client, clock: Any) -> None:
    ask(visitor)
    clock.shift(timedelta(seconds=601))
    assert give(visitor, code_for()).headers["Location"] == ASK
    assert not signed_in(visitor)


@pytest.mark.django_db
def test_code_is_worth_nothing_in_another_browser(visitor: Client) -> None:
    ask(visitor)
    other = Client()
    assert give(other, code_for()).headers["Location"] == ASK
    assert not signed_in(other)


@pytest.mark.django_db
def test_login_changes_the_session_key(visitor: Client) -> None:
    ask(visitor)
    before = visitor.cookies[settings.SESSION_COOKIE_NAME].value
    give(visitor, code_for())
    assert visitor.cookies[settings.SESSION_COOKIE_NAME].value != before


@pytest.mark.django_db
def test_seventh_code_in_a_day_is_refused_with_a_sentence(visitor: Client) -> None:
    for number in range(6):
        assert ask(Client(REMOTE_ADDR=f"198.51.100.{number}")).status_code == 302
    response = ask(visitor)
    assert response.status_code == 422
    assert "Over 24 uur kan het weer." in response.content.decode()
    assert "sanne@voorbeeld.nl" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "geen adres", "a@b", "x" * 300 + "@voorbeeld.nl"])
def test_bad_address_gets_a_sentence_and_stays(visitor: Client, typed: str) -> None:
    response = ask(visitor, typed)
    assert response.status_code == 422
    assert "Fout" in response.content.decode()
    assert User.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/uitloggen/"]
)
def test_next_never_leads_elsewhere(visitor: Client, target: str) -> None:
    response = ask(visitor, next=target)
    assert response.headers["Location"] == CODE


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        "a@" + ".".join(["\u0130" * 60] * 4) + ".nl",  # 254 signs, but more in lower case
        "a@\ua7cb.nl",  # a capital that PostgreSQL knows and this Python does not yet
        "a@" + "é" * 63 + ".nl",
        "\u017fanne@voorbeeld.nl",
        '"\x01"@voorbeeld.nl',
        '"a,b"@voorbeeld.nl',
        "a@\u2028.nl",
        "a@\u200b\u200b.nl",
    ],
)
def test_address_that_cannot_be_mailed_gets_a_sentence_or_an_ascii_domain(
    visitor: Client, typed: str
) -> None:
    response = ask(visitor, typed)
    assert response.status_code in {302, 422}
    assert all(email.isascii() for email in User.objects.values_list("email", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ['"a b"@voorbeeld.nl', "=?utf-8?q?=0a=0aevil?=@voorbeeld.nl"])
def test_address_that_no_mail_can_carry_is_refused_at_once(visitor: Client, typed: str) -> None:
    """In the coach's own mail it is where the answer goes: that mail could not be written either."""
    assert ask(visitor, typed).status_code == 422
    assert not User.objects.exists()
    assert not OutboundEmail.objects.exists()


@pytest.mark.django_db
def test_one_mailbox_is_one_person_however_its_domain_is_written(visitor: Client) -> None:
    ask(visitor, "zoe@bücher.example")
    ask(Client(), "Zoe@xn--bcher-kva.example")
    ask(Client(), "zoe@ｂücher.example")
    assert [user.email for user in User.objects.all()] == ["zoe@xn--bcher-kva.example"]


@pytest.mark.django_db
def test_domains_that_are_two_today_are_two_people(visitor: Client) -> None:
    """IDNA 2003 mailed the code for `faß` to `fass`, which anybody may own."""
    ask(visitor, "zoe@faß.example")
    ask(Client(), "zoe@fass.example")
    assert {user.email for user in User.objects.all()} == {"zoe@xn--fa-hia.example", "zoe@fass.example"}


@pytest.mark.django_db
def test_account_that_was_switched_off_gets_a_sentence(visitor: Client) -> None:
    User.objects.create_user("sanne@voorbeeld.nl", proven_at=timezone.now(), is_active=False)
    ask(visitor)
    response = visitor.post(CODE, {"code": code_for()}, follow=True)
    assert response.status_code == 200
    assert "Dit account staat uit." in response.content.decode()
    assert not signed_in(visitor)


@pytest.mark.django_db
def test_second_click_that_comes_after_the_first_is_done_is_signed_in_too(visitor: Client) -> None:
    """The browser drops the answer to the first click, so this one has to bring the session's cookie."""
    ask(visitor)
    before, code = visitor.cookies[settings.SESSION_COOKIE_NAME].value, code_for()
    give(visitor, code)
    visitor.cookies[settings.SESSION_COOKIE_NAME] = before
    assert give(visitor, code).headers["Location"] == "/account/"
    assert signed_in(visitor)


# ---- several requests at once ------------------------------------------------------------------------
def parallel(client: Client, codes: list[str]) -> list[HttpResponse]:
    """POST all codes at the same time with the cookies of one browser, each on its own connection."""
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value

    def one(code: str) -> HttpResponse:
        clone = Client()
        clone.cookies[settings.SESSION_COOKIE_NAME] = cookie
        try:
            return give(clone, code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(codes)) as pool:
        return list(pool.map(one, codes))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_eight_parallel_wrong_tries_count_as_eight(visitor: Client) -> None:
    ask(visitor)
    right = code_for()
    responses = parallel(visitor, ["WRNG-WRNG"] * 8)
    shown_again = [response for response in responses if response.status_code == 200]
    assert len(shown_again) == 2  # the third try kills the code, the others find nothing to try
    give(visitor, right)
    assert not signed_in(visitor)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_double_click_on_the_right_code_is_one_login_that_ends_on_one_page(visitor: Client) -> None:
    logins: list[int] = []
    hook = hooks.on_proven_login(lambda request, user: logins.append(user.pk))
    try:
        ask(visitor)
        responses = parallel(visitor, [code_for()] * 4)
    finally:
        hooks._proven_login[:] = [pair for pair in hooks._proven_login if pair[1] is not hook]
    assert [response.headers.get("Location") for response in responses] == ["/account/"] * 4
    sessions = {response.cookies[settings.SESSION_COOKIE_NAME].value for response in responses}
    assert len(sessions) == 1
    assert len(logins) == 1
