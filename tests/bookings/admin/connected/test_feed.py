"""The address of the feed, in the admin."""

from __future__ import annotations

from base64 import b64decode
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from bookings.connected import feed
from bookings.models import Host
from portal.accounts.models import User
from portal.common.qr import qr_code
from tests.bookings.admin.conftest import browser_of

pytestmark = pytest.mark.django_db


def pages_of(host: Host) -> list[str]:
    return [reverse(f"admin:bookings_host_{name}", args=[host.pk]) for name in ("feed", "feed_new")]


def test_the_address_is_shown_to_copy_to_open_and_to_scan(as_coach: Client, host: Host) -> None:
    page, _new = pages_of(host)
    own = feed.address(host)
    answer = as_coach.get(page)
    soup = BeautifulSoup(answer.content, "html.parser")
    assert soup.select_one("#feed-address").get_text() == own
    assert soup.select_one("[data-copy=feed-address]").has_attr("hidden")  # a script shows it
    webcal = soup.select_one("a[href^='webcal://']")["href"]
    assert webcal == "webcal://" + own.partition("://")[2]
    drawn = soup.select_one("img.feed-qr[alt]")["src"].removeprefix("data:image/svg+xml;base64,")
    assert b64decode(drawn) == qr_code(webcal)
    assert page in as_coach.get(reverse("admin:bookings_host_change", args=[host.pk])).content.decode()


def test_a_new_address_asks_first_and_ends_the_old_one(as_coach: Client, host: Host) -> None:
    page, new = pages_of(host)
    old = feed.address(host)
    assert as_coach.post(page).status_code == 405  # no button on the page itself ends the address
    assert new in as_coach.get(page).content.decode()
    asked = " ".join(as_coach.get(new).content.decode().split())
    assert "Het adres van nu stopt meteen, voor iedereen die het heeft." in asked
    host.refresh_from_db()
    assert feed.address(host) == old
    body = as_coach.post(new, follow=True).content.decode()
    host.refresh_from_db()
    assert "Er is een nieuw adres." in body
    assert old not in body
    assert feed.address(host) in body
    assert Client().get(urlsplit(old).path).status_code == 404


def test_whoever_may_not_change_coaches_sees_no_address(host: Host) -> None:
    page, new = pages_of(host)
    staff = User.objects.create_user("stage@voorbeeld.nl", is_staff=True)
    assert browser_of(staff).get(page).status_code == 403
    assert browser_of(staff).get(new).status_code == 403
    assert browser_of(staff).post(new).status_code == 403
    assert Client().get(page).status_code == 302
    host.refresh_from_db()
    assert host.feed_generation == 0
