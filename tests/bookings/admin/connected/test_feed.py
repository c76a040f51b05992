"""The address of the feed, in the admin."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from bookings.connected import feed
from bookings.models import Host
from portal.accounts.models import User
from tests.bookings.admin.conftest import browser_of

pytestmark = pytest.mark.django_db


def test_the_address_is_shown_and_made_anew_by_a_post(as_coach: Client, host: Host) -> None:
    page = reverse("admin:bookings_host_feed", args=[host.pk])
    old = feed.address(host)
    assert f'value="{old}"' in as_coach.get(page).content.decode()
    assert page in as_coach.get(reverse("admin:bookings_host_change", args=[host.pk])).content.decode()
    body = as_coach.post(page, follow=True).content.decode()
    host.refresh_from_db()
    assert "Er is een nieuw adres." in body
    assert old not in body
    assert f'value="{feed.address(host)}"' in body
    assert Client().get(urlsplit(old).path).status_code == 404


def test_whoever_may_not_change_coaches_sees_no_address(host: Host) -> None:
    page = reverse("admin:bookings_host_feed", args=[host.pk])
    staff = User.objects.create_user("stage@voorbeeld.nl", is_staff=True)
    assert browser_of(staff).get(page).status_code == 403
    assert browser_of(staff).post(page).status_code == 403
    assert Client().get(page).status_code == 302
    host.refresh_from_db()
    assert host.feed_generation == 0
