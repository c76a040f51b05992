"""The page on which the coach sees how far people come."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from assessments.steps import BEGUN, COMPLETED, KEPT
from portal.accounts import staff
from portal.accounts.models import User
from portal.leads.funnel.models import Source, Tally
from tests.bookings.admin.conftest import browser_of
from tests.factories.funnel import count

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:funnel_tally_changelist")
OCTOBER, NOVEMBER = datetime(2026, 10, 14, 12, tzinfo=UTC), datetime(2026, 11, 5, 12, tzinfo=UTC)
BOOKED, HELD = 20, 21
SOME = {1: 12, 2: 5, 3: 6, 6: 7, COMPLETED: 9, KEPT: 8, BOOKED: 6, HELD: 5}


@pytest.fixture
def coach(clock: Any) -> Client:
    user = User.objects.create_user("jet@voorbeeld.nl", is_staff=True)
    user.groups.add(staff.ensure_practice_group())
    return browser_of(user)


def look(coach: Client, query: str = "") -> Tag:
    response = coach.get(PAGE + query)
    assert response.status_code == 200
    found = BeautifulSoup(response.content, "html.parser").select_one("#content")
    assert found is not None
    return found


def words(tag: Tag | None) -> str:
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


def table(page: Tag, heading: str) -> dict[str, list[str]]:
    """The cells of the block below that heading, by the first of each row."""
    section = next(part for part in page.select("section") if words(part.h2) == heading)
    rows = section.select("tbody tr")
    return {words(row.th): [words(cell) for cell in row.select("td")] for row in rows}


# ---- what it says --------------------------------------------------------------------------------------
def test_a_month_stands_there_step_by_step_and_adds_up(coach: Client) -> None:
    count(OCTOBER, SOME)
    page = look(coach, "?month=2026-10")
    rows = table(page, "Oktober 2026")
    assert rows["Begon: pagina 1"] == ["58 100 %", "12 21 %"]
    assert rows["Pagina 2"] == ["46 79 %", "5 11 %"]
    assert rows["Pagina 3"][0] == "41 71 %"
    assert rows["Pagina 4"] == ["35 60 %", "7 20 % tot en met ‘Pagina 6’"]
    assert rows["Pagina 5"] == rows["Pagina 6"] == ["niet getoond", ""]  # nobody stopped on 4 and 5
    assert rows["Maakte de scan af"][0] == "28 48 %"
    assert rows["Het gesprek ging door"] == ["5 9 %", "–"]
    assert "58 begonnen = 30 gestopt + 28 af" in words(page)


def test_who_stopped_finished_and_still_has_time_are_all_who_began(coach: Client, clock: Any) -> None:
    count(OCTOBER + timedelta(days=30), {1: 20, COMPLETED: 15})  # 13 November
    count(datetime(2026, 11, 22, 12, tzinfo=UTC), {2: 4, COMPLETED: 3})  # yesterday
    page = look(coach, "?month=2026-11")
    assert table(page, "November 2026")["Begon, met gisteren en vandaag"] == ["42 100 %", "7 17 %"]
    assert "42 begonnen = 20 gestopt + 15 af + 7 hebben nog tijd" in words(page)
    clock.shift(timedelta(days=2))
    later = look(browser_of(User.objects.get(email="jet@voorbeeld.nl")))
    assert table(later, "November 2026")["Begon, met gisteren en vandaag"] == [
        "42 100 %",
        "24 57 % tot en met ‘Pagina 6’",
    ]


def test_drawing_and_table_have_the_same_numbers(coach: Client) -> None:
    count(OCTOBER, SOME)
    page = look(coach, "?month=2026-10")
    rows = table(page, "Oktober 2026").items()
    shown = {name: cells[0].split()[0] for name, cells in rows if cells[0] != "niet getoond"}
    drawn = dict(zip(
        [words(text) for text in page.select(".funnel-words")],
        [words(text) for text in page.select(".funnel-count")],
        strict=True,
    ))  # fmt: skip
    assert drawn == shown
    assert page.select_one("svg[role=img]")["aria-label"].startswith("Tekening: hoeveel mensen")
    widths = [float(beam["width"].removesuffix("%")) for beam in page.select(".funnel-beam")]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] == 100


def test_with_nothing_counted_it_says_what_to_do(coach: Client) -> None:
    page = look(coach)
    assert "minder dan 5 mensen" in words(page)
    assert "Op je eigen site" in words(page)
    assert page.select("svg.funnel-drawing, table") == []


@pytest.mark.parametrize(("people", "is_shown"), [(4, False), (5, True)])
def test_a_month_with_four_is_not_shown_and_one_with_five_is(
    coach: Client, people: int, is_shown: bool
) -> None:
    count(OCTOBER, {1: people})
    page = look(coach, "?month=2026-10")
    assert bool(page.select("svg.funnel-drawing")) == is_shown
    row = table(page, "De maanden van 2026")["Oktober 2026"]
    assert row[0] == ("5" if is_shown else "niet getoond")
    assert row[1:] == ["niet getoond"] * 3


# ---- in parts ------------------------------------------------------------------------------------------
def test_by_source_the_small_ones_are_together_and_all_are_the_whole(coach: Client) -> None:
    count(OCTOBER, {1: 10, COMPLETED: 10}, came_from={"van": "blog"})
    count(OCTOBER, {1: 6, COMPLETED: 7}, came_from={"referrer": "https://www.linkedin.com"})
    for number in range(3):
        count(OCTOBER, {1: 2, COMPLETED: 2}, came_from={"van": f"minuscuul {number}"})
    page = look(coach, "?month=2026-10&by=source")
    began = {words(part.h2): int(words(part.tbody.td).split()[0]) for part in page.select(".funnel-part")}
    assert began == {"Blog": 20, "Linkedin.com": 13, "Overig": 12}
    assert table(page, "Oktober 2026")["Begon: pagina 1"][0] == "45 100 %"
    assert "minuscuul" not in words(page)


def test_of_two_languages_a_small_one_hides_both(coach: Client) -> None:
    count(OCTOBER, {1: 10}, language="nl")
    count(OCTOBER, {1: 4}, language="en")
    page = look(coach, "?month=2026-10&by=language")
    assert page.select(".funnel-part") == []
    assert "te weinig" in words(page)
    count(OCTOBER, {1: 1}, language="en")
    page = look(coach, "?month=2026-10&by=language")
    assert [words(part.h2) for part in page.select(".funnel-part")] == ["Nederlands", "Engels"]


def test_a_source_that_somebody_typed_is_shown_as_text(coach: Client) -> None:
    count(OCTOBER, {1: 9}, came_from={"van": "<img src=x onerror=alert(1)>"})
    count(OCTOBER, {1: 9}, came_from={"van": "blog"})
    response = coach.get(f"{PAGE}?month=2026-10&by=source")
    assert b"&lt;img src=x" in response.content
    assert b"<img src=x" not in response.content


def chosen_month(page: Tag) -> str:
    return str(page.select_one("#id_month option[selected]")["value"])


# ---- choosing ------------------------------------------------------------------------------------------
def test_links_keep_the_month_and_the_way_to_split(coach: Client) -> None:
    count(OCTOBER, {1: 9}, language="nl")
    count(NOVEMBER, {1: 9}, language="nl")
    page = look(coach, "?month=2026-10&by=language")
    assert page.select_one("#id_by option[selected]")["value"] == "language"
    assert chosen_month(page) == "2026-10"
    links = [link["href"] for link in page.select("section th a")]
    assert links == ["?month=2026-11&by=language", "?month=2026-10&by=language"]
    assert page.select_one("section th a[aria-current]")["href"] == links[1]


def test_without_a_choice_it_opens_at_the_newest_month_that_has_something(coach: Client) -> None:
    count(OCTOBER, {1: 9})
    count(NOVEMBER, {1: 2})
    assert chosen_month(look(coach)) == "2026-10"
    assert chosen_month(look(coach, "?month=2026-11")) == "2026-11"


@pytest.mark.parametrize("query", [
    "?month=x", "?month=2026-13", "?month=0000-01", "?month=9999-12", "?month=1899-01", "?by=person", "?by=%00",
    "?month=2026-10&by=<script>", "?month[]=1", "?month=" + "9" * 5000,
])  # fmt: skip
def test_what_cannot_be_asked_gets_a_sentence(coach: Client, query: str) -> None:
    count(OCTOBER, {1: 9})
    page = look(coach, query)
    if "[]" not in query and "%00" not in query:
        assert "kennen we niet" in words(page.select_one(".warning-line"))


def test_it_asks_as_often_for_one_month_as_for_three(coach: Client, django_assert_num_queries: Any) -> None:
    for months in (1, 3):
        for number in range(months):
            for name in ("blog", "site"):
                count(NOVEMBER - timedelta(days=31 * number), SOME, came_from={"van": name})
        coach.get(PAGE)
        with django_assert_num_queries(8):
            coach.get(f"{PAGE}?month=2026-11&by=source")


# ---- who may, and what it does not do ------------------------------------------------------------------
def test_a_look_writes_nothing(coach: Client) -> None:
    count(OCTOBER, SOME, came_from={"van": "blog"})
    before = [*Tally.objects.order_by("pk").values(), *Source.objects.values()]
    for query in ("", "?by=source", "?month=2026-10&by=language"):
        coach.get(PAGE + query)
    assert [*Tally.objects.order_by("pk").values(), *Source.objects.values()] == before
    assert coach.post(PAGE).status_code == 405


def test_who_may_not_see_it_does_not(coach: Client) -> None:
    Group.objects.get(name=staff.PRACTICE).permissions.filter(codename="view_tally").delete()
    assert coach.get(PAGE).status_code == 403
    assert not re.search("Hoever mensen komen", coach.get(reverse("admin:index")).content.decode())


def test_it_stands_in_the_menu(coach: Client) -> None:
    menu = BeautifulSoup(coach.get(reverse("admin:index")).content, "html.parser")
    (link,) = menu.select(f".admin-menu a[href='{PAGE}']")
    assert words(link) == "Hoever mensen komen"


def test_no_number_has_a_page_of_its_own(coach: Client) -> None:
    count(OCTOBER, {BEGUN: 1})
    path = reverse("admin:funnel_tally_change", args=[Tally.objects.get(by="").pk])
    assert coach.get(path).status_code == 302
