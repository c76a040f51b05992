"""A full week that stays readable: what lasts all day, what is full, the weekend, a date, the facts of a call."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from bookings.models import BlockedTime, CallType, DateOverride, Host
from portal.accounts.models import User
from portal.leads import services as leads
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.bookings.admin.week.looking import WEEK, column, facts, soup, text
from tests.factories.bookings import BusyTimeFactory, CalendarSourceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def all_day(page: BeautifulSoup, on: str) -> str:
    return text(page.select_one(f'.week-all-day[aria-labelledby="day-{on}"]'))


# ---- all day --------------------------------------------------------------------------------------------
def test_holidays_stand_above_the_hours_by_name(as_coach: Client, open_host: Host) -> None:
    page = soup(as_coach, day="2026-12-23")
    assert all_day(page, "2026-12-25") == "Eerste kerstdag"
    assert "Eerste kerstdag" in text(page.select_one("#list-2026-12-25"))
    assert all_day(page, "2026-12-23") == ""


def test_a_closed_date_stands_there_and_leads_to_its_hours(as_coach: Client, open_host: Host) -> None:
    closed = DateOverride.objects.create(host=open_host, on=at(3, 9).date())
    page = soup(as_coach)
    assert all_day(page, "2026-11-26") == "Gesloten"
    link = page.select_one("a.week-closed")["href"]
    assert link == reverse("admin:bookings_dateoverride_change", args=[closed.pk])


def test_what_is_taken_from_midnight_to_midnight_leaves_the_hours_free_to_read(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    source = CalendarSourceFactory(host=open_host, name="agenda privé", last_good_at=at(0, 9))
    BusyTimeFactory(source=source, host=open_host, period=(at(2, 0), at(4, 0)))
    book(at(2, 10))
    page = soup(as_coach)
    assert (all_day(page, "2026-11-25"), all_day(page, "2026-11-26")) == ("agenda privé", "agenda privé")
    assert [one["class"][1] for one in column(page, "2026-11-25").select(".week-event")] == ["is-call"]


def test_a_week_without_such_days_has_no_such_row(as_coach: Client, open_host: Host) -> None:
    assert soup(as_coach).select(".week-all-day, .is-all-day") == []


def test_blocked_days_can_be_dragged_from_there(as_coach: Client, open_host: Host) -> None:
    BlockedTime.objects.create(host=open_host, period=(at(2, 0), at(3, 0)), reason="heidag")
    block = soup(as_coach).select_one(".week-all-day .week-event")
    assert (block["data-move"], block["data-start"]) == ("block", "2026-11-25T00:00")


def test_what_another_calendar_has_without_a_gap_is_one_thing(as_coach: Client, open_host: Host) -> None:
    source = CalendarSourceFactory(host=open_host, name="agenda werk", last_good_at=at(0, 9))
    other = CalendarSourceFactory(host=open_host, name="agenda privé", last_good_at=at(0, 9))
    for start, end in ((9, 10), (10, 11), (10, 12), (14, 15)):
        BusyTimeFactory(source=source, host=open_host, period=(at(2, start), at(2, end)))
    BusyTimeFactory(source=other, host=open_host, period=(at(2, 10), at(2, 11)))
    drawn = [text(one) for one in column(soup(as_coach), "2026-11-25").select(".week-event")]
    assert drawn == [
        "09:00 tot 12:00 Bezet agenda werk",
        "10:00 tot 11:00 Bezet agenda privé",
        "14:00 tot 15:00 Bezet agenda werk",
    ]


# ---- full -----------------------------------------------------------------------------------------------
def test_hours_in_which_nothing_is_free_do_not_look_open(as_coach: Client, open_host: Host) -> None:
    BlockedTime.objects.create(host=open_host, period=(at(2, 9), at(2, 17)))
    page = soup(as_coach)
    assert "is-full" in column(page, "2026-11-25")["class"]
    assert "is-full" not in column(page, "2026-11-26")["class"]
    assert "is-past" in column(soup(as_coach, day="2026-11-18"), "2026-11-18")["class"]
    CallType.objects.update(is_active=False)
    assert "is-full" in column(soup(as_coach), "2026-11-26")["class"]


# ---- which days -----------------------------------------------------------------------------------------
def test_the_weekend_is_a_choice_that_every_link_carries_on(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    page = soup(as_coach)
    with_it = page.select_one("a.week-wide")
    assert text(with_it) == "Met het weekend"
    seven = soup(as_coach, day="2026-11-23", weekend="yes")
    assert len(seven.select(".week.days-7 .week-head")) == 7
    assert with_it["href"].endswith("weekend=yes")
    assert all(link["href"].endswith("weekend=yes") for link in seven.select(".segments:not(.views) a"))
    book(at(5, 10))
    without = soup(as_coach, day="2026-11-23", weekend="no")
    assert len(without.select(".week .week-head")) == 5
    assert len(soup(as_coach, weekend="misschien").select(".week .week-head")) == 6


def test_another_calendar_alone_brings_no_weekend(as_coach: Client, open_host: Host) -> None:
    source = CalendarSourceFactory(host=open_host, last_good_at=at(0, 9))
    BusyTimeFactory(source=source, host=open_host, period=(at(5, 10), at(5, 12)))
    assert len(soup(as_coach).select(".week .week-head")) == 5


@pytest.mark.parametrize("typed", ["2026-12-09", "9-12-2026", "09-12-2026"])
def test_one_jumps_to_a_date(as_coach: Client, open_host: Host, typed: str) -> None:
    form = soup(as_coach, weekend="yes", view="week").select_one("form.jump")
    kept = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    assert form.select_one("input[type=date]")["value"] == "2026-11-23"
    page = soup(as_coach, **kept | {"day": typed})
    assert text(page.select_one("h1")) == "Week 50, 7 tot 13 december 2026"


def test_a_date_that_is_none_is_said(as_coach: Client, open_host: Host) -> None:
    assert "Die datum kennen we niet. Dit is deze week." in text(soup(as_coach, day="31-31-2026"))
    assert "Die datum kennen we niet" not in text(soup(as_coach))


# ---- the facts of a call ----------------------------------------------------------------------------------
def test_a_call_tells_its_facts_without_leaving_the_week(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    call = book(at(3, 9, 45), remark="Ik wil leren loslaten.")
    lead = leads.contact("sanne@voorbeeld.nl", name="Sanne Vermeer")
    page = soup(as_coach)
    told = facts(page, column(page, "2026-11-26").select_one("button.week-event"))
    words = text(told)
    assert words.startswith(
        "Sanne Vermeer do 26 nov 2026, 09:45 tot 10:15 Soort gesprek Impactcall Waar online."
    )
    assert "‘Ik wil leren loslaten.’" in words
    assert "Gedeelde uitslag deelt niet" in words
    assert "Status" not in words  # that of a call to come is plain
    links = {text(one): one["href"].split("?")[0] for one in told.select("a")}
    of_the_call = {
        name: reverse(f"admin:bookings_booking_{page_name}", args=[call.pk])
        for name, page_name in (
            ("Open het gesprek", "change"),
            ("De brief", "brief"),
            ("Verplaatsen", "move"),
            ("Annuleer", "cancel"),
        )
    }
    assert links == of_the_call | {"Contact": reverse("admin:leads_lead_change", args=[lead.pk])}


def test_whoever_may_only_look_is_told_the_same_and_offered_less(open_host: Host, book: Book) -> None:
    book(at(3, 9, 45))
    leads.contact("sanne@voorbeeld.nl")
    user = User.objects.create_user("kijk@voorbeeld.nl", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_booking"))
    Host.objects.filter(pk=open_host.pk).update(user=user)  # whose calls they are
    page = soup(browser_of(user))
    told = facts(page, page.select_one("button.week-event"))
    assert [text(one) for one in told.select("a")] == ["Open het gesprek", "De brief"]


def test_a_held_time_is_no_call_yet(as_coach: Client, open_host: Host, book: Book) -> None:
    book(at(4, 10), status="held", expires_at=at(0, 11), confirmed_at=None, name="", email="")
    page = soup(as_coach)
    told = facts(page, page.select_one("button.week-event.is-held"))
    assert "tot 11:00" in text(told)
    assert [text(one) for one in told.select("a")] == ["Open het gesprek"]


def test_a_call_over_midnight_has_facts_on_both_days(as_coach: Client, open_host: Host, book: Book) -> None:
    book(at(3, 23, 45))
    page = soup(as_coach)
    both = [column(page, f"2026-11-{day}").select_one("button.week-event") for day in (26, 27)]
    assert len({one["popovertarget"] for one in both}) == 2
    assert {text(facts(page, one).select_one(".when")) for one in both} == {
        "do 26 nov 2026, 23:45 tot vr 27 nov 2026, 00:15"
    }


# ---- empty time -------------------------------------------------------------------------------------------
def test_an_empty_time_is_as_long_as_the_kind_of_call(as_coach: Client, open_host: Host) -> None:
    CallType.objects.update(duration_minutes=45)
    page = soup(as_coach)
    assert page.select_one("[data-week]")["data-length"] == "45"
    halves = column(page, "2026-11-25").select("a.week-empty")
    assert halves[0]["class"] == ["week-empty", "starts-1", "lasts-3"]
    assert halves[-1]["class"][-1] == "lasts-2"  # the grid ends there
    link = next(one["href"] for one in halves if "from=13:30" in one["href"])
    choice = BeautifulSoup(as_coach.get(link).content, "html.parser")
    assert "Woensdag 25 november 2026, 13:30 tot 14:15" in text(choice)
    assert "until=14:15" in choice.select_one("#content a[href*=blockedtime]")["href"]


def test_a_call_that_begins_late_ends_on_the_next_day(as_coach: Client, open_host: Host) -> None:
    asked = {"host": open_host.slug, "on": "2026-11-25", "from": "23:45"}
    response = as_coach.get(reverse("admin:bookings_booking_empty"), asked)
    assert "23:45 tot 00:15" in text(BeautifulSoup(response.content, "html.parser"))


# ---- the list of narrow screens ------------------------------------------------------------------------------
def test_on_a_phone_calls_come_first_and_another_calendar_takes_one_line(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    source = CalendarSourceFactory(host=open_host, name="agenda werk", last_good_at=at(0, 9))
    for hour in (8, 12, 16):
        BusyTimeFactory(source=source, host=open_host, period=(at(3, hour), at(3, hour, 30)))
    BlockedTime.objects.create(host=open_host, period=(at(3, 0), at(4, 0)), reason="heidag")
    book(at(3, 15), name="Noor Aydin")
    book(at(3, 9, 45))
    rows = [text(one) for one in soup(as_coach).select("[aria-labelledby='list-2026-11-26'] li")]
    assert rows[0].startswith("09:45–10:15 Sanne Vermeer")
    assert rows[1].startswith("15:00–15:30 Noor Aydin")
    assert rows[2:4] == [
        "Geblokkeerd hele dag heidag",
        "Bezet 08:00–08:30, 12:00–12:30, 16:00–16:30 agenda werk",
    ]


def test_on_a_phone_the_days_that_are_over_fold_away(
    as_coach: Client, coach: User, open_host: Host, book: Book, clock: Any
) -> None:
    book(at(0, 15))
    assert soup(as_coach).select("details.earlier") == []
    clock.move_to(at(2, 10))
    page = soup(browser_of(coach))
    earlier = page.select_one("details.earlier")
    assert text(earlier.select_one("summary")) == "Eerder deze week: 1 gesprek"
    assert len(earlier.select("section")) == 2
    assert len(page.select(".week-days > section")) == 3
    assert soup(browser_of(coach), day="2026-11-18").select("details.earlier") == []


# ---- a clock change -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("day", "hours"), [("2027-03-28", 23), ("2027-10-31", 25)])
def test_a_day_on_which_the_clock_changes_is_a_day_like_another(
    as_coach: Client, open_host: Host, day: str, hours: int
) -> None:
    when = {"start_on": day, "all_day": "on", "host": open_host.pk}
    assert as_coach.post(reverse("admin:bookings_blockedtime_add"), when).status_code == 302
    block = BlockedTime.objects.get()
    assert (block.end_at - block.start_at).total_seconds() == hours * 3600
    page = soup(as_coach, day=day)
    assert text(page.select_one(".week-all-day .week-event.is-blocked")) == "Geblokkeerd"
    assert column(page, day).select(".week-event") == []


def test_without_a_kind_of_call_the_week_still_stands(as_coach: Client, open_host: Host) -> None:
    CallType.objects.all().delete()
    page = soup(as_coach, why="1")
    assert "Deze coach heeft nog geen soort gesprek." in text(page.select_one("#why"))
    assert as_coach.get(WEEK, {"view": "day"}).status_code == 200
