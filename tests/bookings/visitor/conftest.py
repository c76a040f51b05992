from __future__ import annotations

import pytest
from django.test import Client

from bookings.models import CallType
from tests.bookings.visitor.journeys import EMAIL
from tests.factories.assessments import UserFactory


@pytest.fixture
def browser(call_type: CallType) -> Client:
    """A visitor of a site with one coach, on Monday 23 November 2026."""
    return Client()


@pytest.fixture
def member(browser: Client) -> Client:
    """The same, signed in as Sanne."""
    browser.force_login(UserFactory(email=EMAIL), backend="django.contrib.auth.backends.ModelBackend")
    return browser
