from __future__ import annotations

import pytest
from django.test import Client

from bookings.calls import lifecycle
from bookings.models import Booking, CallType, Offer
from portal.accounts.models import User
from tests.bookings.people import confirm
from tests.bookings.visitor.waitlist.offered import EMAIL
from tests.browsers import as_member
from tests.factories.assessments import UserFactory
from tests.factories.bookings import WaitlistEntryFactory


@pytest.fixture
def browser(call_type: CallType) -> Client:
    return Client()


@pytest.fixture
def noor(call_type: CallType) -> User:
    return UserFactory(email=EMAIL, name="Noor Aydin")


@pytest.fixture
def member(browser: Client, noor: User) -> Client:
    return as_member(noor)


@pytest.fixture
def offer(call_type: CallType, noor: User) -> Offer:
    """Noor waits, and a call of Thursday nine o'clock was cancelled."""
    WaitlistEntryFactory(user=noor, kind=call_type.slug)
    lifecycle.cancel(confirm(call_type), by=Booking.By.INVITEE)
    return Offer.objects.get()
