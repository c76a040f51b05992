"""Who waits, as the coach sees it."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from bookings.models import CallType
from tests.factories.bookings import WaitlistEntryFactory

pytestmark = pytest.mark.django_db


def test_the_list_is_filtered_by_the_name_of_the_kind_of_call(as_coach: Client, call_type: CallType) -> None:
    CallType.objects.update(slug="impact-call", name_nl="Verdiepend gesprek")
    WaitlistEntryFactory(kind="impact-call", user__email="bas@voorbeeld.nl", name="Bas")
    WaitlistEntryFactory(kind="no-more", user__email="ilse@voorbeeld.nl", name="Ilse")
    address = reverse("admin:bookings_waitlistentry_changelist")
    page = BeautifulSoup(as_coach.get(address).content, "html.parser")
    links = {link.get_text(strip=True): link["href"] for link in page.select("a[href*='kind=']")}
    assert set(links) == {"Verdiepend gesprek", "no-more"}  # a kind that is gone keeps its short name
    found = BeautifulSoup(as_coach.get(address + links["Verdiepend gesprek"]).content, "html.parser")
    assert "Bas" in found.select_one("#result_list").get_text()
    assert "Ilse" not in found.select_one("#result_list").get_text()
