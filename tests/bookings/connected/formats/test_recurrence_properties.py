"""Any rule: it comes to what a dull model lists, wherever the walk begins, and to what dateutil lists."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice, pairwise

from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bookings.connected.formats.recurrence import parse, walk
from tests.bookings.connected.formats.recurrence_model import Model

modest = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
SPANS = {"YEARLY": 1100, "MONTHLY": 300, "WEEKLY": 60, "DAILY": 30}  # days to look at


def signed(most: int) -> st.SearchStrategy[int]:
    return st.integers(-most, most).filter(bool)


def some(values: st.SearchStrategy[object], most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=most).map(lambda found: ",".join(map(str, found)))


def whole_minutes(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


firsts = st.datetimes(datetime(2019, 1, 1), datetime(2029, 1, 1)).map(whole_minutes)
numbered = st.tuples(signed(5), st.sampled_from(WEEKDAYS)).map(lambda pair: f"{pair[0]}{pair[1]}")
plain = st.sampled_from(WEEKDAYS)
# month days and year days near the ends of theirs, where the faults are
month_days = st.one_of(signed(31), st.sampled_from([1, 28, 29, 30, 31, -1, -28, -29, -30, -31]))
year_days = st.one_of(signed(366), st.sampled_from([1, 59, 60, 61, 365, 366, -1, -365, -366]))
weeks = st.one_of(signed(53), st.sampled_from([1, 2, 52, 53, -1, -2, -52, -53]))


@st.composite
def rules_of_days(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(list(SPANS)))
    parts = {"BYMONTH": some(st.integers(1, 12), 4), "BYDAY": some(plain)}
    if frequency in ("YEARLY", "MONTHLY"):
        parts["BYDAY"] = some(st.one_of(plain, numbered))
    if frequency != "WEEKLY":
        parts["BYMONTHDAY"] = some(month_days)
    if frequency == "YEARLY":
        parts["BYYEARDAY"] = some(year_days)
        parts["BYWEEKNO"] = some(weeks)
    if frequency != "YEARLY":
        parts["BYHOUR"] = some(st.integers(0, 23))
    chosen = draw(st.lists(st.sampled_from(sorted(parts)), max_size=3, unique=True))
    if "BYWEEKNO" in chosen:
        parts["BYDAY"] = some(plain)
    text = [f"FREQ={frequency}", *(f"{name}={draw(parts[name])}" for name in chosen)]
    if draw(st.booleans()):
        text.append(f"INTERVAL={draw(st.integers(1, 4))}")
    if draw(st.booleans()):
        text.append(f"WKST={draw(plain)}")
    if chosen and draw(st.integers(0, 2)) == 0:
        text.append(f"BYSETPOS={draw(some(signed(4)))}")
    return ";".join(text)


@st.composite
def fast_rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(["HOURLY", "MINUTELY", "SECONDLY"]))
    parts = {
        "BYMONTHDAY": some(month_days, 9),
        "BYDAY": some(plain),
        "BYYEARDAY": some(st.integers(1, 366), 60),
        "BYHOUR": some(st.integers(0, 23), 9),
        "BYMINUTE": some(st.integers(0, 59), 4),
        "BYSECOND": some(st.integers(0, 59), 4),
    }
    if frequency == "HOURLY":
        del parts["BYSECOND"]
    chosen = draw(st.lists(st.sampled_from(sorted(parts)), max_size=3, unique=True))
    text = [f"FREQ={frequency}", *(f"{name}={draw(parts[name])}" for name in chosen)]
    text.append(f"INTERVAL={draw(st.sampled_from([1, 2, 3, 7, 25, 45, 60, 61, 90, 100]))}")
    if chosen and draw(st.integers(0, 3)) == 0:
        text.append(f"BYSETPOS={draw(some(signed(3)))}")
    return ";".join(text)


def moments(text: str, first: datetime, until: datetime, since: datetime | None = None) -> list[datetime]:
    found = walk(
        parse(text), first, is_day=False, since=since or first, until=until, last=None, check=lambda: None
    )
    return list(found)


def span(text: str) -> timedelta:
    return timedelta(days=SPANS[parse(text).frequency])


# ---- the model --------------------------------------------------------------------------------------------
@modest
@given(rules_of_days(), firsts, st.none() | st.integers(1, 20))
def test_days_come_out_as_the_model_counts_them(text: str, first: datetime, count: int | None) -> None:
    until = first + span(text)
    text += f";COUNT={count}" if count else ""
    assert moments(text, first, until) == Model(parse(text), first).moments(until)


@settings(modest, max_examples=40)
@given(fast_rules(), firsts, st.none() | st.integers(1, 20))
def test_fast_rules_come_out_as_the_model_counts_them(text: str, first: datetime, count: int | None) -> None:
    rule = parse(text)
    is_by_second = rule.frequency == "SECONDLY" or bool(rule.by_second)
    until = first + (timedelta(minutes=90) if is_by_second else timedelta(days=2))
    text += f";COUNT={count}" if count else ""
    assert moments(text, first, until) == Model(parse(text), first).moments(until)


# ---- the window -------------------------------------------------------------------------------------------
@modest
@given(rules_of_days() | fast_rules(), firsts, st.integers(0, 900), st.none() | st.integers(1, 500))
def test_a_walk_from_later_on_lists_the_same(
    text: str, first: datetime, later: int, count: int | None
) -> None:
    is_slow = parse(text).frequency in SPANS
    text += f";COUNT={count}" if count else ""
    since = first + (timedelta(days=later) if is_slow else timedelta(seconds=later))
    until = since + (timedelta(days=100) if is_slow else timedelta(minutes=20))
    every = moments(text, first, until)
    assert moments(text, first, until, since) == [moment for moment in every if moment >= since]
    assert all(one < other for one, other in pairwise(every))
    assert not every or every[0] >= first
    assert count is None or len(every) <= count


@modest
@given(rules_of_days(), firsts, st.integers(1, 30))
def test_count_is_where_the_list_without_it_is_cut(text: str, first: datetime, count: int) -> None:
    until = first + 2 * span(text)
    assert moments(f"{text};COUNT={count}", first, until) == moments(text, first, until)[:count]


@modest
@given(rules_of_days(), firsts, firsts)
def test_an_end_is_where_the_list_without_it_is_cut(text: str, first: datetime, last: datetime) -> None:
    until = first + span(text)
    found = walk(parse(text), first, is_day=False, since=first, until=until, last=last, check=lambda: None)
    assert list(found) == [moment for moment in moments(text, first, until) if moment <= last]


# ---- dateutil ---------------------------------------------------------------------------------------------
def differs(text: str) -> bool:
    """Where dateutil leaves the standard, each with its reason."""
    rule = parse(text)
    numbers = {bool(number) for number, _ in rule.by_day}
    return (
        len(numbers) > 1  # plain and numbered weekdays: it wants a day to be both
        # a week of the year without a weekday: it takes all seven days, not the one of DTSTART
        or bool(rule.by_week_no and not rule.by_day)
        # weeks of the year: it counts them in calendar years, of which some hold a part of two such weeks
        or bool(rule.by_week_no and (rule.interval > 1 or rule.by_set_pos))
        # the first week begins for it on the day of DTSTART, so that positions are counted from there
        or bool(rule.by_set_pos and rule.frequency == "WEEKLY")
    )


# It looks for what never happens until the year 9999, so that is not far off here.
@modest
@given(rules_of_days(), st.datetimes(datetime(9985, 1, 1), datetime(9992, 1, 1)).map(whole_minutes))
def test_dateutil_lists_the_same_where_it_follows_the_standard(text: str, first: datetime) -> None:
    assume(not differs(text))
    until = first + 2 * span(text)
    theirs = rrulestr(f"{text};UNTIL={until:%Y%m%dT%H%M%S}", dtstart=first)
    assert list(islice(moments(text, first, until), 200)) == [
        moment for moment in islice(theirs, 200) if moment < until
    ]
