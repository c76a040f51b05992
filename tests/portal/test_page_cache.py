"""Public pages are written once for all who would see the same, and never longer than five seconds."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.messages import INFO
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.common.page_cache import SECONDS
from tests.assessments import walk
from tests.bookings.browsing import words_of
from tests.factories.assessments import InstrumentFactory, UserFactory
from tests.factories.bookings import CallTypeFactory

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
WITH_FORM = ("/", "/en/", "/impactcall/", "/en/impact-call/")
PAGES = (*WITH_FORM, "/sleutels/", "/en/keys/", "/sleutels/uit-handen-geven/", "/en/keys/letting-go/")


@pytest.fixture(autouse=True)
def _site(db: None, clock: Any, kept_pages: Any) -> None:
    InstrumentFactory()
    CallTypeFactory()


def is_made_anew(browser: Client, path: str) -> bool:
    """Whether this browser's page was made from what is in the database, or was there already."""
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    return any("django_session" not in query["sql"] for query in queries)


def what_is_in(pages: Any) -> list[Any]:
    """The pages, without the links of whoever is signed in: those are kept apart, and are everybody's."""
    names = [key.removeprefix(":1:") for key in list(pages._cache)]
    return [pages.get(name) for name in names if not name.startswith("own_links.")]


# ---- for how long --------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_there_for_the_next_and_made_anew_after_five_seconds(path: str, clock: Any) -> None:
    assert is_made_anew(Client(), path)
    clock.shift(timedelta(seconds=SECONDS - 0.001))
    assert not is_made_anew(Client(), path)
    clock.shift(timedelta(seconds=0.001))
    assert is_made_anew(Client(), path)


def test_no_page_outlives_the_minute_in_which_it_was_made() -> None:
    """Notice, dates and the words today and tomorrow turn on whole minutes."""
    assert SECONDS == 5
    assert 60 % SECONDS == 0


@pytest.mark.parametrize("path", PAGES)
def test_a_page_that_is_there_asks_nothing_of_the_database(path: str, django_assert_num_queries: Any) -> None:
    Client().get(path)
    with django_assert_num_queries(0):
        Client().get(path)


def test_there_are_never_more_than_so_many_pages() -> None:
    assert settings.CACHES["pages"]["OPTIONS"]["MAX_ENTRIES"] == 200


def headers_of(response: Any) -> dict[str, str]:
    """All but the request's own id."""
    return {name: value for name, value in response.headers.items() if name != "X-Request-ID"}


# ---- what is the same page -----------------------------------------------------------------------------
@pytest.mark.parametrize("path", PAGES)
def test_the_page_that_was_there_is_the_page_one_would_have_got(path: str, kept_pages: Any) -> None:
    for other in PAGES:
        Client().get(other)
    found = Client().get(path)
    kept_pages.clear()
    made = Client().get(path)
    assert TOKEN.sub(b"", found.content) == TOKEN.sub(b"", made.content)
    assert headers_of(found) == headers_of(made)
    assert found.headers["X-Request-ID"] != made.headers["X-Request-ID"]
    assert found.cookies.keys() == made.cookies.keys()


@pytest.mark.parametrize("query", ["utm_source=mail&utm_campaign=herfst", "fbclid=1", "gclid=2", "van=jet"])
def test_where_somebody_came_from_is_no_other_page(query: str) -> None:
    Client().get("/?from=a")
    assert not is_made_anew(Client(), f"/?{query}&from=a")
    assert is_made_anew(Client(), f"/?{query}&from=b")


def test_a_page_in_another_language_is_another_page() -> None:
    assert "De tien sleutels" in words_of(Client().get("/sleutels/"))
    assert "The ten keys" in words_of(Client().get("/en/keys/"))


def test_a_look_at_the_headers_alone_spoils_no_page() -> None:
    first, whole, again = Client().head("/"), Client().get("/"), Client().head("/")
    assert first.content == again.content == b""
    assert headers_of(first) == headers_of(whole) == headers_of(again)
    assert b"</html>" in whole.content


def test_a_page_that_is_not_there_is_not_kept() -> None:
    path = "/impactcall/bij/niemand/"
    assert Client().get(path).status_code == 404
    CallTypeFactory(host__slug="niemand")
    assert Client().get(path).status_code == 200


# ---- everybody's own stays their own -------------------------------------------------------------------
@pytest.mark.parametrize("path", WITH_FORM)
def test_every_visitor_has_a_token_of_their_own(path: str) -> None:
    first, second = (TOKEN.findall(Client().get(path).content) for _ in range(2))
    assert len(set(first)) == len(set(second)) == 1
    assert first[0] != second[0]


def test_the_form_of_a_page_that_was_there_works_for_whoever_got_it_and_for_nobody_else() -> None:
    Client().get("/")
    first, second = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    token, _other = (TOKEN.findall(browser.get("/").content)[0].decode() for browser in (first, second))
    assert second.post("/start/", {"csrfmiddlewaretoken": token}).status_code == 403
    assert first.post("/start/", {"csrfmiddlewaretoken": token}).status_code == 302


@pytest.mark.parametrize("path", WITH_FORM)
def test_no_token_is_kept_with_the_page(path: str, kept_pages: Any) -> None:
    token = TOKEN.findall(Client().get(path).content)[0].decode()
    ((parts, _status, headers),) = what_is_in(kept_pages)
    assert len(parts) > 1
    assert token not in "".join(parts) + repr(headers)


@pytest.fixture
def member() -> Client:
    browser = Client()
    browser.force_login(UserFactory(name="Sanne Vermeer", email="sanne@voorbeeld.nl"))
    return browser


@pytest.mark.parametrize("path", PAGES)
def test_whoever_is_signed_in_finds_the_page_of_everybody_with_their_own_links(
    member: Client, path: str
) -> None:
    sign_out, erase = ("Sign out", "Erase my data") if "/en/" in path else ("Uitloggen", "Wis mijn gegevens")
    assert sign_out not in Client().get(path).content.decode()
    page = member.get(path).content.decode()
    assert sign_out in page
    assert erase in page
    assert not is_made_anew(Client(), path)
    assert sign_out not in Client().get(path).content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_made_for_nobody_whoever_asks_first(member: Client, path: str, kept_pages: Any) -> None:
    made = member.get(path)
    assert "no-store" in made.headers["Cache-Control"]
    kept = repr(what_is_in(kept_pages))
    assert len(what_is_in(kept_pages)) == 1
    for own in ("Sanne", "sanne@", "uitloggen", "logout"):
        assert own not in kept


@pytest.mark.parametrize("path", PAGES)
def test_a_message_is_shown_once_and_to_one(path: str, rf: Any) -> None:
    told = Client()
    told.cookies["messages"] = CookieStorage(rf.get("/"))._encode([Message(INFO, "Bewaard.")])
    assert "Bewaard." in words_of(told.get(path))
    assert "Bewaard." not in words_of(told.get(path))
    assert "Bewaard." not in words_of(Client().get(path))


def test_nobody_finds_the_scan_of_somebody_else(kept_pages: Any) -> None:
    scanner = Client()
    walk.start(scanner)
    name = walk.shown_scan(scanner)
    for path in PAGES:
        scanner.get(path)
    assert name
    assert name not in repr(what_is_in(kept_pages))
