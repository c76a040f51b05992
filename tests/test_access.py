"""Who may open what. Every URL name stands in this matrix; a new one outside it fails."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.common import tokens
from portal.leads import services as leads
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory
from tests.factories.bookings import BookingFactory, OfferFactory

pytestmark = pytest.mark.django_db

PUBLIC = {
    "healthz", "readyz", "robots", "sitemap",
    "assessments:landing", "assessments:keys", "assessments:key",
    "bookings:slots", "bookings:coach", "bookings:zone", "bookings:waitlist",
    "portal:privacy", "portal:accessibility",
    "account_request_login_code", "account_login", "accounts:deleted",
}  # fmt: skip
# Open to everybody, but without a pending step they lead to its beginning.
STEPS = {
    "assessments:scan", "assessments:resume", "bookings:details", "bookings:lost", "bookings:already",
    "account_confirm_login_code", "mfa_authenticate",
}  # fmt: skip
MOVED = {"assessments:key_moved"}  # an address of before leads to the one of now, for good
POST_ONLY = {
    "assessments:start", "assessments:again", "accounts:keep", "bookings:hold", "bookings:release",
    "bookings:confirm", "bookings:cancel", "accounts:profile", "accounts:tips",
    "bookings:waitlist_join", "bookings:waitlist_stop", "bookings:offer_take", "bookings:offer_decline",
}  # fmt: skip
MEMBERS = {
    "accounts:account", "accounts:delete", "accounts:delete_confirm", "account_logout",
    "mfa_index", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
}  # fmt: skip
OWNERS = {
    "assessments:result", "bookings:manage", "bookings:done", "bookings:invite", "bookings:move",
    "bookings:offer",
}  # fmt: skip
TOKENS = {"leads:unsubscribe", "bookings:manage_link", "bookings:offer_link", "feeds:calls"}
LOCAL_ONLY = "local"
KNOWN = PUBLIC | STEPS | MOVED | POST_ONLY | MEMBERS | OWNERS | TOKENS


def names(resolver: URLResolver | None = None, prefix: str = "") -> set[str]:
    """Every URL name of the portal; the admin has its own tests."""
    found: set[str] = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace in {"admin", LOCAL_ONLY}:
                continue
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found |= names(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.add(prefix + pattern.name)
    return found


def test_every_url_name_stands_in_the_matrix() -> None:
    assert names() - KNOWN == set()
    assert KNOWN - names() == set()


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("eigenaar@voorbeeld.nl", name="Sanne Vermeer", proven_at=timezone.now())


@pytest.fixture
def paths(owner: User) -> dict[str, str]:
    """An address for every name, with things that belong to `owner`."""
    InstrumentFactory()
    scan = CompletedScanFactory(user=owner)
    booking = BookingFactory(user=owner, email=owner.email)
    offer = OfferFactory(entry__user=owner)
    lead = leads.contact(owner.email, user_id=owner.pk)
    arguments: dict[str, list[Any]] = {
        "assessments:key": ["naming"],
        "assessments:key_moved": ["letting-go"],
        "assessments:scan": [1],
        "assessments:result": [scan.public_id],
        "leads:unsubscribe": [lead.public_id, tokens.make("leads.unsubscribe", lead.public_id)],
        "bookings:manage_link": [
            booking.public_id, tokens.make("bookings.manage", booking.public_id, booking.manage_generation)
        ],
        "bookings:waitlist_stop": [offer.entry.public_id],
        "bookings:offer_link": [offer.public_id, tokens.make("bookings.offer", offer.public_id)],
        "feeds:calls": [booking.host.public_id, tokens.make("bookings.feed", booking.host.public_id)],
    }  # fmt: skip
    arguments["bookings:coach"] = [booking.host.slug]
    for name in ("manage", "done", "invite", "move", "cancel"):
        arguments[f"bookings:{name}"] = [booking.public_id]
    for name in ("offer", "offer_take", "offer_decline"):
        arguments[f"bookings:{name}"] = [offer.public_id]
    return {name: reverse(name, args=arguments.get(name, [])) for name in KNOWN}


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_pages_open_for_everybody(paths: dict[str, str], name: str) -> None:
    assert Client().get(paths[name]).status_code in {200, 503}
    assert Client().get(paths[name]).status_code == 200 or name == "readyz"


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
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/inloggen/")


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
    assert client.get(paths[name]).status_code in {302, 405}  # acts on nothing; some lead to their page
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
    assert everything() == before


def everything() -> dict[str, list[Any]]:
    """All rows of all tables except sessions, counters and caches."""
    transient = {"django_session", "cache", "accounts_ratecounter"}
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
    response = sign_in(owner).get(paths[name])
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex"


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


@pytest.mark.parametrize("path", ["/", "/sleutels/", "/impactcall/", "/privacy/"])
def test_public_pages_name_their_twin_in_the_other_language(paths: dict[str, str], path: str) -> None:
    text = Client().get(path).content.decode()
    assert f'hreflang="en" href="{settings.SITE_URL}/en/' in text or "noindex" in text or "no-store" in text
    english = Client().get("/en" + reverse("portal:privacy"))
    assert english.status_code == 200
    assert '<html lang="en"' in english.content.decode()
