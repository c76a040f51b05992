"""What a recurrence rule comes to, moment by moment.

A row is DTSTART, the rule, and its first moments, or all of them when the rule ends. A moment is written as a
date when its time is that of DTSTART.
"""

from __future__ import annotations

from datetime import datetime
from itertools import islice

import pytest

from bookings.connected.formats.recurrence import Rule, RuleError, parse, walk

FAR = datetime(2100, 1, 1)


def first_of(rule: Rule, start: str, most: int) -> list[datetime]:
    first = datetime.fromisoformat(start)
    found = walk(rule, first, is_day="T" not in start, since=first, until=FAR, last=None, check=lambda: None)
    return list(islice(found, most))


def check_row(start: str, text: str, expected: str) -> None:
    clock = start.partition("T")[2]
    wanted = [
        datetime.fromisoformat(one if "T" in one or not clock else f"{one}T{clock}")
        for one in expected.split()
    ]
    rule = parse(text)
    assert first_of(rule, start, len(wanted) + (rule.count is not None)) == wanted


# Section 3.8.5.3, its own examples.
@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        ("19970902T0900", "FREQ=DAILY;INTERVAL=10;COUNT=5", "19970902 19970912 19970922 19971002 19971012"),
        (
            "19970902T0900",
            "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
            "19970902 19970904 19970916 19970918 19970930 19971002 19971014 19971016",
        ),
        (
            "19970905T0900",
            "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
            "19970905 19971003 19971107 19971205 19980102 19980206 19980306 19980403 19980501 19980605",
        ),
        (
            "19970907T0900",
            "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
            "19970907 19970928 19971102 19971130 19980104 19980125 19980301 19980329 19980503 19980531",
        ),
        (
            "19970922T0900",
            "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
            "19970922 19971020 19971117 19971222 19980119 19980216",
        ),
        (
            "19970928T0900",
            "FREQ=MONTHLY;BYMONTHDAY=-3",
            "19970928 19971029 19971128 19971229 19980129 19980226",
        ),
        (
            "19970930T0900",
            "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
            "19970930 19971001 19971031 19971101 19971130 19971201 19971231 19980101 19980131 19980201",
        ),
        (
            "19970910T0900",
            "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
            "19970910 19970911 19970912 19970913 19970914 19970915 19990310 19990311 19990312 19990313",
        ),
        (
            "19970902T0900",
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
            "19970902 19970909 19970916 19970923 19970930 19971104 19971111 19971118",
        ),
        (
            "19970610T0900",
            "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
            "19970610 19970710 19980610 19980710 19990610 19990710 20000610 20000710 20010610 20010710",
        ),
        (
            "19970310T0900",
            "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
            "19970310 19990110 19990210 19990310 20010110 20010210 20010310 20030110 20030210 20030310",
        ),
        (
            "19970101T0900",
            "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
            "19970101 19970410 19970719 20000101 20000409 20000718 20030101 20030410 20030719 20060101",
        ),
        ("19970519T0900", "FREQ=YEARLY;BYDAY=20MO", "19970519 19980518 19990517"),
        ("19970512T0900", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "19970512 19980511 19990517"),
        (
            "19970313T0900",
            "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
            "19970313 19970320 19970327 19980305 19980312 19980319 19980326",
        ),
        (
            "19970902T0900",
            "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
            "19980213 19980313 19981113 19990813 20001013",
        ),
        (
            "19970913T0900",
            "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
            "19970913 19971011 19971108 19971213 19980110",
        ),
        (
            "19961105T0900",
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
            "19961105 20001107 20041102",
        ),
        ("19970904T0900", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "19970904 19971007 19971106"),
        (
            "19970929T0900",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
            "19970929 19971030 19971127 19971230 19980129 19980226 19980330",
        ),
        (
            "19970902T0900",
            "FREQ=MINUTELY;INTERVAL=15;COUNT=6",
            "19970902 19970902T0915 19970902T0930 19970902T0945 19970902T1000 19970902T1015",
        ),
        (
            "19970902T0900",
            "FREQ=MINUTELY;INTERVAL=90;COUNT=4",
            "19970902 19970902T1030 19970902T1200 19970902T1330",
        ),
        (
            "19970805T0900",
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
            "19970805 19970810 19970819 19970824",
        ),
        (
            "19970805T0900",
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
            "19970805 19970817 19970819 19970831",
        ),
        (
            "20070115T0900",
            "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
            "20070115 20070130 20070215 20070315 20070330",
        ),
    ],
)
def test_the_examples_of_the_standard_come_out(start: str, text: str, expected: str) -> None:
    check_row(start, text, expected)


# A list of days is a union, whatever each of them says.
@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        (
            "20261216T0900",
            "FREQ=MONTHLY;BYDAY=3MO,WE",
            "20261216 20261221 20261223 20261230 20270106 20270113",
        ),
        ("20260101T0900", "FREQ=YEARLY;BYDAY=1MO,-1FR", "20260105 20261225 20270104 20271231"),
    ],
)
def test_numbered_and_plain_weekdays_add_up(start: str, text: str, expected: str) -> None:
    check_row(start, text, expected)


# A day must fit every part that is given.
@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        (
            "20260107T0900",
            "FREQ=YEARLY;BYDAY=MO;BYMONTHDAY=1,2,3,4,5,6,7;BYMONTH=1,7",
            "20260706 20270104 20270705 20280103",
        ),
        ("20261201T0900", "FREQ=WEEKLY;BYMONTH=1", "20270105 20270112 20270119 20270126 20280104"),
        ("20260101T0900", "FREQ=YEARLY;BYYEARDAY=1,-1;BYDAY=FR", "20270101 20271231 20321231 20380101"),
        ("20261201T0900", "FREQ=DAILY;INTERVAL=3;BYDAY=TU", "20261201 20261222 20270112"),
    ],
)
def test_parts_together_leave_what_fits_them_all(start: str, text: str, expected: str) -> None:
    check_row(start, text, expected)


@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        ("20260331T0900", "FREQ=YEARLY;BYMONTH=3,4", "20260331 20270331 20280331 20290331"),
        ("20240229T0900", "FREQ=YEARLY", "20240229 20280229 20320229"),
        ("20260331T0900", "FREQ=MONTHLY;BYMONTH=3,4,5", "20260331 20260531 20270331"),
        ("20261201T0900", "FREQ=YEARLY;BYMONTHDAY=-1;COUNT=4", "20261231 20270131 20270228 20270331"),
        ("20261203T0900", "FREQ=YEARLY;BYWEEKNO=20", "20270520 20280518 20290517"),
        ("20261202T0900", "FREQ=WEEKLY;BYDAY=TU;COUNT=3", "20261208 20261215 20261222"),
    ],
)
def test_what_a_rule_does_not_say_comes_from_dtstart(start: str, text: str, expected: str) -> None:
    check_row(start, text, expected)


# Weeks are those of WKST; the first holds 4 January, and the year is one of whole weeks.
@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        (
            "20241230T0900",
            "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,SU",
            "20241230 20250105 20251229 20260104 20270104",
        ),
        ("20201231T0900", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR", "20210101 20270101 20321231"),
        ("20261228T0900", "FREQ=YEARLY;BYWEEKNO=-1", "20261228 20271227 20281225 20291224"),
        ("20260101T0900", "FREQ=YEARLY;BYWEEKNO=1;WKST=SU;BYDAY=SU", "20260104 20270103 20280102 20281231"),
    ],
)
def test_weeks_of_the_year_reach_into_the_next_or_the_last(start: str, text: str, expected: str) -> None:
    check_row(start, text, expected)


@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        ("20241231T0900", "FREQ=YEARLY;BYYEARDAY=366", "20241231 20281231 20321231"),
    ],
)
def test_the_last_day_of_a_leap_year_is_the_366th(start: str, text: str, expected: str) -> None:
    check_row(start, text, expected)


# What lies before DTSTART has a position in its set, and is no instance.
@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        ("20261203T0900", "FREQ=WEEKLY;BYDAY=MO,TH;BYSETPOS=1", "20261207 20261214 20261221"),
        (
            "20261216T0900",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1",
            "20261231 20270101 20270129 20270201",
        ),
        ("20260601T0900", "FREQ=YEARLY;BYMONTH=3,9;BYSETPOS=-1", "20260901 20270901 20280901"),
        (
            "20261201T1400",
            "FREQ=DAILY;BYHOUR=9,14,17;BYSETPOS=1,-1",
            "20261201T1700 20261202T0900 20261202T1700 20261203T0900",
        ),
        (
            "20261201T0900",
            "FREQ=HOURLY;BYMINUTE=0,20,40;BYSETPOS=-1",
            "20261201T0940 20261201T1040 20261201T1140",
        ),
    ],
)
def test_sets_begin_with_their_interval(start: str, text: str, expected: str) -> None:
    check_row(start, text, expected)


@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        ("20261201T0930", "FREQ=DAILY;BYHOUR=8,10;COUNT=3", "20261201T1030 20261202T0830 20261202T1030"),
        ("20261201T090015", "FREQ=DAILY;BYMINUTE=30;COUNT=2", "20261201T093015 20261202T093015"),
        ("20261201T0900", "FREQ=DAILY;BYSECOND=60;COUNT=2", "20261201T090059 20261202T090059"),
    ],
)
def test_times_of_a_rule_stand_beside_the_hour_of_dtstart(start: str, text: str, expected: str) -> None:
    check_row(start, text, expected)


@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        ("20261201T0900", "FREQ=SECONDLY;COUNT=3", "20261201 20261201T090001 20261201T090002"),
        (
            "20261201T2300",
            "FREQ=MINUTELY;INTERVAL=30;COUNT=4",
            "20261201 20261201T2330 20261202T0000 20261202T0030",
        ),
        ("20261201T0900", "FREQ=HOURLY;BYHOUR=9,17", "20261201 20261201T1700 20261202 20261202T1700"),
        (
            "20261201T0900",
            "FREQ=HOURLY;INTERVAL=5;BYDAY=TU",
            "20261201 20261201T1400 20261201T1900 20261208T0100 20261208T0600",
        ),
        ("20261201T0900", "FREQ=MINUTELY;BYHOUR=9;BYMINUTE=0", "20261201 20261202 20261203"),
        (
            "20261201T0900",
            "FREQ=SECONDLY;BYMONTHDAY=1;BYHOUR=9;BYMINUTE=0;BYSECOND=0,30",
            "20261201 20261201T090030 20270101",
        ),
    ],
)
def test_fast_rules_are_walked_by_what_limits_them(start: str, text: str, expected: str) -> None:
    check_row(start, text, expected)


@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        ("20261201", "FREQ=DAILY;BYHOUR=9,14;BYMINUTE=30;COUNT=3", "20261201 20261202 20261203"),
        ("20261201", "FREQ=WEEKLY;BYDAY=TU,TH;BYSECOND=1,2;COUNT=3", "20261201 20261203 20261208"),
    ],
)
def test_times_of_whole_days_are_ignored(start: str, text: str, expected: str) -> None:
    check_row(start, text, expected)


# RFC 7529, section 4.
@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        ("20260131T0900", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT", "20260131 20260331 20260531"),
        (
            "20260131T0900",
            "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD",
            "20260131 20260228 20260331 20260430",
        ),
        (
            "20260131T0900",
            "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD",
            "20260131 20260301 20260331 20260501",
        ),
        (
            "20240229T0900",
            "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD",
            "20240229 20250301 20260301 20270301 20280229",
        ),
        (
            "20241231T0900",
            "RSCALE=GREGORIAN;FREQ=YEARLY;BYYEARDAY=366;SKIP=BACKWARD",
            "20241231 20251231 20261231",
        ),
        (
            "20260101T0900",
            "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=1,31;SKIP=FORWARD;COUNT=6",
            "20260101 20260131 20260201 20260301 20260331 20260401",
        ),
        (
            "20260101T0900",
            "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=-31;SKIP=BACKWARD",
            "20260101 20260131 20260301 20260331",
        ),
    ],
)
def test_a_day_its_month_does_not_have_goes_where_skip_says(start: str, text: str, expected: str) -> None:
    check_row(start, text, expected)


@pytest.mark.parametrize(
    "same",
    [
        [  # the last working day of a month
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "FREQ=MONTHLY;BYDAY=-1MO,-1TU,-1WE,-1TH,-1FR;BYSETPOS=-1",
            "FREQ=MONTHLY;BYMONTHDAY=-1,-2,-3;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        ],
        ["FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=15", "FREQ=MONTHLY;BYMONTH=5;BYMONTHDAY=15"],
        ["FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=15", "FREQ=DAILY;BYMONTH=5;BYMONTHDAY=15"],
        ["FREQ=YEARLY;BYYEARDAY=-1", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31"],
        ["FREQ=MONTHLY;BYDAY=2TU", "FREQ=MONTHLY;BYDAY=TU;BYMONTHDAY=8,9,10,11,12,13,14"],
        ["FREQ=WEEKLY;BYDAY=MO,WE;BYHOUR=15", "FREQ=HOURLY;BYDAY=MO,WE;BYHOUR=15"],
        ["FREQ=HOURLY;BYMINUTE=0,30", "FREQ=MINUTELY;INTERVAL=30", "FREQ=SECONDLY;BYMINUTE=0,30;BYSECOND=0"],
    ],
)
def test_rules_that_say_the_same_come_to_the_same(same: list[str]) -> None:
    one, *others = [first_of(parse(text), "20240101T0900", 20) for text in same]
    assert all(other == one for other in others)


def test_hours_of_a_whole_day_are_refused() -> None:
    with pytest.raises(RuleError) as caught:
        first_of(parse("FREQ=HOURLY;COUNT=3"), "20261201", 1)
    assert caught.value.problem == "broken"


# As Google Calendar, libical, ical.js and dateutil count: DTSTART takes one of COUNT only when it fits.
def test_a_dtstart_that_does_not_fit_is_neither_listed_nor_counted() -> None:
    check_row("20240530T2000", "FREQ=WEEKLY;COUNT=3;BYDAY=WE", "20240605 20240612 20240619")
    check_row("20240529T2000", "FREQ=WEEKLY;COUNT=3;BYDAY=WE", "20240529 20240605 20240612")
