"""The checker works out what was free by itself; the portal's slot function is a second opinion on it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bookings.domain.intervals import Interval
from bookings.domain.slots import SlotQuery, Taken, WeeklyRule, Window, slots
from tests.reliability.checker.calendar import Asked, Calendar
from tests.reliability.checker.reading import BLOCK, BOOKING, OVERRIDE, RULE, WINDOW, Map, Run, Version
from tests.reliability.checker.sample import KIND

ZONE = ZoneInfo("Europe/Amsterdam")
SATURDAY = date(2027, 3, 27)  # the clocks go forward in the night that follows
NOW = datetime(2027, 3, 26, 20, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
STARTS = [NOW + QUARTER * n for n in range(4 * 60)]

hours = st.integers(1, 22).flatmap(lambda first: st.tuples(st.just(first), st.integers(first + 1, 23)))
nights = st.tuples(st.integers(20, 23), st.integers(1, 4))
spans = st.tuples(st.integers(36, 120), st.integers(1, 6))  # in quarters from NOW on
weeks = st.lists(
    st.tuples(st.integers(1, 7), st.one_of(hours, nights)), max_size=5, unique_by=lambda rule: rule[0]
)
days = st.dictionaries(st.integers(0, 3), st.lists(hours, max_size=1), max_size=2)
kinds = st.fixed_dictionaries(
    {
        "duration_minutes": st.sampled_from([15, 30, 60]),
        "slot_interval_minutes": st.sampled_from([15, 30, 45]),
        "buffer_before_minutes": st.sampled_from([0, 15]),
        "buffer_after_minutes": st.sampled_from([15, 30]),
        "minimum_notice_minutes": st.sampled_from([0, 720]),
        "horizon_days": st.sampled_from([1, 30]),
        "max_per_day": st.sampled_from([None, None, 1]),
    }
)


def moment(quarters: int) -> datetime:
    return NOW + QUARTER * quarters


def period(start: int, length: int) -> str:
    return f'["{moment(start)}","{moment(start + length)}")'


def clock(span: tuple[int, int]) -> Map:
    return {"start_time": f"{span[0]:02}:00:00", "end_time": f"{span[1]:02}:00:00"}


def window(span: tuple[int, int]) -> Window:
    return Window(time(span[0]), time(span[1]))


@settings(
    max_examples=30, deadline=None, derandomize=True, phases=[Phase.generate]
)  # shrinking takes minutes
@given(
    week=weeks,
    other=days,
    blocked=st.lists(spans, max_size=2),
    calls=st.lists(spans, min_size=1, max_size=2),
    changed=kinds,
)
def test_a_start_was_free_exactly_when_the_slot_function_lists_it(
    week: list[tuple[int, tuple[int, int]]],
    other: dict[int, list[tuple[int, int]]],
    blocked: list[tuple[int, int]],
    calls: list[tuple[int, int]],
    changed: Map,
) -> None:
    kind = KIND | changed
    week = [(6, (7, 20)), *week]
    rows = [(RULE, {"host_id": 1, "weekday": day} | clock(span)) for day, span in week]
    rows += [(BLOCK, {"host_id": 1, "period": period(*span)}) for span in blocked]
    for number, spans_of_day in other.items():
        rows.append((OVERRIDE, {"id": number, "host_id": 1, "on": str(SATURDAY + timedelta(days=number))}))
        rows += [(WINDOW, {"override_id": number} | clock(span)) for span in spans_of_day]
    call = {"host_id": 1, "call_type_id": 1, "status": "confirmed", "offer_id": None, "expires_at": None}
    for number, span in enumerate(calls):
        both = {"public_id": f"call-{number}", "period": period(*span), "footprint": period(*span)}
        rows.append((BOOKING, call | both))
    versions = [
        Version(number, NOW - timedelta(days=1), None, "INSERT", table, {"id": number} | row)
        for number, (table, row) in enumerate(rows)
    ]
    state = {"hosts": [{"id": 1, "time_zone": ZONE.key}], "call_types": [kind]}
    calendar = Calendar(Run("a property", [], versions, [], state))
    query = SlotQuery(
        zone=ZONE,
        rules=tuple(WeeklyRule(day, window(span)) for day, span in week),
        overrides={SATURDAY + timedelta(days=n): tuple(map(window, hours)) for n, hours in other.items()},
        busy=tuple(Interval(moment(start), moment(start + length)) for start, length in blocked),
        taken=tuple(
            Taken(moment(start), Interval(moment(start), moment(start + length)), counts=True)
            for start, length in calls
        ),
        duration=timedelta(minutes=kind["duration_minutes"]),
        slot_interval=timedelta(minutes=kind["slot_interval_minutes"]),
        buffer_before=timedelta(minutes=kind["buffer_before_minutes"]),
        buffer_after=timedelta(minutes=kind["buffer_after_minutes"]),
        minimum_notice=timedelta(minutes=kind["minimum_notice_minutes"]),
        horizon_days=kind["horizon_days"],
        max_per_day=kind["max_per_day"],
        max_per_week=None,
        now=NOW,
        range_start=STARTS[0],
        range_end=STARTS[-1] + QUARTER,
    )
    wanted = [Asked(start, (kind,)) for start in STARTS]
    listed = [slot.start for slot in slots(query)]
    assert [one.start for one in wanted if calendar.was_free(one, NOW, NOW)] == listed
    assert [one.start for one in wanted if not calendar.was_taken(one, NOW, NOW)] == listed
