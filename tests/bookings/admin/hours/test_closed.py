"""One place for what is closed: days as people write them, and hours of every week."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from bookings.models import BlockedTime, BlockSeries, DateOverride, Host
from bookings.words.closed import closed_words
from portal.accounts.models import User
from portal.common import times
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.bookings.admin.week.test_calendar import words
from tests.factories.bookings import BlockedTimeFactory, BlockSeriesFactory, HostFactory

pytestmark = [pytest.mark.usefixtures("monday"), pytest.mark.django_db]
ZONE = "Europe/Amsterdam"


def page() -> str:
    return reverse("admin:bookings_dateoverride_closed")


def weekly() -> str:
    return reverse("admin:bookings_dateoverride_weekly")


def days(typed: str, **more: str) -> dict[str, str]:
    return {"days": typed, "reason": "vakantie"} | more


def tuesdays(**changes: str) -> dict[str, str]:
    kept = {"weekday": "2", "start_time": "12:00", "end_time": "13:00", "until_on": "15 december"}
    return kept | {"since_on": "", "reason": "sporten"} | changes


# ---- days --------------------------------------------------------------------------------------------------
def test_days_are_closed_as_a_person_writes_them_and_shown_so(as_coach: Client, host: Host) -> None:
    answer = as_coach.post(page(), days("24 dec t/m 3 jan"), follow=True)
    block = BlockedTime.objects.get()
    assert (block.start_at, block.end_at) == (
        datetime(2026, 12, 23, 23, tzinfo=UTC),
        datetime(2027, 1, 3, 23, tzinfo=UTC),
    )
    assert "Dicht: 24 dec t/m 3 jan." in words(answer)
    for shown in (page(), reverse("admin:bookings_blockedtime_changelist")):
        body = words(as_coach.get(shown))
        assert "24 dec t/m 3 jan" in body
        assert "00:00" not in body
    as_coach.post(page(), days("24-12 t/m 3-1"))  # a double click
    assert BlockedTime.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Zeg welke dagen, zoals 24 dec t/m 3 jan."),
        ("ooit eens", "We herkennen deze dagen niet."),
        ("24 dec tot 3 jan", "Hoort de laatste dag erbij?"),
        ("vrijdag 3 januari", "3 januari 2027 is een zondag. Welke van de twee bedoel je?"),
        ("3-1-2027 t/m 24-12-2026", "De laatste dag kan niet vóór de eerste liggen."),
        ("20-11-2026", "Die dagen zijn al voorbij"),
        ("1-1-2027 t/m 3-1-2028", "Dat is langer dan een jaar."),
        ("1-1-1999", "Die datum ligt te ver weg."),
        ("<b>3</b>", "We herkennen deze dagen niet."),
        ("x" * 5000, "100"),
    ],
)
def test_days_that_cannot_be_are_refused_and_nothing_typed_is_lost(
    as_coach: Client, host: Host, typed: str, sentence: str
) -> None:
    answer = as_coach.post(page(), days(typed))
    assert answer.status_code == 422
    assert sentence in words(answer)
    shown = BeautifulSoup(answer.content, "html.parser")
    assert shown.select_one("[name=days]").get("value", "") == typed
    assert shown.select_one("[name=reason]")["value"] == "vakantie"
    assert not BlockedTime.objects.exists()


def test_calls_in_those_days_are_named_before_anything_is_saved(
    as_coach: Client, host: Host, book: Book
) -> None:
    booking = book(at(3, 9, 45))
    answer = as_coach.post(page(), days("26 november"))
    assert answer.status_code == 409
    assert "Er is nog niets opgeslagen: in deze tijd staat een gesprek." in words(answer)
    assert "Sanne Vermeer, do 26 nov 2026, 09:45" in words(answer)
    assert 'value="26 november"' in words(answer)
    assert not BlockedTime.objects.exists()
    sure = as_coach.post(page(), days("26 november", sure="on"))
    assert sure.headers["Location"].startswith(reverse("admin:bookings_booking_outside"))
    assert BlockedTime.objects.count() == 1
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_all_that_is_closed_stands_in_one_list_in_order_of_time(as_coach: Client, host: Host) -> None:
    as_coach.post(page(), days("24 dec t/m 3 jan"))
    BlockedTime.objects.create(host=host, period=(at(1, 12), at(1, 13)), reason="tandarts")
    BlockedTime.objects.create(host=host, period=(at(-2, 12), at(-2, 13)), reason="voorbij")
    as_coach.post(weekly(), tuesdays())
    DateOverride.objects.create(host=host, on=date(2026, 12, 25))
    DateOverride.objects.create(host=host, on=date(2026, 12, 4)).windows.create(
        start_time="10:00", end_time="12:00"
    )
    soup = BeautifulSoup(as_coach.get(page()).content, "html.parser")
    shown = [" ".join(row.get_text().split()) for row in soup.select(".holidays li")]
    assert [row.split(" Wijzig")[0] for row in shown] == [
        "di 24 nov, 12:00–13:00 tandarts",
        "elke dinsdag, 12:00–13:00, t/m 15 dec sporten Nog 4 weken.",
        "vr 4 dec Eigen tijden: 10:00–12:00.",
        "24 dec t/m 3 jan vakantie",
        "vr 25 dec Eerste kerstdag De hele dag dicht.",
    ]


def test_the_menu_has_one_place_for_it_and_the_hours_at_once(as_coach: Client) -> None:
    soup = BeautifulSoup(as_coach.get(page()).content, "html.parser")
    lines = {link.get_text().strip(): link for link in soup.select(".admin-menu a")}
    assert lines["Dicht en andere uren"]["aria-current"] == "page"
    assert lines["Werktijden"]["href"] == reverse("admin:bookings_host_hours")
    assert not {"Geblokkeerde tijd", "Geblokkeerde tijden", "Dagen met andere uren"} & lines.keys()


def test_the_list_costs_the_same_for_one_and_for_three(
    as_superuser: Client, host: Host, django_assert_num_queries: Any
) -> None:
    for count in (1, 2):
        for number in range(count):
            BlockedTimeFactory(host=host)
            on = date(2026, 12, 1 + count * 3 + number)
            DateOverride.objects.create(host=host, on=on).windows.create(start_time="10:00", end_time="12:00")
            series = BlockSeriesFactory(host=host, start_time=time(8 + count * 3 + number))
            BlockedTimeFactory(host=host, series=series)
        with django_assert_num_queries(7):
            as_superuser.get(page())


def test_without_the_right_nothing_is_shown_or_closed(host: Host, coach: User) -> None:
    coach.groups.clear()
    client = browser_of(coach)
    for path in (page(), weekly()):
        assert client.get(path).status_code == 403
        assert client.post(path, days("3 jan")).status_code == 403


def test_without_a_coach_or_a_zone_there_is_a_sentence(as_superuser: Client, host: Host) -> None:
    Host.objects.update(time_zone="Europe/Atlantis")
    assert "De tijdzone ‘Europe/Atlantis’ bestaat niet meer" in words(as_superuser.get(page()))
    assert as_superuser.post(page(), days("3 jan")).status_code == 422
    assert as_superuser.get(weekly()).status_code == 302
    host.call_types.all().delete()
    Host.objects.all().delete()
    assert "Er is nog geen coach" in words(as_superuser.get(page()))


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        (at(3, 0), at(4, 0), "do 26 nov"),
        (at(3, 0), at(5, 0), "26 nov t/m 27 nov"),
        (at(3, 9), at(3, 12, 30), "do 26 nov, 09:00–12:30"),
        (at(3, 22), at(4, 2), "do 26 nov, 22:00 – vr 27 nov, 02:00"),
        (at(3, 0) + timedelta(days=364), at(4, 0) + timedelta(days=364), "do 25 nov 2027"),
    ],
)
def test_time_is_said_as_a_person_writes_it(start: datetime, end: datetime, shown: str) -> None:
    assert closed_words(start, end, ZONE) == shown


# ---- every week --------------------------------------------------------------------------------------------
def test_a_block_of_every_week_is_closed_until_its_date(as_coach: Client, host: Host) -> None:
    answer = as_coach.post(weekly(), tuesdays(), follow=True)
    assert "4 weken dicht: elke dinsdag, 12:00–13:00." in words(answer)
    starts = [block.start_at for block in BlockedTime.objects.order_by("period")]
    assert starts == [at(1 + 7 * week, 12) for week in range(4)]  # 24 November to 15 December
    as_coach.post(weekly(), tuesdays())  # a double click
    assert (BlockSeries.objects.count(), BlockedTime.objects.count()) == (1, 4)


def test_wall_clock_times_stay_over_a_clock_change(as_coach: Client, host: Host) -> None:
    as_coach.post(
        weekly(),
        tuesdays(
            weekday="7", start_time="01:30", end_time="02:30", since_on="21-3-2027", until_on="4-4-2027"
        ),
    )
    spans = [
        (f"{times.local(one.start_at, ZONE):%H:%M}", one.end_at - one.start_at)
        for one in BlockedTime.objects.order_by("period")
    ]
    hour = timedelta(hours=1)
    assert spans == [("01:30", hour), ("01:30", hour / 2), ("01:30", hour)]  # 28 March has no 02:00 to 03:00


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"until_on": ""}, "Kies een datum."),
        ({"until_on": "ooit"}, "Dat is geen datum."),
        ({"until_on": "23 november 2026"}, "Dat is vóór de eerste keer, 24 november 2026."),
        ({"until_on": "1-1-2028"}, "Dat is langer dan een jaar."),
        ({"start_time": "25:00"}, "Dat is geen tijd."),
        ({"end_time": "12:00"}, "00:00 tot 00:00 is de hele dag"),
        ({"weekday": "8"}, "8"),
        ({"reason": "x" * 200}, "120"),
    ],
)
def test_what_cannot_be_every_week_is_refused_and_nothing_typed_is_lost(
    as_coach: Client, host: Host, changes: dict[str, str], sentence: str
) -> None:
    typed = tuesdays(**changes)
    answer = as_coach.post(weekly(), typed)
    assert answer.status_code == 422
    assert sentence in words(answer)
    shown = BeautifulSoup(answer.content, "html.parser")
    assert {
        name: shown.select_one(f"input[name={name}]").get("value", "") for name in typed if name != "weekday"
    } == {name: value for name, value in typed.items() if name != "weekday"}
    assert not BlockedTime.objects.exists()


def test_calls_in_any_of_the_weeks_are_named_before_saving(as_coach: Client, host: Host, book: Book) -> None:
    book(at(8, 12, 30), name="Noor Aydin")
    answer = as_coach.post(weekly(), tuesdays())
    assert answer.status_code == 409
    assert "Noor Aydin, di 1 dec 2026, 12:30" in words(answer)
    assert 'value="15 december"' in words(answer)
    assert not BlockSeries.objects.exists()
    sure = as_coach.post(weekly(), tuesdays(sure="on"))
    assert sure.headers["Location"].startswith(reverse("admin:bookings_booking_outside"))
    assert BlockedTime.objects.count() == 4


def test_one_week_is_taken_out_and_the_rest_stays(as_coach: Client, host: Host) -> None:
    as_coach.post(weekly(), tuesdays())
    series, second = BlockSeries.objects.get(), BlockedTime.objects.order_by("period")[1]
    out = reverse("admin:bookings_dateoverride_take_out", args=[series.pk, second.pk])
    assert as_coach.get(out).status_code == 405
    assert "Weer open: di 1 dec, 12:00–13:00." in words(as_coach.post(out, follow=True))
    assert "Die week was al weer open." in words(as_coach.post(out, follow=True))
    assert BlockedTime.objects.count() == 3
    other = BlockedTimeFactory(host=host)
    elsewhere = reverse("admin:bookings_dateoverride_take_out", args=[series.pk, other.pk])
    as_coach.post(elsewhere)
    assert BlockedTime.objects.filter(pk=other.pk).exists()  # not one of its weeks


def test_the_whole_series_is_opened_after_a_question_and_what_is_over_stays(
    as_coach: Client, host: Host
) -> None:
    as_coach.post(weekly(), tuesdays())
    series, first = BlockSeries.objects.get(), BlockedTime.objects.order_by("period")[0]
    BlockedTime.objects.filter(pk=first.pk).update(period=(at(-6, 12), at(-6, 13)))  # over
    end = reverse("admin:bookings_dateoverride_series_end", args=[series.pk])
    assert "de 3 weken die nog komen, kunnen weer geboekt worden" in words(as_coach.get(end))
    assert BlockedTime.objects.count() == 4
    assert "3 weken zijn weer open" in words(as_coach.post(end, follow=True))
    assert [block.start_at for block in BlockedTime.objects.all()] == [at(-6, 12)]
    assert not BlockSeries.objects.exists()
    assert as_coach.post(end).status_code == 404


def test_each_coach_has_a_list_of_her_own(as_superuser: Client, host: Host) -> None:
    other = HostFactory(name="Mila")
    BlockedTimeFactory(host=other, reason="van Mila")
    assert "van Mila" not in words(as_superuser.get(page()))
    assert "van Mila" in words(as_superuser.get(page(), {"host": other.slug}))
    as_superuser.post(page(), days("3 jan", host=other.slug))
    assert BlockedTime.objects.filter(host=other).count() == 2
