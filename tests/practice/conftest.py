"""A portal after its set-up, and the coach whose practice it is."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from bookings.models import Host
from portal.accounts.models import User
from tests.bookings.admin.conftest import browser_of
from tests.factories.assessments import InstrumentFactory

PAGE = "admin:practice_practice_changelist"


@pytest.fixture
def set_up(db: None) -> Host:
    InstrumentFactory()
    call_command("ensure_practice", verbosity=0)
    call_command("ensure_first_coach", verbosity=0)
    return Host.objects.get()


@pytest.fixture
def coach(set_up: Host) -> Client:
    return browser_of(User.objects.get(is_superuser=True))


@pytest.fixture
def colleague(set_up: Host) -> Client:
    return browser_of(User.objects.create_superuser("collega@voorbeeld.nl", name="Bo Collega"))


def soup(browser: Client, path: str) -> BeautifulSoup:
    return BeautifulSoup(browser.get(path).content, "html.parser")


def filled_in(page: Tag) -> dict[str, str]:
    """What the long form of a page would send as it is."""
    form = page.select_one("form.own-form")
    assert form is not None
    found = {one["name"]: one.get("value", "") for one in form.select("input[name]")}
    found |= {one["name"]: one.text.lstrip("\n") for one in form.select("textarea[name]")}
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}  # type: ignore[misc]


def save(browser: Client, **changed: str) -> Any:
    path = reverse(PAGE)
    return browser.post(path, filled_in(soup(browser, path)) | GOOD | changed)


GOOD = {
    "coach_name": "Mila de Wit",
    "practice_name": "Huis van Proef",
    "address": "Dorpsstraat 1, 1234 AB Ons Dorp",
    "kvk": "12345678",
    "vat_id": "",
    "phone": "06 1234 5678",
    "email": "mila@huisvanproef.example",
    "privacy_email": "",
}
