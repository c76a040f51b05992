"""Made-up calendars, read by us and by recurring-ical-events: both say the same.

Where the two differ on purpose, what is made here stays out of it:
- a rule that lists weekdays both with and without a number: dateutil takes one of the two, RFC 5545 both;
- the end of an event over a clock change: there the end keeps its wall time, here its length
  (RFC 5545, 3.8.5.3: "the same exact duration"), so the window has no clock change in it;
- an end before the start, a day that ends on its own date, lines it cannot read: there nothing, an error or a
  guess, here somebody's time;
- an older change beside a newer series (SEQUENCE): here it goes when the series took its date out or moved,
  there only when it has a rule of its own;
- a series in UTC beside X-WR-TIMEZONE: there it repeats on that clock, here in UTC as RFC 5545 has it;
- a rule with COUNT whose DTSTART does not fit it: there DTSTART is one of COUNT, here it is beside them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from bookings.connected.formats.busy import read
from tests.bookings.connected.formats.reading import AMSTERDAM, calendar

SINCE, UNTIL = datetime(2026, 11, 28, tzinfo=UTC), datetime(2027, 3, 13, tzinfo=UTC)
ZONES = ("Europe/Amsterdam", "America/New_York", "Asia/Kolkata")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def theirs(content: bytes) -> set[tuple[datetime, datetime]]:
    found = recurring_ical_events.of(Calendar.from_ical(content)).between(
        SINCE - timedelta(days=3), UNTIL + timedelta(days=3)
    )
    return bounded((instant(one.start), instant(one.end)) for one in found)


def ours(content: bytes) -> set[tuple[datetime, datetime]]:
    found = read(content, host_zone=AMSTERDAM.key, addresses=[], since=SINCE, until=UNTIL)
    return bounded((one.start, one.end) for one in found)


def bounded(spans: Any) -> set[tuple[datetime, datetime]]:
    return {(start, end) for start, end in spans if start < end and start < UNTIL and end > SINCE}


def instant(value: date) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=AMSTERDAM)).astimezone(UTC)


class Written:
    """How one series writes its dates: days, floating, in UTC or in a zone."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(self, name: str, *whens: datetime, params: str = "") -> str:
        if self.kind == "date":
            return f"{name};VALUE=DATE{params}:" + ",".join(f"{when:%Y%m%d}" for when in whens)
        zone = f";TZID={self.kind}" if self.kind in ZONES else ""
        mark = "Z" if self.kind == "utc" else ""
        return f"{name}{zone}{params}:" + ",".join(f"{when:%Y%m%dT%H%M%S}{mark}" for when in whens)

    def until(self, when: datetime) -> str:
        if self.kind == "date":
            return f"{when:%Y%m%d}"
        if self.kind == "floating":
            return f"{when:%Y%m%dT%H%M%S}"
        zone = ZoneInfo(self.kind) if self.kind in ZONES else UTC
        return f"{when.replace(tzinfo=zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"


@st.composite
def rules(draw: st.DrawFn, first: datetime, written: Written) -> str:
    """One that DTSTART fits."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}"]
    if (interval := draw(st.integers(1, 4))) > 1:
        parts.append(f"INTERVAL={interval}")
    weekday = WEEKDAYS[first.weekday()]
    if frequency in ("DAILY", "WEEKLY") and draw(st.booleans()):
        others = draw(st.sets(st.sampled_from(WEEKDAYS), max_size=4))
        parts.append(f"BYDAY={','.join(sorted({weekday, *others}))}")
    elif frequency == "MONTHLY":
        day = st.sampled_from([first.day, 1, 15, 31, -1])
        parts += draw(
            st.sampled_from(
                [
                    [],
                    [f"BYDAY={(first.day - 1) // 7 + 1}{weekday}"],
                    [f"BYMONTHDAY={','.join(map(str, sorted({first.day, draw(day)})))}"],
                    [f"BYDAY={weekday}"],
                ]
            )
        )
    elif frequency == "YEARLY" and draw(st.booleans()):
        parts.append(f"BYMONTH={','.join(map(str, sorted({first.month, draw(st.integers(1, 12))})))}")
    end = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if end == "COUNT":
        parts.append(f"COUNT={draw(st.integers(1, 40))}")
    elif end == "UNTIL":
        later = draw(st.integers(0, 200))
        parts.append(f"UNTIL={written.until(first + timedelta(days=later))}")
    return "RRULE:" + ";".join(parts)


@st.composite
def series(draw: st.DrawFn, uid: str) -> list[str]:
    """A series, and some of its occurrences changed."""
    written = Written(draw(st.sampled_from(["date", "floating", "utc", *ZONES])))
    first = datetime(2026, 6, 1) + timedelta(days=draw(st.integers(0, 240)))
    step = timedelta(days=1)
    if written.kind != "date":
        first += timedelta(minutes=draw(st.sampled_from([0, 30, 545, 1410])))
        step = timedelta(minutes=draw(st.sampled_from([15, 60, 600])))
    length = step * draw(st.integers(1, 3))
    seconds = int(length.total_seconds())
    lasts = [f"P{length.days}D"] if written.kind == "date" else [f"PT{seconds}S", f"PT{seconds // 60}M"]
    end = draw(st.sampled_from([written("DTEND", first + length), *(f"DURATION:{last}" for last in lasts)]))
    lines = [f"UID:{uid}", written("DTSTART", first), end]
    near = st.integers(0, 200).map(lambda number: first + timedelta(days=number))
    changes = []
    if draw(st.booleans()):
        lines.append(draw(rules(first, written)))
        if taken := draw(st.lists(near, max_size=3)):
            lines.append(written("EXDATE", *taken))
        if added := draw(st.lists(near, max_size=2)):
            lines.append(written("RDATE", *added))
        begin, end = SINCE - timedelta(days=400), UNTIL + timedelta(days=400)
        known = sorted(
            {
                one["RECURRENCE-ID"].dt
                for one in recurring_ical_events.of(Calendar.from_ical(calendar("\n".join(lines)))).between(
                    begin, end
                )
                if "RECURRENCE-ID" in one
            },
            key=instant,
        )
        for which in draw(st.lists(st.sampled_from(known), max_size=3, unique=True)) if known else []:
            old = (
                datetime.combine(which, time())
                if not isinstance(which, datetime)
                else which.replace(tzinfo=None)
            )
            new = old + step * draw(st.integers(-3, 3))
            change = [
                f"UID:{uid}",
                written("RECURRENCE-ID", old, params=draw(st.sampled_from(["", ";RANGE=THISANDFUTURE"]))),
                written("DTSTART", new),
            ]
            change.append(written("DTEND", new + step * draw(st.integers(1, 2))))
            changes.append("\n".join(change))
    return draw(st.permutations(["\n".join(lines), *changes]))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_second_reader_sees_the_same(data: st.DataObject) -> None:
    events = [event for uid in ("a", "b") for event in data.draw(series(uid))]
    content = calendar(*events)
    assert ours(content) == theirs(content)
