"""The database is away, read-only or held by others: a kind 503 everywhere, and nothing typed is lost."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal import away
from portal.accounts.models import User
from tests import pages
from tests.addresses.conftest import sign_in
from tests.bookings.admin.conftest import browser_of
from tests.bookings.admin.every_page import all_pages
from tests.factories.assessments import InstrumentFactory, UserFactory
from tests.factories.bookings import CallTypeFactory
from tests.pages import POST_ONLY
from tests.portal.test_resending import again, soup

pytestmark = pytest.mark.django_db(transaction=True)
NEEDS_NO_DATABASE = {"healthz", "robots", "sitemap", "assessments:key_moved"}


@pytest.fixture
def owner() -> User:
    return UserFactory(name="Sanne Vermeer")


@pytest.fixture
def paths(owner: User) -> dict[str, str]:
    return pages.addresses(owner)["nl"]


@pytest.fixture
def database_away() -> Callable[[], AbstractContextManager[None]]:
    """From now on nothing listens where the database was; it is back at the end of the block."""

    @contextmanager
    def block() -> Iterator[None]:
        connection.close()
        port = connection.settings_dict["PORT"]
        with socket.socket() as deaf:  # bound, so that no other program listens there meanwhile
            deaf.bind(("127.0.0.1", 0))
            connection.settings_dict["PORT"] = str(deaf.getsockname()[1])
            try:
                yield
            finally:
                connection.close()
                connection.settings_dict["PORT"] = port

    return block


def calm(browser: Client) -> Client:
    """Show errors as a web server does."""
    browser.raise_request_exception = False
    return browser


def assert_kind(response: HttpResponse, path: str = "") -> None:
    assert response.status_code == 503, path
    assert response.headers["Retry-After"] == "10"
    assert response.headers["Cache-Control"] == "no-store"
    page = soup(response)
    assert settings.PRACTICE["practice_name"] in page.text, path
    assert settings.PRACTICE["email"] in page.main.text
    assert page.html["lang"] == ("en" if path.startswith("/en/") else "nl")


# ---- every page -------------------------------------------------------------------------------------
def test_every_page_says_kindly_that_it_is_for_a_moment(
    paths: dict[str, str],
    owner: User,
    database_away: Any,
) -> None:
    browser = calm(sign_in(owner))
    with database_away():
        for name, path in sorted(paths.items()):
            if name in POST_ONLY | NEEDS_NO_DATABASE | {"readyz"} or name.startswith("local"):
                continue
            for address in (path, f"/en{path}") if name.startswith("assessments:landing") else (path,):
                response = browser.get(address)
                assert_kind(response, address)
                assert not soup(response).select("main form")
                assert soup(response).select_one("main a.btn")["href"] == address


def test_every_page_of_the_admin_says_so_too(database_away: Any) -> None:
    InstrumentFactory()
    CallTypeFactory()
    browser = calm(browser_of(User.objects.create_superuser("beheer@voorbeeld.nl")))
    addresses = all_pages()
    with database_away():
        for path in addresses:
            assert_kind(browser.get(path), path)
        sent = browser.post(
            reverse("admin:bookings_blockedtime_add"),
            {"reason": "Naar de tandarts"},
            headers={"origin": "http://testserver"},
        )
    assert_kind(sent)
    assert "Naar de tandarts" in soup(sent).main.text
    assert again(sent)["reason"] == ["Naar de tandarts"]


def test_english_pages_say_it_in_english(database_away: Any) -> None:
    with database_away():
        response = calm(Client()).get("/en/")
    assert_kind(response, "/en/")
    assert "One moment, please." in soup(response).main.text
    assert "Even geduld" not in soup(response).main.text


# ---- what was sent ----------------------------------------------------------------------------------
def test_what_was_typed_is_shown_and_sent_again_by_one_press(database_away: Any) -> None:
    browser = calm(Client(enforce_csrf_checks=True))
    page = soup(browser.get("/inloggen/"))
    token = page.select_one("input[name=csrfmiddlewaretoken]")["value"]
    with database_away():
        response = browser.post("/inloggen/", {"email": "sanne@voorbeeld.nl", "csrfmiddlewaretoken": token})
    assert_kind(response)
    assert "sanne@voorbeeld.nl" in soup(response).main.text
    assert browser.post("/inloggen/", again(response)).status_code == 302  # and the database is back


def test_remark_phone_and_choices_of_a_booking_go_along(database_away: Any) -> None:
    sent = {
        "name": "Sanne Vermeer",
        "email": "sanne@voorbeeld.nl",
        "remark": "Twee\r\nregels",
        "phone": "0612345678",
        "topics": ["naming", "clear"],
        "start": "2026-12-01T09:00:00+00:00",
    }
    with database_away():
        response = calm(Client()).post(reverse("bookings:confirm"), sent)
    assert_kind(response)
    for typed in ("Sanne Vermeer", "sanne@voorbeeld.nl", "regels", "0612345678", "10:00"):
        assert typed in soup(response).main.text
    kept = again(response)
    kept.pop("csrfmiddlewaretoken")
    assert kept == {name: value if isinstance(value, list) else [value] for name, value in sent.items()}


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """One thing for each look for the database; each may last two seconds, when nothing answers there."""
    found: list[object] = []
    connect = connection.get_new_connection
    monkeypatch.setattr(connection, "get_new_connection", lambda params: found.append(1) or connect(params))
    return found


def test_a_request_looks_for_the_database_once(database_away: Any, looks: list[object]) -> None:
    """What the page shows needs no second look: the start by its clock, and not the topics by their names."""
    CallTypeFactory()
    InstrumentFactory()
    browser = calm(Client())
    browser.post(reverse("bookings:hold"), {"start": "2030-01-01T09:00:00+00:00"})
    assert settings.SESSION_COOKIE_NAME in browser.cookies
    sent = {"name": "Sanne", "start": "2026-12-01T09:00:00+00:00", "topics": ["naming", "clear"]}
    looks.clear()
    with database_away():
        response = browser.post(reverse("bookings:confirm"), sent)
        assert len(looks) == 1
    assert_kind(response)
    assert "10:00" in soup(response).main.text
    assert again(response)["topics"] == ["naming", "clear"]


def test_no_page_looks_twice_whatever_is_sent_to_it(
    paths: dict[str, str],
    owner: User,
    database_away: Any,
    looks: list[object],
) -> None:
    browser = calm(sign_in(owner))
    everything = {"topics": "naming", "start": "2026-12-01T09:00:00+00:00", "until_on": "2026-12-01"}
    asked: dict[str, list[int]] = {}
    with database_away():
        for name, path in paths.items():
            for send in (browser.get, browser.post):
                looks.clear()
                send(path, everything)
                asked.setdefault(name, []).append(len(looks))
    assert {name: counts for name, counts in asked.items() if max(counts) > 1} == {}
    assert asked["bookings:confirm"][1] == 1


def test_nothing_more_is_asked_of_a_database_that_others_keep_too_busy() -> None:
    """It may say so once more only after the same wait."""
    InstrumentFactory()
    asked: list[str] = []

    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '57014'; END $$", None, *rest[1:])

    with connection.execute_wrapper(fail):
        response = calm(Client()).post(reverse("bookings:confirm"), {"topics": ["naming"]})
    assert_kind(response)
    assert len(asked) == 1


def test_a_session_is_kept_until_the_database_is_back(owner: User, database_away: Any) -> None:
    browser = calm(sign_in(owner))
    with database_away():
        assert browser.get("/account/").status_code == 503
    assert browser.get("/account/").status_code == 200


def test_a_form_without_our_token_is_not_shown(database_away: Any) -> None:
    browser = calm(Client(enforce_csrf_checks=True))
    with database_away():
        response = browser.post(
            "/inloggen/", {"email": "x@evil.example"}, headers={"origin": "http://evil.example"}
        )
    assert response.status_code in {403, 503}
    assert "evil.example" not in response.content.decode()
    assert not soup(response).select("main form")


@pytest.mark.parametrize(
    "given", [{"content_type": "application/json"}, {"headers": {"accept": "application/json"}}]
)
def test_a_program_gets_an_answer_it_can_read(
    database_away: Any,
    owner: User,
    given: dict[str, Any],
) -> None:
    browser = calm(sign_in(owner))
    with database_away():
        response = browser.post("/account/gegevens/", {"name": "Bas"}, **given)
    assert (response.status_code, response.headers["Content-Type"]) == (503, "application/json")
    assert response.headers["Retry-After"] == "10"
    assert response.json() == {
        "error": "We kunnen even niet bij onze gegevens. Probeer het zo opnieuw.",
        "retry_after": 10,
    }


def test_readyz_is_red_and_healthz_is_not(database_away: Any) -> None:
    with database_away():
        ready, health = calm(Client()).get("/readyz"), calm(Client()).get("/healthz")
    assert (ready.status_code, ready.json()) == (503, {"database": "away"})
    assert health.status_code == 200


# ---- other reasons ----------------------------------------------------------------------------------
def test_a_database_that_only_reads_is_away_for_whoever_writes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        response = calm(Client()).post("/inloggen/", {"email": "sanne@voorbeeld.nl"})
    finally:
        connection.close()
    assert_kind(response)
    assert "sanne@voorbeeld.nl" in soup(response).main.text
    assert not User.objects.exists()


@pytest.mark.parametrize("state", ["53100", "53300", "57P01", "55P03", "57014", "40P01", "08006", "25006"])
def test_states_that_pass_are_told_from_mistakes_of_ours(state: str) -> None:
    assert away.is_away(error_of(state))


@pytest.mark.parametrize("state", ["42P01", "22012", "23505", "42601"])
def test_mistakes_of_ours_stay_a_500(state: str) -> None:
    assert not away.is_away(error_of(state))
    assert not away.is_away(ValueError())


def error_of(state: str) -> Exception:
    with pytest.raises(Exception) as raised, transaction.atomic(), connection.cursor() as cursor:  # noqa: PT011
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$")
    return raised.value
