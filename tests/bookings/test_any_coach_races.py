"""Many real connections at once, and more than one coach. Every test here fails without its guard."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bookings import services
from bookings.models import Booking, CallType
from portal.common.ids import new_public_id
from tests.bookings.people import details
from tests.bookings.test_races import at_once, holders_of_overlaps, kinds, no_deadlock
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
    """Two coaches, open all week, without limits, so that only the race decides. The real clock."""
    InstrumentFactory()
    found = [
        CallTypeFactory(slug="impact-call", host=HostFactory(name=name), max_per_day=None, weekdays=False)
        for name in ("Jet van Dalen", "Noor Aydin")
    ]
    for call_type in found:
        for weekday in range(1, 8):
            call_type.host.rules.create(weekday=weekday, start_time="09:00", end_time="17:00")
    return found


def hold(two: list[CallType], start: datetime, who: str) -> Booking:
    return services.hold_with_any(two, start, visitor=who, client=who)


def confirm(call: services.Call, start: datetime, visitor: str, who: str) -> Booking:
    return services.confirm_with_any(
        call,
        start,
        visitor=visitor,
        details=details(f"{who}@voorbeeld.nl"),
        user=None,
        key=new_public_id(),
    )


def call(two: list[CallType], host: CallType) -> services.Call:
    choice = services.Choice(services.Kind("impact-call", tuple(two)))
    return services.Call(host, choice, is_named=True)


def test_twenty_people_on_one_start_of_two_coaches_get_two_holds(two: list[CallType]) -> None:
    start = services.free_with_any(two)[5].start
    results = at_once(*(lambda n=n: hold(two, start, f"person{n}") for n in range(20)))
    assert kinds(results) == {"Booking": 2, "SlotTakenError": 18}
    assert set(Booking.objects.values_list("host_id", "status")) == {
        (call_type.host_id, "held") for call_type in two
    }


def test_people_who_change_coaches_at_once_all_hold_one_time(two: list[CallType]) -> None:
    """Each leaves the calendar that another enters; nobody waits for two calendars."""
    free = [slot.start for slot in services.free_with_any(two)][::4]
    for number in range(12):
        who = f"person{number}"
        services.hold_slot(two[number % 2], free[number], visitor=who, client=who)

    def change(number: int) -> Booking:
        who = f"person{number}"
        return services.hold_slot(two[(number + 1) % 2], free[12 + number], visitor=who, client=who)

    assert kinds(at_once(*(lambda n=n: change(n) for n in range(12)))) == {"Booking": 12}
    held = Booking.objects.values_list("visitor", "host_id", "period__startswith")
    assert set(held) == {(f"person{n}", two[(n + 1) % 2].host_id, free[12 + n]) for n in range(12)}


def test_one_visitor_in_eight_tabs_holds_one_time(two: list[CallType]) -> None:
    starts = [slot.start for slot in services.free_with_any(two)][::4][:8]
    results = at_once(
        *(
            lambda n=n: services.hold_slot(two[n % 2], starts[n], visitor="sanne", client="sanne")
            for n in range(8)
        )
    )
    assert kinds(results) == {"Booking": 8}
    assert Booking.objects.count() == 1


def test_one_network_address_holds_three_times_whichever_coaches_they_are_with(two: list[CallType]) -> None:
    starts = [slot.start for slot in services.free_with_any(two)][::4][:12]
    results = at_once(
        *(
            lambda n=n: services.hold_slot(two[n % 2], starts[n], visitor=f"person{n}", client="one")
            for n in range(12)
        )
    )
    assert kinds(results) == {"Booking": 3, "TooManyHoldsError": 9}


def test_one_person_confirming_with_two_coaches_at_once_gets_one_call(two: list[CallType]) -> None:
    starts = [slot.start for slot in services.free_with_any(two)][::4][:8]

    def tab(number: int) -> Booking:
        mine = two[number % 2]
        services.hold_slot(mine, starts[number], visitor=f"tab{number}", client=f"tab{number}")
        return confirm(call(two, mine), starts[number], f"tab{number}", "sanne")

    results = at_once(*(lambda n=n: tab(n) for n in range(8)))
    assert kinds(results) == {"Booking": 1, "OpenCallError": 7}
    assert Booking.objects.filter(status="confirmed").count() == 1


def test_lapsed_forms_of_ten_people_on_one_start_become_two_calls(two: list[CallType]) -> None:
    """Nobody holds it any more: each tries the coach on the page, then the other."""
    start = services.free_with_any(two)[5].start
    results = at_once(
        *(lambda n=n: confirm(call(two, two[0]), start, f"person{n}", f"person{n}") for n in range(10))
    )
    assert kinds(results) == {"Booking": 2, "SlotTakenError": 8}
    assert {booking.host_id for booking in Booking.objects.all()} == {one.host_id for one in two}


def test_one_form_sent_ten_times_at_once_is_one_call_whoever_takes_it(two: list[CallType]) -> None:
    start = services.free_with_any(two)[5].start
    wanted: dict[str, Any] = {
        "visitor": "sanne",
        "details": details(),
        "user": None,
        "key": "one-form-of-sanne",
    }
    asked = services.Call(two[0], call(two, two[0]).choice, is_named=False)
    results = at_once(*(lambda: services.confirm_with_any(asked, start, **wanted) for _ in range(10)))
    assert kinds(results) == {"Booking": 10}
    assert len({booking.pk for booking in results}) == Booking.objects.count() == 1


def test_everyone_lets_go_and_holds_anew_while_old_holds_are_cleaned_up(two: list[CallType]) -> None:
    starts = [slot.start for slot in services.free_with_any(two)][::4][:8]
    for number, start in enumerate(starts):
        services.hold_slot(two[number % 2], start, visitor=f"person{number}", client=f"person{number}")
    Booking.objects.update(expires_at=Booking.objects.first().created_at - timedelta(minutes=1))
    results = at_once(
        *(lambda n=n: hold(two, starts[n], f"person{n}") for n in range(8)),
        *(services.release_lapsed_holds for _ in range(4)),
    )
    assert set(kinds(results)) <= {"Booking", "int", "SlotTakenError"}
    assert holders_of_overlaps() == []
