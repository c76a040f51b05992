"""A call as a beam on its day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string

from bookings.models import CallType
from bookings.visitor.managing import drawing_of
from tests.factories.bookings import BookingFactory


@pytest.mark.django_db
def test_both_ends_of_its_dimension_line_have_an_oblique_tick(call_type: CallType) -> None:
    call = BookingFactory(call_type=call_type, start=datetime(2026, 11, 26, 8, 45, tzinfo=UTC))
    drawn = render_to_string("drawings/day_beam.html", {"drawing": drawing_of(call)})
    paths = [path["d"] for path in BeautifulSoup(drawn, "html.parser").select("path.ink-line")]
    assert paths == ["M8 56H856", "M156.4 20m-4 4l8 -8M198.8 20m-4 4l8 -8"]
