"""Series: which versions count, what was changed or taken out, and until when. December 2026, Amsterdam."""

from __future__ import annotations

import pytest

from bookings.connected.formats.busy import UnreadableError
from tests.bookings.connected.formats.reading import busy, calendar, days, local

AT_NINE = "UID:a\nDTSTART;TZID=Europe/Amsterdam:20261201T090000\nDURATION:PT1H\n"
WHOLE_DAY = "UID:a\nDTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261202\n"


def moved(which: str, *rest: str, start: str = "T140000", length: str = "PT2H", on: str = "") -> str:
    """The occurrence of that day of December at another time."""
    on = on or which.rpartition(":")[2][6:8]
    own = f"UID:a\nRECURRENCE-ID{which}\nDTSTART;TZID=Europe/Amsterdam:202612{on}{start}\nDURATION:{length}\n"
    return own + "\n".join(rest)


# ---- versions -----------------------------------------------------------------------------------------
def version(on: int, sequence: str = "", stamp: str = "", state: str = "") -> str:
    lines = [f"DTSTART:202612{on:02}T080000Z", "DURATION:PT1H", "UID:a", state]
    lines += [f"SEQUENCE:{sequence}"] if sequence else []
    lines += [f"DTSTAMP:{stamp}T090000Z"] if stamp else []
    return "\n".join(filter(None, lines))


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([version(1, "1"), version(2, "2")], [2]),
        ([version(1), version(2, "1")], [2]),
        ([version(1, "10"), version(2, "9")], [1]),
        ([version(1, "1", "20261101"), version(2, "1", "20261102")], [2]),
        ([version(1, "2", "20261101"), version(2, "1", "20261102")], [1]),
        ([version(1, "1", "20261101"), version(2, "1", "20261101")], [1, 2]),
        ([version(1), version(2), version(3)], [1, 2, 3]),
        ([version(1, "0"), version(2)], [1, 2]),
        ([version(1, "1", "20261101"), version(2, "1")], [1, 2]),
        ([version(1), version(1)], [1]),
        ([version(1, "1"), version(1, "2", state="STATUS:CANCELLED")], []),
        ([version(1, "x"), version(2, "-1")], [1, 2]),
    ],
)
def test_the_newest_versions_of_a_uid_count_and_equals_are_several_events(
    versions: list[str], expected: list[int]
) -> None:
    assert days(calendar(*versions)) == days(calendar(*reversed(versions))) == expected


def test_events_without_a_uid_are_each_their_own() -> None:
    events = [version(on, str(on)).replace("UID:a\n", "") for on in (1, 2, 3)]
    assert days(calendar(*events)) == [1, 2, 3]


def test_the_newest_version_of_a_changed_occurrence_counts() -> None:
    which = ";TZID=Europe/Amsterdam:20261202T090000"
    content = calendar(
        moved(which, "SEQUENCE:2", start="T160000"),
        moved(which, "SEQUENCE:1"),
        AT_NINE + "RRULE:FREQ=DAILY;COUNT=2",
    )
    assert local(content) == ["1 09:00-10:00", "2 16:00-18:00"]


def test_an_older_change_goes_when_the_newer_series_took_its_date_out_or_moved() -> None:
    change = moved(";TZID=Europe/Amsterdam:20261202T090000", "SEQUENCE:1")
    old, new = (AT_NINE + f"RRULE:FREQ=DAILY;COUNT=3\nSEQUENCE:{number}" for number in (1, 2))
    taken_out = "\nEXDATE;TZID=Europe/Amsterdam:20261202T090000"
    kept = ["1 09:00-10:00", "2 14:00-16:00", "3 09:00-10:00"]
    for events in ([old, change], [old, change, new], [change, new], [change, old + taken_out]):
        assert local(calendar(*events)) == kept
    for events in ([old, change, new + taken_out], [change, new + taken_out]):
        assert local(calendar(*events)) == ["1 09:00-10:00", "3 09:00-10:00"]
    elsewhere = new.replace("T090000", "T110000")
    assert local(calendar(change, elsewhere)) == ["1 11:00-12:00", "2 11:00-12:00", "3 11:00-12:00"]
    assert local(calendar(change, new.replace("COUNT=3", "COUNT=1"))) == ["1 09:00-10:00"]


# ---- changed occurrences ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "which",
    [
        ";TZID=Europe/Amsterdam:20261202T090000",
        ":20261202T080000Z",
        ":20261202T090000",
        ";TZID=America/New_York:20261202T030000",
        ";VALUE=DATE:20261202",
    ],
)
def test_a_changed_occurrence_leaves_its_old_time_however_that_is_written(which: str) -> None:
    content = calendar(moved(which), AT_NINE + "RRULE:FREQ=DAILY;COUNT=3")
    assert local(content) == ["1 09:00-10:00", "2 14:00-16:00", "3 09:00-10:00"]


@pytest.mark.parametrize(
    "which",
    [
        ";VALUE=DATE:20261202",
        ":20261202T000000",
        ":20261202T000000Z",
        ":20261201T230000Z",
        ";TZID=Europe/Amsterdam:20261202T000000",
        ";TZID=America/New_York:20261202T000000",
    ],
)
def test_one_day_of_a_series_of_days_may_become_some_hours(which: str) -> None:
    content = calendar(WHOLE_DAY + "RRULE:FREQ=DAILY;COUNT=3", moved(which, on="02"))
    assert local(content) == ["1 00:00-2 00:00", "2 14:00-16:00", "3 00:00-4 00:00"]


def test_an_occurrence_may_become_a_whole_day() -> None:
    change = "UID:a\nRECURRENCE-ID:20261202T080000Z\nDTSTART;VALUE=DATE:20261202"
    content = calendar(AT_NINE + "RRULE:FREQ=DAILY;COUNT=3", change)
    assert local(content) == ["1 09:00-10:00", "2 00:00-3 00:00", "3 09:00-10:00"]


def test_the_rule_of_a_changed_occurrence_is_not_followed() -> None:
    change = moved(":20261202T080000Z", "RRULE:FREQ=DAILY;COUNT=3", "RDATE:20261220T080000Z")
    content = calendar(AT_NINE + "RRULE:FREQ=DAILY;COUNT=3", change)
    assert local(content) == ["1 09:00-10:00", "2 14:00-16:00", "3 09:00-10:00"]
    assert local(calendar(change)) == ["2 14:00-16:00"]


@pytest.mark.parametrize(
    ("change", "second"),
    [
        ("SUMMARY:Anders", ["2 09:00-10:00"]),
        ("RRULE:FREQ=DAILY;COUNT=2", ["2 09:00-10:00"]),
        ("STATUS:CANCELLED", []),
        ("TRANSP:TRANSPARENT", []),
        ("DURATION:PT3H", ["2 09:00-12:00"]),
    ],
)
def test_a_change_without_a_start_leaves_the_occurrence_where_it_was(change: str, second: list[str]) -> None:
    content = calendar(
        AT_NINE + "RRULE:FREQ=DAILY;COUNT=3", f"UID:a\nRECURRENCE-ID:20261202T080000Z\n{change}"
    )
    assert local(content) == ["1 09:00-10:00", *second, "3 09:00-10:00"]


def test_a_taken_hour_of_a_free_series_is_taken() -> None:
    content = calendar(moved(":20261202T080000Z"), AT_NINE + "RRULE:FREQ=DAILY;COUNT=3\nTRANSP:TRANSPARENT")
    assert local(content) == ["2 14:00-16:00"]


# ---- this and what follows ----------------------------------------------------------------------------
LATER = ";RANGE=THISANDFUTURE;TZID=Europe/Amsterdam:202612{:02}T090000"


def test_a_change_of_what_follows_moves_and_lengthens_all_of_it() -> None:
    content = calendar(moved(LATER.format(3)), AT_NINE + "RRULE:FREQ=DAILY;COUNT=4")
    assert local(content) == ["1 09:00-10:00", "2 09:00-10:00", "3 14:00-16:00", "4 14:00-16:00"]


def test_of_several_such_changes_the_last_one_before_counts() -> None:
    content = calendar(
        moved(LATER.format(4), start="T160000", length="PT30M"),
        moved(LATER.format(2)),
        AT_NINE + "RRULE:FREQ=DAILY;COUNT=5",
    )
    assert local(content) == [
        *("1 09:00-10:00", "2 14:00-16:00", "3 14:00-16:00", "4 16:00-16:30", "5 16:00-16:30")
    ]


def test_a_single_change_after_it_is_its_own_and_is_named_by_the_start_it_first_had() -> None:
    content = calendar(
        moved(LATER.format(2)),
        moved(";TZID=Europe/Amsterdam:20261203T090000", start="T180000", length="PT1H"),
        AT_NINE + "RRULE:FREQ=DAILY;COUNT=4\nEXDATE;TZID=Europe/Amsterdam:20261204T090000",
    )
    assert local(content) == ["1 09:00-10:00", "2 14:00-16:00", "3 18:00-19:00"]


def test_what_follows_may_move_to_another_day_and_over_a_clock_change() -> None:
    content = calendar(
        "UID:a\nDTSTART;TZID=Europe/Amsterdam:20270320T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3",
        "UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE:20270327T080000Z\n"
        "DTSTART;TZID=Europe/Amsterdam:20270328T100000\nDURATION:PT1H",
    )
    assert local(content) == ["20 09:00-10:00", "28 10:00-11:00", "4 10:00-11:00"]


def test_days_that_follow_may_shift_by_a_day_without_losing_one() -> None:
    content = calendar(
        WHOLE_DAY + "RRULE:FREQ=WEEKLY;COUNT=3",
        "UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20261208\nDTSTART;VALUE=DATE:20261209\nDURATION:P2D",
    )
    assert local(content) == ["1 00:00-2 00:00", "9 00:00-11 00:00", "16 00:00-18 00:00"]


@pytest.mark.parametrize(
    "change",
    [
        moved(LATER.format(3), "STATUS:CANCELLED"),
        moved(LATER.format(3), "TRANSP:TRANSPARENT"),
        moved(LATER.format(3), "ATTENDEE;PARTSTAT=DECLINED:mailto:jet@voorbeeld.nl"),
        f"UID:a\nRECURRENCE-ID{LATER.format(3)}\nSTATUS:CANCELLED",
    ],
)
def test_all_that_follows_may_be_called_off(change: str) -> None:
    assert days(calendar(AT_NINE + "RRULE:FREQ=DAILY;COUNT=5", change)) == [1, 2]


def test_a_change_of_what_went_before_as_older_programs_write_it_is_followed() -> None:
    content = calendar(
        AT_NINE + "RRULE:FREQ=DAILY;COUNT=5",
        moved(";RANGE=THISANDPRIOR:20261202T080000Z"),
        moved(LATER.format(4), start="T160000"),
    )
    assert local(content) == [
        *("1 14:00-16:00", "2 14:00-16:00", "3 09:00-10:00", "4 16:00-18:00", "5 16:00-18:00")
    ]


def test_a_change_of_some_other_range_is_not_guessed_at() -> None:
    change = moved(";RANGE=THISANDSOME;TZID=Europe/Amsterdam:20261203T090000")
    with pytest.raises(UnreadableError):
        busy(calendar(AT_NINE + "RRULE:FREQ=DAILY;COUNT=5", change))


# ---- until when, and what is taken out ----------------------------------------------------------------
@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20261205", 5),
        ("20261205T000000Z", 5),
        ("20261205T000000", 5),
        ("20261204T230000Z", 5),
        ("20261205T225959Z", 5),
        ("20261205T235959Z", 5),
        ("20261205T120000Z", 5),
        ("20261130", 1),
    ],
)
def test_a_series_of_days_ends_on_its_last_day(until: str, last: int) -> None:
    assert days(calendar(WHOLE_DAY + f"RRULE:FREQ=DAILY;UNTIL={until}")) == list(range(1, last + 1))


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20261205", 5),
        ("20261205T080000Z", 5),
        ("20261205T075959Z", 4),
        ("20261205T090000", 5),
        ("20261205T085959", 4),
    ],
)
def test_a_series_of_hours_ends_with_the_last_start_that_is_not_later(until: str, last: int) -> None:
    assert days(calendar(AT_NINE + f"RRULE:FREQ=DAILY;UNTIL={until}")) == list(range(1, last + 1))


def test_until_a_date_is_a_date_of_the_series_own_clock() -> None:
    evening = "UID:a\nDTSTART;TZID=America/New_York:20261201T200000\nDURATION:PT1H\n"
    assert days(calendar(evening + "RRULE:FREQ=DAILY;UNTIL=20261203")) == [2, 3, 4]


@pytest.mark.parametrize(
    "dates",
    [
        ";TZID=Europe/Amsterdam:20261202T090000,20261203T090000",
        ":20261202T080000Z, 20261203T080000Z",
        ":20261202T080000Z,,20261203T080000Z,",
        ":20261202T080000Z\nEXDATE;TZID=America/New_York:20261203T030000",
        ":20261202T090000,20261203T090000",
        ";VALUE=DATE:20261202,20261203",
        ":20261202;20261203",
    ],
)
def test_dates_are_taken_out_however_they_are_written(dates: str) -> None:
    assert days(calendar(AT_NINE + f"RRULE:FREQ=DAILY;COUNT=4\nEXDATE{dates}")) == [1, 4]


@pytest.mark.parametrize(
    "dates",
    [
        ";VALUE=DATE:20261202,20261203",
        ":20261202T000000Z,20261203T000000Z",
        ":20261201T230000Z,20261202T230000Z",
        ";TZID=Europe/Amsterdam:20261202T000000,20261203T000000",
        ";VALUE=DATE:20261202T000000,20261203T120000Z",
    ],
)
def test_days_are_taken_out_however_they_are_written(dates: str) -> None:
    assert days(calendar(WHOLE_DAY + f"RRULE:FREQ=DAILY;COUNT=4\nEXDATE{dates}")) == [1, 4]


def test_the_first_can_be_taken_out_too_and_counts() -> None:
    assert days(calendar(AT_NINE + "RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261201T080000Z")) == [2, 3]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("RDATE:20261203T140000", ["3 14:00-15:00"]),
        ("RDATE;VALUE=DATE:20261203", ["3 09:00-10:00"]),
        ("RDATE;VALUE=PERIOD:20261203T130000Z/PT3H", ["3 14:00-17:00"]),
        ("RDATE;VALUE=PERIOD:20261203T130000Z/20261203T140000Z", ["3 14:00-15:00"]),
        ("RDATE;VALUE=PERIOD:20261203T140000Z/20261203T130000Z", ["3 14:00-15:00"]),
        ("RDATE:20261203T130000Z,20261204T130000Z\nEXDATE:20261204T130000Z", ["3 14:00-15:00"]),
        ("RDATE;VALUE=PERIOD:20261203/20261204", ["3 00:00-4 00:00"]),
        ("RDATE:20261201T080000Z", []),
    ],
)
def test_dates_are_added(more: str, expected: list[str]) -> None:
    assert local(calendar(AT_NINE + more)) == ["1 09:00-10:00", *expected]


def test_a_day_is_added_to_a_series_of_days() -> None:
    content = calendar(WHOLE_DAY + "RDATE;VALUE=DATE:20261203\nRDATE:20261205T080000Z")
    assert local(content) == ["1 00:00-2 00:00", "3 00:00-4 00:00", "5 00:00-6 00:00"]


def test_what_a_rule_of_exceptions_gives_is_taken_out() -> None:
    assert days(calendar(AT_NINE + "RRULE:FREQ=DAILY;COUNT=5\nEXRULE:FREQ=DAILY;INTERVAL=2")) == [2, 4]


def test_hours_in_a_rule_of_whole_days_are_ignored() -> None:
    content = calendar(WHOLE_DAY + "RRULE:FREQ=DAILY;COUNT=2;BYHOUR=9,10;BYMINUTE=30")
    assert local(content) == ["1 00:00-2 00:00", "2 00:00-3 00:00"]


def test_a_fast_rule_that_its_count_bounds_is_no_bomb() -> None:
    content = calendar("UID:a\nDTSTART:20261201T080000Z\nDURATION:PT30S\nRRULE:FREQ=MINUTELY;COUNT=500")
    assert len(busy(content)) == 500


def test_a_thousand_occurrences_in_a_year_are_read() -> None:
    content = calendar(AT_NINE.replace("PT1H", "PT10M") + "RRULE:FREQ=DAILY;BYHOUR=9,11,13,15")
    assert len(busy(content)) > 1_500
