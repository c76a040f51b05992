"""What the tests of writing share."""

from __future__ import annotations

from datetime import timedelta

from bookings.connected import writing
from bookings.models import CalendarCopy, CalendarSource
from tests.bookings.connected.radicale import Radicale
from tests.bookings.world import World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def write(source: CalendarSource, server: Radicale | World) -> int:
    return writing.write_source(source.pk, network=server.network())


def the_copy() -> CalendarCopy:
    return CalendarCopy.objects.select_related("booking__host", "source").get()


def text(source: CalendarSource, radicale: Radicale) -> str:
    """The one event that stands in the calendar."""
    (found,) = radicale.files(source.collection).values()
    return found


AT_9, AT_11 = (
    ("DTSTART:20261126T080000Z", "DTEND:20261126T083000Z"),
    (
        "DTSTART:20261126T100000Z",
        "DTEND:20261126T103000Z",
    ),
)
