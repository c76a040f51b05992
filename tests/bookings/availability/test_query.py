"""Reading the calendar of a host: four queries, whatever it holds."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from psycopg.types.range import Range

from bookings.availability.query import build_queries, build_query
from bookings.calls import holds, lifecycle
from bookings.domain.slots import Window
from bookings.models import Booking
from portal.common import times
from tests.bookings.people import THURSDAY_9, confirm
from tests.factories.bookings import (
    AvailabilityRuleFactory,
    BlockedTimeFactory,
    BookingFactory,
    CallTypeFactory,
    DateOverrideFactory,
    OverrideWindowFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def query(call_type, **more):
    now = times.now()
    return build_query(call_type, first=now, until=now + 30 * DAY, now=now, **more)


def test_three_queries_whatever_the_calendar_holds(call_type, django_assert_num_queries):
    with django_assert_num_queries(3):
        query(call_type)
    for number in range(20):
        BookingFactory(call_type=call_type, start=THURSDAY_9 + number * DAY)
        start = THURSDAY_9 + number * DAY + timedelta(hours=3)
        BlockedTimeFactory(host=call_type.host, period=Range(start, start + timedelta(hours=1)))
        override = DateOverrideFactory(host=call_type.host, on=(THURSDAY_9 + number * DAY).date())
        OverrideWindowFactory(override=override)
        OverrideWindowFactory(override=override, start_time=time(13), end_time=time(15))
    with django_assert_num_queries(3):
        found = query(call_type)
    assert (len(found.taken), len(found.busy), len(found.overrides)) == (20, 20, 20)


def test_override_without_windows_closes_the_date(call_type):
    closed = DateOverrideFactory(host=call_type.host, on=date(2026, 11, 26))
    other = DateOverrideFactory(host=call_type.host, on=date(2026, 11, 27))
    OverrideWindowFactory(override=other, start_time=time(10), end_time=time(12))
    assert query(call_type).overrides == {closed.on: (), other.on: (Window(time(10), time(12)),)}


def test_calendar_of_another_host_is_not_read(call_type):
    other = CallTypeFactory()
    AvailabilityRuleFactory(host=other.host, weekday=7)
    confirm(other)
    BlockedTimeFactory(host=other.host, period=Range(THURSDAY_9, THURSDAY_9 + DAY))
    found = query(call_type)
    assert (len(found.rules), found.taken, found.busy) == (5, (), ())


def test_cancelled_and_lapsed_do_not_stand_in_the_way(call_type, clock):
    lifecycle.cancel(confirm(call_type), by=Booking.By.HOST)
    holds.hold_slot(call_type, THURSDAY_9, visitor="noor", client="noor")
    assert len(query(call_type).taken) == 1
    clock.shift(timedelta(minutes=10))
    assert query(call_type).taken == ()


def test_what_is_over_still_counts(call_type, clock):
    booking = confirm(call_type)
    clock.move_to(booking.end_at)
    lifecycle.close(booking, Booking.Status.COMPLETED)
    assert [taken.start for taken in query(call_type).taken] == [THURSDAY_9]


def test_only_calls_of_the_same_type_use_up_its_limits(call_type):
    other = CallTypeFactory(host=call_type.host, weekdays=False)
    confirm(other)
    confirm(call_type, THURSDAY_9 + DAY, who="noor")
    assert sorted(taken.counts for taken in query(call_type).taken) == [False, True]


def test_own_booking_is_left_out(call_type):
    booking = confirm(call_type)
    assert query(call_type, own=booking).taken == ()


@pytest.mark.parametrize("hosts", [1, 3])
def test_calendars_of_several_hosts_are_read_in_the_same_three_queries(
    call_type, django_assert_num_queries, hosts
):
    call_types = [call_type, *(CallTypeFactory(host__time_zone="Asia/Tokyo") for _ in range(hosts - 1))]
    for number, one in enumerate(call_types):
        BookingFactory(call_type=one, start=THURSDAY_9 + number * DAY)
        BlockedTimeFactory(host=one.host, period=Range(THURSDAY_9, THURSDAY_9 + (number + 1) * DAY))
        OverrideWindowFactory(override=DateOverrideFactory(host=one.host, on=date(2026, 12, number + 1)))
    now = times.now()
    with django_assert_num_queries(3):
        found = build_queries(call_types, first=now, until=now + 30 * DAY, now=now)
    assert found == [query(one) for one in call_types]


def test_what_a_visitor_holds_is_left_out_without_being_read(call_type):
    holds.hold_slot(call_type, THURSDAY_9, visitor="sanne", client="sanne")
    holds.hold_slot(call_type, THURSDAY_9 + DAY, visitor="noor", client="noor")
    now = times.now()
    (found,) = build_queries([call_type], first=now, until=now + 30 * DAY, now=now, visitor="sanne")
    assert [taken.start for taken in found.taken] == [THURSDAY_9 + DAY]
