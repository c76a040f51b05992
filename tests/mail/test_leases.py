"""Leases are set and judged by the database's clock, the only one that all machines share (R24)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from bookings.connected import visiting
from bookings.models import CalendarVisit
from portal.mail import delivery
from portal.mail.models import OutboundEmail
from tests.factories.mail import OutboundEmailFactory

pytestmark = pytest.mark.django_db(transaction=True)
Status = OutboundEmail.Status


def lasts(table: str) -> float:
    """How many seconds the one lease in this table still lasts, as the database sees it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT extract(epoch FROM lease_until - now()) FROM {table}")
        return float(cursor.fetchone()[0])


@pytest.fixture(params=[timedelta(minutes=10), timedelta(minutes=-10), timedelta(days=400)])
def skewed(request: pytest.FixtureRequest, clock: Any) -> None:
    """The clock of this machine is wrong."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        clock.move_to(cursor.fetchone()[0] + request.param)


@pytest.mark.usefixtures("skewed")
def test_a_mail_is_held_as_long_by_a_machine_whose_clock_is_wrong(settings: Any) -> None:
    mail = OutboundEmailFactory()
    assert delivery.claim() == mail
    seconds = settings.OUTBOX_LEASE_SECONDS
    assert seconds - 10 < lasts("mail_outboundemail") <= seconds
    delivery.free_lapsed()
    assert OutboundEmail.objects.get().status == Status.LEASED
    assert delivery.claim() is None


@pytest.mark.usefixtures("skewed")
def test_a_lease_that_is_over_is_taken_back_by_a_machine_whose_clock_is_wrong() -> None:
    OutboundEmailFactory()
    delivery.claim()
    OutboundEmail.objects.update(lease_until=Now() - timedelta(seconds=1))
    delivery.free_lapsed()
    assert OutboundEmail.objects.get().status == Status.RETRY


@pytest.mark.usefixtures("skewed")
def test_a_visit_to_a_calendar_lasts_as_long_by_a_wrong_clock(settings: Any) -> None:
    assert visiting.take()
    seconds = settings.OUTBOX_LEASE_SECONDS
    assert seconds - 10 < lasts("bookings_calendarvisit") <= seconds
    assert visiting.take() is None
    CalendarVisit.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert visiting.take()
