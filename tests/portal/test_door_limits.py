"""How many codes may be asked for; nobody uses the limits up for somebody else (T05, T07, T12)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.core.internal.ratelimit import get_ip
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings.visitor.session import client_of
from portal.accounts.models import User
from portal.common.http import client_address
from portal.mail.models import OutboundEmail
from tests.factories.assessments import InstrumentFactory
from tests.portal.test_account import delete_code
from tests.portal.test_door import CODE, ask, code_for, give, signed_in

pytestmark = pytest.mark.django_db
SANNE = "sanne@voorbeeld.nl"


def at(address: str, **headers: str) -> Client:
    """A new browser at this network address."""
    return Client(REMOTE_ADDR=address, **headers)


def somewhere(number: int) -> Client:
    return at(f"198.51.{number // 250}.{number % 250 + 1}")


def mails(email: str = SANNE) -> int:
    return OutboundEmail.objects.filter(to_email=email).count()


@pytest.fixture
def sanne(clock: Any) -> User:
    return User.objects.create_user(SANNE, proven_at=timezone.now())


# ---- one client -------------------------------------------------------------------------------------
def test_twenty_codes_a_day_for_one_client_and_then_none_for_a_day(clock: Any) -> None:
    for number in range(20):
        assert ask(at("198.51.100.7"), f"gast{number}@voorbeeld.nl").status_code == 302
    assert ask(at("198.51.100.7"), "nog@voorbeeld.nl").status_code == 422
    assert ask(at("198.51.100.8"), "nog@voorbeeld.nl").status_code == 302
    clock.shift(timedelta(hours=23, minutes=59))  # over midnight
    assert ask(at("198.51.100.7"), "nog@voorbeeld.nl").status_code == 422
    clock.shift(timedelta(minutes=1))
    assert ask(at("198.51.100.7"), "nog@voorbeeld.nl").status_code == 302


def test_what_one_client_is_refused_counts_for_nobody_else_and_makes_nobody(clock: Any) -> None:
    for number in range(20):
        ask(at("198.51.100.7"), f"gast{number}@voorbeeld.nl")
    for _ in range(40):
        assert ask(at("198.51.100.7")).status_code == 422
    assert not User.objects.filter(email=SANNE).exists()
    assert User.objects.count() == EmailAddress.objects.count() == 20
    assert ask(at("198.51.100.8")).status_code == 302


def test_keeping_a_result_is_refused_by_the_same_limits(clock: Any) -> None:
    for _ in range(5):
        ask(at("198.51.100.7"))
    User.objects.all().delete()
    page = at("198.51.100.7").post("/bewaren/", {"email": SANNE})
    assert page.status_code == 422
    assert "Over 60 minuten kan het weer." in page.content.decode()
    assert not User.objects.exists()


def test_the_refusal_says_when_it_opens_again_and_how_to_reach_us(clock: Any) -> None:
    for _ in range(5):
        ask(at("198.51.100.7"))
    clock.shift(timedelta(minutes=12, seconds=1))
    words = ask(at("198.51.100.7")).content.decode()
    assert "Over 48 minuten kan het weer." in words
    assert "Bel 020 123 45 67 of mail jet@voorbeeld.nl." in words
    assert SANNE in words
    english = at("198.51.100.7").post("/en/sign-in/", {"email": SANNE}).content.decode()
    assert "In 48 minutes we can." in english
    assert "call 020 123 45 67 or write to jet@voorbeeld.nl." in english
    clock.shift(timedelta(minutes=48))
    assert ask(at("198.51.100.7")).status_code == 302


# ---- an address nobody proved -------------------------------------------------------------------------
def test_an_unproven_address_gets_six_mails_in_any_day_from_wherever_they_are_asked(clock: Any) -> None:
    clock.shift(timedelta(hours=10, minutes=30))  # half past eleven at night
    answers = [ask(somewhere(number)).status_code for number in range(100)]
    assert answers == [302] * 6 + [422] * 94
    assert mails() == 6
    clock.shift(timedelta(hours=23))
    assert ask(somewhere(200)).status_code == 422
    clock.shift(timedelta(hours=1))
    assert ask(somewhere(201)).status_code == 302


def test_a_mail_that_never_left_is_not_counted(clock: Any) -> None:
    for number in range(6):
        ask(somewhere(number))
    OutboundEmail.objects.update(status=OutboundEmail.Status.CANCELLED)  # the mail server was away
    assert ask(somewhere(7)).status_code == 302


# ---- an address somebody proved -----------------------------------------------------------------------
def test_five_an_hour_for_one_client_close_a_proven_address_for_that_client_alone(
    sanne: User, clock: Any
) -> None:
    for _ in range(5):
        assert ask(at("198.51.100.7")).status_code == 302
    assert ask(at("198.51.100.7")).status_code == 422
    assert ask(at("198.51.100.8")).status_code == 302
    clock.shift(timedelta(hours=1))
    assert ask(at("198.51.100.7")).status_code == 302


def test_thirty_an_hour_close_a_proven_address_for_an_hour_at_most(sanne: User, clock: Any) -> None:
    answers = [ask(somewhere(number)).status_code for number in range(40)]
    assert answers == [302] * 30 + [422] * 10
    clock.shift(timedelta(minutes=59))
    assert ask(somewhere(50)).status_code == 422
    clock.shift(timedelta(minutes=1))
    assert ask(somewhere(51)).status_code == 302


def test_an_address_of_staff_counts_as_proven_before_its_first_sign_in(clock: Any) -> None:
    User.objects.create_user(SANNE, is_staff=True)
    for number in range(7):
        assert ask(somewhere(number)).status_code == 302


# ---- a browser that signed in before --------------------------------------------------------------------
@pytest.fixture
def known(visitor: Client, clock: Any) -> Client:
    """A browser in which Sanne signed in once, and out again."""
    ask(visitor)
    give(visitor, code_for())
    visitor.post(reverse("account_logout"))
    return visitor


def test_a_browser_that_signed_in_before_is_never_refused_because_of_others(
    known: Client, clock: Any, settings: Any
) -> None:
    for number in range(40):
        ask(somewhere(number))
    for number in range(25):
        ask(Client(), f"gast{number}@voorbeeld.nl")  # from the very same network
    settings.CODE_MAILS_AN_HOUR = 1
    assert ask(Client()).status_code == 422
    assert ask(known).status_code == 302
    give(known, code_for())
    assert signed_in(known)


def test_a_browser_that_signed_in_before_gets_five_an_hour_of_its_own(known: Client, clock: Any) -> None:
    clock.shift(timedelta(hours=1))
    assert [ask(known).status_code for _ in range(6)] == [302] * 5 + [422]
    assert ask(at("198.51.100.7")).status_code == 302  # and takes nothing away from others


def test_the_mark_of_one_address_opens_nothing_for_another(known: Client, clock: Any) -> None:
    other = User.objects.create_user("ander@voorbeeld.nl", proven_at=timezone.now())
    for number in range(30):
        ask(somewhere(number), other.email)
    assert ask(known, other.email).status_code == 422


def test_an_altered_or_foreign_mark_is_no_mark(known: Client, clock: Any) -> None:
    mark = known.cookies["known"].value
    for number in range(40):
        ask(somewhere(number))
    for value in (mark[:-2] + "xx", "x", "", "W10:1abc:xyz"):
        browser = at("198.51.100.200")
        browser.cookies["known"] = value
        assert ask(browser).status_code == 422


def test_the_mark_tells_nobody_which_address_and_no_script_can_read_it(known: Client) -> None:
    cookie = known.cookies["known"]
    assert "sanne" not in cookie.value
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 365 * 24 * 3600
    twin = Client()
    ask(twin)
    give(twin, code_for())
    payload = cookie.value.partition(":")[0]
    assert twin.cookies["known"].value.partition(":")[0] == payload  # no number of this browser


def test_only_a_browser_that_signed_in_has_a_mark_and_erasing_takes_it_away(visitor: Client) -> None:
    InstrumentFactory()
    ask(visitor)
    visitor.get("/")
    assert "known" not in visitor.cookies
    give(visitor, code_for())
    assert "known" in visitor.cookies
    visitor.post(reverse("accounts:delete"))
    visitor.post(reverse("accounts:delete_confirm"), {"code": delete_code()})
    assert not visitor.cookies["known"].value


def test_the_privacy_page_names_the_mark(visitor: Client) -> None:
    assert "Zodat niemand anders je kan buitensluiten" in visitor.get("/privacy/").content.decode()


def test_others_cannot_keep_anybody_from_erasing(visitor: Client, clock: Any) -> None:
    ask(visitor)
    give(visitor, code_for())
    del visitor.cookies["known"]  # signed in before there were marks
    for number in range(40):
        ask(somewhere(number))
    visitor.post(reverse("accounts:delete"))
    assert visitor.post(reverse("accounts:delete_confirm"), {"code": delete_code()}).status_code == 302
    assert not User.objects.filter(email=SANNE).exists()


# ---- a new code on the page of the code -----------------------------------------------------------------
def test_a_new_code_that_is_refused_leaves_the_old_one_working(visitor: Client, clock: Any) -> None:
    ask(visitor)
    page = visitor.post(CODE, {"action": "resend"}, follow=True)  # within half a minute
    assert "Wacht een halve minuut" in page.content.decode()
    clock.shift(timedelta(minutes=1))
    for number in range(10):
        ask(somewhere(number))
    clock.shift(timedelta(minutes=1))
    mailed = mails()
    page = visitor.post(CODE, {"action": "resend"}, follow=True)
    assert "kan het weer" in page.content.decode()
    assert mails() == mailed
    first = OutboundEmail.objects.order_by("created_at")[0].text
    found = re.search(r"[A-Z]{4}-[A-Z]{4}", first)
    assert found
    give(visitor, found[0])
    assert signed_in(visitor)


# ---- all together ---------------------------------------------------------------------------------------
def test_over_the_cap_of_all_mails_strangers_wait_and_the_coach_is_told_once(
    clock: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CODE_MAILS_AN_HOUR = 3
    answers = [ask(somewhere(number), f"gast{number}@voorbeeld.nl").status_code for number in range(6)]
    assert answers == [302] * 3 + [422] * 3
    assert User.objects.count() == 3
    alarm = OutboundEmail.objects.get(message="accounts/many_codes")
    assert alarm.to_email == settings.COACH_EMAIL
    assert "CODE_MAILS_AN_HOUR" in caplog.text
    assert "gast" not in caplog.text
    clock.shift(timedelta(hours=1))
    assert ask(somewhere(9), "later@voorbeeld.nl").status_code == 302


# ---- known and unknown ----------------------------------------------------------------------------------
def statements(client: Client, email: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        ask(client, email)
    kinds = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]
    return [" ".join(kind.split()[:3]) + str(sorted(set(re.findall(r'"(\w+)"\."', kind)))) for kind in kinds]


def test_known_and_unknown_addresses_cost_the_same_statements(sanne: User) -> None:
    EmailAddress.objects.create(user=sanne, email=SANNE, primary=True, verified=True)
    ask(somewhere(1), "iemand@voorbeeld.nl")  # whatever a process does once
    known = statements(somewhere(2), SANNE)
    assert statements(somewhere(3), "nieuw@voorbeeld.nl") == known
    assert any("accounts_user" in statement for statement in known)


def test_no_password_is_hashed_for_anybody(sanne: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def hashing(*args: Any, **kwargs: Any) -> str:
        raise AssertionError("a slow hash tells known from unknown")

    monkeypatch.setattr(hashers.BasePasswordHasher, "encode", hashing)
    monkeypatch.setattr(hashers.PBKDF2PasswordHasher, "encode", hashing)
    assert ask(somewhere(1)).status_code == 302
    assert ask(somewhere(2), "nieuw@voorbeeld.nl").status_code == 302


# ---- who is one client ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("::1", "::"),
        ("2002:c633:6407:1::1", "198.51.100.7"),
        ("64:ff9b::c633:6407", "198.51.100.7"),
    ],
)
def test_a_client_is_an_address_or_the_sixty_four_of_one(rf: Any, address: str, network: str) -> None:
    assert client_address(rf.get("/", REMOTE_ADDR=address)) == network


@pytest.mark.parametrize("address", ["2001:db8:1:2::{:x}", "::ffff:198.51.100.7", "2001:db8:1:2:{:x}::1"])
def test_a_whole_sixty_four_is_one_client(address: str) -> None:
    answers = [ask(at(address.format(n + 1)), f"gast{n}@voorbeeld.nl").status_code for n in range(21)]
    assert answers == [302] * 20 + [422]
    assert ask(at("2001:db8:1:3::1"), "buur@voorbeeld.nl").status_code == 302


def test_a_whole_sixty_four_is_one_client_to_allauth_too(rf: Any) -> None:
    assert get_ip(rf.get("/", REMOTE_ADDR="2001:db8:1:2::1")) == "2001:db8:1:2::"
    assert get_ip(rf.get("/", REMOTE_ADDR="::ffff:198.51.100.7")) == "198.51.100.7"


# ---- behind a proxy ---------------------------------------------------------------------------------------
def behind(forwarded: str) -> Client:
    return Client(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)


def test_behind_a_proxy_two_clients_have_two_counts(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(20):
        assert ask(behind("198.51.100.7"), f"gast{number}@voorbeeld.nl").status_code == 302
    assert ask(behind("198.51.100.7"), "nog@voorbeeld.nl").status_code == 422
    assert ask(behind("198.51.100.8"), "nog@voorbeeld.nl").status_code == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded"),
    [(0, "203.0.113.{}"), (1, "203.0.113.{}, 198.51.100.7"), (2, "203.0.113.{}, 198.51.100.7, 10.0.0.2")],
)
def test_a_forwarded_address_that_a_client_made_up_changes_nothing(
    settings: Any, proxies: int, forwarded: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    answers = [
        ask(behind(forwarded.format(number)), f"gast{number}@voorbeeld.nl").status_code
        for number in range(21)
    ]
    assert answers == [302] * 20 + [422]


def test_the_own_limits_and_those_of_allauth_see_one_client(rf: Any, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    one = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.1, 2001:db8:1:2::1")
    two = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.2, 2001:db8:1:2::9")
    other = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.1, 2001:db8:1:3::1")
    assert client_address(one) == client_address(two) == get_ip(one) == "2001:db8:1:2::"
    assert client_of(one) == client_of(two) != client_of(other)
