"""Dates as people write them: ‘3-1’, ‘3 januari’, ‘24 dec t/m 3 jan’. Dutch and English, whatever the page is in."""

from __future__ import annotations

import re
from datetime import date, timedelta

MONTHS = (
    ("januari", "january"),
    ("februari", "february"),
    ("maart", "mrt", "march"),
    ("april",),
    ("mei", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("augustus", "august"),
    ("september",),
    ("oktober", "october"),
    ("november",),
    ("december",),
)
WEEKDAYS = (
    ("maandag", "monday"),
    ("dinsdag", "tuesday"),
    ("woensdag", "wednesday"),
    ("donderdag", "thursday"),
    ("vrijdag", "friday"),
    ("zaterdag", "saturday"),
    ("zondag", "sunday"),
)
NEAR = {"vandaag": 0, "today": 0, "morgen": 1, "tomorrow": 1, "overmorgen": 2}
LONGEST = 100  # signs that are looked at
INCLUDED = re.compile(
    r"\s*(?:\bt/m\b|\bt\.m\.|\btm\b|\btot en met\b|\bup to and including\b|\bthrough\b|[–—])\s*|\s+-\s+"
)
EXCLUDED = re.compile(r"\s(?:tot|until|till|to)\s")
NUMBERS = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})(?:\s*[-/.]\s*(\d{4}|\d{2}))?\.?")
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
WORDS = re.compile(r"(\d{1,2})(?:e|de|ste|st|nd|rd|th)?\.?\s+([^\W\d_]{3,})\.?,?(?:\s+(\d{4}))?")
WORDS_ENGLISH = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?(?:\s+(\d{4}))?")
TWO_OF_A_MONTH = re.compile(r"(\d{1,2})\.?\s*(?:-|–)\s*(\d{1,2}\.?\s+[^\W\d_]{3,}.*)")
YEARS = 8  # within which 29 February comes again, 1900 and its like apart


class TypedDateError(ValueError):
    """Why it is no date, in one word: `unknown`, `weekday` (another day than it says), `until` (is the last day in
    it?), `order`. `on` is the date it would be."""

    def __init__(self, problem: str, on: date | None = None) -> None:
        super().__init__(problem)
        self.problem, self.on = problem, on


def read_date(text: str, *, today: date) -> date:
    """One date; without a year the first one from `today` on. Raises TypedDateError."""
    on, _has_year = _read(text, today)
    return on


def read_span(text: str, *, today: date) -> tuple[date, date]:
    """The first and the last day, both included; one date is both. Raises TypedDateError."""
    seen = " ".join(text[:LONGEST].lower().split())
    if two := TWO_OF_A_MONTH.fullmatch(seen):
        return _ordered(*_pair(two[1], two[2], today))
    parts = INCLUDED.split(seen)
    if len(parts) == 1:
        if EXCLUDED.search(seen):
            raise TypedDateError("until")
        on = read_date(seen, today=today)
        return on, on
    if len(parts) != 2:
        raise TypedDateError("unknown")
    return _ordered(*_pair(parts[0], parts[1], today))


def _pair(first: str, last: str, today: date) -> tuple[date, date]:
    """A first day that says less than the last one takes the rest from it: ‘24 t/m 28 dec 2027’."""
    last_on, last_has_year = _read(last, today)
    if first.strip().rstrip(".").isdecimal():
        day = int(first.strip().rstrip("."))
        return _date(last_on.year, last_on.month, day), last_on
    first_on, first_has_year = _read(first, today)
    if last_has_year and not first_has_year:
        first_on = _latest(first_on, last_on)
    if first_has_year and not last_has_year:
        last_on = _following(last_on.month, last_on.day, first_on)
    if not first_has_year and not last_has_year:
        last_on = _following(last_on.month, last_on.day, first_on)
    return first_on, last_on


def _ordered(first: date, last: date) -> tuple[date, date]:
    if last < first:
        raise TypedDateError("order")
    return first, last


def _read(text: str, today: date) -> tuple[date, bool]:
    """The date, and whether its year was said."""
    seen = " ".join(text[:LONGEST].lower().split())
    if seen in NEAR:
        return today + timedelta(days=NEAR[seen]), True
    weekday, rest = _without_weekday(seen)
    day, month, year = _parts(rest)
    on = _date(_whole(year), month, day) if year else _following(month, day, today)
    if weekday and on.isoweekday() != weekday:
        raise TypedDateError("weekday", on)
    return on, bool(year)


def _parts(seen: str) -> tuple[int, int, str]:
    if found := ISO.fullmatch(seen):
        return int(found[3]), int(found[2]), found[1]
    if found := NUMBERS.fullmatch(seen):
        return int(found[1]), int(found[2]), found[3] or ""
    if found := WORDS.fullmatch(seen):
        return int(found[1]), _month(found[2]), found[3] or ""
    if found := WORDS_ENGLISH.fullmatch(seen):
        return int(found[2]), _month(found[1]), found[3] or ""
    raise TypedDateError("unknown")


def _without_weekday(seen: str) -> tuple[int, str]:
    word, _space, rest = seen.partition(" ")
    word = word.strip(",.")
    if rest and len(word) >= 2:
        for number, names in enumerate(WEEKDAYS, 1):
            if any(name.startswith(word) for name in names):
                return number, rest
    return 0, seen


def _month(word: str) -> int:
    for number, names in enumerate(MONTHS, 1):
        if any(name.startswith(word) for name in names):
            return number
    raise TypedDateError("unknown")


def _whole(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise TypedDateError("unknown") from error


def _following(month: int, day: int, since: date) -> date:
    for year in range(since.year, min(since.year + YEARS + 1, date.max.year + 1)):
        try:
            on = date(year, month, day)
        except ValueError:
            continue
        if on >= since:
            return on
    raise TypedDateError("unknown")


def _latest(on: date, until: date) -> date:
    """That day and month, the last time it came up to `until`."""
    for year in range(until.year, max(until.year - YEARS, 1), -1):
        try:
            found = on.replace(year=year)
        except ValueError:
            continue
        if found <= until:
            return found
    raise TypedDateError("unknown")
