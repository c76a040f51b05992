"""The cache cannot be reached (R46): the limits of signing in and booking are rows, so people come in, and no more
of them than before. A second step that cannot be counted is closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from portal.accounts.models import User
from tests.bookings.browsing import confirm, hold, starts_on, type_code
from tests.factories.assessments import InstrumentFactory
from tests.factories.bookings import CallTypeFactory
from tests.portal.test_door import ask, code_for, give, signed_in
from tests.portal.test_door_limits import somewhere
from tests.portal.test_second_factor import MILA, SECRET, app_code, at_second_step

pytestmark = pytest.mark.django_db


class Away(BaseCache):
    """As the cache table of a database that stopped answering."""

    def __init__(self) -> None:
        super().__init__({})

    def add(self, *_given: Any, **_more: Any) -> bool:
        raise OperationalError("The cache is away.")

    get = set = touch = delete = has_key = add


@pytest.fixture(autouse=True)
def away(clock: Any) -> Iterator[None]:
    caches["default"] = Away()  # type: ignore[assignment]
    yield
    del caches["default"]


def test_whoever_asks_for_a_code_signs_in_and_the_seventh_mail_to_one_address_is_refused(
    visitor: Client,
) -> None:
    ask(visitor)
    give(visitor, "BBBB-BBBB")
    give(visitor, code_for())
    assert signed_in(visitor)
    answers = [ask(somewhere(number), "noor@voorbeeld.nl").status_code for number in range(8)]
    assert answers == [302] * 6 + [422] * 2


def test_whoever_chose_a_time_books_it_and_the_fourth_time_of_one_network_is_refused(clock: Any) -> None:
    InstrumentFactory()
    CallTypeFactory()
    browser = Client()
    hold(browser)
    confirm(browser, clock)
    type_code(browser)
    assert Booking.objects.get().status == Booking.Status.CONFIRMED
    starts = starts_on(browser.get(reverse("bookings:slots")))
    for start in starts[0:9:3]:
        hold(Client(), start)
    assert Client().post(reverse("bookings:hold"), {"start": starts[-1]}).status_code == 429


def test_a_second_step_whose_tries_cannot_be_counted_opens_nothing_and_then_opens() -> None:
    mila = User.objects.create_user(MILA, is_staff=True, proven_at=timezone.now())
    totp.TOTP.activate(mila, SECRET)
    browser = at_second_step()
    browser.raise_request_exception = False
    code = {"code": app_code()}
    assert browser.post(reverse("mfa_authenticate"), code).status_code == 503
    assert not signed_in(browser)
    del caches["default"]
    browser.post(reverse("mfa_authenticate"), code)
    assert signed_in(browser)
