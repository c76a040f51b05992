"""A practice with the shipped scan, who runs it, a coach who may only look, and a draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from assessments.editor import drafts
from assessments.models import Instrument
from portal.accounts import staff
from portal.accounts.models import User
from tests.bookings.admin.conftest import browser_of
from tests.factories.assessments import InstrumentFactory

NAME = "admin:assessments_instrument"


@pytest.fixture
def current(db: None) -> Instrument:
    return InstrumentFactory()


@pytest.fixture
def practice(current: Instrument) -> Client:
    user = User.objects.create_user("praktijk@praktijk.nl", name="De Praktijk", is_staff=True)
    user.groups.add(staff.ensure_practice_group())
    return browser_of(user)


@pytest.fixture
def coach(current: Instrument) -> Client:
    user = User.objects.create_user("coach@praktijk.nl", name="Mila de Coach", is_staff=True)
    user.groups.add(staff.ensure_coach_group())
    return browser_of(user)


@pytest.fixture
def draft(current: Instrument) -> Instrument:
    return drafts.clone(current.pk)[0]


def address(page: str, row: Instrument | None = None, *args: Any) -> str:
    return reverse(f"{NAME}_{page}", args=[row.pk, *args] if row else args)


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def words(response: Any) -> str:
    return " ".join(soup(response).select_one("#content").text.split())  # type: ignore[union-attr]


def filled_in(browser: Client, row: Instrument, section: str) -> dict[str, str]:
    """What the form of a section would send as it is."""
    form = soup(browser.get(address("section", row, section))).select_one("form[data-editor]")
    assert form is not None
    found = {one["name"]: one.get("value", "") for one in form.select("input[name]:not([type=radio])")}
    found |= {one["name"]: one.get("value", "") for one in form.select("input[type=radio][checked]")}
    found |= {one["name"]: one.text.removeprefix("\n") for one in form.select("textarea[name]")}
    found.pop("csrfmiddlewaretoken", None)
    return found  # type: ignore[return-value]


def rewrite(row: Instrument, change: Callable[[dict[str, Any]], None]) -> None:
    """Put something into the content of a draft by hand."""
    change(row.content)
    row.save()
