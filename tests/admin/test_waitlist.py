"""What the coach sees of people who wait, and of times that are held for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking, CallType, Host
from tests.admin.conftest import MONDAY, browser_of
from tests.admin.conftest import at as moment
from tests.bookings.browsing import page_of, words_of
from tests.factories.assessments import UserFactory
from tests.factories.bookings import OfferFactory, WaitlistEntryFactory

pytestmark = pytest.mark.django_db
INDEX = "/beheer/"


def test_first_page_names_who_waits_in_order_and_nothing_when_nobody_does(
    as_coach: Client, call_type: CallType, monday: Any
) -> None:
    assert "Wachtlijst" not in words_of(as_coach.get(INDEX))
    for days, who in ((1, "Noor"), (3, "Bas")):
        user = UserFactory(name=who)
        WaitlistEntryFactory(user=user, kind=call_type.slug, created_at=MONDAY - timedelta(days=days))
    panel = page_of(as_coach.get(INDEX)).select_one("[aria-labelledby=waiting]")
    assert "2 mensen wachten tot er een tijd vrijkomt" in panel.get_text()
    assert [link.get_text() for link in panel.select("li a")] == ["Bas", "Noor"]


def test_first_page_says_which_time_is_held_until_when(
    as_coach: Client, call_type: CallType, monday: Any
) -> None:
    OfferFactory(call_type=call_type, starts=[moment(3, 9)], entry__user=UserFactory(name="Noor"))
    words = words_of(as_coach.get(INDEX))
    assert "do 26 nov 2026, 09:00, vastgehouden tot 14:00" in words


def test_week_shows_a_time_that_is_held_for_somebody_until_when(
    as_coach: Client, call_type: CallType, monday: Any
) -> None:
    OfferFactory(call_type=call_type, starts=[moment(3, 9)])
    OfferFactory(call_type=call_type, starts=[moment(4, 9)], expires_at=moment(1, 10))
    words = words_of(as_coach.get(reverse("admin:bookings_booking_week"), {"day": "2026-11-26"}))
    assert "Vastgehouden tot 14:00" in words
    assert "Vastgehouden tot di 10:00" in words
    row = Booking.objects.get(period__startswith=moment(4, 9))
    detail = as_coach.get(reverse("admin:bookings_booking_change", args=[row.pk]))
    assert "tot di 10:00" in words_of(detail)


def test_coach_only_looks_and_staff_without_the_right_does_not(
    as_coach: Client, call_type: CallType, host: Host, monday: Any
) -> None:
    offer = OfferFactory(call_type=call_type, starts=[moment(3, 9)])
    stranger = browser_of(UserFactory(is_staff=True))
    for name, row in (("offer", offer), ("waitlistentry", offer.entry)):
        page = reverse(f"admin:bookings_{name}_change", args=[row.pk])
        assert as_coach.get(page).status_code == 200
        assert as_coach.post(page, {"status": "taken"}).status_code == 403
        for action in ("add", "delete"):
            arguments = [] if action == "add" else [row.pk]
            assert as_coach.get(reverse(f"admin:bookings_{name}_{action}", args=arguments)).status_code == 403
        assert stranger.get(page).status_code == 403
    assert "Wachtlijst" not in words_of(stranger.get(INDEX))
    offer.refresh_from_db()
    assert offer.status == "open"
