"""How the text of a recurrence rule is read, and which texts are refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bookings.connected.formats.recurrence_rule import Rule, RuleError, parse

MO, TU, WE, TH, FR, SA, SU = range(7)


def test_every_part_has_its_field() -> None:
    text = (
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,12;BYMONTHDAY=1,-1;BYYEARDAY=-366,366;BYDAY=MO,-1FR,+2TU;"
        "BYHOUR=0,23;BYMINUTE=0,59;BYSECOND=0,59;BYSETPOS=-1,366;WKST=SU;RSCALE=GREGORIAN;SKIP=FORWARD"
    )
    assert parse(text) == Rule(
        frequency="YEARLY",
        interval=2,
        count=10,
        by_month=(1, 12),
        by_month_day=(-1, 1),
        by_year_day=(-366, 366),
        by_day=((-1, FR), (0, MO), (2, TU)),
        by_hour=(0, 23),
        by_minute=(0, 59),
        by_second=(0, 59),
        by_set_pos=(-1, 366),
        week_start=SU,
        skip="FORWARD",
    )
    assert parse("FREQ=YEARLY;BYWEEKNO=53,-53,1").by_week_no == (-53, 1, 53)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("20261204", date(2026, 12, 4)),
        ("20261204T080000", datetime(2026, 12, 4, 8)),
        ("20261204T080000Z", datetime(2026, 12, 4, 8, tzinfo=UTC)),
        ("20261204T080000ZZ", datetime(2026, 12, 4, 8, tzinfo=UTC)),
        ("20261204t080000z", datetime(2026, 12, 4, 8, tzinfo=UTC)),
        ("20261204T235960Z", datetime(2026, 12, 4, 23, 59, 59, tzinfo=UTC)),
        ("20261204Z", date(2026, 12, 4)),
    ],
)
def test_until_stays_what_it_is_written_as(text: str, until: date) -> None:
    assert parse(f"FREQ=DAILY;UNTIL={text}").until == until


# ---- as people's programs write them ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("FREQ=WEEKLY;BYDAY=MO, TU,WE ,\tTH", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH"),
        (" FREQ = WEEKLY ; BYDAY = MO ", "FREQ=WEEKLY;BYDAY=MO"),
        ("freq=weekly;byday=mo,tu;wkst=su", "FREQ=WEEKLY;BYDAY=MO,TU;WKST=SU"),
        ("FREQ=DAILY;BYDAY=;BYMONTH= ;BYHOUR=,", "FREQ=DAILY"),
        ("FREQ=WEEKLY;BYDAY=MO,,TU,", "FREQ=WEEKLY;BYDAY=MO,TU"),
        (";FREQ=DAILY;;COUNT=2;", "FREQ=DAILY;COUNT=2"),
        ("BYDAY=MO;COUNT=3;FREQ=WEEKLY", "FREQ=WEEKLY;COUNT=3;BYDAY=MO"),
        ("FREQ=WEEKLY\\;BYDAY=MO\\,TU", "FREQ=WEEKLY;BYDAY=MO,TU"),
        ("FREQ=WEEKLY;BYDAY=TU,MO,TU", "FREQ=WEEKLY;BYDAY=MO,TU"),
        ("FREQ=DAILY;COUNT=2;COUNT=2", "FREQ=DAILY;COUNT=2"),
        ("FREQ=DAILY;COUNT=010", "FREQ=DAILY;COUNT=10"),
        ("FREQ=DAILY;BYSECOND=60,59", "FREQ=DAILY;BYSECOND=59"),
        ("RSCALE=gregorian;FREQ=WEEKLY;SKIP=OMIT", "FREQ=WEEKLY"),
        ("FREQ=DAILY;X-FOO=1,2;COUNT=2", "FREQ=DAILY;COUNT=2"),
        ("FREQ=MONTHLY;BYDAY=2 TH", "FREQ=MONTHLY;BYDAY=2TH"),
        ("FREQ=MONTHLY;BYDAY=255SU", "FREQ=MONTHLY;BYDAY=-1SU"),
        ("FREQ=WEEKLY;BYDAY=1MO,-1FR,MO", "FREQ=WEEKLY;BYDAY=MO,FR"),
        ("FREQ=MONTHLY;BYSETPOS=1,2", "FREQ=MONTHLY"),
        ("FREQ=MONTHLY;BYSETPOS=-1;BYDAY=", "FREQ=MONTHLY"),
    ],
)
def test_a_rule_is_read_however_it_is_dressed(text: str, plain: str) -> None:
    assert parse(text) == parse(plain)


# ---- refused ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "",
        "COUNT=3",
        "FREQ=",
        "FREQ=FORTNIGHTLY",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY,WEEKLY",
        "FREQ",
        "D1 #10",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=1.5",
        "FREQ=DAILY;INTERVAL=",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;COUNT=",
        "FREQ=DAILY;COUNT=2;COUNT=3",
        "FREQ=DAILY;UNTIL=",
        "FREQ=DAILY;UNTIL=20261304",
        "FREQ=DAILY;UNTIL=20260230T080000Z",
        "FREQ=DAILY;UNTIL=20261204T2500Z",
        "FREQ=DAILY;UNTIL=20261204T250000Z",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=WEEKLY;WKST=1",
        "FREQ=WEEKLY;WKST=",
        "FREQ=WEEKLY;BYDAY=MONDAY",
        "FREQ=WEEKLY;BYDAY=MO TU",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYDAY=54MO",
        "FREQ=MONTHLY;BYDAY=-54MO",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=-32",
        "FREQ=MONTHLY;BYMONTHDAY=1 2",
        "FREQ=MONTHLY;BYMONTHDAY=first",
        "FREQ=YEARLY;BYMONTH=0",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=-1",
        "FREQ=YEARLY;BYMONTH=5L",
        "FREQ=YEARLY;BYWEEKNO=0",
        "FREQ=YEARLY;BYWEEKNO=54",
        "FREQ=YEARLY;BYYEARDAY=0",
        "FREQ=YEARLY;BYYEARDAY=367",
        "FREQ=YEARLY;BYDAY=MO;BYSETPOS=0",
        "FREQ=YEARLY;BYDAY=MO;BYSETPOS=367",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=DAILY;BYHOUR=-1",
        "FREQ=DAILY;BYMINUTE=60",
        "FREQ=DAILY;BYSECOND=61",
        "FREQ=YEARLY;BYEASTER=0",
        "FREQ=DAILY;BYFOO=1",
        "FREQ=DAILY;X-FOO",
        "FREQ=DAILY;nonsense",
        "RSCALE=CHINESE;FREQ=YEARLY",
        "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=SIDEWAYS",
        "FREQ=MONTHLY;BYSETPOS=2",
    ],
)
def test_what_nobody_understands_is_refused(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text)
    assert caught.value.problem == "broken"


# "MUST NOT" in section 3.3.10; some programs refuse them, others limit, and the rest leave the part out.
@pytest.mark.parametrize(
    "text",
    [
        *(f"FREQ={often};BYWEEKNO=20" for often in ("MONTHLY", "WEEKLY", "DAILY", "HOURLY", "SECONDLY")),
        *(f"FREQ={often};BYYEARDAY=100" for often in ("MONTHLY", "WEEKLY", "DAILY")),
        "FREQ=WEEKLY;BYMONTHDAY=13",
        "FREQ=DAILY;BYDAY=1MO",
        "FREQ=HOURLY;BYDAY=-1MO",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO",
    ],
)
def test_parts_that_programs_read_differently_are_refused(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text)
    assert caught.value.problem == "broken"
