"""The slot rules a second time, minute by minute and as dully as possible, to compare the engine with.

It shares nothing with the engine but the shape of a query: wall times are found by reading the clock of every
minute, hours and conflicts are sets of minutes, the grid is found by counting on from the last closed minute.
Every time of a query but `now` and the range must be on a whole minute.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bookings.domain.slots import SlotQuery

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@lru_cache(maxsize=16)
def clock(zone: ZoneInfo, first: datetime, length: int) -> list[datetime]:
    """What the host's clock shows, without zone, at every minute from `first` on."""
    return [(first + number * MINUTE).astimezone(zone).replace(tzinfo=None) for number in range(length)]


class Model:
    def __init__(self, query: SlotQuery) -> None:
        self.query = query
        # Three weeks show where every grid begins; two days more hold the end of the last call.
        first = query.range_start.replace(hour=0, minute=0, second=0, microsecond=0)
        self.first = first - 22 * DAY
        length = int((query.range_end - self.first + 3 * DAY) / MINUTE)
        self.clock = clock(query.zone, self.first, length)
        self.number_of: dict[datetime, int] = {}
        for number, shown in enumerate(self.clock):
            self.number_of.setdefault(shown, number)
        self.open = set(self._open_minutes())
        self.in_the_way = set(self._minutes_in_the_way())
        counted = [self._date_of(booking.start) for booking in query.taken if booking.counts]
        self.on_day = Counter(counted)
        self.in_week = Counter(day.isocalendar()[:2] for day in counted)

    def starts(self) -> list[datetime]:
        return [
            self.first + number * MINUTE
            for number, on_grid in enumerate(self._grid())
            if on_grid and self._is_free(number)
        ]

    def _date_of(self, moment: datetime) -> date:
        return moment.astimezone(self.query.zone).date()

    def _minute(self, day: date, wall: time) -> int | None:
        """The number of the minute at which the clock first shows this; in a gap by the offset before it."""
        shown = datetime.combine(day, wall)
        if not self.clock[0] <= shown <= self.clock[-1]:
            return None
        if shown in self.number_of:
            return self.number_of[shown]
        before = max(number for number, other in enumerate(self.clock) if other < shown)
        return before + int((shown - self.clock[before]) / MINUTE)

    def _open_minutes(self) -> Iterator[int]:
        day = self.clock[0].date()
        while day <= self.clock[-1].date():
            weekly = [rule.window for rule in self.query.rules if rule.weekday == day.isoweekday()]
            for window in self.query.overrides.get(day, weekly):
                tomorrow = day + DAY
                start, end = self._minute(day, window.start), self._minute(day, window.end)
                if window.end <= window.start:
                    cut = tomorrow in self.query.overrides
                    end = self._minute(tomorrow, time(0) if cut else window.end)
                if start is not None and end is not None:
                    yield from range(start, end)
            day += DAY

    def _minutes_in_the_way(self) -> Iterator[int]:
        for one in [*self.query.busy, *(booking.footprint for booking in self.query.taken)]:
            yield from range(self._number(one.start), self._number(one.end))

    def _number(self, moment: datetime) -> int:
        return int((moment - self.first) / MINUTE)

    def _grid(self) -> Iterator[bool]:
        """Per minute: is it a start of the grid of its window, were nothing in the way?"""
        step = int(self.query.slot_interval / MINUTE)
        since_origin = open_for = open_at_last_monday = 0
        for number, shown in enumerate(self.clock):
            is_open = number in self.open
            if not is_open or not open_for:
                since_origin = 0
            monday = shown.weekday() == 0 and shown.time() == time(0) and self.number_of[shown] == number
            if monday:
                if open_for and open_at_last_monday and open_for >= number - open_at_last_monday:
                    since_origin = 0
                open_at_last_monday = number
            yield is_open and since_origin % step == 0
            since_origin += 1
            open_for = open_for + 1 if is_open else 0

    def _is_free(self, number: int) -> bool:
        query = self.query
        start = self.first + number * MINUTE
        day = self.clock[number].date()
        call = range(number, number + int(query.duration / MINUTE))
        footprint = range(
            number - int(query.buffer_before / MINUTE), call.stop + int(query.buffer_after / MINUTE)
        )
        return (
            query.range_start <= start < query.range_end
            and start - query.now >= query.minimum_notice
            and (query.horizon_days is None or (day - self._date_of(query.now)).days <= query.horizon_days)
            and (query.first_on is None or query.first_on <= day)
            and (query.last_on is None or day <= query.last_on)
            and (query.max_per_day is None or self.on_day[day] < query.max_per_day)
            and (query.max_per_week is None or self.in_week[day.isocalendar()[:2]] < query.max_per_week)
            and all(minute in self.open for minute in call)
            and not any(minute in self.in_the_way for minute in footprint)
        )


def starts(query: SlotQuery) -> list[datetime]:
    return Model(query).starts()
