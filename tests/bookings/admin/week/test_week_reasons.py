"""The coach's week: several coaches, why a day is empty, blocking, and what it costs."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from bookings.models import AvailabilityRule, BlockedTime, Booking, CallType, DateOverride, Host
from portal.accounts.models import User
from tests.bookings.admin.conftest import Book, at
from tests.bookings.admin.week.looking import WEEK, column, soup, text, why
from tests.factories.assessments import CompletedScanFactory
from tests.factories.bookings import CallTypeFactory, HostFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


# ---- several coaches, several kinds of call -------------------------------------------------------------
def test_a_coach_sees_the_own_week_first_and_may_choose_another(
    as_coach: Client, coach: User, open_host: Host, book: Book
) -> None:
    book(at(3, 9, 45))
    other = HostFactory(name="Mila de Coach", slug="mila", user=coach)
    page = soup(as_coach, why="1")
    assert "Sanne Vermeer" not in text(page)
    assert text(page.select_one("nav[aria-label=Coach] [aria-current=true]")) == "Mila de Coach"
    assert "Deze coach heeft nog geen soort gesprek." in text(page)
    assert "Sanne Vermeer" in text(soup(as_coach, host=open_host.slug))
    assert soup(as_coach, host=other.slug).select_one(".segments a")["href"].endswith("host=mila")


def test_the_panel_is_about_the_chosen_kind_of_call(as_coach: Client, open_host: Host) -> None:
    CallTypeFactory(host=open_host, slug="lang", name_nl="Lang gesprek", duration_minutes=90, weekdays=False)
    assert "Lang gesprek van 90 minuten" in why(as_coach, "2026-11-25", type="lang")
    assert "van 30 minuten" in why(as_coach, "2026-11-25")
    assert "van 30 minuten" in why(as_coach, "2026-11-25", type="onzin")


# ---- why ------------------------------------------------------------------------------------------------
def test_a_day_with_free_starts_lists_them(as_coach: Client, open_host: Host) -> None:
    words = why(as_coach, "2026-11-25")
    assert "Wat is er vrij op deze dag?" in words
    assert "Werktijd 09:00 tot 17:00. Dat zijn 16 mogelijke begintijden." in words
    assert "Vrij: 09:00, 09:30, 10:00" in words
    assert "en nog 4." in words


def test_blocked_time_is_named_with_what_it_costs_and_what_taking_it_away_gives(
    as_coach: Client, open_host: Host
) -> None:
    BlockedTime.objects.create(host=open_host, period=(at(2, 9), at(2, 17)), reason="Trainingsdag")
    words = why(as_coach, "2026-11-25")
    assert "Waarom is deze dag leeg?" in words
    assert (
        "16 begintijden vallen weg door geblokkeerde of bezette tijd, met de buffers erbij: "
        "09:00 Trainingsdag" in words
    )
    assert "Haal je de blokkade weg, dan is weer te boeken: 09:00, 09:30" in words


def test_calls_are_named_with_what_they_cost(as_coach: Client, open_host: Host, book: Book) -> None:
    book(at(2, 9))
    assert "2 begintijden vallen weg door een gesprek, met de buffers erbij: 09:00 Sanne Vermeer" in why(
        as_coach, "2026-11-25"
    )


@pytest.mark.parametrize(
    ("day", "changed", "sentence"),
    [
        ("2026-11-22", {}, "Deze dag is voorbij."),
        ("2026-11-24", {}, "2 begintijden vallen weg: boeken kan tot 24 uur vooraf."),
        (
            "2026-11-24",
            {"minimum_notice_minutes": 2880},
            "16 begintijden vallen weg: boeken kan tot 2 dagen vooraf.",
        ),
        (
            "2026-11-25",
            {"minimum_notice_minutes": 90},
            "Binnen de boekingstermijn. Tot en met 23 december 2026.",
        ),
        ("2026-11-28", {}, "Geen werktijd op deze dag van de week."),
        ("2026-12-24", {}, "Te ver vooruit. Boeken kan tot en met 23 december 2026, 30 dagen vooruit."),
        ("2026-11-25", {"duration_minutes": 490}, "Daarin past geen gesprek van 490 minuten."),
        ("2026-11-25", {"is_active": False}, "Uitgezet. Dit soort gesprek is nu niet te boeken."),
        ("2026-11-25", {"max_per_week": 1}, "De week is vol. Hoogstens 1 gesprek in een week."),
        ("2026-11-27", {"max_per_day": 1}, "De dag is vol. Hoogstens 1 gesprek op een dag."),
    ],
)
def test_every_other_reason_is_a_sentence(
    as_coach: Client, open_host: Host, book: Book, day: str, changed: dict[str, Any], sentence: str
) -> None:
    book(at(4, 15))
    rest = {name: value for name, value in changed.items() if name != "duration_minutes"}
    CallType.objects.update(**rest)
    if "duration_minutes" in changed:
        AvailabilityRule.objects.filter(weekday=3).update(end_time=time(9, 20))
        sentence = sentence.replace("490", "30")
    assert sentence in why(as_coach, day)


def test_a_date_with_hours_of_its_own_says_so(as_coach: Client, open_host: Host) -> None:
    closed = DateOverride.objects.create(host=open_host, on="2026-11-25")
    assert "Gesloten op deze datum." in why(as_coach, "2026-11-25")
    own_page = reverse("admin:bookings_dateoverride_change", args=[closed.pk])
    assert soup(as_coach, day="2026-11-25", why="1").select(f"#why [href='{own_page}']")
    assert not soup(as_coach, day="2026-11-26", why="1").select(f"#why [href='{own_page}']")
    closed.windows.create(start_time="10:00", end_time="11:00")
    words = why(as_coach, "2026-11-25")
    assert "Andere werktijd op deze datum: 10:00 tot 11:00. Dat zijn 2 mogelijke begintijden." in words


def test_a_coach_who_is_switched_off_has_nothing_free(as_coach: Client, open_host: Host) -> None:
    Host.objects.update(is_active=False)
    words = why(as_coach, "2026-11-25")
    assert "Deze coach is nu niet te boeken." in words
    assert "Waarom is deze dag leeg?" in words
    assert "niets vrij" in text(soup(as_coach).select_one(".week"))


# ---- blocking from the week -----------------------------------------------------------------------------
def test_an_empty_half_hour_opens_the_form_filled_in(as_coach: Client, open_host: Host) -> None:
    page = soup(as_coach)
    assert len(column(page, "2026-11-25").select("a.week-empty")) == 20
    assert len(column(page, "2026-11-23").select("a.week-empty")) == 15  # from the next half hour on
    assert soup(as_coach, day="2026-11-16").select("a.week-empty") == []
    halves = column(page, "2026-11-25").select("a.week-empty")
    link = next(one for one in halves if "from=13:30" in one["href"])
    choice = BeautifulSoup(as_coach.get(link["href"]).content, "html.parser")
    link = choice.select_one("#content a[href*=blockedtime]")
    form = BeautifulSoup(as_coach.get(link["href"]).content, "html.parser")
    values = {name: form.select_one(f"[name={name}]").get("value") for name in ("start_on", "start_time")}
    assert values == {"start_on": "2026-11-25", "start_time": "13:30"}
    assert form.select_one("[name=end_time]")["value"] == "14:00"  # as long as a call
    assert form.select_one("[name=host] [selected]")["value"] == str(open_host.pk)


def test_the_button_offers_the_whole_chosen_day_and_leads_back_to_the_week(
    as_coach: Client, open_host: Host
) -> None:
    button = soup(as_coach, day="2026-11-25").select_one(".week-bar > a")
    form = BeautifulSoup(as_coach.get(button["href"]).content, "html.parser")
    assert form.select_one("[name=all_day]").has_attr("checked")
    data = {"host": open_host.pk, "start_on": "2026-11-25", "all_day": "on", "reason": "vrij"}
    response = as_coach.post(button["href"], data)
    assert response.headers["Location"] == f"{WEEK}?day=2026-11-25&host={open_host.slug}"
    block = BlockedTime.objects.get()
    assert (block.start_at, block.end_at) == (at(2, 0), at(3, 0))
    link = soup(as_coach).select_one(".week-all-day .week-event.is-blocked")["href"]
    assert as_coach.post(link, data).headers["Location"].startswith(WEEK)


@pytest.mark.parametrize(
    "asked", ["on=x&from=y", "on=2026-11-25&from=99:99", "from=09:00", "host=x&on=9999-99-99"]
)
def test_a_link_that_is_broken_still_opens_the_form(as_coach: Client, open_host: Host, asked: str) -> None:
    assert as_coach.get(f"{reverse('admin:bookings_blockedtime_add')}?{asked}").status_code == 200


def test_an_hour_before_midnight_ends_at_midnight_and_later_on_the_next_day(
    as_coach: Client, open_host: Host
) -> None:
    page = reverse("admin:bookings_blockedtime_add")
    for start, end_on, end in (("23:00", "2026-11-25", "00:00"), ("23:30", "2026-11-26", "00:30")):
        form = BeautifulSoup(as_coach.get(f"{page}?on=2026-11-25&from={start}").content, "html.parser")
        assert form.select_one("[name=end_on]")["value"] == end_on
        assert form.select_one("[name=end_time]")["value"] == end


# ---- cost -------------------------------------------------------------------------------------------------
def test_the_week_asks_as_often_with_one_call_as_with_three(
    as_coach: Client,
    open_host: Host,
    book: Book,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    def one_more(number: int) -> Booking:
        user = User.objects.create_user(f"p{number}@voorbeeld.nl")
        scan = CompletedScanFactory(user=user)
        BlockedTime.objects.create(host=open_host, period=(at(number, 18), at(number, 19)))
        DateOverride.objects.create(host=open_host, on=at(number + 14, 10).date())
        return book(at(number + 1, 10), email=user.email, user=user, shared_scan=scan.public_id)

    one_more(0)
    as_coach.get(WEEK)
    with django_assert_max_num_queries(20) as few:
        as_coach.get(WEEK)
    one_more(1)
    one_more(2)
    with django_assert_num_queries(len(few)):
        assert (
            len(BeautifulSoup(as_coach.get(WEEK).content, "html.parser").select(".week .week-event.is-call"))
            == 3
        )


def test_the_week_of_a_full_calendar_holds_every_call(
    as_coach: Client, open_host: Host, book: Book, clock: Any
) -> None:
    clock.move_to(at(0, 8))
    for day in range(5):
        for hour in range(9, 17):
            book(at(day, hour))
    page = soup(as_coach)
    assert len(page.select(".week .week-event.is-call")) == 40
    assert text(page.select_one(".week-choices .note")).endswith("40 gesprekken.")
