"""The coach's week: everything in its place, by the coach's clock, and a day that is empty explained."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from bookings.management.commands import write_week_grid
from bookings.models import AvailabilityRule, BlockedTime, CallType, DateOverride, Host
from portal.accounts.models import User
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.bookings.admin.week.looking import WEEK, column, soup, text
from tests.factories.assessments import CompletedScanFactory
from tests.factories.bookings import BusyTimeFactory, CalendarSourceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


# ---- getting there ------------------------------------------------------------------------------------
def test_the_week_is_linked_from_the_side_and_from_the_first_page(as_coach: Client, host: Host) -> None:
    page = BeautifulSoup(as_coach.get("/beheer/").content, "html.parser")
    groups = [text(one) for one in page.select(".admin-menu h2")]
    calls = page.select(".admin-menu h2")[groups.index("Impactcalls")].find_next("ul")
    assert calls.select_one("a")["href"] == WEEK
    assert page.select_one("#content-main a[href='" + WEEK + "']")
    marked = soup(as_coach).select(".admin-menu [aria-current=page]")
    assert [text(one) for one in marked] == ["Week"]


def test_whoever_may_not_see_calls_does_not_see_the_week(host: Host) -> None:
    nobody = browser_of(User.objects.create_user("nieuw@voorbeeld.nl", is_staff=True))
    assert nobody.get(WEEK).status_code == 403
    assert WEEK not in nobody.get("/beheer/").content.decode()


def test_a_stranger_is_led_to_the_door(visitor: Client, host: Host) -> None:
    assert visitor.get(WEEK).status_code == 302


def test_the_week_is_only_read(as_coach: Client) -> None:
    assert as_coach.post(WEEK).status_code == 405


def test_whoever_may_only_look_is_offered_nothing_to_change(host: Host) -> None:
    user = User.objects.create_user("kijk@voorbeeld.nl", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_booking", "see_practice"]))
    BlockedTime.objects.create(host=host, period=(at(2, 9), at(2, 12)), reason="voorbereiden")
    page = soup(browser_of(user))
    assert "voorbereiden" in text(page)
    assert page.select("[href*=blockedtime]") == []
    assert page.select("[href*='host/']") == []


def test_without_a_coach_there_is_a_sentence(as_superuser: Client) -> None:
    CallType.objects.all().delete()
    Host.objects.all().delete()
    assert "Er is nog geen coach" in text(soup(as_superuser))


def test_a_zone_that_is_gone_is_a_sentence_with_the_way_out(as_coach: Client, host: Host) -> None:
    Host.objects.update(time_zone="Europe/Atlantis")
    page = soup(as_coach)
    assert "De tijdzone van deze coach, Europe/Atlantis, bestaat niet meer" in text(page)
    assert page.select_one("#content .btn")["href"] == reverse("admin:bookings_host_change", args=[host.pk])


# ---- which week ---------------------------------------------------------------------------------------
def test_it_opens_on_today_and_names_week_zone_and_counts(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    book(at(3, 9, 45))
    book(at(4, 10), status="held", expires_at=at(0, 11), confirmed_at=None, name="", email="")
    page = soup(as_coach)
    assert text(page.select_one("h1")) == "Week 48, 23 tot 27 november 2026"
    assert text(page.select_one(".week-choices .note")) == "Nederlandse tijd. 1 gesprek, 1 vastgehouden."
    assert [text(one) for one in page.select(".week .week-head.is-today .visually-hidden")] == [
        "maandag 23 november 2026"
    ]
    assert page.select(".week .week-head.is-selected, #why") == []  # nobody asked about a day
    asked = soup(as_coach, why="1")
    assert asked.select_one(".week .week-head.is-selected")["aria-current"] == "date"


@pytest.mark.parametrize("asked", ["", "gisteren", "2026-02-30", "0001-01-01", "9999-12-31", "٢", "\x00"])
def test_a_day_that_is_none_is_today(as_coach: Client, open_host: Host, asked: str) -> None:
    assert text(soup(as_coach, day=asked).select_one("h1")).startswith("Week 48,")


@pytest.mark.parametrize(
    ("day", "title"),
    [
        ("2026-12-01", "Week 49, 30 november tot 4 december 2026"),
        ("2026-12-31", "Week 53, 28 december 2026 tot 1 januari 2027"),
        ("2000-01-01", "Week 52, 27 december 1999 tot 1 januari 2000"),
    ],
)
def test_the_title_says_once_what_both_dates_share(
    as_coach: Client, open_host: Host, day: str, title: str
) -> None:
    assert text(soup(as_coach, day=day).select_one("h1")) == title


def test_one_goes_back_and_forth_by_the_week(as_coach: Client, open_host: Host) -> None:
    links = [link["href"] for link in soup(as_coach, day="2026-12-02").select(".segments:not(.views) a")]
    assert [link.removeprefix(f"{WEEK}?day=") for link in links] == ["2026-11-25", "2026-11-23", "2026-12-09"]


def test_a_weekend_is_shown_when_it_holds_something_has_hours_or_is_chosen(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    assert len(soup(as_coach).select(".week .week-head")) == 5
    assert len(soup(as_coach, day="2026-11-29").select(".week .week-head")) == 6
    book(at(5, 10))
    AvailabilityRule.objects.create(host=open_host, weekday=7, start_time="10:00", end_time="12:00")
    assert len(soup(as_coach).select(".week.days-7 .week-head")) == 7


def test_the_week_of_a_clock_change_says_both_offsets(as_coach: Client, open_host: Host) -> None:
    note = text(soup(as_coach, day="2027-03-24").select_one(".week-choices .note"))
    assert note.startswith("Nederlandse tijd (UTC+1), aan het eind van deze week UTC+2.")


# ---- what lies in it ------------------------------------------------------------------------------------
def test_a_call_lies_in_its_quarters_with_its_buffers_and_its_own_time(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    book(at(3, 9, 45))
    day = column(soup(as_coach), "2026-11-26")
    event = day.select_one("button.week-event")
    assert {"is-call", "starts-8", "lasts-2"} <= set(event["class"])  # 09:45, counted from 08:00
    assert text(event) == "09:45 tot 10:15 Sanne Vermeer deelt niet"
    assert [(one["class"], text(one)) for one in day.select(".week-buffer")] == [
        (["week-buffer", "starts-7", "lasts-1"], ""),
        (["week-buffer", "starts-10", "lasts-1"], ""),
    ]


@pytest.mark.parametrize(("status", "words"), [("completed", "gesproken"), ("no_show", "kwam niet")])
def test_how_a_call_went_fits_a_column_of_seven(
    as_coach: Client, open_host: Host, book: Book, status: str, words: str
) -> None:
    """A column of a week holds about fourteen letters."""
    book(at(0, 9, 45), status=status)
    event = column(soup(as_coach), "2026-11-23").select_one("button.week-event")
    assert text(event) == f"09:45 tot 10:15 Sanne Vermeer {words}"


def test_a_shared_result_shows_its_two_weakest_keys_and_no_score(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    user = User.objects.create_user("sanne@voorbeeld.nl")
    scan = CompletedScanFactory(user=user)
    book(at(3, 9, 45), user=user, shared_scan=scan.public_id)
    book(at(4, 9, 45), user=user)
    page = soup(as_coach)
    event = column(page, "2026-11-26").select_one("button.week-event")
    tag = text(event).removeprefix("09:45 tot 10:15 Sanne Vermeer ")
    lowest = sorted((one for one in scan.scores), key=lambda one: one["score"])[:2]
    names = {key.slug: key.short for key in scan.instrument.parsed("nl").keys}
    assert tag == ", ".join(names[one["slug"]] for one in lowest)
    assert "deelt niet" in text(column(page, "2026-11-27").select_one("button.week-event"))


def test_a_shared_result_that_was_erased_leaves_the_page_whole(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    book(at(3, 9, 45), shared_scan="2345ABCDEFGHJKLMNPQRSTUV")
    assert "deelt de uitslag" in text(column(soup(as_coach), "2026-11-26"))


def test_a_held_time_says_until_when_and_a_lapsed_or_cancelled_one_is_gone(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    nobody = {"status": "held", "confirmed_at": None, "name": "", "email": ""}
    book(at(2, 10), expires_at=at(0, 10, 9), **nobody)
    book(at(3, 10), expires_at=at(0, 9, 59), **nobody)
    book(at(4, 10), status="cancelled", cancelled_at=at(0, 9), cancelled_by="host")
    page = soup(as_coach)
    assert (
        text(column(page, "2026-11-25").select_one(".week-event.is-held"))
        == "10:00 tot 10:30 Vastgehouden tot 10:09"
    )
    assert len(page.select(".week .week-event")) == 1


def test_what_is_over_says_how_it_went_or_asks(as_coach: Client, open_host: Host, book: Book) -> None:
    book(at(-3, 10), status="no_show")
    book(at(-4, 10))
    page = soup(as_coach, day="2026-11-18")
    assert "kwam niet" in text(column(page, "2026-11-20").select_one(".week-event.is-past"))
    assert "hoe is het gegaan?" in text(column(page, "2026-11-19").select_one(".week-event.is-call"))


def test_blocked_time_is_cut_by_the_day_and_leads_to_its_form(as_coach: Client, open_host: Host) -> None:
    block = BlockedTime.objects.create(host=open_host, period=(at(1, 15), at(3, 10)), reason="training")
    page = soup(as_coach)
    blocked = [column(page, f"2026-11-{day}").select_one(".week-event.is-blocked") for day in (24, 25, 26)]
    places = [one["class"][2:4] if one else None for one in blocked]
    assert places == [["starts-29", "lasts-12"], None, ["starts-1", "lasts-8"]]
    (all_day,) = page.select(".week-all-day .week-event.is-blocked")
    assert text(all_day) == "training"
    assert all_day.parent["aria-labelledby"] == "day-2026-11-25"
    link = all_day["href"]
    assert link.startswith(reverse("admin:bookings_blockedtime_change", args=[block.pk]))


def test_imported_time_is_drawn_apart_and_names_its_calendar(as_coach: Client, open_host: Host) -> None:
    source = CalendarSourceFactory(host=open_host, name="agenda werk", last_good_at=at(0, 9))
    BusyTimeFactory(source=source, host=open_host, period=(at(3, 13), at(3, 15)))
    event = column(soup(as_coach), "2026-11-26").select_one(".week-event.is-imported")
    assert text(event) == "13:00 tot 15:00 Bezet agenda werk"
    assert event["href"] == source.admin_page
    assert event["data-fixed"] == "Dit staat in ‘agenda werk’. Verplaats het in die agenda."


def test_a_call_under_blocked_time_stays_in_sight(as_coach: Client, open_host: Host, book: Book) -> None:
    book(at(3, 9, 45))
    BlockedTime.objects.create(host=open_host, period=(at(3, 9), at(3, 12)))
    events = column(soup(as_coach), "2026-11-26").select(".week-event")
    assert [one["class"][1] for one in events] == ["is-blocked", "is-call"]
    assert "is-aside-1" in events[1]["class"]


def test_early_and_late_calls_make_the_day_longer(as_coach: Client, open_host: Host, book: Book) -> None:
    book(at(3, 6, 10))
    book(at(4, 20))
    page = soup(as_coach)
    clocks = [text(one) for one in page.select(".week .week-hours span")]
    assert (clocks[0], clocks[-1]) == ("05:00", "20:00")
    assert {"starts-5", "lasts-3"} <= set(column(page, "2026-11-26").select_one(".week-event")["class"])
    assert {"starts-61", "lasts-2"} <= set(column(page, "2026-11-27").select_one(".week-event")["class"])


def test_a_call_over_midnight_lies_in_both_days(as_coach: Client, open_host: Host, book: Book) -> None:
    book(at(4, 23, 45))
    page = soup(as_coach)
    friday, saturday = column(page, "2026-11-27"), column(page, "2026-11-28")
    assert text(friday.select_one(".week-event")).startswith("23:45 tot 00:00")
    assert {"starts-96", "lasts-1"} <= set(friday.select_one(".week-event")["class"])
    assert text(saturday.select_one(".week-event")).startswith("00:00 tot 00:15")
    assert [one["class"] for one in saturday.select(".week-buffer")] == [
        ["week-buffer", "starts-2", "lasts-1"]
    ]


def test_open_hours_lie_behind_and_are_said(as_coach: Client, open_host: Host) -> None:
    DateOverride.objects.create(host=open_host, on="2026-11-26")
    page = soup(as_coach)
    wednesday, thursday = column(page, "2026-11-25"), column(page, "2026-11-26")
    assert [one["class"] for one in wednesday.select(".week-open")] == [["week-open", "starts-5", "lasts-32"]]
    assert "Open van 09:00 tot 17:00." in text(wednesday)
    assert thursday.select(".week-open") == []
    assert "Gesloten." in text(thursday)
    heads = {
        text(one.select_one(".visually-hidden")): text(one.select_one(".note"))
        for one in page.select(".week .week-head")
    }
    assert heads["donderdag 26 november 2026"] == "gesloten"
    assert heads["woensdag 25 november 2026"] == "16 vrij"


def test_now_is_a_line_in_today(as_coach: Client, open_host: Host) -> None:
    page = soup(as_coach)
    assert [one["class"] for one in page.select(".week-now")] == [["week-now", "starts-9"]]
    assert column(page, "2026-11-23").select(".week-now")
    assert soup(as_coach, day="2026-12-01").select(".week-now") == []


def test_every_clock_is_the_coach_s_also_far_away(as_coach: Client, open_host: Host, book: Book) -> None:
    Host.objects.update(time_zone="Pacific/Auckland")
    book(datetime(2026, 11, 25, 20, 0, tzinfo=UTC))  # Thursday nine o'clock in Auckland
    page = soup(as_coach)
    assert text(column(page, "2026-11-26").select_one("button.week-event")).startswith("09:00 tot 09:30")
    assert "Tijd in Auckland (UTC+13)" in text(page.select_one(".week-choices"))


def test_the_hour_that_comes_twice_breaks_nothing(as_coach: Client, open_host: Host, book: Book) -> None:
    book(datetime(2026, 10, 25, 0, 45, tzinfo=UTC))  # 02:45 to 02:15, by the clock
    page = soup(as_coach, day="2026-10-21")
    assert text(column(page, "2026-10-25").select_one(".week-event")).startswith("02:45 tot 02:15")


def test_the_list_for_narrow_screens_holds_the_same(as_coach: Client, open_host: Host, book: Book) -> None:
    book(at(3, 9, 45))
    BlockedTime.objects.create(host=open_host, period=(at(3, 14), at(3, 15)), reason="voorbereiden")
    days = soup(as_coach).select(".week-days section")
    assert len(days) == 5
    assert "09:45–10:15 Sanne Vermeer deelt niet" in text(days[3])
    assert "Geblokkeerd 14:00–15:00 voorbereiden" in text(days[3])


def test_no_id_is_there_twice_and_every_class_of_a_place_exists(
    as_coach: Client, open_host: Host, book: Book
) -> None:
    book(at(3, 9, 45))
    page = soup(as_coach)
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))
    assert write_week_grid.path().read_text(encoding="utf-8") == write_week_grid.grid()
    drawn = {name for tag in page.select(".week [class]") for name in tag["class"]}
    placed = {name for name in drawn if re.fullmatch(r"(starts|lasts)-\d+", name)}
    assert placed
    assert all(f".{name} {{" in write_week_grid.grid() for name in placed)
