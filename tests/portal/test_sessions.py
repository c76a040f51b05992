"""Where somebody is signed in, for how long, and how that ends (T08)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.accounts import staff
from portal.accounts.models import Session, User
from tests.bookings.admin.conftest import browser_of
from tests.bookings.browsing import words_of
from tests.factories.assessments import InstrumentFactory
from tests.portal.test_door import ask, code_for, give, signed_in

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)
SAMSUNG = (
    "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko)"
    " SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36"
)


@pytest.fixture
def sanne(clock: Any) -> User:
    InstrumentFactory()
    return User.objects.create_user("sanne@voorbeeld.nl", proven_at=timezone.now())


@pytest.fixture
def mila(clock: Any) -> User:
    user = User.objects.create_user("mila@voorbeeld.nl", is_staff=True, proven_at=timezone.now())
    user.groups.add(staff.ensure_practice_group())
    return user


def browser(user: User, agent: str = FIREFOX) -> Client:
    client = Client(HTTP_USER_AGENT=agent)
    ask(client, user.email)
    give(client, code_for(user.email))
    assert signed_in(client)
    return client


def listed(client: Client, path: str = "/account/") -> list[str]:
    rows = BeautifulSoup(client.get(path).content, "html.parser").select("#sessions li")
    return [" ".join(row.get_text(" ").split()) for row in rows]


# ---- how long ---------------------------------------------------------------------------------------
def test_a_member_is_signed_out_after_two_weeks_without_use(sanne: User, clock: Any) -> None:
    client = browser(sanne)
    clock.shift(timedelta(days=13, hours=23))
    assert signed_in(client)
    clock.shift(timedelta(days=14))
    assert not signed_in(client)


def test_use_keeps_a_member_signed_in_for_sixty_days_and_not_longer(sanne: User, clock: Any) -> None:
    client = browser(sanne)
    for _ in range(5):
        clock.shift(timedelta(days=11, hours=23))
        assert signed_in(client)
        client.post("/account/gegevens/", {"name": "Sanne", "language": "nl", "time_zone": "Europe/Paris"})
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] <= 24 * 3600
    clock.shift(timedelta(hours=4))
    assert signed_in(client)
    clock.shift(timedelta(hours=2))
    assert not signed_in(client)


def test_reading_alone_keeps_a_member_signed_in(sanne: User, clock: Any) -> None:
    client = browser(sanne)
    for _ in range(4):
        clock.shift(timedelta(days=10))
        assert signed_in(client)
        assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 14 * 24 * 3600


def test_staff_are_signed_out_after_eight_hours_however_much_they_do(mila: User, clock: Any) -> None:
    client = browser(mila)
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 8 * 3600
    for _ in range(7):
        clock.shift(timedelta(hours=1))
        assert signed_in(client)
        client.post("/account/gegevens/", {"name": "Mila", "language": "nl", "time_zone": "Europe/Paris"})
    clock.shift(timedelta(minutes=59))
    assert signed_in(client)
    clock.shift(timedelta(minutes=1))
    assert not signed_in(client)


@pytest.mark.usefixtures("page_context")
def test_a_second_factor_given_later_does_not_prolong_it(mila: User, clock: Any) -> None:
    client = browser(mila)
    clock.shift(timedelta(minutes=5))
    page = client.get(reverse("mfa_activate_totp"))
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    code = totp.format_hotp_value(totp.hotp_value(page.context["form"].secret, counter))
    assert client.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    clock.shift(timedelta(hours=7, minutes=54))
    assert signed_in(client)
    clock.shift(timedelta(minutes=1))
    assert not signed_in(client)


def test_whoever_signs_in_by_another_way_has_an_end_too(mila: User, clock: Any) -> None:
    """As the sign-in link of `make up` does."""
    client = browser_of(mila)
    clock.shift(timedelta(hours=8))
    assert not signed_in(client)


def test_a_visitor_who_is_not_signed_in_keeps_a_session_for_two_weeks(visitor: Client, clock: Any) -> None:
    ask(visitor)
    assert Session.objects.get().user is None
    assert visitor.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 14 * 24 * 3600


@pytest.mark.parametrize(
    ("path", "member", "staff"),
    [
        (
            "/account/",
            "die je 3 dagen niet gebruikt, logt vanzelf uit, en elke browser na 9 dagen.",
            "na 5 uur",
        ),
        (
            "/en/account/",
            "not used for 3 days is signed out by itself, and every browser after 9 days.",
            "5 hours",
        ),
    ],
)
def test_the_account_page_says_the_periods_by_which_sessions_end(
    sanne: User, mila: User, settings: Any, path: str, member: str, staff: str
) -> None:
    settings.SESSION_COOKIE_AGE, settings.MEMBER_SESSION_SECONDS = 3 * 24 * 3600, 9 * 24 * 3600
    settings.STAFF_SESSION_SECONDS = 5 * 3600
    assert member in words_of(browser(sanne).get(path))
    page = words_of(browser_of(mila).get(path))
    assert staff in page
    assert "9 da" not in page


# ---- the list ---------------------------------------------------------------------------------------
def test_the_account_page_lists_browsers_in_plain_words(sanne: User, clock: Any) -> None:
    browser(sanne, IPHONE)
    clock.shift(timedelta(days=1))
    browser(sanne, EDGE)
    clock.shift(timedelta(hours=1))
    here = browser(sanne)
    assert listed(here) == [
        "Firefox op Windows Deze browser.",
        "Edge op Mac Laatst gebruikt di 24 nov 2026, 13:00, Nederlandse tijd. Daar uitloggen Edge op Mac",
        "Safari op iPhone Laatst gebruikt ma 23 nov 2026, 13:00, Nederlandse tijd."
        " Daar uitloggen Safari op iPhone",
    ]
    assert "This browser." in listed(here, "/en/account/")[0]


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (SAMSUNG, "Samsung Internet op Android"),
        ("", "Een onbekende browser"),
        ("<script>", "Een onbekende browser"),
    ],
)
def test_a_browser_is_named_as_far_as_it_says_so(sanne: User, agent: str, device: str) -> None:
    assert listed(browser(sanne, agent)) == [f"{device} Deze browser."]


def test_no_network_address_and_no_full_name_of_a_browser_is_kept(sanne: User) -> None:
    client = Client(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="198.51.100.77")
    ask(client)
    give(client, code_for())
    row = Session.objects.get(user=sanne)
    everything = f"{row.__dict__} {row.get_decoded()}"
    assert "198.51" not in everything
    assert "Gecko" not in everything
    assert row.session_key not in client.get("/account/").content.decode()


def test_when_it_was_last_used_follows_use(sanne: User, clock: Any) -> None:
    other, here = browser(sanne, EDGE), browser(sanne)
    clock.shift(timedelta(hours=3))
    other.get("/privacy/")
    assert "16:00" in " ".join(listed(here))


def test_the_list_costs_one_statement_however_long_it_is(sanne: User) -> None:
    here = browser(sanne)
    with CaptureQueriesContext(connection) as one:
        here.get("/account/")
    for _ in range(3):
        browser_of(sanne)
    with CaptureQueriesContext(connection) as four:
        here.get("/account/")
    assert len(one) == len(four)


# ---- ending -----------------------------------------------------------------------------------------
def test_one_other_browser_is_signed_out(sanne: User) -> None:
    other, third, here = browser(sanne, EDGE), browser(sanne, IPHONE), browser(sanne)
    page = BeautifulSoup(here.get("/account/").content, "html.parser")
    row = next(row for row in page.select("#sessions li") if "Edge" in row.text)
    response = here.post(row.select_one("form")["action"], follow=True)
    assert "Daar ben je nu uitgelogd." in response.content.decode()
    assert [signed_in(client) for client in (other, third, here)] == [False, True, True]


def test_everywhere_is_here_too(sanne: User) -> None:
    other, here = browser(sanne, EDGE), browser(sanne)
    response = here.post(reverse("accounts:end_sessions"))
    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert not Session.objects.filter(user=sanne).exists()
    assert [signed_in(client) for client in (other, here)] == [False, False]


def test_nobody_ends_the_session_of_somebody_else(sanne: User, mila: User) -> None:
    hers, his = browser(sanne), browser(mila)
    row = Session.objects.get(user=sanne)
    his.post(reverse("accounts:end_session", args=[row.public_id]))
    his.post(reverse("accounts:end_sessions"))
    assert signed_in(hers)
    for name, arguments in (("accounts:end_session", [row.public_id]), ("accounts:end_sessions", [])):
        assert hers.get(reverse(name, args=arguments)).status_code == 405
        assert Client().post(reverse(name, args=arguments)).status_code == 302
    assert signed_in(hers)


def test_the_admin_lists_and_ends_sessions_of_a_person(sanne: User, db: None) -> None:
    client = browser(sanne)
    boss = browser_of(User.objects.create_superuser("beheer@voorbeeld.nl"))
    page = boss.get(reverse("admin:accounts_user_change", args=[sanne.pk])).content.decode()
    assert "Firefox op Windows, laatst gebruikt ma 23 nov 2026, 13:00" in page
    sent = {"action": "sign_out_everywhere", "_selected_action": [sanne.pk]}
    response = boss.post(reverse("admin:accounts_user_changelist") + "?who=all", sent, follow=True)
    assert "1 persoon is overal uitgelogd." in response.content.decode()
    assert not signed_in(client)
    assert "Nergens" in boss.get(reverse("admin:accounts_user_change", args=[sanne.pk])).content.decode()


def test_forgetting_the_second_factor_ends_every_session(mila: User) -> None:
    clients = [browser_of(mila), browser_of(mila)]
    boss = browser_of(User.objects.create_superuser("beheer@voorbeeld.nl"))
    sent = {"action": "forget_second_factor", "_selected_action": [mila.pk]}
    boss.post(reverse("admin:accounts_user_changelist"), sent)
    assert [signed_in(client) for client in clients] == [False, False]
    assert signed_in(boss)


def saved(user: User, **fields: bool) -> None:
    for name, value in fields.items():
        setattr(user, name, value)
    user.save()


def in_sql(user: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET is_staff = false WHERE id = %s", [user.pk])


@pytest.mark.parametrize(
    "lose",
    [
        lambda user: saved(user, is_staff=False),
        lambda user: saved(user, is_active=False),
        lambda user: saved(user, is_superuser=False),
        lambda user: User.objects.filter(pk=user.pk).update(is_staff=False),
        lambda user: User.objects.filter(pk=user.pk).update(is_superuser=False),
        in_sql,
        lambda user: user.groups.clear(),
        lambda user: user.groups.set([]),
        lambda user: Group.objects.get(name=staff.PRACTICE).user_set.remove(user),
        lambda user: Group.objects.all().delete(),
        lambda user: user.delete(),
    ],
)
def test_losing_rights_ends_every_session_whoever_takes_them(lose: Any, mila: User, sanne: User) -> None:
    saved(mila, is_superuser=True)
    clients, other = [browser_of(mila), browser_of(mila)], browser(sanne)
    lose(mila)
    assert not Session.objects.filter(public_id__isnull=False).exclude(user=sanne).exists()
    assert [signed_in(client) for client in clients] == [False, False]
    assert signed_in(other)


def test_more_rights_ask_for_a_new_sign_in_too(sanne: User) -> None:
    """A member's sixty days must not become a coach's."""
    client = browser(sanne)
    saved(sanne, is_staff=True)
    assert not signed_in(client)


def test_a_changed_name_ends_nothing(mila: User) -> None:
    client = browser_of(mila)
    saved(mila, name="Mila")
    mila.groups.add(staff.ensure_practice_group())
    assert signed_in(client)


def test_a_session_that_was_ended_under_way_comes_back_by_nothing(sanne: User) -> None:
    client = browser(sanne)
    row = Session.objects.get(user=sanne)
    store = type(client.session)(row.session_key)
    store["late"] = True
    staff.end_sessions(sanne)
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.filter(user=sanne).exists()
