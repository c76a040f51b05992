"""The page on which a time is chosen: its days, what is folded away, an error, and the way back to the result."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessments import cookies
from bookings.models import Booking, CallType
from tests.assessments import demo
from tests.bookings.browsing import hold, starts_on, words_of
from tests.bookings.people import confirm as confirmed
from tests.bookings.visitor.journeys import linked
from tests.factories.assessments import CompletedScanFactory, ScanFactory, UserFactory
from tests.factories.bookings import AvailabilityRuleFactory, CallTypeFactory, HostFactory

pytestmark = pytest.mark.django_db
SLOTS = "/impactcall/"
WITH_RESULT = "Kies een tijd om te praten over ruimte om het zelf te doen."
NO_RESULT = "Kies een tijd om over je team te praten."


def page_of(response: Any) -> BeautifulSoup:
    """The page as it was sent: white space counts in what is heard."""
    return BeautifulSoup(response.content, "html.parser")


def heard(element: Tag) -> str:
    """What a screen reader says of it."""
    for hidden in element.select("[aria-hidden]"):
        hidden.extract()
    return " ".join(element.get_text().split())


def mover(browser: Client, call_type: CallType) -> str:
    """The address on which this browser moves its call."""
    booking = confirmed(call_type)
    browser.get(linked(booking))
    return reverse("bookings:move", args=[booking.public_id])


def came_from(scan: Any, browser: Client) -> Client:
    """This browser made that scan."""
    browser.cookies[cookies.cookie_name()] = signing.dumps([scan.public_id], salt=cookies.SALT)
    return browser


# ---- days -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("is_move", [False, True])
def test_every_free_day_of_two_weeks_leads_to_its_times_and_the_others_are_struck_out(
    browser: Client, call_type: CallType, is_move: bool
) -> None:
    page = page_of(browser.get(mover(browser, call_type) if is_move else SLOTS))
    strip = page.select_one("nav.strip")
    assert strip["aria-label"] == "Twee weken op een rij"
    assert len(strip.select("li")) == 14
    links = strip.select("li a")
    days = [page.find(id=link["href"].removeprefix("#")) for link in links]
    assert days == page.select("fieldset.day > legend > h3")
    assert [heard(day).partition(",")[0] for day in strip.select("s")] == [
        "zaterdag 28 november", "zondag 29 november", "zaterdag 5 december", "zondag 6 december"
    ]  # fmt: skip
    assert heard(strip.select_one("s")) == "zaterdag 28 november, niets vrij"
    count = len(days[1].find_parent("fieldset").select("input[type=radio]"))
    assert heard(links[1]) == f"woensdag 25 november, {count} tijden vrij"


def test_days_before_and_after_stand_side_by_side_and_keep_zone_and_place(browser: Client) -> None:
    page = page_of(browser.get(SLOTS, {"from": "2026-12-08", "zone": "Asia/Dubai"}))
    ways = [
        [(heard(link), link["href"]) for link in beside.select("a")] for beside in page.select(".days-beside")
    ]
    assert ways == 2 * [
        [
            ("Vorige dagen", "?from=2026-11-24&zone=Asia/Dubai#dagen"),
            ("Meer dagen", "?from=2026-12-22&zone=Asia/Dubai#dagen"),
        ]
    ]
    assert page.find(id="dagen") is not None


def test_a_page_without_neighbours_offers_none(browser: Client, call_type: CallType) -> None:
    CallType.objects.update(horizon_days=7)
    assert page_of(browser.get(SLOTS)).select(".days-beside") == []


# ---- what is folded away --------------------------------------------------------------------------------
def test_six_times_of_a_day_are_shown_and_the_rest_is_counted(browser: Client, call_type: CallType) -> None:
    call_type.host.rules.all().delete()
    for weekday, until in ((2, "12:00"), (3, "12:30"), (4, "17:00")):  # 6, 7 and 16 starts
        AvailabilityRuleFactory(host=call_type.host, weekday=weekday, start_time="09:00", end_time=until)
    days = page_of(browser.get(SLOTS)).select("fieldset.day")[:3]
    found = [(len(day.select(":scope > .slots input")), len(day.select("details input"))) for day in days]
    words = [heard(day.summary) for day in days if day.summary]
    assert sorted(found) == [(6, 0), (6, 1), (6, 10)]
    assert {line.partition(",")[0] for line in words} == {"nog 1 tijd", "nog 10 tijden"}
    assert all(day.details is None or not day.details.has_attr("open") for day in days)
    assert "nog 10 tijden, donderdag 26 november" in words


@pytest.mark.parametrize(("number", "is_open"), [(5, False), (6, True), (15, True)])
def test_what_is_held_is_seen_although_it_is_among_the_rest(
    browser: Client, number: int, is_open: bool
) -> None:
    start = starts_on(browser.get(SLOTS, {"from": "2026-11-26"}))[number]
    hold(browser, start)
    page = page_of(browser.get(SLOTS))
    chosen = page.select_one("input[name=start][checked]")
    day = chosen.find_parent("fieldset")
    assert chosen["value"] == start
    assert day.details.has_attr("open") == is_open
    assert len(page.select("details.other-starts[open]")) == int(is_open)
    clock = chosen.find_next_sibling("span").find(string=True).strip()
    assert heard(page.select_one(".choice-bar button")) == f"Zet {day['data-day']}, {clock} vast"


def test_a_choice_survives_a_form_that_was_not_right(browser: Client) -> None:
    start = starts_on(browser.get(SLOTS, {"from": "2026-11-26"}))[9]
    shown = browser.post(reverse("bookings:hold"), {"start": start, "zone": "Mars/Olympus"})
    assert shown.status_code == 422
    chosen = page_of(shown).select_one("details[open] input[name=start][checked]")
    assert chosen["value"] == start
    assert "Die tijdzone kennen we niet." in words_of(shown)


# ---- no choice ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("where", ["slots", "coach", "move"])
def test_without_a_choice_the_page_says_so_itself(browser: Client, call_type: CallType, where: str) -> None:
    address = {
        "slots": lambda: SLOTS,
        "coach": lambda: reverse("bookings:coach", args=[call_type.host.slug]),
        "move": lambda: mover(browser, call_type),
    }[where]()
    form = page_of(browser.get(address)).select_one("form[data-choice]")
    assert form.has_attr("novalidate")
    fields = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    shown = browser.post(form.get("action") or address, fields)
    assert shown.status_code == 422
    page = page_of(shown)
    assert " ".join(page.title.get_text().split()).startswith("Fout: ")
    (summary,) = page.select("[role=alert][autofocus]")
    link = summary.a
    assert heard(link) == "Tijd: Kies een van de tijden."
    first = page.find(id=link["href"].removeprefix("#"))
    assert (first["name"], first["type"], first["value"]) == ("start", "radio", starts_on(shown)[0])
    assert "Kies een van de tijden." in heard(page.find(id=first["aria-describedby"]))
    assert Booking.objects.filter(status="held").count() == 0


def test_without_a_choice_nothing_else_is_lost(browser: Client, call_type: CallType) -> None:
    """Neither the days, nor the clock, nor the coach who was asked for."""
    CallTypeFactory(slug=call_type.slug, host=HostFactory(name="Noor Aydin", slug="noor"))
    asked = {"from": "2026-12-08", "zone": "Asia/Dubai", "coach": call_type.host.slug}
    before = browser.get(SLOTS, asked)
    form = page_of(before).select_one("form[data-choice]")
    fields = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    shown = browser.post(form["action"], fields)
    assert starts_on(shown) == starts_on(before)
    assert "Alle tijden: tijd in Dubai" in words_of(shown)
    page = page_of(shown)
    assert heard(page.select_one(".coach-choice [aria-current]")) == call_type.host.name
    later = page.select(".days-beside a")[-1]["href"]
    assert later == f"{SLOTS}?from=2026-12-22&zone=Asia/Dubai&coach={call_type.host.slug}#dagen"


def test_a_kind_that_is_gone_is_said_where_another_is_chosen(browser: Client, call_type: CallType) -> None:
    for slug in ("deep", "other"):
        CallTypeFactory(slug=slug, host=call_type.host, weekdays=False)
    start = starts_on(browser.get(SLOTS, {"kind": "deep"}))[0]
    shown = browser.post(reverse("bookings:hold"), {"start": start, "kind": "no-such-kind"})
    assert shown.status_code == 422
    assert "Dat soort gesprek is er niet meer. Kies een ander." in words_of(shown)
    assert page_of(shown).select(".kinds li")


# ---- from the result ------------------------------------------------------------------------------------
def test_whoever_comes_from_a_result_reads_its_key_and_finds_the_way_back(browser: Client) -> None:
    scan = CompletedScanFactory()
    page = page_of(came_from(scan, browser).get(SLOTS))
    assert heard(page.h1) == WITH_RESULT
    back = page.select_one("a.back")
    assert heard(back) == "Terug naar je uitslag"
    assert browser.get(back["href"]).headers["Location"] == reverse(
        "assessments:result", args=[scan.public_id]
    )
    with translation.override("en"):
        english = page_of(browser.get(reverse("bookings:slots")))
    assert heard(english.h1) == "Choose a time to talk about room to do it their own way."


def test_a_member_reads_the_key_of_the_newest_result(browser: Client) -> None:
    user = UserFactory()
    CompletedScanFactory(user=user, days_ago=90, sums=demo.BEFORE)
    CompletedScanFactory(user=user)
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert heard(page_of(browser.get(SLOTS)).h1) == WITH_RESULT


def test_the_thread_survives_a_hold_and_an_error(browser: Client) -> None:
    came_from(CompletedScanFactory(), browser)
    hold(browser)
    assert heard(page_of(browser.get(SLOTS)).h1) == WITH_RESULT
    assert heard(page_of(browser.post(reverse("bookings:hold"), {})).h1) == WITH_RESULT


def test_an_even_result_names_no_key_and_still_leads_back(browser: Client) -> None:
    came_from(CompletedScanFactory(sums=dict.fromkeys(demo.NOW, 9)), browser)
    page = page_of(browser.get(SLOTS))
    assert heard(page.h1) == NO_RESULT
    assert heard(page.select_one("a.back")) == "Terug naar je uitslag"


def test_a_scan_that_is_not_done_is_no_result(browser: Client) -> None:
    came_from(ScanFactory(), browser)
    page = page_of(browser.get(SLOTS))
    assert (heard(page.h1), page.select("a.back")) == (NO_RESULT, [])


@pytest.mark.usefixtures("kept_pages")
def test_nobody_reads_the_key_of_somebody_else_on_a_page_that_is_kept(browser: Client) -> None:
    own = came_from(CompletedScanFactory(), Client())
    for _again in range(2):
        assert heard(page_of(own.get(SLOTS)).h1) == WITH_RESULT
        stranger = page_of(browser.get(SLOTS))
        assert (heard(stranger.h1), stranger.select("a.back")) == (NO_RESULT, [])


# ---- what it costs --------------------------------------------------------------------------------------
def with_days(call_type: CallType, days: int) -> None:
    call_type.host.rules.all().delete()
    for weekday in range(2, 2 + days):
        AvailabilityRuleFactory(host=call_type.host, weekday=weekday, start_time="09:00", end_time="17:00")


@pytest.mark.parametrize("days", [1, 3])
def test_a_page_asks_as_often_however_many_days_it_shows(
    browser: Client, call_type: CallType, django_assert_num_queries: Any, days: int
) -> None:
    with_days(call_type, days)
    with django_assert_num_queries(4):  # the kinds of call, and three of the calendar
        shown = browser.get(SLOTS)
    assert len(page_of(shown).select("fieldset.day")) == 2 * days
    came_from(CompletedScanFactory(), browser)
    browser.get(SLOTS)  # the words of the scan are read once in a process
    with django_assert_num_queries(6):  # the result too, and which version has the words
        browser.get(SLOTS)


@pytest.mark.parametrize("days", [1, 3])
def test_moving_asks_as_often_however_many_days_it_shows(
    browser: Client, call_type: CallType, django_assert_num_queries: Any, days: int
) -> None:
    address = mover(browser, call_type)
    with_days(call_type, days)
    with django_assert_num_queries(6):  # session, call and its guests, and three of the calendar
        shown = browser.get(address)
    assert len(page_of(shown).select("fieldset.day")) == 2 * days


@pytest.mark.usefixtures("kept_pages")
def test_a_page_that_is_there_costs_whoever_has_a_result_that_query_alone(
    browser: Client, django_assert_num_queries: Any
) -> None:
    came_from(CompletedScanFactory(), browser)
    browser.get(SLOTS)
    with django_assert_num_queries(1):
        browser.get(SLOTS)
