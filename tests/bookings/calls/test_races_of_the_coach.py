"""The coach and a visitor at the same moment: whoever comes second hears of the first."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from psycopg.types.range import Range

from bookings.availability import blocks, calendar
from bookings.calls import lifecycle
from bookings.models import BlockedTime, Booking, CallType
from tests.bookings.calls.test_races import at_once, book, call_type, holders_of_overlaps, kinds, no_deadlock
from tests.bookings.people import details

__all__ = ["call_type", "no_deadlock"]  # fixtures
pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_deadlock"),
]


def test_a_visitor_confirms_while_the_coach_drags_blocked_time_over_it(call_type: CallType) -> None:
    """Ten times: the coach is told of the call, or the visitor that the time is gone. Never neither."""
    starts = [slot.start for slot in calendar.free_slots(call_type)][4::6][:10]
    for number, start in enumerate(starts):
        block = BlockedTime.objects.create(
            host=call_type.host, period=Range(start - timedelta(days=400), start - timedelta(days=399), "[)")
        )
        period = Range(start, start + timedelta(minutes=30), "[)")
        drag = partial(blocks.move_block, block, period, seen=block.period)
        visit = partial(book, call_type, start, f"person{number}")
        assert sorted(kinds(at_once(drag, visit))) in (
            ["BlockedTime", "SlotTakenError"],
            ["Booking", "CallsInTheWayError"],
        )


def test_a_visitor_and_the_coach_book_one_start_and_one_of_them_gets_it(call_type: CallType) -> None:
    start = calendar.free_slots(call_type)[5].start
    wanted = details("ilse@voorbeeld.nl")
    coach = partial(
        lifecycle.book_for, call_type, start, details=wanted, key="coach-coach-coach", outside_hours=True
    )
    visitors = [partial(book, call_type, start, f"person{n}") for n in range(9)]
    assert kinds(at_once(coach, *visitors)) == {"Booking": 1, "SlotTakenError": 9}
    assert Booking.objects.filter(status="confirmed").count() == 1
    assert holders_of_overlaps() == []


def test_two_people_drag_one_block_and_one_of_them_is_told(call_type: CallType) -> None:
    start = calendar.free_slots(call_type)[5].start
    block = BlockedTime.objects.create(
        host=call_type.host, period=Range(start, start + timedelta(hours=1), "[)")
    )
    copies = [BlockedTime.objects.get() for _ in range(4)]

    def drag(number: int) -> BlockedTime:
        later = start + timedelta(days=400 + number)
        return blocks.move_block(
            copies[number], Range(later, later + timedelta(hours=1), "[)"), seen=block.period
        )

    results = at_once(*(lambda n=n: drag(n) for n in range(4)))
    assert kinds(results) == {"BlockedTime": 1, "BlockChangedError": 3}
