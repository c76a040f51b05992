"""When something repeats: recurrence rules as RFC 5545 section 3.3.10 says them, on a clock without a zone.

A rule is cut into intervals (years, months, weeks, days, hours, minutes or seconds, INTERVAL apart) of which
the first holds DTSTART. Each interval has a set of moments; BYSETPOS picks from it, and what lies before
DTSTART has a position in the set but is no instance. A part that would add moments to an interval and a part
that would take some away (the table of that section) come to the same: a day must fit every part that is
given, after what is missing was taken from DTSTART.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import count, product
from math import gcd

from bookings.connected.formats.recurrence_rule import Rule, RuleError, parse

__all__ = ["Rule", "RuleError", "parse", "walk"]

MOST_STEPS = 100_000  # intervals that are looked at for one rule: a day at a time since 1753
CLOCK = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}  # in seconds
LAST_DAY = date.max.toordinal()
DAY = 86_400
DAYS_OF_400_YEARS = 146_097


def walk(
    rule: Rule,
    first: datetime,
    *,
    is_day: bool,
    since: datetime,
    until: datetime,
    last: datetime | None,
    check: Callable[[], None],
) -> Iterator[datetime]:
    """The times of a rule in `[since, until)`, oldest first and each once, never before `first` (DTSTART).

    All times are naive, what the clock of DTSTART shows; whole days (`is_day`) are at midnight. `last` is the
    rule's UNTIL on that clock, itself included. `check` is called in every step and may raise. DTSTART comes
    out only when it fits the rule, and takes one of COUNT only then.
    Raises RuleError while it is walked: `too_much` after MOST_STEPS intervals, `broken` for HOURLY and faster
    rules of whole days.
    """
    rule = _completed(rule, first, is_day)
    end = until if last is None or last >= until else last + timedelta(seconds=1)
    number, target = _number(rule, first), _number(rule, since)
    final = _number(rule, end) + (rule.skip == "BACKWARD")  # which may lead a day back, into this window
    left = rule.count
    if rule.frequency in CLOCK and not _meets_its_times(rule, first):
        return
    if left is None:  # an old rule costs no more than a new one; one earlier, for sets over their border
        number += max(0, (target - number) // rule.interval - 1) * rule.interval
    floor = first
    for step in count(1):
        check()
        if left == 0 or number > final:
            return
        if step > MOST_STEPS:
            raise RuleError("too_much", "too many intervals")
        moments, following = _interval(rule, number)
        low, high = bisect_left(moments, floor), bisect_left(moments, end)
        if left is not None:
            high = min(high, low + left)
            left -= max(0, high - low)
        for index in range(max(low, bisect_left(moments, since)), high):
            check()
            yield moments[index]
        if low < high:
            floor = moments[high - 1] + datetime.resolution
        number += max(1, -((number - following) // rule.interval)) * rule.interval
        if left and _is_even(rule):  # count whole sets at once
            if not moments:
                return
            sets = max(0, min((target - number) // rule.interval - 1, left // len(moments)))
            number, left = number + sets * rule.interval, left - sets * len(moments)


def _completed(rule: Rule, first: datetime, is_day: bool) -> Rule:
    if is_day:
        if rule.frequency in CLOCK:
            raise RuleError("broken", "hours of a day")
        # "MUST be ignored" for dates
        rule = replace(rule, by_hour=(0,), by_minute=(0,), by_second=(0,))
    unit = CLOCK.get(rule.frequency, DAY)
    if unit > 3600:
        rule = replace(rule, by_hour=rule.by_hour or (first.hour,))
    if unit > 60:
        rule = replace(rule, by_minute=rule.by_minute or (first.minute,))
    if unit > 1:
        rule = replace(rule, by_second=rule.by_second or (first.second,))
    has_day = rule.by_day or rule.by_month_day or rule.by_year_day
    if rule.frequency == "WEEKLY" or rule.by_week_no:
        return rule if has_day else replace(rule, by_day=((0, first.weekday()),))
    if rule.frequency in ("MONTHLY", "YEARLY") and not has_day:
        rule = replace(rule, by_month_day=(first.day,))
        if rule.frequency == "YEARLY":
            rule = replace(rule, by_month=rule.by_month or (first.month,))
    return rule


def _meets_its_times(rule: Rule, first: datetime) -> bool:
    """Every other second from an even one never meets an odd one: does a fast rule ever meet its times?"""
    unit = CLOCK[rule.frequency]
    begin = (first.hour * 3600 + first.minute * 60 + first.second) // unit * unit
    step = gcd(rule.interval * unit, DAY)
    hours = rule.by_hour or range(24)
    minutes = (rule.by_minute or range(60)) if unit <= 60 else (0,)
    seconds = (rule.by_second or range(60)) if unit == 1 else (0,)
    times = (hour * 3600 + minute * 60 + second for hour, minute, second in product(hours, minutes, seconds))
    return any((seconds_of_day - begin) % step == 0 for seconds_of_day in times)


def _is_even(rule: Rule) -> bool:
    """Has every interval as many moments? Then they need not be looked at to be counted."""
    unit = CLOCK.get(rule.frequency, DAY)
    limits = (rule.by_hour, DAY), (rule.by_minute, 3600), (rule.by_second, 60)
    return rule.frequency not in ("YEARLY", "MONTHLY") and not (
        rule.by_month
        or rule.by_month_day
        or rule.by_year_day
        or (rule.by_day and rule.frequency != "WEEKLY")
        or any(values and unit < size for values, size in limits)
    )


# ---- intervals, numbered since the year 1 -----------------------------------------------------------------
def _number(rule: Rule, moment: datetime) -> int:
    """Of the interval that holds a moment. With BYWEEKNO a year is one of whole weeks."""
    ordinal = moment.toordinal()
    match rule.frequency:
        case "YEARLY" if rule.by_week_no:
            years = range(moment.year + 1, moment.year - 2, -1)
            return next(year for year in years if _week_one(year, rule.week_start) <= ordinal)
        case "YEARLY":
            return moment.year
        case "MONTHLY":
            return moment.year * 12 + moment.month - 1
        case "WEEKLY":
            return (ordinal - 1 - rule.week_start) // 7
        case "DAILY":
            return ordinal
    clock = moment.hour * 3600 + moment.minute * 60 + moment.second
    return (ordinal * DAY + clock) // CLOCK[rule.frequency]


def _begin(rule: Rule, number: int) -> int:
    match rule.frequency:
        case "YEARLY" if rule.by_week_no:
            return _week_one(number, rule.week_start)
        case "YEARLY":
            return _new_year(number)
        case "MONTHLY":
            return _month(number)
        case "WEEKLY":
            return number * 7 + 1 + rule.week_start
        case "DAILY":
            return number
    return number * CLOCK[rule.frequency] // DAY


def _month(number: int) -> int:
    cycles, rest = divmod(number, 400 * 12)
    return date(400 + rest // 12, rest % 12 + 1, 1).toordinal() + (cycles - 1) * DAYS_OF_400_YEARS


def _new_year(year: int) -> int:
    return _month(year * 12)


def _week_one(year: int, week_start: int) -> int:
    fourth = _new_year(year) + 3
    return fourth - (fourth - 1 - week_start) % 7


def _interval(rule: Rule, number: int) -> tuple[Moments, int]:
    """The set of an interval, and the number of the next one that may have any."""
    if rule.frequency in CLOCK:
        return _clock_interval(rule, number)
    if rule.frequency == "YEARLY" and rule.by_month and not rule.by_week_no:
        months = [number * 12 + month - 1 for month in rule.by_month]
        days = [day for month in months for day in _days(_month(month), _month(month + 1))]
    else:
        days = list(_days(_begin(rule, number), _begin(rule, number + 1)))
    found = {day for day in days if _fits(rule, day)}
    if rule.skip != "OMIT" and rule.frequency in ("YEARLY", "MONTHLY"):
        found.update(day for day in _moved(rule, days) if not rule.by_day or _fits_weekday(rule, day))
    return Moments(sorted(found), rule.by_hour, rule.by_minute, rule.by_second, rule.by_set_pos), number + 1


def _days(begin: int, end: int) -> Iterator[date]:
    return map(date.fromordinal, range(max(1, begin), min(LAST_DAY + 1, end)))


def _clock_interval(rule: Rule, number: int) -> tuple[Moments, int]:
    """The set of one hour, minute or second; what is ruled out as a whole is stepped over."""
    unit = CLOCK[rule.frequency]
    begin = number * unit
    day = date.fromordinal(begin // DAY)
    if not _fits(rule, day):
        return NEVER, (begin // DAY + 1) * DAY // unit
    fields: list[Sequence[int]] = []
    for values, size, base in ((rule.by_hour, 3600, 24), (rule.by_minute, 60, 60), (rule.by_second, 1, 60)):
        if size < unit:  # smaller than an interval: each of them
            fields.append(values)
            continue
        value = begin // size % base
        fields.append((value,))
        if values and value not in values:
            later = next((later for later in values if later > value), base)
            return NEVER, (begin // size + later - value) * size // unit
    hours, minutes, seconds = fields
    return Moments([day], hours, minutes, seconds, rule.by_set_pos), number + 1


# ---- days -------------------------------------------------------------------------------------------------
def _fits(rule: Rule, day: date) -> bool:
    if rule.by_month and day.month not in rule.by_month:
        return False
    if rule.by_month_day:
        length = monthrange(day.year, day.month)[1]
        if day.day not in rule.by_month_day and day.day - 1 - length not in rule.by_month_day:
            return False
    if rule.by_day and not _fits_weekday(rule, day):
        return False
    if rule.by_year_day:
        ordinal = day.toordinal()
        from_start, from_end = ordinal - _new_year(day.year) + 1, ordinal - _new_year(day.year + 1)
        if from_start not in rule.by_year_day and from_end not in rule.by_year_day:
            return False
    if rule.by_week_no:
        ordinal = day.toordinal()
        year = _number(rule, datetime.combine(day, time()))
        from_start = (ordinal - _week_one(year, rule.week_start)) // 7 + 1
        from_end = (ordinal - _week_one(year + 1, rule.week_start)) // 7
        return from_start in rule.by_week_no or from_end in rule.by_week_no
    return True


def _fits_weekday(rule: Rule, day: date) -> bool:
    """A number counts in the month, or in the year when the rule is yearly and names no months."""
    weekday = day.weekday()
    wanted = {number for number, of_week in rule.by_day if of_week == weekday}
    if not wanted or 0 in wanted:
        return bool(wanted)
    if rule.frequency == "YEARLY" and not rule.by_month:
        position = day.toordinal() - _new_year(day.year)
        length = _new_year(day.year + 1) - _new_year(day.year)
    else:
        position, length = day.day - 1, monthrange(day.year, day.month)[1]
    return position // 7 + 1 in wanted or -((length - 1 - position) // 7 + 1) in wanted


def _moved(rule: Rule, days: Sequence[date]) -> Iterator[date]:
    """Where days go that their month or year does not have: the nearest one before or after (RFC 7529)."""
    for day in days:
        ordinal = day.toordinal()
        if rule.by_month and day.month not in rule.by_month:
            continue
        spans = [(rule.by_month_day, monthrange(day.year, day.month)[1])] if day.day == 1 else []
        if (day.month, day.day) == (1, 1):
            spans.append((rule.by_year_day, _new_year(day.year + 1) - ordinal))
        for values, length in spans:
            past = [ordinal + length] if values and values[-1] > length else []  # the day after its end
            past += [ordinal] if values and values[0] < -length else []
            for after in past:
                if 1 <= (moved := after - (rule.skip == "BACKWARD")) <= LAST_DAY:
                    yield date.fromordinal(moved)


class Moments:
    """Some days at some times of the day, in order; of those, the ones at `positions`. Never built: a year
    of seconds is no larger than a year."""

    def __init__(
        self,
        days: Sequence[date],
        hours: Sequence[int] = (),
        minutes: Sequence[int] = (),
        seconds: Sequence[int] = (),
        positions: Sequence[int] = (),
    ) -> None:
        self.days, self.hours, self.minutes, self.seconds = days, hours, minutes, seconds
        size = len(days) * len(hours) * len(minutes) * len(seconds)
        self.picked: Sequence[int] = range(size)
        if positions:
            indexes = {position - 1 if position > 0 else size + position for position in positions}
            self.picked = sorted(index for index in indexes if 0 <= index < size)

    def __len__(self) -> int:
        return len(self.picked)

    def __getitem__(self, index: int) -> datetime:
        rest, second = divmod(self.picked[index], len(self.seconds))
        rest, minute = divmod(rest, len(self.minutes))
        day, hour = divmod(rest, len(self.hours))
        return datetime.combine(
            self.days[day], time(self.hours[hour], self.minutes[minute], self.seconds[second])
        )


NEVER = Moments(())
