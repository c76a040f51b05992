"""The text of a recurrence rule (RFC 5545 section 3.3.10, RFC 7529), read.

Where programs differ about what a text means, or where we cannot follow it, it is refused: an event read
wrongly would look like free time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")


def _from_both_ends(most: int) -> Collection[int]:
    return {*range(-most, most + 1)} - {0}


FIFTY_THREE = _from_both_ends(53)  # weeks of a year, or Mondays
# Of each list: the field and what may stand in it.
LISTS: dict[str, tuple[str, Collection[int]]] = {
    "BYMONTH": ("by_month", range(1, 13)),
    "BYWEEKNO": ("by_week_no", FIFTY_THREE),
    "BYYEARDAY": ("by_year_day", _from_both_ends(366)),
    "BYMONTHDAY": ("by_month_day", _from_both_ends(31)),
    "BYSETPOS": ("by_set_pos", _from_both_ends(366)),
    "BYHOUR": ("by_hour", range(24)),
    "BYMINUTE": ("by_minute", range(60)),
    "BYSECOND": ("by_second", range(61)),
}
ONE_VALUE = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "RSCALE", "SKIP")
# "MUST NOT be used" with these, and programs do not agree what it would mean.
NEVER_TOGETHER = {
    "MONTHLY": ("BYWEEKNO", "BYYEARDAY"),
    "WEEKLY": ("BYWEEKNO", "BYYEARDAY", "BYMONTHDAY"),
    "DAILY": ("BYWEEKNO", "BYYEARDAY"),
    **dict.fromkeys(FREQUENCIES[4:], ("BYWEEKNO",)),
}
WHOLE = re.compile(r"[+-]?\d{1,9}")
DAY_OF_WEEK = re.compile(rf"([+-]?\d{{1,3}})? *({'|'.join(WEEKDAYS)})")
UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?(Z*)")  # `ZZ` is written too


class RuleError(ValueError):
    """Why a rule is refused: `broken` (nobody understands it, or we do not) or `too_much`."""

    def __init__(self, problem: str, why: str = "") -> None:
        super().__init__(why or problem)
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule as it is written; an empty list was not given. Weekdays count from Monday, 0.

    `by_day` holds pairs of a number and a weekday: (-1, 4) is the last Friday, (0, 4) every Friday.
    `until` is a date, a time in UTC, or a time on the clock of DTSTART (naive).
    `skip` says where a day goes that its month does not have (RFC 7529): OMIT, BACKWARD or FORWARD.
    """

    frequency: str
    interval: int = 1
    count: int | None = None
    until: date | datetime | None = None
    by_month: tuple[int, ...] = ()
    by_week_no: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()
    by_hour: tuple[int, ...] = ()
    by_minute: tuple[int, ...] = ()
    by_second: tuple[int, ...] = ()
    by_set_pos: tuple[int, ...] = ()
    week_start: int = 0
    skip: str = "OMIT"


# ---- the text ---------------------------------------------------------------------------------------------
def parse(text: str) -> Rule:
    """The rule in the value of an RRULE property. Blanks, small letters, empty lists and a `;` too many are
    read over; so are lists with a backslash before the comma. Raises RuleError."""
    parts = _parts(text)
    frequency = parts.get("FREQ", "")
    if frequency not in FREQUENCIES:
        raise RuleError("broken", "no frequency")
    for name in NEVER_TOGETHER.get(frequency, ()):
        if name in parts:
            raise RuleError("broken", f"{name} in a rule that is {frequency}")
    lists = {
        field: _numbers(parts[name], allowed) for name, (field, allowed) in LISTS.items() if name in parts
    }
    if "by_second" in lists:  # "SHOULD interpret the second 60 as equivalent to the second 59" (3.3.12)
        lists["by_second"] = tuple(sorted({min(second, 59) for second in lists["by_second"]}))
    rule = Rule(
        frequency=frequency,
        interval=_positive(parts.get("INTERVAL", "1")),
        count=_positive(parts["COUNT"]) if "COUNT" in parts else None,
        until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
        by_day=_days_of_week(parts.get("BYDAY", "")),
        week_start=_one_of(WEEKDAYS, parts.get("WKST", "MO")),
        skip=parts.get("SKIP", "OMIT"),
        **lists,
    )
    _one_of(("OMIT", "BACKWARD", "FORWARD"), rule.skip)
    _one_of(("GREGORIAN",), parts.get("RSCALE", "GREGORIAN"))
    if any(number for number, _ in rule.by_day):
        if frequency == "WEEKLY":  # "MUST NOT", and every program that reads it leaves the number out
            rule = replace(rule, by_day=tuple(sorted({(0, weekday) for _, weekday in rule.by_day})))
        elif frequency not in ("YEARLY", "MONTHLY") or rule.by_week_no:
            raise RuleError("broken", "a numbered weekday of neither a month nor a year")
    if rule.by_set_pos and not any(name.startswith("BY") and name != "BYSETPOS" for name in parts):
        # a set of one moment: its first and last are that moment, and it has no second
        if not {1, -1} & set(rule.by_set_pos):
            raise RuleError("broken", "a position in a set of one")
        rule = replace(rule, by_set_pos=())
    return rule


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.replace("\\", "").upper().split(";"):
        if not part.strip():
            continue
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if equals and name.startswith("X-"):  # RFC 2445 had them: who does not know one leaves it out
            continue
        listed = name in LISTS or name == "BYDAY"
        if not equals or not (listed or name in ONE_VALUE):
            raise RuleError("broken", "a part we do not know")
        value = ",".join(filter(None, map(str.strip, value.split(",")))) if listed else value
        if listed and not value:
            continue
        if parts.setdefault(name, value) != value:
            raise RuleError("broken", f"{name} twice, and not the same")
    return parts


def _numbers(value: str, allowed: Collection[int]) -> tuple[int, ...]:
    found = set()
    for text in value.split(","):
        if not WHOLE.fullmatch(text) or int(text) not in allowed:
            raise RuleError("broken", "not a number, or out of range")
        found.add(int(text))
    return tuple(sorted(found))


def _positive(text: str) -> int:
    if not WHOLE.fullmatch(text) or int(text) < 1:
        raise RuleError("broken", "not a number above zero")
    return int(text)


def _one_of(values: Sequence[str], text: str) -> int:
    if text not in values:
        raise RuleError("broken", "a word we do not know")
    return values.index(text)


def _days_of_week(value: str) -> tuple[tuple[int, int], ...]:
    """`2 TH` is written by Exchange; 255 is what minus one became in GroupWise."""
    found = set()
    for text in filter(None, value.split(",")):
        match = DAY_OF_WEEK.fullmatch(text)
        if not match:
            raise RuleError("broken", "not a weekday")
        number = int(match[1]) if match[1] else 0
        if 203 <= number <= 255:
            number -= 256
        if match[1] and number not in FIFTY_THREE:
            raise RuleError("broken", "a numbered weekday out of range")
        found.add((number, WEEKDAYS.index(match[2])))
    return tuple(sorted(found))


def _until(text: str) -> date | datetime:
    match = UNTIL.fullmatch(text)
    if not match:
        raise RuleError("broken", "an end that is no date")
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        if not match[4]:
            return day
        clock = time(int(match[4]), int(match[5]), min(int(match[6]), 59))
    except ValueError as error:
        raise RuleError("broken", "an end that is no date") from error
    return datetime.combine(day, clock, UTC if match[7] else None)
