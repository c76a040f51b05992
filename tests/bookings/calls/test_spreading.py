"""Whose turn it is, and a call with any coach."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings import errors
from bookings.availability import calendar, kinds
from bookings.calls import holds, lifecycle, spreading
from bookings.domain.slots import Slot
from bookings.domain.spreading import Load, in_turn, together
from bookings.models import Booking, CallType
from portal.common import times
from portal.common.ids import new_public_id
from tests.bookings.people import HALF_HOUR, THURSDAY_9, details
from tests.factories.bookings import BookingFactory, CallTypeFactory, HostFactory

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


# ---- whose turn it is ---------------------------------------------------------------------------------
def test_fewest_calls_come_first():
    assert in_turn([Load(1, 3), Load(2, 1), Load(3, 2)]) == [2, 3, 1]


def test_of_equally_many_who_was_booked_longest_ago_comes_first():
    assert in_turn([Load(1, 2, NOON), Load(2, 2, NOON - DAY), Load(3, 2, NOON + DAY)]) == [2, 1, 3]


def test_who_was_never_booked_comes_before_who_was():
    assert in_turn([Load(1, 0, NOON), Load(2, 0)]) == [2, 1]


def test_at_last_the_lowest_number_decides():
    assert in_turn([Load(7, 1, NOON), Load(3, 1, NOON), Load(5, 1, NOON)]) == [3, 5, 7]
    assert in_turn([]) == []


@given(coaches=st.integers(1, 7), bookings=st.integers(0, 120), same_instant=st.booleans())
def test_while_everybody_is_always_free_the_counts_differ_by_at_most_one(
    coaches: int, bookings: int, same_instant: bool
):
    loads = {number: Load(number, 0) for number in range(coaches)}
    for booking in range(bookings):
        chosen = in_turn(loads.values())[0]
        at = NOON if same_instant else NOON + booking * HALF_HOUR
        loads[chosen] = Load(chosen, loads[chosen].calls + 1, at)
        counts = [load.calls for load in loads.values()]
        assert max(counts) - min(counts) <= 1
    assert sum(load.calls for load in loads.values()) == bookings


def slot(hour: int, minutes: int = 30) -> Slot:
    start = NOON + timedelta(hours=hour)
    return Slot(start, start + timedelta(minutes=minutes))


def test_calendars_together_name_each_instant_once_in_order_of_time():
    assert together([[slot(1), slot(3)], [slot(2), slot(3, 60)], []]) == [slot(1), slot(2), slot(3)]
    assert together([]) == []


@given(st.lists(st.lists(st.integers(0, 40), unique=True).map(sorted), max_size=5))
def test_together_is_the_union(hours: list[list[int]]):
    found = together([[slot(hour) for hour in one] for one in hours])
    assert found == [slot(hour) for hour in sorted({hour for one in hours for hour in one})]


# ---- a call with any coach ----------------------------------------------------------------------------
@pytest.fixture
def three(instrument: Any, clock: Any) -> list[CallType]:
    """Three coaches who offer the same kind of call at the same hours."""
    names = ("Jet van Dalen", "Noor Aydin", "Ruben de Wit")
    return [
        CallTypeFactory(slug="impact-call", host=HostFactory(name=name), max_per_day=None) for name in names
    ]


def held(call_types: list[CallType], start: datetime = THURSDAY_9, who: str = "sanne") -> Booking:
    return spreading.hold_with_any(call_types, start, visitor=who, client=who)


def wish(call_types: list[CallType], host: CallType | None = None) -> kinds.Wish:
    """As the page asked for it: any coach, or held with this one."""
    choice = kinds.KindChoice(kinds.Kind("impact-call", tuple(call_types)))
    return kinds.Wish(host or call_types[0], choice, is_named=host is not None)


def confirmed(asked: kinds.Wish, start: datetime = THURSDAY_9, who: str = "sanne") -> Booking:
    return spreading.confirm_with_any(
        asked,
        start,
        visitor=who,
        details=details(f"{who}@voorbeeld.nl"),
        user=None,
        key=new_public_id(),
    )


@pytest.mark.django_db
def test_holds_of_many_visitors_are_spread_evenly(three):
    starts = [slot.start for slot in calendar.free_slots(three[0])][::2][:8]
    found = [held(three, start, f"person{number}").host_id for number, start in enumerate(starts)]
    first, second, third = (call_type.host_id for call_type in three)
    assert found == [first, second, third, first, second, third, first, second]


@pytest.mark.django_db
def test_coach_who_would_call_takes_over_no_call_of_a_form_without_a_number(three):
    jet, noor, ruben = three
    noor.location_kind = CallType.Location.PHONE_HOST_CALLS
    noor.save()
    held([jet], who="other")
    assert confirmed(wish(three, jet)).host == ruben.host
    with pytest.raises(errors.SlotTakenError):
        confirmed(wish([jet, noor], jet), who="ilse")
    with pytest.raises(errors.PhoneMissingError):  # of this one the form can ask for a number
        confirmed(wish([noor], noor), who="ilse")


@pytest.mark.django_db
def test_only_calls_of_this_kind_from_thirty_days_back_onward_count(three, clock):
    now, jet = times.now(), three[0]
    other = CallTypeFactory(host=jet.host, slug="deep", weekdays=False)
    BookingFactory(call_type=other, start=THURSDAY_9 + DAY)
    BookingFactory(call_type=jet, start=now - 31 * DAY)
    BookingFactory(call_type=jet, start=now - 5 * DAY, status=Booking.Status.NO_SHOW)
    cancelled = BookingFactory(call_type=jet, start=THURSDAY_9 + 2 * HALF_HOUR)
    lifecycle.cancel(cancelled, by=Booking.By.HOST)
    lapsed = BookingFactory(call_type=jet, start=THURSDAY_9 + 8 * HALF_HOUR, held=True)
    clock.move_to(lapsed.expires_at)
    assert held(three).host == jet.host
    holds.release_hold("sanne")
    BookingFactory(call_type=jet, start=now - 29 * DAY, status=Booking.Status.COMPLETED)
    assert held(three).host == three[1].host


@pytest.mark.django_db
def test_what_a_visitor_holds_does_not_count_against_its_own_coach(three):
    assert held(three).host == three[0].host
    assert held(three, THURSDAY_9 + DAY).host == three[0].host
    assert Booking.objects.count() == 1


@pytest.mark.django_db
def test_whoever_is_free_is_held_even_when_it_is_not_his_turn(three):
    BookingFactory(call_type=three[0], start=THURSDAY_9)
    BookingFactory(call_type=three[1], start=THURSDAY_9)
    BookingFactory(call_type=three[2], start=THURSDAY_9 + DAY)
    BookingFactory(call_type=three[2], start=THURSDAY_9 + 5 * DAY)
    assert held(three).host == three[2].host
    with pytest.raises(errors.SlotTakenError):
        held(three, who="noor")


@pytest.mark.django_db
def test_hold_moves_from_one_coach_to_another(three):
    first = held(three[:1])
    second = held(three[1:2], THURSDAY_9 + DAY)
    assert (first.host, second.host) == (three[0].host, three[1].host)
    assert [booking.pk for booking in Booking.objects.all()] == [second.pk]


@pytest.mark.django_db
def test_lapsed_hold_is_confirmed_with_the_same_coach_while_that_one_is_free(three, clock):
    coach = three[1]
    held([coach])
    clock.shift(timedelta(minutes=20))
    holds.release_lapsed_holds()
    assert confirmed(wish(three, coach)).host == coach.host


@pytest.mark.django_db
def test_lapsed_hold_that_somebody_took_is_confirmed_with_another_coach(three, clock):
    held([three[0]])
    clock.shift(timedelta(minutes=20))
    held([three[0]], who="noor")
    booking = confirmed(wish(three, three[0]))
    assert (booking.host, booking.call_type) == (three[1].host, three[1])
    assert booking.start_at == THURSDAY_9


@pytest.mark.django_db
def test_whoever_asked_for_one_coach_gets_no_other(three, clock):
    held([three[0]])
    clock.shift(timedelta(minutes=20))
    held([three[0]], who="noor")
    alone = kinds.KindChoice(kinds.Kind("impact-call", tuple(three)), three[0].host)
    with pytest.raises(errors.SlotTakenError):
        confirmed(kinds.Wish(three[0], alone, is_named=True))


@pytest.mark.django_db
def test_hold_of_another_time_and_coach_is_moved_by_confirming(three):
    """Two tabs: the other one holds another time of another coach."""
    held([three[2]], THURSDAY_9 + DAY)
    booking = confirmed(wish(three, three[0]))
    assert (booking.host, booking.call_type, booking.start_at) == (three[0].host, three[0], THURSDAY_9)
    assert Booking.objects.count() == 1


@pytest.mark.django_db
def test_one_open_call_a_person_holds_across_coaches_and_kinds(three):
    deep = CallTypeFactory(host=HostFactory(name="Noor Aydin"), slug="deep")
    first = confirmed(wish(three, three[0]))
    for other in (wish(three, three[1]), wish([deep], deep)):
        with pytest.raises(errors.OpenCallError) as refused:
            confirmed(other, THURSDAY_9 + DAY)
        assert refused.value.booking == first


@pytest.mark.django_db
def test_time_held_with_another_coach_is_no_pass_into_the_calendar_of_the_first(three):
    """A held time of the same length lets a move go ahead unchecked only in the calendar it is held in."""
    first = confirmed(wish(three, three[0]))
    start = THURSDAY_9 + 4 * HALF_HOUR
    BookingFactory(call_type=three[0], start=start)
    held([three[1]], start, who="sanne")
    with pytest.raises(errors.SlotTakenError):
        lifecycle.move(first, start, by=Booking.By.INVITEE, visitor="sanne")
    three[0].host.blocked.create(period=(start + DAY, start + DAY + HALF_HOUR))
    held([three[1]], start + DAY, who="sanne")
    with pytest.raises(errors.SlotTakenError):
        lifecycle.move(first, start + DAY, by=Booking.By.INVITEE, visitor="sanne")
    assert Booking.objects.filter(visitor="sanne").count() == 1  # a refused move gives nothing back
