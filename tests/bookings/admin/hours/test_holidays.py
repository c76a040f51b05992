"""The holidays of the Netherlands, closed with one click."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from bookings.availability import calendar
from bookings.availability.public_holidays import dutch_holidays
from bookings.models import CallType, DateOverride, Host
from portal.accounts.models import User
from tests.bookings.admin.conftest import Book, browser_of
from tests.bookings.admin.week.test_calendar import words
from tests.factories.bookings import CallTypeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
PAGE = "/beheer/bookings/dateoverride/holidays/"
CLOSE = "/beheer/bookings/dateoverride/holidays/close/"


def names(first: str, last: str, language: str = "nl") -> list[tuple[str, str]]:
    found = dutch_holidays(date.fromisoformat(first), date.fromisoformat(last), language=language)
    return [(f"{day.on:%m-%d}", day.name + "?" * day.is_optional) for day in found]


def test_a_year_has_these_holidays_and_liberation_day_is_marked() -> None:
    assert names("2027-01-01", "2027-12-31") == [
        ("01-01", "Nieuwjaarsdag"),
        ("03-26", "Goede vrijdag"),
        ("03-28", "Eerste paasdag"),
        ("03-29", "Tweede paasdag"),
        ("04-27", "Koningsdag"),
        ("05-05", "Bevrijdingsdag?"),
        ("05-06", "Hemelvaartsdag"),
        ("05-16", "Eerste pinksterdag"),
        ("05-17", "Tweede pinksterdag"),
        ("12-25", "Eerste kerstdag"),
        ("12-26", "Tweede kerstdag"),
    ]


def test_every_fifth_year_liberation_day_is_a_day_off_and_kings_day_avoids_sunday() -> None:
    assert ("05-05", "Bevrijdingsdag") in names("2030-01-01", "2030-12-31")
    assert ("04-26", "Koningsdag") in names("2031-01-01", "2031-12-31")  # the 27th is a Sunday


def test_names_are_in_the_language_of_the_reader() -> None:
    english = names("2027-04-27", "2027-05-06", "en")
    assert english == [("04-27", "King's Day"), ("05-05", "Liberation Day?"), ("05-06", "Ascension Day")]


def test_the_page_lists_the_next_eighteen_months(as_coach: Client) -> None:
    page = BeautifulSoup(as_coach.get(PAGE).content, "html.parser")
    days = [" ".join(day.get_text(" ").split()) for day in page.select(".holidays .on")]
    assert (len(days), days[0], days[-1]) == (18, "25 december vrijdag", "27 april donderdag")
    assert words(as_coach.get(PAGE)).count("Niet overal een vrije dag.") == 1


def test_each_day_says_whether_the_week_is_open_and_which_calls_lie_in_it(
    as_coach: Client, book: Book
) -> None:
    book(datetime(2026, 12, 25, 9, tzinfo=UTC))
    page = BeautifulSoup(as_coach.get(PAGE).content, "html.parser")
    christmas, boxing_day = (" ".join(day.get_text(" ").split()) for day in page.select(".holidays li")[:2])
    assert "Open volgens je vaste werktijden." in christmas
    assert "Sanne Vermeer, vr 25 dec 2026, 10:00" in christmas
    assert "Op deze dag werk je niet." in boxing_day


def test_one_click_closes_a_day_and_a_second_changes_nothing(
    as_coach: Client, host: Host, call_type: CallType
) -> None:
    CallType.objects.update(horizon_days=60)
    call_type.refresh_from_db()
    assert date(2026, 12, 25) in {slot.start.date() for slot in calendar.free_slots(call_type)}
    for sentence in ("Gesloten op vrijdag 25 december 2026.", "Die dagen hadden al eigen tijden"):
        response = as_coach.post(CLOSE, {"host": host.slug, "on": "2026-12-25"}, follow=True)
        assert sentence in words(response)
    assert DateOverride.objects.get().on == date(2026, 12, 25)
    assert date(2026, 12, 25) not in {slot.start.date() for slot in calendar.free_slots(call_type)}
    change = reverse("admin:bookings_dateoverride_change", args=[DateOverride.objects.get().pk])
    assert f'href="{change}"' in words(as_coach.get(PAGE))


def test_all_at_once_leaves_days_with_hours_of_their_own_alone(as_coach: Client, host: Host) -> None:
    own = DateOverride.objects.create(host=host, on=date(2026, 12, 25))
    own.windows.create(start_time="10:00", end_time="12:00")
    page = BeautifulSoup(as_coach.get(PAGE).content, "html.parser")
    form = page.select_one("form.bar[action]")
    assert "Sluit alle 17 die nog geen eigen tijden hebben" in form.get_text()
    days = [field["value"] for field in form.select("input[name=on]")]
    response = as_coach.post(CLOSE, {"host": host.slug, "on": [*days, "2026-12-25"]}, follow=True)
    assert "17 dagen gesloten." in words(response)
    assert (DateOverride.objects.count(), own.windows.count()) == (18, 1)
    assert "Eigen tijden: 10:00–12:00." in words(response)


@pytest.mark.parametrize("on", ["", "2026-12-24", "2020-12-25", "kerst", "9999-12-25"])
def test_only_holidays_to_come_can_be_closed_here(as_coach: Client, host: Host, on: str) -> None:
    assert as_coach.post(CLOSE, {"host": host.slug, "on": on}).status_code == 400
    assert not DateOverride.objects.exists()


@pytest.mark.parametrize("slug", ["\0x", "x" * 10_000, ""])
def test_a_short_name_that_cannot_be_is_not_found(as_coach: Client, host: Host, slug: str) -> None:
    assert as_coach.post(CLOSE, {"host": slug, "on": "2026-12-25"}).status_code == 404


def test_a_coach_that_is_none_is_not_found(as_coach: Client, host: Host) -> None:
    assert as_coach.post(CLOSE, {"host": "x" * 99, "on": "2026-12-25"}).status_code == 404


def test_looking_changes_nothing_and_closing_is_a_post(as_coach: Client, host: Host) -> None:
    assert as_coach.get(CLOSE, {"host": host.slug, "on": "2026-12-25"}).status_code == 405
    assert as_coach.post(PAGE).status_code == 405


def test_each_coach_has_holidays_of_his_own(as_coach: Client, host: Host) -> None:
    CallTypeFactory(host__name="Ilse Kramer", host__slug="ilse")
    page = words(as_coach.get(f"{PAGE}?host=ilse"))
    assert 'aria-current="true">Ilse Kramer</a>' in page
    as_coach.post(CLOSE, {"host": "ilse", "on": "2026-12-25"})
    assert DateOverride.objects.get().host.slug == "ilse"


def test_staff_without_permission_sees_and_closes_nothing(host: Host) -> None:
    client = browser_of(User.objects.create_user("nieuw@voorbeeld.nl", is_staff=True))
    assert client.get(PAGE).status_code == 403
    assert client.post(CLOSE, {"host": host.slug, "on": "2026-12-25"}).status_code == 403
    assert not DateOverride.objects.exists()


def test_without_a_coach_the_page_says_so(as_coach: Client, host: Host) -> None:
    CallType.objects.all().delete()
    Host.objects.all().delete()
    assert "Er is nog geen coach" in words(as_coach.get(PAGE))


def test_the_list_of_dates_leads_there(as_coach: Client) -> None:
    assert f'href="{PAGE}"' in words(as_coach.get(reverse("admin:bookings_dateoverride_changelist")))


def test_the_page_asks_as_often_with_one_of_everything_as_with_three(
    as_coach: Client, host: Host, book: Book, django_assert_num_queries: Any
) -> None:
    def one_more(on: datetime) -> None:
        book(on, email=f"{on.month}@voorbeeld.nl")
        DateOverride.objects.create(host=host, on=on.date()).windows.create(
            start_time="10:00", end_time="12:00"
        )

    one_more(datetime(2026, 12, 25, 9, tzinfo=UTC))
    as_coach.get(PAGE)
    with django_assert_num_queries(9):
        as_coach.get(PAGE)
    one_more(datetime(2027, 1, 1, 9, tzinfo=UTC))
    one_more(datetime(2027, 4, 27, 9, tzinfo=UTC))
    with django_assert_num_queries(9):
        as_coach.get(PAGE)
