"""Who may open what, in both languages, and what search engines hear: for every page of tests/pages.py."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import sitemaps
from portal.accounts.models import User
from portal.common import tokens
from tests import pages
from tests.pages import (
    FILES,
    KNOWN,
    LISTED,
    MEMBERS,
    MOVED,
    OPERATORS,
    OWNERS,
    POST_ONLY,
    PUBLIC,
    STEPS,
    TOKENS,
    UNLISTED,
)

pytestmark = pytest.mark.django_db


def test_every_url_name_stands_in_one_list() -> None:
    unknown, gone = sorted(pages.names() - KNOWN), sorted(KNOWN - pages.names())
    lists = (PUBLIC, STEPS, MOVED, POST_ONLY, MEMBERS, OWNERS, TOKENS, OPERATORS)
    assert not unknown, f"Put {unknown} into the list of tests/pages.py that says who may open it."
    assert not gone, f"Take {gone} out of tests/pages.py: no URL has this name any more."
    assert sum(map(len, lists)) == len(KNOWN), "A name stands in two lists of tests/pages.py."


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("eigenaar@voorbeeld.nl", name="Sanne Vermeer", proven_at=timezone.now())


@pytest.fixture
def paths(owner: User) -> dict[str, str]:
    """An address for every name, with things that belong to `owner`."""
    return pages.addresses(owner)["nl"]


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_pages_open_for_everybody(paths: dict[str, str], name: str) -> None:
    status = Client().get(paths[name]).status_code
    assert status == 200 or (name, status) == ("readyz", 503), (
        f"A stranger who opens {name} gets {status}: mark its view @login_not_required, "
        "or move the name in tests/pages.py to the list of those who may open it."
    )


@pytest.mark.parametrize("name", sorted(KNOWN - POST_ONLY))
def test_head_answers_as_get_does_without_the_page(paths: dict[str, str], name: str, owner: User) -> None:
    """Link checkers and mail programs ask so; strangers and the owner alike."""
    for browser in (Client, lambda: sign_in(owner)):
        shown, asked = browser().get(paths[name]), browser().head(paths[name])
        assert asked.status_code == shown.status_code
        assert asked.content == b""
        for header in ("Content-Type", "Location", "Cache-Control", "X-Robots-Tag", "Content-Language"):
            assert asked.headers.get(header) == shown.headers.get(header), header


@pytest.mark.parametrize("name", sorted(STEPS))
def test_steps_without_a_beginning_lead_back_kindly(paths: dict[str, str], name: str) -> None:
    assert Client().get(paths[name]).status_code in {200, 302, 404}


@pytest.mark.parametrize("name", sorted(MOVED))
def test_what_moved_leads_on_for_good(paths: dict[str, str], name: str) -> None:
    response = Client().get(paths[name])
    assert response.status_code == 301
    assert Client().get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_members_pages_ask_strangers_to_sign_in(paths: dict[str, str], name: str) -> None:
    response = Client().get(paths[name])
    assert response.headers.get("Location", "").startswith("/inloggen/"), (
        f"A stranger who opens {name} gets {response.status_code} and not the door: "
        "take @login_not_required off its view, or move the name in tests/pages.py to UNLISTED."
    )


@pytest.mark.parametrize("name", sorted(OWNERS))
def test_what_belongs_to_one_person_is_not_found_by_others(
    paths: dict[str, str], name: str, owner: User
) -> None:
    other = User.objects.create_user("ander@voorbeeld.nl", proven_at=timezone.now())
    coach = User.objects.create_user("coach@voorbeeld.nl", proven_at=timezone.now(), is_staff=True)
    boss = User.objects.create_superuser("baas@voorbeeld.nl", proven_at=timezone.now())
    former = sign_in(owner)
    assert former.get(paths[name]).status_code == 200
    former.post(reverse("account_logout"))
    unknown = paths[name].replace(public_id_in(paths[name]), "2" * 24)
    for client in (Client(), sign_in(other), sign_in(coach), sign_in(boss), former):
        assert where(client, paths[name]) == where(client, unknown)
        assert "Sanne Vermeer" not in client.get(paths[name], follow=True).content.decode()


def public_id_in(path: str) -> str:
    return next(part for part in path.split("/") if len(part) == 24)


def where(client: Client, path: str) -> str | int:
    """Where a look ends: not found, or at the door. Never anything else."""
    response = client.get(path, follow=True)
    if response.status_code == 404:
        return 404
    door = response.redirect_chain[-1][0].split("?")[0]
    assert door == "/inloggen/"
    return door


@pytest.mark.parametrize("name", sorted(POST_ONLY))
def test_what_acts_needs_a_post_with_its_csrf_token(paths: dict[str, str], name: str, owner: User) -> None:
    client = sign_in(owner)
    read = client.get(paths[name]).status_code  # acts on nothing; some lead to their page
    assert read in {302, 405}, f"GET {name} answers {read}: mark its view @require_POST."
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    response = strict.post(paths[name])
    assert response.status_code == 403
    assert b"<h1" in response.content


@pytest.mark.parametrize("name", sorted(KNOWN - {"sitemap", "robots", "healthz", "readyz"}))
def test_reading_changes_nothing(paths: dict[str, str], name: str, owner: User) -> None:
    """Mail scanners follow every link, with or without cookies."""
    before = everything()
    for client in (Client(), sign_in(owner)):
        client.get(paths[name])
        client.head(paths[name])
    after = everything()
    changed = sorted(table for table in after if after[table] != before[table])
    assert not changed, (
        f"GET {name} changed rows of {changed}: only a POST may, for mail scanners follow links."
    )


def everything() -> dict[str, list[Any]]:
    """All rows of all tables except sessions, counters and caches."""
    transient = {"accounts_session", "cache", "accounts_ratecounter"}
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names()) - transient):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = sorted(map(repr, cursor.fetchall()))
            found[table] = [row for row in rows if "last_login" not in row]
    with_login = found.pop("accounts_user")
    found["accounts_user"] = [str(len(with_login))]
    return found


@pytest.mark.parametrize("name", sorted(OWNERS | {"accounts:account", "bookings:slots"}))
def test_private_pages_are_neither_kept_nor_indexed(paths: dict[str, str], name: str, owner: User) -> None:
    headers = sign_in(owner).get(paths[name]).headers
    kept, indexed = headers.get("Cache-Control", ""), headers.get("X-Robots-Tag")
    assert ("no-store" in kept, indexed) == (True, "noindex"), (
        f"{name} may be kept by browsers or indexed: mark its view @private (portal/common/http.py)."
    )


@pytest.mark.parametrize("name", sorted(KNOWN - TOKENS - POST_ONLY))
def test_every_answer_carries_the_strict_headers(paths: dict[str, str], name: str) -> None:
    headers = Client().get(paths[name]).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]


def test_an_evil_host_is_refused() -> None:
    assert Client().get("/", headers={"host": "evil.example"}).status_code == 400


# ---- secret links (R37) -------------------------------------------------------------------------------
TOKEN = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])")


@pytest.mark.parametrize("name", sorted(TOKENS))
def test_a_secret_link_with_any_other_sign_is_one_kind_page(paths: dict[str, str], name: str) -> None:
    """A sign of it, cut off, or made for something or somebody else: nothing tells one from the other."""
    path = paths[name]
    [token] = TOKEN.findall(path)
    public_id = public_id_in(path)
    flipped = [token[:at] + ("x" if token[at] != "x" else "y") + token[at + 1 :] for at in (0, 20, 41)]
    made = [tokens.make("another.purpose", public_id), tokens.make(name, "2" * 24)]
    assert Client().get(path).status_code in {200, 302}
    answers = [Client().get(path.replace(token, other)) for other in (*flipped, token[:-1], "x", *made)]
    assert len({(answer.status_code, words(answer)) for answer in answers}) == 1
    assert answers[0].status_code in {404, 410}, f"{name} answers a broken link with {answers[0].status_code}"
    main = BeautifulSoup(answers[0].content, "html.parser").main
    assert main is not None
    assert main.h1 is not None
    assert main.select("a[href]") or "Vraag wie je uitnodigde" in words(answers[0]), f"{name} leads nowhere"


def words(response: Any) -> str:
    page = BeautifulSoup(response.content, "html.parser")
    return " ".join((page.main or page).get_text(" ").split())


# ---- both languages, and search engines ---------------------------------------------------------------
@pytest.mark.parametrize("name", sorted((LISTED | UNLISTED | MEMBERS | OWNERS) - FILES))
def test_every_page_speaks_both_languages(owner: User, name: str) -> None:
    for language, paths in pages.addresses(owner).items():
        for browser in (Client(), sign_in(owner)) if name in PUBLIC else (sign_in(owner),):
            response = browser.get(paths[name], follow=True)
            page = BeautifulSoup(response.content, "html.parser")
            spoken = page.html["lang"] if page.html else None
            assert spoken == language, (
                f"{paths[name]} answers {response.status_code} in {spoken}: "
                "its path stands in i18n_patterns, and its template extends base.html."
            )


def test_search_engines_hear_of_the_listed_pages_and_of_no_other(owner: User) -> None:
    told = {name for name, _arguments in sitemaps.PAGES}
    assert told == LISTED, (
        f"{sorted(told ^ LISTED)}: a page for search engines stands in LISTED of tests/pages.py and is "
        "added in ready() of its app (portal.sitemaps.add_page); another stands in UNLISTED and is not."
    )
    found = Client().get("/sitemap.xml").content.decode()
    for paths in pages.addresses(owner).values():
        for name in LISTED:
            assert f"<loc>{settings.SITE_URL}{paths[name]}</loc>" in found


@pytest.mark.parametrize("name", sorted(LISTED))
def test_listed_pages_name_their_twin_in_the_other_language(owner: User, name: str) -> None:
    nl, en = (paths[name] for paths in pages.addresses(owner).values())
    for path, twin in ((nl, en), (en, nl)):
        page = BeautifulSoup(Client().get(path).content, "html.parser")
        twins = [link["href"] for link in page.select("link[hreflang]")]
        assert settings.SITE_URL + twin in twins


@pytest.mark.parametrize("name", sorted(UNLISTED))
def test_unlisted_pages_ask_not_to_be_indexed(paths: dict[str, str], name: str) -> None:
    response = Client().get(paths[name])
    robots = BeautifulSoup(response.content, "html.parser").select_one("meta[name=robots]")
    said = response.headers.get("X-Robots-Tag") or (robots["content"] if robots else "")
    assert "noindex" in said, (
        f"{name} stands in UNLISTED of tests/pages.py: give its template noindex, or list it."
    )
