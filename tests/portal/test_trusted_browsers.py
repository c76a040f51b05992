"""A browser in which the second step is not asked for: for thirty days, and until what it rests on is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts import limits, staff, trusted
from portal.accounts.models import TrustedBrowser, User
from portal.common import retention, times
from tests.bookings.admin.conftest import browser_of
from tests.bookings.browsing import words_of
from tests.portal.test_door import ask, code_for, give, signed_in
from tests.portal.test_second_factor import MILA, SECRET, app_code, typed

pytestmark = pytest.mark.usefixtures("clock")
ADMIN = "/beheer/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def mila(db: None, clock: Any) -> User:
    """Somebody of the practice, with an app."""
    user = User.objects.create_user(MILA, is_staff=True, proven_at=timezone.now())
    totp.TOTP.activate(user, SECRET)
    return user


def by_mail(browser: Client, email: str = MILA) -> str:
    """Sign in by mailed code; where that leads."""
    limits.RateCounter.objects.filter(key__startswith="code.").delete()
    ask(browser, email)
    return str(give(browser, code_for(email)).headers["Location"])


def trusting(agent: str = FIREFOX) -> Client:
    """A browser that was told at the second step not to ask again, signed out since."""
    browser = Client(HTTP_USER_AGENT=agent)
    assert by_mail(browser) == reverse("mfa_authenticate")
    browser.post(reverse("mfa_authenticate"), {"code": app_code(), "trust": "on"})
    assert signed_in(browser)
    browser.post(reverse("account_logout"))
    return browser


def is_asked(browser: Client) -> bool:
    """Whether the second step is asked for at the next sign-in."""
    browser.post(reverse("account_logout"))
    return by_mail(browser) == reverse("mfa_authenticate")


# ---- what it spares ---------------------------------------------------------------------------------
@pytest.mark.usefixtures("page_context")
def test_nobody_is_trusted_who_did_not_ask_for_it(mila: User) -> None:
    browser = Client()
    by_mail(browser)
    page = browser.get(reverse("mfa_authenticate"))
    assert "Vraag dit hier 30 dagen niet" in words_of(page)
    assert page.context["wants_trust"] is False
    typed(browser, app_code())
    assert not TrustedBrowser.objects.exists()
    assert is_asked(browser)


def test_for_thirty_days_the_mailed_code_opens_the_admin_there_and_nowhere_else(
    mila: User, clock: Any
) -> None:
    browser = trusting()
    assert not is_asked(browser)
    assert browser.get(ADMIN).status_code == 200
    assert is_asked(Client())
    clock.shift(timedelta(days=29, hours=23))
    assert not is_asked(browser)
    clock.shift(timedelta(hours=2))
    assert is_asked(browser)  # thirty days from the second step, however much it was used


@pytest.mark.usefixtures("page_context")
def test_a_wrong_code_trusts_nothing_and_keeps_the_choice(mila: User) -> None:
    browser = Client()
    by_mail(browser)
    page = browser.post(reverse("mfa_authenticate"), {"code": "000000", "trust": "on"})
    assert page.context["wants_trust"] is True
    assert not TrustedBrowser.objects.exists()


def test_the_cookie_is_opaque_and_the_row_holds_its_digest_alone(mila: User) -> None:
    cookie = trusting().cookies[trusted.cookie_name()]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert int(cookie["max-age"]) == 30 * 24 * 3600
    row = TrustedBrowser.objects.get()
    assert len(cookie.value) >= 43
    assert row.digest == trusted.digest(cookie.value)
    assert cookie.value not in str(vars(row))


@pytest.mark.parametrize("value", ["", "x", "\x00", "é" * 5000, "__missing__"])
def test_a_cookie_that_somebody_made_up_is_worth_nothing(mila: User, value: str) -> None:
    trusting()
    browser = Client()
    browser.cookies[trusted.cookie_name()] = TrustedBrowser.objects.get().digest if "_" in value else value
    assert is_asked(browser)


def test_the_trust_of_one_person_is_nothing_to_another(mila: User) -> None:
    other = User.objects.create_user("noor@voorbeeld.nl", is_staff=True, proven_at=timezone.now())
    totp.TOTP.activate(other, SECRET)
    browser = trusting()
    browser.post(reverse("account_logout"))
    assert by_mail(browser, other.email) == reverse("mfa_authenticate")
    browser.post(reverse("mfa_authenticate"), {"code": app_code(), "trust": "on"})
    assert [row.user for row in TrustedBrowser.objects.all()] == [other]  # one person at a time
    assert is_asked(browser)


def test_what_changes_the_second_step_asks_for_it_in_a_trusted_browser_too(mila: User) -> None:
    browser = trusting()
    assert not is_asked(browser)
    for name in ("mfa_deactivate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        answer = browser.post(reverse(name))
        assert answer.headers["Location"].startswith(reverse("mfa_reauthenticate")), name
    RecoveryCodes.activate(mila)
    assert browser.get(reverse("mfa_view_recovery_codes")).status_code == 302
    assert Authenticator.objects.filter(type="totp").exists()


def test_a_double_click_trusts_once_and_the_cookie_that_stays_works(mila: User) -> None:
    browser = Client()
    by_mail(browser)
    before = browser.cookies.copy()
    sent = {"code": app_code(), "trust": "on"}
    browser.post(reverse("mfa_authenticate"), sent)
    second = Client()
    second.cookies = before
    second.post(reverse("mfa_authenticate"), sent)
    assert TrustedBrowser.objects.count() == 1
    assert not is_asked(second)


def test_ten_browsers_are_trusted_and_the_one_that_was_longest_unused_makes_room(
    mila: User, clock: Any
) -> None:
    first = trusting()
    for _ in range(trusted.MOST - 1):
        clock.shift(timedelta(minutes=1))
        trusting()
    assert not is_asked(first)
    clock.shift(timedelta(minutes=1))
    trusting()
    assert TrustedBrowser.objects.count() == trusted.MOST
    assert not is_asked(first)  # it was used lately


# ---- what ends it -----------------------------------------------------------------------------------
def turn_off(user: User) -> None:
    Authenticator.objects.filter(user=user, type="totp").delete()
    totp.TOTP.activate(user, SECRET)


def another_key(user: User) -> None:
    Authenticator.objects.filter(user=user, type="totp").update(data={"secret": SECRET, "n": 1})


def in_sql(statement: str) -> Callable[[User], None]:
    def run(user: User) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, [user.pk])

    return run


ENDS: dict[str, Callable[[User], Any]] = {
    "the factor is turned off": turn_off,
    "the factor is replaced": another_key,
    "the factor is forgotten": staff.forget_second_factor,
    "staff no more": in_sql("UPDATE accounts_user SET is_staff = false WHERE id = %s"),
    "switched off": in_sql("UPDATE accounts_user SET is_active = false WHERE id = %s"),
    "more rights": in_sql("UPDATE accounts_user SET is_superuser = true WHERE id = %s"),
    "another address": in_sql("UPDATE accounts_user SET email = 'nieuw@voorbeeld.nl' WHERE id = %s"),
    "out of a group": lambda user: user.groups.clear(),
    "signed out everywhere": staff.end_sessions,
    "erased": lambda user: user.delete(),
}


@pytest.mark.parametrize("how", ENDS)
def test_trust_ends_with_what_it_rests_on(mila: User, how: str) -> None:
    mila.groups.add(staff.ensure_coach_group())
    trusting()
    assert TrustedBrowser.objects.exists()
    ENDS[how](mila)
    assert not TrustedBrowser.objects.exists()


@pytest.mark.parametrize("how", ["a new name", "new recovery codes", "the factor is used"])
def test_trust_stays_when_nothing_of_that_changes(mila: User, how: str) -> None:
    trusting()
    if how == "a new name":
        User.objects.filter(pk=mila.pk).update(name="Mila", language="en")
    elif how == "new recovery codes":
        RecoveryCodes.activate(mila)
        Authenticator.objects.filter(type="recovery_codes").delete()
    else:
        Authenticator.objects.get(type="totp").record_usage()
    assert TrustedBrowser.objects.exists()


def test_what_is_over_is_thrown_away(mila: User, clock: Any) -> None:
    trusting()
    clock.shift(timedelta(days=30, minutes=1))
    list(retention.carry_out(times.now()))
    assert not TrustedBrowser.objects.exists()


# ---- the list ---------------------------------------------------------------------------------------
def test_the_list_says_which_browser_since_when_and_until(mila: User) -> None:
    trusting()
    page = words_of(browser_of(mila).get(reverse("mfa_index")))
    assert "Firefox op Windows" in page
    assert "Sinds ma 23 nov" in page
    assert "tot wo 23 dec 2026" in page
    assert "Nergens." not in page


def test_one_is_taken_back_and_whoever_came_in_by_it_is_signed_out(mila: User, clock: Any) -> None:
    first = trusting()
    clock.shift(timedelta(minutes=1))  # an app's code works once
    second = trusting("Mozilla/5.0 (iPhone) Safari/605")
    for browser in (first, second):
        assert not is_asked(browser)
    row = TrustedBrowser.objects.get(browser="Firefox")
    mine = browser_of(mila)
    page = mine.post(reverse("untrust", args=[row.public_id]), follow=True)
    assert "Daar vragen we de tweede stap weer." in words_of(page)
    assert not signed_in(first)
    assert signed_in(second)
    assert is_asked(first)
    assert not is_asked(second)


def test_all_are_taken_back_and_this_browser_stays_signed_in(mila: User, clock: Any) -> None:
    first = trusting()
    clock.shift(timedelta(minutes=1))
    second = trusting()
    assert not is_asked(first)
    assert not is_asked(second)
    first.post(reverse("untrust_all"))
    assert signed_in(first)
    assert not signed_in(second)
    assert not TrustedBrowser.objects.exists()
    first.post(reverse("untrust_all"))  # twice does no harm


def test_nobody_takes_back_the_trust_of_another(mila: User) -> None:
    trusting()
    stranger = browser_of(User.objects.create_user("ander@voorbeeld.nl"))
    stranger.post(reverse("untrust", args=[TrustedBrowser.objects.get().public_id]))
    stranger.post(reverse("untrust_all"))
    assert TrustedBrowser.objects.exists()


def test_the_page_costs_as_much_for_one_browser_as_for_three(
    mila: User, clock: Any, django_assert_num_queries: Any
) -> None:
    mine = browser_of(mila)
    for number in (1, 2):
        for _ in range(number):
            clock.shift(timedelta(minutes=1))
            trusting()
        with django_assert_num_queries(5):
            mine.get(reverse("mfa_index"))


def test_the_privacy_page_names_the_cookie_and_the_period(client: Client, db: None) -> None:
    page = words_of(client.get("/privacy/"))
    assert trusted.cookie_name() in page
    assert f"{settings.RETENTION['trusted_browsers'].days} dagen In welke browser we de tweede stap" in page
