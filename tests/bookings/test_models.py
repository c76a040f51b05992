"""What the database itself refuses, with a sentence for a person."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from psycopg.types.range import Range

from bookings import tasks
from bookings.models import AvailabilityRule, Booking, CallType, Host
from portal.accounts.models import User
from portal.common import times
from tests.bookings.people import THURSDAY_9
from tests.factories.assessments import UserFactory
from tests.factories.bookings import (
    AvailabilityRuleFactory,
    BlockedTimeFactory,
    BookingFactory,
    CallTypeFactory,
    DateOverrideFactory,
    HostFactory,
    IdempotencyKeyFactory,
    OfferFactory,
    OverrideWindowFactory,
    WaitlistEntryFactory,
)

pytestmark = pytest.mark.django_db


def refused(change) -> bool:
    try:
        with transaction.atomic():
            change()
    except IntegrityError:
        return True
    return False


def test_two_live_bookings_of_one_host_never_overlap(call_type):
    BookingFactory(call_type=call_type, start=THURSDAY_9)
    near = THURSDAY_9 + timedelta(minutes=59)
    assert refused(lambda: BookingFactory(call_type=call_type, start=near))
    assert refused(lambda: BookingFactory(call_type=call_type, start=near, held=True))
    BookingFactory(call_type=call_type, start=near + timedelta(minutes=1))  # footprints that touch are fine
    BookingFactory(start=THURSDAY_9)  # another host


def test_cancelled_booking_leaves_its_time(call_type):
    gone = {"status": "cancelled", "cancelled_at": times.now(), "cancelled_by": "host"}
    BookingFactory(call_type=call_type, start=THURSDAY_9, **gone)
    BookingFactory(call_type=call_type, start=THURSDAY_9)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "held"},
        {"status": "held", "confirmed_at": None},
        {"expires_at": THURSDAY_9},
        {"confirmed_at": None},
        {"status": "cancelled"},
        {"status": "cancelled", "cancelled_at": THURSDAY_9},
        {"cancelled_by": "host"},
        {"period": Range(THURSDAY_9, THURSDAY_9)},
        {"period": Range(THURSDAY_9, None)},
        {"period": Range(THURSDAY_9 - timedelta(days=9), THURSDAY_9)},  # outside its footprint
    ],
)
def test_half_states_are_refused(call_type, fields):
    assert refused(lambda: BookingFactory(call_type=call_type, **fields))


def test_one_visitor_holds_one_time(call_type):
    BookingFactory(call_type=call_type, held=True, visitor="sanne")
    later = THURSDAY_9 + timedelta(days=7)
    assert refused(lambda: BookingFactory(call_type=call_type, start=later, held=True, visitor="sanne"))


def test_refusals_are_sentences(call_type):
    booking = BookingFactory.build(call_type=call_type, host=call_type.host, expires_at=THURSDAY_9)
    with pytest.raises(ValidationError) as wrong:
        booking.validate_constraints()
    assert "Alleen een vastgezette tijd loopt af." in wrong.value.messages


def test_window_may_be_overnight_or_the_whole_day_but_not_nothing(call_type):
    AvailabilityRuleFactory(host=call_type.host, start_time=time(22), end_time=time(2))
    AvailabilityRuleFactory(host=call_type.host, weekday=7, start_time=time(0), end_time=time(0))
    assert refused(lambda: AvailabilityRuleFactory(host=call_type.host, start_time=time(9), end_time=time(9)))
    assert refused(lambda: AvailabilityRuleFactory(host=call_type.host, weekday=0))
    assert refused(lambda: OverrideWindowFactory(start_time=time(9), end_time=time(9)))


def test_date_has_its_own_hours_once(call_type):
    first = DateOverrideFactory(host=call_type.host)
    assert refused(lambda: DateOverrideFactory(host=call_type.host, on=first.on))


def test_call_types_stay_within_what_the_slot_function_takes(call_type):
    for field, value in [("duration_minutes", 0), ("slot_interval_minutes", 0), ("horizon_days", 0)]:
        assert refused(lambda field=field, value=value: CallTypeFactory(**{field: value}))


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "taken"},  # ended, but not when
        {"ended_at": THURSDAY_9},
        {"starts": []},
        {"starts": [THURSDAY_9 + timedelta(days=days) for days in range(3)]},
        {"reason": "no_show"},
        {"entry": None, "user": None, "name": "", "email": ""},
    ],
)
def test_offer_has_a_reason_one_or_two_times_and_an_end(call_type, fields):
    entry = WaitlistEntryFactory(status="offered")
    given = {"call_type": call_type, "starts": [THURSDAY_9], "entry": entry, "user": entry.user}
    assert refused(lambda: OfferFactory(**(given | {"name": "", "email": ""} | fields)))
    OfferFactory(**given, name="", email="")


def test_one_open_offer_for_whoever_waits(call_type):
    first = OfferFactory(call_type=call_type, starts=[THURSDAY_9])
    again = {"call_type": call_type, "starts": [THURSDAY_9 + timedelta(days=1)], "entry": first.entry}
    assert refused(lambda: OfferFactory(**again))
    OfferFactory(**again, status="lapsed", ended_at=THURSDAY_9)


def test_one_person_waits_once_for_a_kind_of_call():
    first = WaitlistEntryFactory()
    assert refused(lambda: WaitlistEntryFactory(user=first.user))
    assert refused(lambda: WaitlistEntryFactory(email=""))
    assert refused(lambda: WaitlistEntryFactory(status="lapsed"))
    WaitlistEntryFactory(user=first.user, kind="team-day")
    WaitlistEntryFactory(user=first.user, status="lapsed", ended_at=THURSDAY_9)


def test_time_held_by_an_offer_counts_for_no_network_address(call_type):
    offer = OfferFactory(call_type=call_type, starts=[THURSDAY_9])
    assert refused(lambda: offer.times.update(client="net"))


def test_unknown_zone_of_a_host_is_refused():
    with pytest.raises(ValidationError, match="Europe/Amsterdam"):
        HostFactory.build(time_zone="Mars/Olympus").full_clean()


def test_everything_can_be_named(call_type):
    names = [
        str(row)
        for row in (
            call_type,
            call_type.host,
            call_type.host.rules.first(),
            DateOverrideFactory(),
            OverrideWindowFactory(),
            BlockedTimeFactory(host=call_type.host),
            BookingFactory(call_type=call_type, start=THURSDAY_9),
            IdempotencyKeyFactory(
                booking__call_type=call_type, booking__start=THURSDAY_9 + timedelta(days=1)
            ),
            OfferFactory(call_type=call_type, starts=[THURSDAY_9 + timedelta(days=4)]),
            WaitlistEntryFactory(),
        )
    ]
    assert names[6] == "Sanne Vermeer, do 26 nov 2026, 09:00"
    assert all(names)


def test_first_coach_is_made_once(instrument):
    call_command("ensure_first_coach", verbosity=0)
    call_command("ensure_first_coach", verbosity=0)
    user, host, call_type = User.objects.get(), Host.objects.get(), CallType.objects.get()
    assert (user.email, user.is_superuser, user.is_staff) == ("jet@voorbeeld.nl", True, True)
    assert user.emailaddress_set.get().verified
    assert (host.user, host.time_zone) == (user, "Europe/Amsterdam")
    assert (call_type.duration_minutes, call_type.slot_interval_minutes, call_type.max_per_day) == (30, 30, 4)
    assert (call_type.buffer_before_minutes, call_type.buffer_after_minutes) == (15, 15)
    assert (call_type.minimum_notice_minutes, call_type.cancel_notice_minutes) == (24 * 60, 240)
    assert call_type.location_kind == "phone_host_calls"
    hours = AvailabilityRule.objects.values_list("weekday", "start_time", "end_time")
    assert list(hours) == [(day, time(9), time(17)) for day in range(1, 6)]


def test_first_coach_leaves_a_coach_who_is_there_alone(call_type):
    UserFactory(email="jet@voorbeeld.nl", name="Jet")
    call_command("ensure_first_coach", verbosity=0)
    assert (Host.objects.count(), CallType.objects.count(), User.objects.get().name) == (1, 1, "Jet")


def test_beat_releases_lapsed_holds(call_type, clock):
    BookingFactory(call_type=call_type, held=True)
    clock.shift(timedelta(minutes=10))
    tasks.release_lapsed_holds()
    assert Booking.objects.count() == 0
