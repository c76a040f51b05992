"""A coach in the admin, with the sequences that come with the portal, and no Redis."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from portal.accounts.models import User
from portal.accounts.staff import ensure_practice_group
from portal.common import waking
from portal.leads.sequences.models import Sequence
from tests.bookings.admin.conftest import browser_of
from tests.factories.assessments import InstrumentFactory


@pytest.fixture(autouse=True)
def _no_redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(waking, "_closed_until", 0.0)


@pytest.fixture
def shipped(db: None) -> Sequence:
    """The sequence after a scan, as it comes with the portal."""
    InstrumentFactory()
    call_command("ensure_sequences", verbosity=0)
    return Sequence.objects.get()


@pytest.fixture
def coach(db: None) -> User:
    user = User.objects.create_user("mila@voorbeeld.nl", name="Mila de Coach", is_staff=True)
    user.groups.add(ensure_practice_group())
    return user


@pytest.fixture
def as_coach(coach: User) -> Client:
    return browser_of(coach)
