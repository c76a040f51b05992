"""Any hours, bookings and settings around any clock change: the engine lists what the dull model lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bookings.domain.intervals import Interval
from bookings.domain.slots import SlotQuery, Taken, WeeklyRule, Window, is_bookable, nearest, slots
from tests.bookings.domain import model
from tests.bookings.domain.builders import AMSTERDAM, AUCKLAND, KATHMANDU, LORD_HOWE, NEW_YORK, minutes

# Host zone and a Friday: around both clock changes of each, and in a week without one.
WEEKENDS = [
    (AMSTERDAM, datetime(2026, 10, 23, tzinfo=UTC)),
    (AMSTERDAM, datetime(2027, 3, 26, tzinfo=UTC)),
    (AMSTERDAM, datetime(2026, 12, 31, tzinfo=UTC)),
    (NEW_YORK, datetime(2026, 10, 30, tzinfo=UTC)),
    (NEW_YORK, datetime(2027, 3, 12, tzinfo=UTC)),
    (LORD_HOWE, datetime(2026, 10, 2, tzinfo=UTC)),
    (LORD_HOWE, datetime(2027, 4, 2, tzinfo=UTC)),
    (KATHMANDU, datetime(2026, 11, 27, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 9, 4, tzinfo=UTC)),  # its clock changes at midnight
    ("America/Santiago", datetime(2027, 4, 2, tzinfo=UTC)),
]
VISITORS = [UTC, ZoneInfo(AUCKLAND), ZoneInfo("America/Los_Angeles"), ZoneInfo(AMSTERDAM)]
modest = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])

quarter_hours = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
any_minute = st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60))
night_hours = st.integers(0, 16).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
walls = st.one_of(quarter_hours, night_hours, any_minute, st.just(time(0)))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start, end = draw(walls), draw(walls)
    assume(start != end or start == time(0))
    return Window(start, end)


@st.composite
def rules(draw: st.DrawFn) -> tuple[WeeklyRule, ...]:
    if draw(st.integers(0, 5)) == 0:
        return tuple(WeeklyRule(weekday, Window(time(0), time(0))) for weekday in range(1, 8))
    weekdays = draw(st.lists(st.sampled_from([5, 6, 7, 1, 2, 3, 4]), min_size=2, max_size=7))
    return tuple(WeeklyRule(weekday, draw(windows())) for weekday in weekdays)


@st.composite
def queries(draw: st.DrawFn) -> SlotQuery:
    zone, friday = draw(st.sampled_from(WEEKENDS))
    visitor = draw(st.sampled_from(VISITORS))

    def moments(first: int, last: int) -> st.SearchStrategy[datetime]:
        return st.integers(first, last).map(lambda number: friday + minutes(number))

    @st.composite
    def stretches(draw: st.DrawFn) -> Interval:
        start = draw(moments(-600, 5000))
        return Interval(start, start + minutes(draw(st.sampled_from([0, 1, 20, 30, 45, 60, 90, 600]))))

    @st.composite
    def bookings(draw: st.DrawFn) -> Taken:
        start = draw(moments(-4000, 5000))
        before, length, after = (draw(st.integers(*bounds)) for bounds in ((0, 30), (10, 60), (0, 30)))
        return Taken(
            start, Interval(start - minutes(before), start + minutes(length + after)), draw(st.booleans())
        )

    def days(first: int, last: int) -> st.SearchStrategy[date]:
        return st.integers(first, last).map(lambda number: (friday + timedelta(days=number)).date())

    limits = st.sampled_from([None, None, None, 4, 3, 2, 1, 0])
    range_start = draw(moments(-600, 1000)) - timedelta(seconds=draw(st.integers(0, 59)))
    now = draw(moments(-2500, 1000)) + timedelta(seconds=draw(st.sampled_from([0, 0, 1, 59])))
    return SlotQuery(
        zone=ZoneInfo(zone),
        rules=draw(rules()),
        overrides=draw(st.dictionaries(days(-8, 5), st.lists(windows(), max_size=2).map(tuple), max_size=3)),
        busy=tuple(draw(st.lists(stretches(), max_size=6))),
        taken=tuple(draw(st.lists(bookings(), max_size=5))),
        duration=minutes(draw(st.sampled_from([10, 25, 30, 45, 50, 90]))),
        slot_interval=minutes(draw(st.sampled_from([5, 10, 15, 20, 30, 35, 45, 60, 100]))),
        buffer_before=minutes(draw(st.sampled_from([0, 0, 5, 15, 30]))),
        buffer_after=minutes(draw(st.sampled_from([0, 0, 10, 25, 60]))),
        minimum_notice=minutes(draw(st.sampled_from([0, 0, 7, 60, 1440, 2000]))),
        horizon_days=draw(st.sampled_from([None, 1, 2, 3])),
        first_on=draw(st.one_of(st.none(), days(-2, 2))),
        last_on=draw(st.one_of(st.none(), days(1, 5))),
        max_per_day=draw(limits),
        max_per_week=draw(limits),
        now=now.astimezone(visitor),
        range_start=range_start.astimezone(visitor),
        range_end=(
            range_start + minutes(draw(st.integers(0, 5000).map(lambda short: 5000 - short)))
        ).astimezone(visitor),
    )


@settings(modest, max_examples=60)  # the model looks at every minute
@given(query=queries())
def test_the_whole_list_equals_that_of_the_model(query: SlotQuery) -> None:
    found = slots(query)
    assert [slot.start for slot in found] == model.starts(query)
    assert all(slot.end - slot.start == query.duration for slot in found)


@modest
@given(query=queries(), first=st.integers(0, 4000))
def test_every_listed_start_is_bookable_and_every_other_minute_is_refused(
    query: SlotQuery, first: int
) -> None:
    listed = {slot.start for slot in slots(query)}
    assert all(is_bookable(query, start) for start in listed)
    around = min(listed, default=query.range_start.replace(second=0)) + minutes(first % 600 - 60)
    every_minute = [around + minutes(number) for number in range(120)]
    assert [start for start in every_minute if is_bookable(query, start)] == [
        start for start in every_minute if start in listed
    ]


@modest
@given(query=queries(), cut=st.integers(0, 5000 * 60))
def test_two_halves_of_a_range_hold_the_same_starts_as_the_whole(query: SlotQuery, cut: int) -> None:
    middle = min(query.range_start + timedelta(seconds=cut), query.range_end)
    halves = slots(replace(query, range_end=middle)) + slots(replace(query, range_start=middle))
    assert halves == slots(query)


@modest
@given(query=queries(), lost=st.integers(-600, 5600), count=st.integers(0, 4))
def test_no_free_start_is_nearer_than_the_nearest(query: SlotQuery, lost: int, count: int) -> None:
    start = query.range_start + minutes(lost)
    found, every = nearest(query, start, count), slots(query)
    assert found == sorted(found)
    assert len(found) == min(count, len(every))
    furthest = max((abs(slot.start - start) for slot in found), default=timedelta(0))
    assert all(abs(slot.start - start) >= furthest for slot in every if slot not in found)
