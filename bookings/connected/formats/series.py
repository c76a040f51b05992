"""The events of one UID: which of them count, and when they are.

The rules are those of RFC 5545, 3.8.4.4 (an occurrence that was changed) and RFC 5546, 2.1.5 (the newest one
counts).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from bookings.connected.formats import recurrence
from bookings.connected.formats.events import Event, Reader
from bookings.connected.formats.lines import UnreadableError
from bookings.connected.formats.values import ONE_DAY, Length, When, after, instant, plus, read_list, wall
from bookings.connected.formats.zones import parse_rule

MOST_INSTANCES = 5_000  # of one rule: once a day is 400, each working hour 2,000
Span = tuple[datetime, datetime]


def spans(events: list[Event], reader: Reader) -> Iterator[Span]:
    masters = _newest([event for event in events if event.replaces is None])
    changed = _counting([event for event in events if event.replaces is not None], masters, reader)
    for master in masters:
        if master.start is None:
            if master.blocks and master.says_when:
                raise UnreadableError("broken")
        elif master.blocks or any(one.blocks and one.reach for one in changed):
            yield from _Series(master, changed, reader).spans()
    for one in changed:
        if one.blocks and one.start is not None:
            yield span(one)


def span(event: Event) -> Span:
    assert event.start is not None
    return _span(wall(event.start, event.zone), event.length, event)


def _span(start: datetime, length: Length, event: Event) -> Span:
    begin, end = instant(start, event.zone), after(start, length, event.zone)
    return (begin, end) if begin <= end else (end, begin)  # the time between, whichever is called the start


# ---- versions ---------------------------------------------------------------------------------------------
def _newest(events: list[Event]) -> list[Event]:
    highest = max((event.sequence for event in events), default=0)
    found = [event for event in events if event.sequence == highest]
    stamps = [event.stamped_at for event in found if event.stamped_at]
    if len(stamps) < len(found):
        return found
    return [event for event in found if event.stamped_at == max(stamps)]


def _is_older(one: Event, other: Event) -> bool:
    if one.sequence != other.sequence:
        return one.sequence < other.sequence
    return bool(one.stamped_at and other.stamped_at and one.stamped_at < other.stamped_at)


def _counting(changed: list[Event], masters: list[Event], reader: Reader) -> list[Event]:
    """The changed occurrences that count: the newest of each, and none that a newer series took away."""
    series = masters[0] if masters else None
    same: dict[tuple[date | None, bool], list[Event]] = defaultdict(list)
    for one in changed:
        assert one.replaces is not None
        which = series.identify(one.replaces) if series else one.replaces
        same[which, isinstance(which, datetime)].append(one)
    newest = [one for found in same.values() for one in _newest(found)]
    if series is None or series.start is None or not any(_is_older(one, series) for one in newest):
        return newest
    own, excluded = _Series(series, [], reader), _Excluded(series)
    return [one for one in newest if not (_is_older(one, series) and own.took_away(one, excluded))]


class _Excluded:
    """The EXDATEs of a series, and the starts that have an event of their own."""

    def __init__(self, series: Event, changed: Iterable[Event] = ()) -> None:
        self.series = series
        self.dates: set[date] = set()
        for found in series.component.every("EXDATE"):
            self.dates |= {series.identify(one) for one, _ in read_list(found, series.zones.named)}
        for one in changed:
            # one that neither says when nor frees the time leaves the occurrence where it was
            if one.replaces is not None and not (one.blocks and one.start is None):
                self.dates.add(series.identify(one.replaces))

    def __contains__(self, start: datetime) -> bool:
        return start.date() in self.dates or (
            not self.series.is_day and instant(start, self.series.zone) in self.dates
        )


# ---- occurrences ------------------------------------------------------------------------------------------
@dataclass
class _Series:
    """A series on its own clock; `changed` are the occurrences that have an event of their own."""

    event: Event
    changed: list[Event]
    reader: Reader
    wide: list[tuple[datetime, Event]] = field(init=False)  # the changes of more than one, in order of time

    def __post_init__(self) -> None:
        changes = [
            (self.event.original_start(one.replaces), one)
            for one in self.changed
            if one.reach and one.replaces is not None
        ]
        self.wide = sorted(changes, key=lambda change: change[0])

    def spans(self) -> Iterator[Span]:
        excluded = _Excluded(self.event, self.changed)
        starts = self._starts()
        for start, length in starts.items():
            if start in excluded:
                continue
            change = self._change_of(start)
            if change is None:
                if self.event.blocks:
                    yield _span(start, length or self.event.length, self.event)
                continue
            if change[1].blocks:
                yield self._moved_span(plus(start, self._shift(*change)), change[1])

    def _change_of(self, start: datetime) -> tuple[datetime, Event] | None:
        """The last change of what follows that is not later, else the first of what went before."""
        for original, change in reversed(self.wide):
            if original <= start and change.reach == "THISANDFUTURE":
                return original, change
        for original, change in self.wide:
            if start <= original and change.reach == "THISANDPRIOR":
                return original, change
        return None

    def took_away(self, one: Event, excluded: _Excluded) -> bool:
        assert one.replaces is not None
        original = self.event.original_start(one.replaces)
        return original in excluded or (one.sequence < self.event.sequence and not self._happens_at(original))

    def _happens_at(self, original: datetime) -> bool:
        """Looks at all times, not only at those between which the calendar is read."""
        moment = instant(original, self.event.zone)
        around = replace(self.reader, since=moment, until=moment)
        return original in _Series(self.event, [], around)._starts()

    def _shift(self, original: datetime, change: Event) -> timedelta:
        if change.start is None:
            return timedelta()
        return wall(change.start, self.event.zone) - original

    def _moved_span(self, start: datetime, change: Event) -> Span:
        length = change.length if change.start is not None else self.event.length
        return _span(start, length, self.event)

    def _starts(self) -> dict[datetime, Length | None]:
        event = self.event
        assert event.start is not None
        first = wall(event.start, event.zone)
        starts: dict[datetime, Length | None] = {first: None}
        for found in event.component.every("RRULE"):
            starts |= dict.fromkeys(self._instances(found.value, first))
        for found in event.component.every("RDATE"):
            for one, end in read_list(found, event.zones.named):
                original = event.original_start(one) if end is None else wall(one, event.zone)
                starts[original] = self._length(one, end)
        for found in event.component.every("EXRULE"):
            for one in self._instances(found.value, first):
                starts.pop(one, None)
        return starts

    def _length(self, start: When, end: When | Length | None) -> Length | None:
        if end is None or isinstance(end, Length):
            return end
        return Length(0, instant(end, self.event.zone) - instant(start, self.event.zone))

    def _instances(self, text: str, first: datetime) -> Iterator[datetime]:
        if not text.strip(" ;"):
            return
        event, reader = self.event, self.reader
        rule = parse_rule(text)
        room = event.length.about + 2 * ONE_DAY
        for original, change in self.wide:
            room = max(room, abs(self._shift(original, change)) + change.length.about + 2 * ONE_DAY)
        try:
            found = recurrence.walk(
                rule,
                first,
                is_day=event.is_day,
                since=plus(wall(reader.since, event.zone), -room),
                until=plus(wall(reader.until, event.zone), room),
                last=self._last(rule.until),
                check=reader.check,
            )
            for number, one in enumerate(found):
                if number >= MOST_INSTANCES:
                    raise UnreadableError("too_much")
                yield one
        except recurrence.RuleError as error:
            raise UnreadableError(error.problem) from error

    def _last(self, until: When | None) -> datetime | None:
        """UNTIL on the clock of the series, itself included: of a date all of that day."""
        if until is None:
            return None
        if not isinstance(until, datetime):
            return datetime.combine(until, time(23, 59, 59))
        if self.event.is_day:
            return datetime.combine(self.event.day_of(until), time(23, 59, 59))
        return wall(until, self.event.zone)
