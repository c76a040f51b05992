"""A sequence that begins with a missed call sends nothing once it was no missed call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bookings.calls import lifecycle
from bookings.models import Booking
from portal.common import times
from portal.leads.sequences import sending
from portal.leads.sequences.models import Run, Step
from portal.mail.models import OutboundEmail
from tests.bookings.people import no_show
from tests.factories.bookings import BookingFactory
from tests.factories.sequences import SequenceFactory, StepFactory
from tests.sequences.people import wants_tips

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.django_db]


@pytest.fixture
def missed(clock: Any) -> Booking:
    lead = wants_tips()
    StepFactory(sequence=SequenceFactory(starts_on="call.no_show"))
    return BookingFactory(start=times.now() - timedelta(hours=1), email=lead.email)


def why_not() -> str:
    mail = OutboundEmail.objects.filter(message="sequences/step").latest("pk")
    return sending.why_not(Run.objects.select_related("lead", "sequence").get(), Step.objects.get(), mail)


def test_after_a_missed_call_it_leaves(missed: Booking) -> None:
    no_show(missed)
    assert why_not() == ""


def test_once_taken_back_it_stays_away(missed: Booking) -> None:
    no_show(missed)
    lifecycle.take_back_no_show(missed)
    assert why_not() == sending.UNDONE


def test_a_call_that_took_place_after_all_was_not_missed(missed: Booking) -> None:
    no_show(missed)
    lifecycle.close(missed, Booking.Status.COMPLETED)
    assert why_not() == sending.UNDONE


def test_missed_after_all_it_leaves_again(missed: Booking, clock: Any) -> None:
    no_show(missed)
    lifecycle.take_back_no_show(missed)
    clock.shift(timedelta(minutes=1))
    no_show(missed)
    assert why_not() == ""


def test_another_call_that_was_not_missed_changes_nothing(missed: Booking) -> None:
    other = BookingFactory(start=times.now() - timedelta(hours=5), email=missed.email)
    no_show(missed)
    lifecycle.close(other, Booking.Status.COMPLETED)
    assert why_not() == ""
