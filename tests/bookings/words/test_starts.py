"""How times are laid out for a person. No database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bookings.domain.slots import Slot
from bookings.words.starts import (
    COMMON_ZONES,
    Listing,
    lay_out,
    likely_zones,
    minutes_words,
    two_weeks,
    zone_groups,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
AMSTERDAM, NEW_YORK, AUCKLAND = "Europe/Amsterdam", "America/New_York", "Pacific/Auckland"


def slot(*when: int) -> Slot:
    start = datetime(*when, tzinfo=UTC)
    return Slot(start, start + timedelta(minutes=30))


def listing(*slots: Slot, zone: str = AMSTERDAM, host_zone: str = AMSTERDAM, **more) -> Listing:
    return lay_out(list(slots), zone=zone, host_zone=host_zone, now=NOW, **more)


def test_days_are_those_of_the_visitor():
    late, early = slot(2026, 11, 26, 10), slot(2026, 11, 26, 12)
    days = listing(late, early, zone=AUCKLAND).days
    assert [(day.weekday, day.date, [start.clock for start in day.starts]) for day in days] == [
        ("donderdag", "26 november", ["23:00"]),
        ("vrijdag", "27 november", ["01:00"]),
    ]
    assert days[1].starts[0].host_clock == "do 13:00"


def test_one_clock_is_shown_when_both_agree():
    found = listing(slot(2026, 11, 26, 8), zone="Europe/Berlin")
    assert found.host_zone_label == ""
    assert found.days[0].starts[0].host_clock == ""


def test_second_clock_is_shown_when_they_differ():
    found = listing(slot(2026, 11, 26, 15), zone=NEW_YORK)
    assert (found.zone_label, found.host_zone_label) == (
        "tijd in New York (UTC−5)",
        "Nederlandse tijd",
    )
    assert found.days[0].starts[0].host_clock == "16:00"
    assert found.zone_words == "tijd in New York"


def test_both_instants_of_the_repeated_hour_are_told_apart():
    twice = [slot(2027, 10, 31, 0, 30), slot(2027, 10, 31, 1, 30)]
    starts = listing(*twice).days[0].starts
    assert [(start.clock, start.offset) for start in starts] == [("02:30", "UTC+2"), ("02:30", "UTC+1")]
    assert len({start.value for start in starts}) == 2


def test_offset_stands_at_days_after_a_clock_change():
    before, after = slot(2026, 11, 26, 8), slot(2027, 3, 29, 8)
    assert [day.offset for day in listing(before, after).days] == ["", "UTC+2"]


def test_near_days_say_how_near_they_are():
    near = [slot(2026, 11, day, 9) for day in (23, 24, 25, 26, 30)] + [slot(2026, 12, 7, 9)]
    days = listing(*near, days_shown=9).days
    assert [day.relative for day in days] == ["vandaag", "morgen", "overmorgen", "", "volgende week", ""]


def test_page_ends_after_five_days_and_says_where_to_go_on():
    week = [slot(2026, 11, day, 9) for day in range(24, 31)]
    first = listing(*week)
    assert (len(first.days), first.next_from, first.is_first_page) == (5, date(2026, 11, 29), True)
    rest = listing(*week, shown_from=first.next_from)
    assert (len(rest.days), rest.next_from, rest.is_first_page) == (2, None, False)
    assert first.first == rest.first == "dinsdag 24 november, 10:00"


def test_nothing_free_is_an_empty_list():
    found = listing()
    assert (found.days, found.first, found.next_from, found.is_first_page) == ((), "", None, True)


def test_chosen_start_is_marked():
    found = listing(slot(2026, 11, 26, 8), slot(2026, 11, 26, 9), chosen=slot(2026, 11, 26, 9).start)
    assert [start.is_chosen for start in found.days[0].starts] == [False, True]


def test_zone_groups_hold_every_zone_once():
    names = [name for _region, zones in zone_groups() for name, _city in zones]
    assert len(names) == len(set(names)) > 300
    assert {AMSTERDAM, "America/Argentina/Buenos_Aires", "UTC"} <= set(names)


def test_likely_zones_begin_with_the_present_one_and_the_coachs_and_say_their_offset():
    found = likely_zones("Asia/Kathmandu", "America/New_York", now=NOW)
    assert found[:3] == [
        ("Asia/Kathmandu", "Kathmandu (UTC+5:45)"),
        ("America/New_York", "New York (UTC−5)"),
        ("Europe/Amsterdam", "Amsterdam (UTC+1)"),
    ]
    assert len(found) == len(set(found)) == len(COMMON_ZONES) + 1
    assert [name for name, _city in likely_zones("nonsense", now=NOW)] == list(COMMON_ZONES)


def test_length_is_one_number_or_from_the_shortest_to_the_longest():
    assert (minutes_words(30, 30), minutes_words(30, 45)) == ("30", "30 tot 45")


# ---- two weeks ------------------------------------------------------------------------------------------
def many(count: int, day: int = 24) -> list[Slot]:
    return [slot(2026, 11, day, 8 + number // 2, number % 2 * 30) for number in range(count)]


def two(*slots: Slot, zone: str = AMSTERDAM, **more) -> Listing:
    return two_weeks(list(slots), zone=zone, host_zone=AMSTERDAM, now=NOW, **more)


def test_the_strip_has_every_day_of_two_weeks_and_says_which_are_free():
    strip = two(*many(3), slot(2026, 12, 1, 9)).strip
    assert [(day.weekday, day.on.day, day.is_free) for day in strip][:3] == [
        ("di", 24, True),
        ("wo", 25, False),
        ("do", 26, False),
    ]
    assert len(strip) == 14
    heard = [f"{day.before} {day.on.day} {day.after}" for day in strip if day.is_free]
    assert heard == ["dinsdag 24 november, 3 tijden vrij", "dinsdag 1 december, 1 tijd vrij"]
    assert f"{strip[1].before} {strip[1].on.day} {strip[1].after}" == "woensdag 25 november, niets vrij"
    assert [day.month for day in strip if day.month] == ["november", "december"]


def test_days_of_the_strip_are_those_of_the_visitor():
    strip = two(slot(2026, 11, 24, 12), zone=AUCKLAND).strip
    assert (strip[0].on, strip[0].is_free, strip[1].is_free) == (date(2026, 11, 25), True, False)


def test_six_starts_of_a_day_are_shown_and_the_others_counted():
    counted = [(two(*many(count)).days[0], count) for count in (6, 7, 16)]
    assert [(len(day.shown), len(day.others)) for day, _count in counted] == [(6, 0), (6, 1), (6, 10)]
    assert [day.others_words for day, _count in counted[1:]] == ["nog 1 tijd", "nog 10 tijden"]
    assert all(day.shown + day.others == day.starts for day, _count in counted)


def test_a_day_is_unfolded_when_what_was_chosen_is_among_its_others():
    slots = many(8)
    assert [two(*slots, chosen=one.start).days[0].is_unfolded for one in slots] == [False] * 6 + [True] * 2


def test_the_choice_is_named_as_the_button_says_it():
    slots = many(8)
    assert two(*slots, chosen=slots[7].start).chosen == "di 24 november, 12:30"
    assert two(*slots).chosen == two(*slots, chosen=NOW).chosen == ""
    twice = slot(2027, 10, 31, 1, 30)
    assert two(twice, chosen=twice.start).chosen == "zo 31 oktober, 02:30 UTC+1"


def test_two_weeks_lead_to_the_days_before_and_after():
    free = [slot(2026, 11, 24, 9), slot(2026, 12, 8, 9)]
    first = two(*free)
    assert (first.earlier_from, first.next_from, len(first.days)) == (None, date(2026, 12, 8), 1)
    later = two(*free, shown_from=first.next_from)
    assert (later.earlier_from, later.next_from, later.first) == (date(2026, 11, 24), None, first.first)
    nothing = two(*free, shown_from=date.max)
    assert (nothing.days, nothing.strip, nothing.first) == ((), (), first.first)
