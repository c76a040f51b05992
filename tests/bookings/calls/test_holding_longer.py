"""A held time that is held longer: by hand, and to outlive a code that was mailed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings.calls import holds
from bookings.errors import SlotTakenError
from bookings.models import Booking
from portal.common import times
from tests.bookings.calls.holding import hold
from tests.bookings.people import THURSDAY_9

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def minutes_left() -> float:
    return (Booking.objects.get().expires_at - times.now()) / MINUTE


def longer() -> bool:
    return holds.extend_hold("sanne", THURSDAY_9)


def test_ten_minutes_more_twice_and_no_more(call_type, clock):
    hold(call_type)
    clock.shift(4 * MINUTE)
    assert longer()
    assert minutes_left() == 16
    assert longer()
    assert minutes_left() == 26
    assert not holds.may_extend(Booking.objects.get())
    assert not longer()
    assert minutes_left() == 26


def test_it_may_be_pressed_in_the_last_second_and_not_in_the_next(call_type, clock):
    booking = hold(call_type)
    clock.move_to(booking.expires_at - timedelta(seconds=1))
    assert longer()
    clock.move_to(booking.expires_at + 10 * MINUTE)
    with pytest.raises(SlotTakenError):
        longer()


def test_a_time_that_somebody_else_took_meanwhile_is_never_given_back(call_type, clock):
    hold(call_type)
    clock.shift(10 * MINUTE)
    theirs = hold(call_type, who="noor")
    with pytest.raises(SlotTakenError):
        longer()
    assert [(one.visitor, one.expires_at) for one in Booking.objects.all()] == [("noor", theirs.expires_at)]


@pytest.mark.parametrize(
    ("who", "start"), [("", THURSDAY_9), ("noor", THURSDAY_9), ("sanne", THURSDAY_9 + timedelta(hours=3))]
)
def test_only_what_one_holds_is_held_longer(call_type, who, start):
    hold(call_type)
    with pytest.raises(SlotTakenError):
        holds.extend_hold(who, start)
    assert minutes_left() == 10


def test_a_code_that_is_mailed_is_outlived(call_type, clock):
    hold(call_type)
    clock.shift(9 * MINUTE)
    assert holds.renew_hold("sanne")
    assert minutes_left() == 11


@pytest.mark.parametrize("minutes", [1, 9])
def test_after_a_code_there_are_ten_minutes_more_once(call_type, clock, minutes):
    hold(call_type)
    clock.shift(minutes * MINUTE)
    holds.renew_hold("sanne")
    assert longer()
    assert minutes_left() == 21
    assert not longer()


def test_a_code_takes_nothing_from_a_time_that_is_held_long_enough(call_type, clock):
    hold(call_type)
    longer()
    longer()
    assert not holds.renew_hold("sanne")
    assert minutes_left() == 30
    clock.shift(29 * MINUTE)
    assert holds.renew_hold("sanne")
    assert minutes_left() == 11


def test_whatever_is_pressed_and_mailed_nobody_holds_a_time_for_three_quarters_of_an_hour(call_type, clock):
    began_at = hold(call_type).created_at
    while Booking.objects.get().expires_at > times.now():
        holds.renew_hold("sanne")
        longer()
        clock.shift(MINUTE)
    assert times.now() - began_at < 45 * MINUTE


def test_lapsed_hold_is_not_renewed(call_type, clock):
    hold(call_type)
    clock.shift(10 * MINUTE)
    assert not holds.renew_hold("sanne")
    assert not holds.renew_hold("")
