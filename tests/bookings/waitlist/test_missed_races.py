"""A no-show is taken back at the very moment a worker holds its times: nothing stays held that nobody may take."""

from __future__ import annotations

from datetime import timedelta

import pytest
from psycopg.types.range import Range

from bookings.calls import lifecycle
from bookings.models import Booking, CallType, Offer
from portal.common import times
from portal.mail import outbox
from portal.mail.models import OutboundEmail
from tests.bookings.calls.test_races import at_once, kinds
from tests.bookings.calls.test_races import call_type as call_type  # a fixture
from tests.bookings.calls.test_races import no_deadlock as no_deadlock  # a fixture
from tests.bookings.people import no_show, written_by_worker
from tests.factories.bookings import BookingFactory

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_deadlock"),
]
MISSED = "bookings/offer_no_show"


def over(call_type: CallType, hours_ago: int) -> Booking:
    start = times.now() - timedelta(hours=hours_ago)
    booking = BookingFactory(call_type=call_type, email=f"p{hours_ago}@voorbeeld.nl")
    span = Range(start, start + timedelta(minutes=30))
    Booking.objects.filter(pk=booking.pk).update(period=span, footprint=span)
    booking.refresh_from_db()
    return booking


def test_taken_back_while_a_worker_holds_the_times(call_type: CallType) -> None:
    for hours_ago in range(2, 8):
        missed = over(call_type, hours_ago)
        no_show(missed)
        assert outbox.send_now(OutboundEmail.objects.get(message=MISSED, status="queued"))
        results = at_once(
            lambda: written_by_worker("offer_no_show"),
            lambda missed=missed: lifecycle.take_back_no_show(missed),
        )
        assert kinds(results).get("Booking") == 1
        missed.refresh_from_db()
        assert missed.status == "confirmed"
        assert not Booking.objects.filter(status="held").exists()
        assert not Offer.objects.filter(missed=missed, status="open").exists()
        row = OutboundEmail.objects.get(about=f"missed:{missed.public_id}")
        assert row.is_withdrawn or row.status == "cancelled"
        row.delete()


def test_ten_clicks_on_yes_plan_one_mail(call_type: CallType) -> None:
    missed = over(call_type, 2)
    results = at_once(*[lambda: no_show(missed) for _click in range(10)])
    assert kinds(results) == {"Booking": 10}
    assert OutboundEmail.objects.filter(message=MISSED).count() == 1
