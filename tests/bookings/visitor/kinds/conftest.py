from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bookings.models import CallType
from tests.bookings.visitor.kinds.coaches import EMAIL
from tests.factories.assessments import UserFactory
from tests.factories.bookings import AvailabilityRuleFactory, CallTypeFactory, HostFactory


@pytest.fixture
def jet(instrument: Any, clock: Any) -> CallType:
    """The call every coach offers, of Jet, on Mondays to Fridays from 9 to 17."""
    return CallTypeFactory(slug="impact-call", host=HostFactory(name="Jet van Dalen", slug="jet"))


@pytest.fixture
def noor(jet: CallType) -> CallType:
    """The same of Noor, on Thursdays from 15 to 19."""
    found = CallTypeFactory(
        slug="impact-call", host=HostFactory(name="Noor Aydin", slug="noor"), weekdays=False
    )
    AvailabilityRuleFactory(host=found.host, weekday=4, start_time="15:00", end_time="19:00")
    return found


@pytest.fixture
def deep(jet: CallType) -> CallType:
    """A longer kind, of Jet alone."""
    return CallTypeFactory(
        slug="deep",
        host=jet.host,
        weekdays=False,
        name_nl="Verdiepend gesprek",
        name_en="Deeper call",
        duration_minutes=60,
    )


@pytest.fixture
def browser() -> Client:
    return Client()


@pytest.fixture
def member(browser: Client, jet: CallType) -> Client:
    browser.force_login(UserFactory(email=EMAIL), backend="django.contrib.auth.backends.ModelBackend")
    return browser
