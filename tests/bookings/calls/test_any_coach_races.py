"""Many real connections at once, and more than one coach. Every test here fails without its guard."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from bookings.availability import calendar
from bookings.availability.kinds import Kind, KindChoice, Wish
from bookings.calls import holds, spreading
from bookings.models import Booking, CallType
from portal.common import times
from portal.common.ids import new_public_id
from tests.bookings.calls.test_races import at_once, kinds, no_deadlock, psycopg_arguments
from tests.bookings.people import details
from tests.factories.assessments import InstrumentFactory
from tests.factories.bookings import CallTypeFactory, HostFactory

__all__ = ["no_deadlock"]
pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_deadlock"),
]


@pytest.fixture
def two() -> list[CallType]:
    InstrumentFactory()
    return [coach_of_the_kind(name) for name in ("Jet van Dalen", "Noor Aydin")]


def coach_of_the_kind(name: str) -> CallType:
    """Open all week, without limits, so that only the race decides. The clock is the real one."""
    call_type = CallTypeFactory(
        slug="impact-call", host=HostFactory(name=name), max_per_day=None, weekdays=False
    )
    for weekday in range(1, 8):
        call_type.host.rules.create(weekday=weekday, start_time="09:00", end_time="17:00")
    return call_type


def hold(two: list[CallType], start: datetime, who: str) -> Booking:
    return spreading.hold_with_any(two, start, visitor=who, client=who)


def confirm(wish: Wish, start: datetime, visitor: str, who: str) -> Booking:
    return spreading.confirm_with_any(
        wish,
        start,
        visitor=visitor,
        details=details(f"{who}@voorbeeld.nl"),
        user=None,
        key=new_public_id(),
    )


def wish(two: list[CallType], host: CallType) -> Wish:
    choice = KindChoice(Kind("impact-call", tuple(two)))
    return Wish(host, choice, is_named=True)


def test_twenty_people_on_one_start_of_two_coaches_get_two_holds(two: list[CallType]) -> None:
    start = calendar.free_with_any(two)[5].start
    results = at_once(*(lambda n=n: hold(two, start, f"person{n}") for n in range(20)))
    assert kinds(results) == {"Booking": 2, "SlotTakenError": 18}
    assert set(Booking.objects.values_list("host_id", "status")) == {
        (call_type.host_id, "held") for call_type in two
    }


def test_people_who_change_coaches_at_once_all_hold_one_time(two: list[CallType]) -> None:
    """Each leaves the calendar that another enters; nobody waits for two calendars."""
    free = [slot.start for slot in calendar.free_with_any(two)][::4]
    for number in range(12):
        who = f"person{number}"
        holds.hold_slot(two[number % 2], free[number], visitor=who, client=who)

    def change(number: int) -> Booking:
        who = f"person{number}"
        return holds.hold_slot(two[(number + 1) % 2], free[12 + number], visitor=who, client=who)

    assert kinds(at_once(*(lambda n=n: change(n) for n in range(12)))) == {"Booking": 12}
    held = Booking.objects.values_list("visitor", "host_id", "period__startswith")
    assert set(held) == {(f"person{n}", two[(n + 1) % 2].host_id, free[12 + n]) for n in range(12)}


def test_one_visitor_in_eight_tabs_holds_one_time(two: list[CallType]) -> None:
    """Also when the network address changes meanwhile, as on a train."""
    starts = [slot.start for slot in calendar.free_with_any(two)][::4][:8]
    results = at_once(
        *(
            lambda n=n: holds.hold_slot(two[n % 2], starts[n], visitor="sanne", client=f"network{n}")
            for n in range(8)
        )
    )
    assert kinds(results) == {"Booking": 8}
    assert Booking.objects.count() == 1


def test_one_network_address_holds_three_times_whichever_coaches_they_are_with(two: list[CallType]) -> None:
    start = calendar.free_with_any(two)[0].start
    many = [*two, *(coach_of_the_kind(f"Coach {number}") for number in range(10))]
    results = at_once(
        *(
            lambda n=n: holds.hold_slot(many[n], start, visitor=f"person{n}", client="one network")
            for n in range(12)
        )
    )
    assert kinds(results) == {"Booking": 3, "TooManyHoldsError": 9}


def test_one_person_confirming_with_two_coaches_at_once_gets_one_call(two: list[CallType]) -> None:
    starts = [slot.start for slot in calendar.free_with_any(two)][::4][:8]

    def tab(number: int) -> Booking:
        mine = two[number % 2]
        holds.hold_slot(mine, starts[number], visitor=f"tab{number}", client=f"tab{number}")
        return confirm(wish(two, mine), starts[number], f"tab{number}", "sanne")

    results = at_once(*(lambda n=n: tab(n) for n in range(8)))
    assert kinds(results) == {"Booking": 1, "OpenCallError": 7}
    assert Booking.objects.filter(status="confirmed").count() == 1


def test_lapsed_forms_of_six_people_on_one_start_become_two_calls(two: list[CallType]) -> None:
    """Nobody holds it any more: each tries the coach on the page, then the other."""
    start = calendar.free_with_any(two)[5].start
    results = at_once(
        *(lambda n=n: confirm(wish(two, two[0]), start, f"person{n}", f"person{n}") for n in range(6))
    )
    assert kinds(results) == {"Booking": 2, "SlotTakenError": 4}
    assert {booking.host_id for booking in Booking.objects.all()} == {one.host_id for one in two}


def test_one_form_sent_ten_times_at_once_is_one_call_whoever_takes_it(two: list[CallType]) -> None:
    start = calendar.free_with_any(two)[5].start
    wanted: dict[str, Any] = {
        "visitor": "sanne",
        "details": details(),
        "user": None,
        "key": "one-form-of-sanne",
    }
    asked = Wish(two[0], wish(two, two[0]).choice, is_named=False)
    results = at_once(*(lambda: spreading.confirm_with_any(asked, start, **wanted) for _ in range(10)))
    assert kinds(results) == {"Booking": 10}
    assert len({booking.pk for booking in results}) == Booking.objects.count() == 1


def test_old_hold_that_somebody_is_just_changing_is_left_by_the_cleaning(two: list[CallType]) -> None:
    """It would wait there, holding on to others that somebody else waits for."""
    starts = [slot.start for slot in calendar.free_with_any(two)][::4][:3]
    for number, start in enumerate(starts):
        holds.hold_slot(two[number % 2], start, visitor=f"person{number}", client=f"person{number}")
    lapsed_at = times.now() - timedelta(minutes=1)
    Booking.objects.update(expires_at=lapsed_at)
    with psycopg.connect(**psycopg_arguments()) as other:
        other.execute("SELECT 1 FROM bookings_booking WHERE visitor = 'person1' FOR UPDATE")
        (cleaned,) = at_once(holds.release_lapsed_holds)
        other.rollback()
    assert cleaned == 2
    assert [booking.visitor for booking in Booking.objects.all()] == ["person1"]
