"""Hours that the database keeps apart, limits that make sense, and kinds of call between two dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from psycopg.types.range import Range

from bookings import errors
from bookings.admin.forms.hours import first_overlap
from bookings.availability import calendar
from bookings.availability.outside import calls_outside
from bookings.calls import holds
from bookings.models import AvailabilityRule, BlockedTime, CallType, Host, OverrideWindow
from portal.common import times
from tests.factories.bookings import (
    AvailabilityRuleFactory,
    BlockedTimeFactory,
    CallTypeFactory,
    DateOverrideFactory,
    HostFactory,
    OverrideWindowFactory,
)

pytestmark = pytest.mark.django_db


def refused(change: Callable[[], Any]) -> bool:
    """Whether the database says no, at the latest where a transaction would end."""
    try:
        with transaction.atomic():
            change()
            connection.check_constraints()
    except IntegrityError:
        return True
    return False


def raw(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def add_rule(host: Host, weekday: int, start: str, end: str) -> None:
    columns = "INSERT INTO bookings_availabilityrule (host_id, weekday, start_time, end_time)"
    raw(f"{columns} VALUES (%s, %s, %s, %s)", host.pk, weekday, start, end)


# ---- hours apart ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ((1, "09:00", "12:00"), (1, "12:00", "17:00"), False),
        ((1, "09:00", "12:00"), (1, "11:59", "17:00"), True),
        ((1, "09:00", "12:00"), (2, "09:00", "12:00"), False),
        ((5, "22:00", "02:00"), (6, "01:00", "03:00"), True),
        ((5, "22:00", "02:00"), (6, "02:00", "03:00"), False),
        ((7, "22:00", "02:00"), (1, "01:00", "03:00"), True),  # Sunday's night is Monday's morning
        ((7, "22:00", "02:00"), (1, "02:00", "03:00"), False),
        ((7, "22:00", "00:00"), (1, "00:00", "03:00"), False),
        ((1, "00:00", "00:00"), (1, "23:00", "23:30"), True),
        ((1, "00:00", "00:00"), (2, "00:00", "00:00"), False),
    ],
)
def test_raw_sql_cannot_let_weekly_hours_overlap(
    one: tuple[int, str, str], other: tuple[int, str, str], clash: bool
) -> None:
    host = HostFactory()
    add_rule(host, *one)
    assert refused(lambda: add_rule(host, *other)) is clash
    assert not refused(lambda: add_rule(HostFactory(), *other))  # somebody else's hours are their own


def test_raw_sql_cannot_let_the_hours_of_a_date_overlap() -> None:
    override = DateOverrideFactory()
    columns = "INSERT INTO bookings_overridewindow (override_id, start_time, end_time) VALUES (%s, %s, %s)"
    raw(columns, override.pk, "10:00", "12:00")
    raw(columns, override.pk, "22:00", "02:00")
    assert refused(lambda: raw(columns, override.pk, "11:00", "13:00"))
    assert refused(lambda: raw(columns, override.pk, "23:00", "23:30"))
    assert not refused(lambda: raw(columns, override.pk, "00:00", "02:00"))  # the night lies on the next date
    assert not refused(lambda: raw(columns, override.pk, "12:00", "13:00"))


def test_two_windows_may_change_places_in_one_transaction() -> None:
    host = HostFactory()
    first = AvailabilityRuleFactory(host=host, start_time=time(9), end_time=time(12))
    second = AvailabilityRuleFactory(host=host, start_time=time(13), end_time=time(17))

    def change() -> None:
        AvailabilityRule.objects.filter(pk=first.pk).update(end_time=time(14))
        AvailabilityRule.objects.filter(pk=second.pk).update(start_time=time(14))

    assert not refused(change)


def test_an_overlap_is_refused_in_a_sentence() -> None:
    rule = AvailabilityRuleFactory()
    with pytest.raises(ValidationError) as wrong:
        AvailabilityRuleFactory.build(host=rule.host, start_time=time(16), end_time=time(18)).full_clean()
    assert "Deze tijden overlappen andere." in " ".join(wrong.value.messages)
    window = OverrideWindowFactory()
    with pytest.raises(ValidationError) as wrong:
        OverrideWindow(override=window.override, start_time=time(11), end_time=time(13)).full_clean()
    assert "Deze tijden overlappen andere." in " ".join(wrong.value.messages)


clocks = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
windows = st.tuples(st.integers(1, 7), clocks, clocks).filter(
    lambda one: one[1] != one[2] or one[1] == time(0)
)


class FormAndDatabaseAgree(TestCase):
    @settings(max_examples=150, deadline=None)
    @given(hours=st.lists(windows, min_size=2, max_size=3))
    def test_they_call_the_same_hours_an_overlap(self, hours: list[tuple[int, time, time]]) -> None:
        host = HostFactory()
        rows = [
            AvailabilityRule(host=host, weekday=day, start_time=start, end_time=end)
            for day, start, end in hours
        ]
        clash = first_overlap(hours) is not None
        assert refused(lambda: AvailabilityRule.objects.bulk_create(rows)) is clash


# ---- lengths and limits ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"max_per_day": 0}, "De grens is minstens één gesprek."),
        ({"max_per_week": 0}, "De grens is minstens één gesprek."),
        ({"minimum_notice_minutes": 129601}, "hooguit 90 dagen van tevoren"),
        ({"cancel_notice_minutes": 43201}, "hooguit 30 dagen"),
        ({"horizon_days": None}, "Er kan 1 tot 365 dagen vooruit geboekt worden"),
        ({"horizon_days": 366}, "Er kan 1 tot 365 dagen vooruit geboekt worden"),
        ({"first_on": date(2027, 1, 1), "last_on": date(2027, 2, 1)}, "Er kan 1 tot 365 dagen"),  # both
        ({"horizon_days": None, "first_on": date(2027, 1, 1)}, "of tussen twee data"),
        ({"horizon_days": None, "last_on": date(2027, 1, 1)}, "of tussen twee data"),
        ({"horizon_days": None, "first_on": date(2027, 1, 2), "last_on": date(2027, 1, 1)}, "twee data"),
        ({"horizon_days": None, "first_on": date(2027, 1, 1), "last_on": date(2028, 1, 2)}, "een jaar"),
    ],
)
def test_a_kind_of_call_that_makes_no_sense_is_refused_by_the_database_and_in_a_sentence(
    call_type: CallType, fields: dict[str, Any], sentence: str
) -> None:
    assert refused(lambda: CallType.objects.update(**fields))
    for name, value in fields.items():
        setattr(call_type, name, value)
    with pytest.raises(ValidationError) as wrong:
        call_type.validate_constraints()
    assert sentence in " ".join(wrong.value.messages)


def test_blocked_time_is_at_most_a_year() -> None:
    start = times.now()
    long = Range(start, start + timedelta(days=366, seconds=1))
    assert refused(lambda: BlockedTimeFactory(period=long))
    BlockedTimeFactory(period=Range(start, start + timedelta(days=366)))
    with pytest.raises(ValidationError) as wrong:
        BlockedTime(host=HostFactory(), period=long).full_clean()
    assert "Dat is langer dan een jaar." in " ".join(wrong.value.messages)


# ---- between two dates ------------------------------------------------------------------------------------
def days_on_offer(call_type: CallType) -> list[date]:
    return sorted(
        {times.local(slot.start, call_type.host.time_zone).date() for slot in calendar.free_slots(call_type)}
    )


@pytest.fixture
def december(call_type: CallType) -> CallType:
    """Can be booked from Tuesday 1 until Friday 4 December 2026."""
    call_type.horizon_days, call_type.first_on, call_type.last_on = None, date(2026, 12, 1), date(2026, 12, 4)
    call_type.save()
    return call_type


def test_both_dates_count(december: CallType) -> None:
    assert days_on_offer(december) == [date(2026, 12, day) for day in (1, 2, 3, 4)]


def test_within_the_dates_what_is_past_and_the_notice_fall_away(december: CallType, clock: Any) -> None:
    clock.move_to(times.now().replace(month=12, day=2))
    assert days_on_offer(december) == [date(2026, 12, 3), date(2026, 12, 4)]


def test_after_the_last_date_nothing_is_on_offer(december: CallType, clock: Any) -> None:
    clock.move_to(times.now().replace(year=2027))
    assert calendar.free_slots(december) == []
    assert calendar.nearest_with_any([december], times.now()) == []


def test_a_start_outside_the_dates_is_refused_as_well_as_unlisted(december: CallType) -> None:
    outside = next(iter(calendar.free_slots(december))).start - timedelta(days=1)
    with pytest.raises(errors.SlotTakenError):
        holds.hold_slot(december, outside, visitor="sanne", client="sanne")


def test_a_whole_leap_year_is_listed_to_its_last_evening(call_type: CallType) -> None:
    """From a year before on, and with an hour more than its days, because the clock goes back twice."""
    call_type.host.rules.all().delete()
    for weekday in range(1, 8):
        AvailabilityRuleFactory(host=call_type.host, weekday=weekday, start_time=time(0), end_time=time(0))
    call_type.horizon_days, call_type.max_per_day = None, None
    call_type.first_on, call_type.last_on = date(2027, 10, 31), date(2028, 10, 30)
    call_type.save()
    found = calendar.free_slots(call_type)
    shown = [times.local(slot.start, "Europe/Amsterdam") for slot in (found[0], found[-1])]
    assert [f"{at:%Y-%m-%d %H:%M}" for at in shown] == ["2027-10-31 00:00", "2028-10-30 23:30"]


def test_listing_between_dates_is_three_queries(december: CallType, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        calendar.free_slots(december)


def test_another_kind_of_call_keeps_its_days_ahead(december: CallType) -> None:
    other = CallTypeFactory(host=december.host, weekdays=False)
    assert days_on_offer(other)[-1] == date(2026, 12, 23)


# ---- a zone that is gone ----------------------------------------------------------------------------------
@pytest.mark.parametrize("zone", ["Mars/Base", "EST"])  # one that never was, and one nobody may choose
def test_a_host_whose_zone_is_gone_offers_no_times_and_is_no_error(call_type: CallType, zone: str) -> None:
    start = calendar.free_slots(call_type)[0].start
    raw(f"UPDATE bookings_host SET time_zone = '{zone}'")
    gone = CallType.objects.select_related("host").get()
    assert calendar.free_slots(gone) == calendar.nearest_with_any([gone], start) == []
    with pytest.raises(errors.SlotTakenError):
        holds.hold_slot(gone, start, visitor="sanne", client="sanne")
    assert calls_outside(times.now()) == []
