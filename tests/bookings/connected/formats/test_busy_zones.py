"""What a TZID may mean. Times are UTC on 1 December 2026 and on 1 July 2027."""

from __future__ import annotations

import pytest

from bookings.connected.formats.busy import UnreadableError, unknown_zones
from tests.bookings.connected.formats.reading import busy, calendar, spans


def observance(kind: str, *lines: str) -> str:
    return "\n".join([f"BEGIN:{kind}", *lines, f"END:{kind}\n"])


WINTER = observance(
    "STANDARD",
    "DTSTART:19701025T030000",
    "TZOFFSETFROM:-0400",
    "TZOFFSETTO:-0500",
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
)
SUMMER = observance(
    "DAYLIGHT",
    "DTSTART:19700329T020000",
    "TZOFFSETFROM:-0500",
    "TZOFFSETTO:-0400",
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
)
STEADY = observance("STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0530", "TZOFFSETTO:+0530")


def zone(name: str, *parts: str) -> str:
    return "\n".join(["BEGIN:VTIMEZONE", f"TZID:{name}"]) + "\n" + "".join(parts) + "END:VTIMEZONE\n"


def hours(name: str, head: str = "") -> list[int]:
    """At which hour in UTC noon on that clock is, in winter and in summer."""
    events = [f"UID:{on}\nDTSTART;TZID={name}:{on}T120000\nDURATION:PT1M" for on in ("20261201", "20270701")]
    return [one.start.hour for one in busy(calendar(*events, head=head))]


AMSTERDAM, NEW_YORK, UTC, INDIA = [11, 10], [17, 16], [12, 12], [6, 6]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Europe/Amsterdam", AMSTERDAM),
        ('"America/New_York"', NEW_YORK),
        ("america/new_york", NEW_YORK),
        ("America/New York", NEW_YORK),
        ("US/Eastern", NEW_YORK),
        ("Eastern Standard Time", NEW_YORK),
        ("eastern standard time", NEW_YORK),
        ("Eastern Daylight Time", NEW_YORK),
        ("Eastern Time", NEW_YORK),
        ("Eastern Time (US & Canada)", NEW_YORK),
        ("Eastern Standard Time 1", NEW_YORK),
        ("America/New_York-1", NEW_YORK),
        ("America-New_York", NEW_YORK),
        ("US-Eastern", NEW_YORK),
        ("New York", NEW_YORK),
        ("(UTC-05:00) Eastern Time (US & Canada)", NEW_YORK),
        ('"(UTC-05:00) Eastern Time (US & Canada)"', NEW_YORK),
        ("W. Europe Standard Time", AMSTERDAM),
        ('"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"', AMSTERDAM),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", AMSTERDAM),
        ("(GMT+01.00) Amsterdam\\, Berlin\\, Bern", AMSTERDAM),
        ("(GMT+05:30) Chennai, Kolkata, Mumbai, New Delhi", INDIA),
        ("/freeassociation.sourceforge.net/Tzfile/America/New_York", NEW_YORK),
        ("/freeassociation.sourceforge.net/America/New_York", NEW_YORK),
        ("/citadel.org/20210210_1/America/New_York", NEW_YORK),
        ("/mozilla.org/20050126_1/America/New_York", NEW_YORK),
        ("/softwarestudio.org/Olson_20011030_5/America/Argentina/Buenos_Aires", [15, 15]),
        ("tzone://Microsoft/Utc", UTC),
        ('"tzone://Microsoft/Utc"', UTC),
        ("UTC", UTC),
        ("utc", UTC),
        ("Z", UTC),
        ("GMT", UTC),
        ("Etc/UTC", UTC),
        ("Coordinated Universal Time", UTC),
        ("GMT+05:30", INDIA),
        ("GMT+0530", INDIA),
        ("UTC+5:30", INDIA),
        ("UTC+05:30", INDIA),
        ("+05:30", INDIA),
        ("+0530", INDIA),
        ("GMT +05:30", INDIA),
        ("(GMT+05:30)", INDIA),
        ("UTC-5", [17, 17]),
        ("GMT-05:00", [17, 17]),
        ("GMT-0500", [17, 17]),
        ("Etc/GMT+5", [17, 17]),
        ("India Standard Time", INDIA),
        # nobody knows it: the host's own clock
        ("Nergens/Land", AMSTERDAM),
        ("tzone://Microsoft/Custom", AMSTERDAM),
        ("Customized Time Zone", AMSTERDAM),
        ("", AMSTERDAM),
        ("../../etc/passwd", AMSTERDAM),
        ("UTC+99", AMSTERDAM),
    ],
)
def test_a_name_without_rules_is_read_as_its_writers_mean_it(name: str, expected: list[int]) -> None:
    assert hours(name) == expected


@pytest.mark.parametrize(
    "name",
    ["Customized Time Zone", "tzone://Microsoft/Custom", "GMT+05:30", "Kantoor: 1", "/x/Eigen", "Élodie", ""],
)
def test_the_rules_of_the_file_say_what_a_name_of_its_own_means(name: str) -> None:
    assert hours(f'"{name}"', zone(name, WINTER, SUMMER)) == NEW_YORK
    assert hours(name, zone(name, SUMMER, WINTER)) == NEW_YORK


@pytest.mark.parametrize("name", ["Europe/Amsterdam", "W. Europe Standard Time"])
@pytest.mark.parametrize("rules", ["", STEADY, observance("STANDARD", "TZOFFSETTO:veel", "RRULE:FREQ=SOMS")])
def test_of_a_known_name_the_rules_of_the_file_are_not_needed(name: str, rules: str) -> None:
    assert hours(name, zone(name, rules)) == AMSTERDAM


@pytest.mark.parametrize(
    "change",
    [
        ("BYMONTH=10", "BYMONTH=10;BYHOUR=3;BYMINUTE=0"),
        ("TZOFFSETFROM:-0400\n", ""),
        ("TZOFFSETFROM:-0400", "TZOFFSETFROM:"),
        ("TZOFFSETTO:-0500", "TZOFFSETTO:-05:00"),
        ("TZOFFSETTO:-0500", "TZOFFSETTO:-050000"),
        ("DTSTART:19701025T030000", "DTSTART:16010101T030000"),
        ("DTSTART:19701025T030000", "DTSTART:19701025T030000Z"),
        ("RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "RDATE:20251026T030000,20261025T030000,20271031T030000"),
        ("BYMONTH=10", "BYMONTH=10;UNTIL=20261101T000000Z"),
        ("STANDARD\nDTSTART", "STANDARD\nTZNAME:Winter: tijd\nCOMMENT:DTSTART\nDTSTART"),
    ],
)
def test_odd_rules_of_a_zone_are_read(change: tuple[str, str]) -> None:
    assert change[0] in WINTER
    assert hours("Eigen", zone("Eigen", SUMMER, WINTER.replace(*change))) == NEW_YORK


def test_an_offset_without_a_sign_is_east_and_one_with_seconds_is_exact() -> None:
    assert hours("Eigen", zone("Eigen", STEADY.replace("+", ""))) == INDIA
    lmt = observance("STANDARD", "DTSTART:18350101T000000", "TZOFFSETFROM:+001932", "TZOFFSETTO:+001932")
    event = "UID:a\nDTSTART;TZID=Eigen:20261201T120000\nDURATION:PT1M"
    (one,) = busy(calendar(event, head=zone("Eigen", lmt)))
    assert f"{one.start:%H:%M:%S}" == "11:40:28"


@pytest.mark.parametrize("only", [WINTER, STEADY.replace("+0530", "-0500"), STEADY.replace("+0530", "-500")])
def test_one_observance_is_enough(only: str) -> None:
    assert hours("Eigen", zone("Eigen", only))[0] == 17


def test_a_series_on_a_clock_of_its_own_changes_with_it() -> None:
    event = "UID:a\nDTSTART;TZID=Eigen:20270327T090000\nDTEND;TZID=Eigen:20270327T100000\n"
    found = spans(calendar(event + "RRULE:FREQ=DAILY;COUNT=2", head=zone("Eigen", WINTER, SUMMER)))
    assert found == ["03-27 14:00/03-27 15:00", "03-28 13:00/03-28 14:00"]


def test_what_a_clock_of_its_own_skips_or_shows_twice_is_read_on_the_clock_before() -> None:
    events = [
        f"UID:{at}\nDTSTART;TZID={{0}}:{at}00\nDURATION:PT1M" for at in ("20270314T0230", "20271107T0130")
    ]
    own = zone(
        "Eigen",
        WINTER.replace("030000", "020000").replace("-1SU;BYMONTH=10", "1SU;BYMONTH=11"),
        SUMMER.replace("-1SU;BYMONTH=3", "2SU;BYMONTH=3"),
    )
    ours, theirs = (
        spans(calendar(*(event.format(name) for event in events), head=own))
        for name in ("Eigen", "America/New_York")
    )
    assert ours == theirs == ["03-14 07:30/03-14 07:31", "11-07 05:30/11-07 05:31"]


def test_a_zone_that_is_used_and_that_nobody_understands_refuses_the_calendar() -> None:
    for broken in ("TZOFFSETTO:veel", "TZOFFSETTO:-0500\nDTSTART:ooit", "TZOFFSETTO:-0500\nRRULE:FREQ=SOMS"):
        head = zone("Eigen", observance("STANDARD", broken))
        with pytest.raises(UnreadableError):
            hours("Eigen", head)
        assert hours("Europe/Amsterdam", head) == AMSTERDAM


def test_floating_times_are_on_the_clock_of_the_calendar_under_any_name() -> None:
    for name in (
        "America/New_York",
        "Eastern Standard Time",
        "/x.org/America/New_York",
        "eastern standard time",
    ):
        content = calendar("UID:a\nDTSTART:20261201T120000\nDURATION:PT1M", head=f"X-WR-TIMEZONE:{name}\n")
        assert spans(content) == ["12-01 17:00/12-01 17:01"]


def test_each_calendar_of_a_file_has_its_own_zones() -> None:
    event = "UID:{}\nDTSTART;TZID=Eigen:20261201T120000\nDURATION:PT1M"
    content = calendar(event.format("a"), head=zone("Eigen", WINTER, SUMMER))
    content += calendar(event.format("b"), head=zone("Eigen", STEADY)) + calendar(event.format("c"))
    assert [(one.uid, one.start.hour) for one in busy(content)] == [("b", 6), ("c", 11), ("a", 17)]


def test_the_names_nobody_knows_are_told() -> None:
    head = zone("Eigen", STEADY) + "X-WR-TIMEZONE:Ergens\n"
    content = calendar(
        "DTSTART;TZID=Nergens/Land:20261201T120000\nDTEND;TZID=Niets:20261201T130000",
        "DTSTART;TZID=Eigen:20261201T120000\nEXDATE;TZID=Nooit:20261201T120000",
        "DTSTART;TZID=Beside UTC:20261201T120000Z",
        "DTSTART;TZID=Of a day;VALUE=DATE:20261201",
        "DTSTART;TZID=Free:20261201T120000\nTRANSP:TRANSPARENT",
        "DTSTART;TZID=America/New_York:20261201T120000\nCREATED;TZID=Ooit:20261201T120000",
        head=head,
    )
    assert unknown_zones(content) == ["Nergens/Land", "Niets", "Nooit"]
    floating = calendar("DTSTART:20261201T120000", head=head)
    assert unknown_zones(floating) == ["Ergens"]
    assert unknown_zones(calendar("DTSTART:ooit")) == []
