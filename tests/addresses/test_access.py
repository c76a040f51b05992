"""Who may open what, in both languages, and what search engines hear: for every page of tests/pages.py."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import sitemaps
from portal.accounts.models import User
from tests import pages
from tests.addresses.conftest import World, everything, sign_in
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


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_pages_open_for_everybody(paths: dict[str, str], name: str) -> None:
    status = Client().get(paths[name]).status_code
    assert status == 200 or (name, status) == ("readyz", 503), (
        f"A stranger who opens {name} gets {status}: mark its view @login_not_required, "
        "or move the name in tests/pages.py to the list of those who may open it."
    )


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


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_reading_changes_nothing_and_head_answers_as_get_does(
    world: World, paths: dict[str, str], name: str, owner: User
) -> None:
    """Mail scanners follow every link, and link checkers and mail programs ask with HEAD; strangers and the owner
    alike."""
    for browser in (Client, lambda: sign_in(owner)):
        shown, asked = browser().get(paths[name]), browser().head(paths[name])
        if name in POST_ONLY:
            continue
        assert asked.status_code == shown.status_code
        assert asked.content == b""
        for header in ("Content-Type", "Location", "Cache-Control", "X-Robots-Tag", "Content-Language"):
            assert asked.headers.get(header) == shown.headers.get(header), header
    after = everything()
    changed = sorted(table for table in after if after[table] != world.rows[table])
    assert not changed, (
        f"GET {name} changed rows of {changed}: only a POST may, for mail scanners follow links."
    )


def test_the_free_times_of_whoever_signed_in_are_neither_kept_nor_indexed(
    paths: dict[str, str], owner: User
) -> None:
    """They are a page of everybody's, made for one; those of one person: test_every_address.py."""
    headers = sign_in(owner).get(paths["bookings:slots"]).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Robots-Tag"] == "noindex"


def test_an_evil_host_is_refused() -> None:
    assert Client().get("/", headers={"host": "evil.example"}).status_code == 400


# ---- both languages, and search engines ---------------------------------------------------------------
@pytest.mark.parametrize("name", sorted((LISTED | UNLISTED | MEMBERS | OWNERS) - FILES))
def test_every_page_speaks_both_languages(world: World, owner: User, name: str) -> None:
    for language, paths in world.paths.items():
        for browser in (Client(), sign_in(owner)) if name in PUBLIC else (sign_in(owner),):
            response = browser.get(paths[name], follow=True)
            page = BeautifulSoup(response.content, "html.parser")
            spoken = page.html["lang"] if page.html else None
            assert spoken == language, (
                f"{paths[name]} answers {response.status_code} in {spoken}: "
                "its path stands in i18n_patterns, and its template extends base.html."
            )


def test_search_engines_hear_of_the_listed_pages_and_of_no_other(world: World, owner: User) -> None:
    told = {name for name, _arguments in sitemaps.PAGES}
    assert told == LISTED, (
        f"{sorted(told ^ LISTED)}: a page for search engines stands in LISTED of tests/pages.py and is "
        "added in ready() of its app (portal.sitemaps.add_page); another stands in UNLISTED and is not."
    )
    found = Client().get("/sitemap.xml").content.decode()
    for paths in world.paths.values():
        for name in LISTED:
            assert f"<loc>{settings.SITE_URL}{paths[name]}</loc>" in found


@pytest.mark.parametrize("name", sorted(LISTED))
def test_listed_pages_name_their_twin_in_the_other_language(world: World, owner: User, name: str) -> None:
    nl, en = (paths[name] for paths in world.paths.values())
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
