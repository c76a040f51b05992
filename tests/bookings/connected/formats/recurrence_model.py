"""Recurrence rules a second time, as dully as possible, to compare the walk with.

Every day or hour or minute or second from some while before DTSTART on is asked whether it is in an interval
that counts, whether it has what each part of the rule asks, and which place it takes among those of its
interval. Weeks and weekdays are counted off from lists; nothing is jumped over or worked out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby

from bookings.connected.formats.recurrence_rule import Rule

DAY, HOUR, MINUTE, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
FAST = {"HOURLY": HOUR, "MINUTELY": MINUTE, "SECONDLY": SECOND}


@cache
def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [day for number in range(366) if (day := first + number * DAY).year == year]


@cache
def month_of(year: int, month: int) -> list[date]:
    return [day for day in days_of(year) if day.month == month]


@cache
def week_of(day: date, week_start: int) -> date:
    while day.weekday() != week_start:
        day -= DAY
    return day


@cache
def weeks_of(year: int, week_start: int) -> list[date]:
    """The first days of the weeks that have more days in this year than in another."""
    starts = sorted({week_of(day, week_start) for day in days_of(year)})
    return [start for start in starts if (start + 3 * DAY).year == year]


class Model:
    def __init__(self, rule: Rule, first: datetime) -> None:
        self.rule, self.first = rule, first

    def moments(self, until: datetime) -> list[datetime]:
        """All from DTSTART until then, as many as COUNT allows."""
        found: list[datetime] = []
        fitting = [moment for moment in self._candidates(until) if self._fits(moment)]
        for interval, group in groupby(fitting, self._number):
            members = list(group)
            if (interval - self._number(self.first)) % self.rule.interval:
                continue
            places = range(1, len(members) + 1)
            found += [
                member
                for place, member in zip(places, members, strict=True)
                if not self.rule.by_set_pos
                or place in self.rule.by_set_pos
                or place - len(members) - 1 in self.rule.by_set_pos
            ]
        return [moment for moment in found if self.first <= moment < until][: self.rule.count]

    def _candidates(self, until: datetime) -> Iterator[datetime]:
        rule, fast = self.rule, self.rule.frequency in FAST
        if rule.frequency == "SECONDLY" or rule.by_second:
            step = SECOND
        elif rule.frequency == "MINUTELY" or rule.by_minute:
            step = MINUTE
        else:
            step = HOUR if rule.frequency == "HOURLY" or rule.by_hour else DAY
        begin = self.first.replace(hour=self.first.hour if fast else 0, minute=0, second=0)
        moment = self.first - (self.first - begin) // step * step
        # intervals are seen whole, the first and the last too
        margin = timedelta(days=380) if rule.frequency == "YEARLY" else HOUR if fast else 40 * DAY
        end = until + margin
        moment -= timedelta() if fast else margin
        while moment < end:
            yield moment
            moment += step

    def _number(self, moment: datetime) -> int:
        day = moment.date()
        match self.rule.frequency:
            case "YEARLY":
                return self._week(day)[0] if self.rule.by_week_no else day.year
            case "MONTHLY":
                return day.year * 12 + day.month
            case "WEEKLY":
                return (week_of(day, self.rule.week_start) - date(1900, 1, 1)).days // 7
            case "DAILY":
                return (day - date(1900, 1, 1)).days
        return (moment - datetime(1900, 1, 1)) // FAST[self.rule.frequency]

    def _week(self, day: date) -> tuple[int, int, int]:
        """The year of a week, its number in that year, and how many weeks that year has."""
        start = week_of(day, self.rule.week_start)
        for year in (day.year - 1, day.year, day.year + 1):
            weeks = weeks_of(year, self.rule.week_start)
            if start in weeks:
                return year, weeks.index(start) + 1, len(weeks)
        raise AssertionError(day)

    def _fits(self, moment: datetime) -> bool:
        rule, first = self.rule, self.first
        fast = ("DAILY", "HOURLY", "MINUTELY", "SECONDLY").index(
            rule.frequency if rule.frequency in FAST else "DAILY"
        )
        for values, value, own, given_from in (
            (rule.by_hour, moment.hour, first.hour, 1),
            (rule.by_minute, moment.minute, first.minute, 2),
            (rule.by_second, moment.second, first.second, 3),
        ):
            if values and value not in values:
                return False
            if not values and fast < given_from and value != own:
                return False
        return self._fits_day(moment.date())

    def _fits_day(self, day: date) -> bool:
        rule, first = self.rule, self.first.date()
        month = month_of(day.year, day.month)
        if rule.by_month and day.month not in rule.by_month:
            return False
        if rule.by_month_day and not any(
            day == month[number - 1 if number > 0 else number]
            for number in rule.by_month_day
            if abs(number) <= len(month)
        ):
            return False
        if rule.by_year_day and not any(
            day == days_of(day.year)[number - 1 if number > 0 else number]
            for number in rule.by_year_day
            if abs(number) <= len(days_of(day.year))
        ):
            return False
        if rule.by_week_no:
            _, number, weeks = self._week(day)
            if number not in rule.by_week_no and number - weeks - 1 not in rule.by_week_no:
                return False
        if rule.by_day:
            return any(
                self._is_the(number, day) for number, weekday in rule.by_day if day.weekday() == weekday
            )
        if rule.by_month_day or rule.by_year_day or rule.frequency in ("DAILY", *FAST):
            return True
        if rule.frequency == "WEEKLY" or rule.by_week_no:
            return day.weekday() == first.weekday()
        return day.day == first.day and (
            rule.frequency == "MONTHLY" or bool(rule.by_month) or day.month == first.month
        )

    def _is_the(self, number: int, day: date) -> bool:
        yearly = self.rule.frequency == "YEARLY" and not self.rule.by_month
        days = days_of(day.year) if yearly else month_of(day.year, day.month)
        same = [one for one in days if one.weekday() == day.weekday()]
        place = same.index(day)
        return number == 0 or number in (place + 1, place - len(same))
