"""What the coach reads of it, and takes along."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.urls import reverse

from assessments.numbers import files, pages
from assessments.numbers.models import Figures
from portal.accounts import staff
from portal.accounts.models import User
from tests.assessments import demo
from tests.assessments.numbers.rows import figures_of
from tests.bookings.admin.conftest import browser_of
from tests.factories.assessments import InstrumentFactory
from tests.factories.numbers import FEW, FiguresFactory, leaders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PAGE = reverse("admin:numbers_figures_changelist")


@pytest.fixture
def practice(clock: Any) -> Client:
    user = User.objects.create_user("jet@voorbeeld.nl", is_staff=True)
    user.groups.add(staff.ensure_practice_group())
    return browser_of(user)


def look(browser: Client, query: str = "") -> Tag:
    response = browser.get(PAGE + query)
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser").select_one("#content")
    assert page is not None
    return page


def words(tag: Tag | None) -> str:
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


def table(page: Tag, name: str) -> dict[str, list[str]]:
    """The cells of the section with that id, by the first of each row."""
    rows = page.select(f"section[aria-labelledby={name}] tbody tr")
    return {words(row.th): [words(cell) for cell in row.select("td")] for row in rows}


def fact(page: Tag, name: str) -> str:
    return next(cells[0] for words, cells in table(page, "glance").items() if words.startswith(name))


# ---- what it says -------------------------------------------------------------------------------------
def test_three_scans_say_how_many_there_are_and_nothing_of_answers(practice: Client):
    figures_of(leaders(3))
    page = look(practice)
    assert fact(page, "Afgemaakte scans") == "3"
    assert "Nog 27 scans, en de uitspraken en sleutels staan hier." in words(page)
    assert not page.select("section[aria-labelledby=keys], section[aria-labelledby=items]")
    assert [link["href"].rpartition("/")[2] for link in page.select("section[aria-labelledby=files] a")] == [
        "codebook.csv"
    ]


def test_forty_scans_are_provisional_and_have_all_tables(practice: Client):
    figures_of(leaders(40))
    page = look(practice)
    assert "Dit is allemaal voorlopig." in words(page)
    keys = table(page, "keys")
    assert len(keys) == 11
    assert all(cells[0] == "40 voorlopig" for cells in keys.values())
    assert all("tot" in cells[5] for name, cells in keys.items() if name != "Totaalscore")
    assert len(table(page, "items")) == 30
    assert len(page.select("svg.numbers-beam")) == 10


def test_who_stops_where_adds_up_on_the_page(practice: Client):
    FiguresFactory(content={**FEW, "reached": {"line": [40, 33, 33, 20, 20, 20, 12], "open": 3}})
    rows = table(look(practice), "stops")
    assert rows["Begon: pagina 1"] == ["40", "7 18 %"]
    assert rows["Pagina 2"] == ["33", "13 39 % tot en met ‘Pagina 3’"]
    assert rows["Maakte de scan af"] == ["12", "–"]
    page = words(look(practice))
    assert "40 begonnen = 28 gestopt + 12 af" in page
    assert "een tot vier" in page


def test_what_results_are_worked_out_with_stands_beside_what_is_measured(practice: Client):
    figures_of(leaders(60))
    page = look(practice)
    rows = [words(row) for row in page.select("section[aria-labelledby=norms] tbody tr")]
    assert len(rows) == 5
    assert rows[0].split(" 20,0 ")[1].endswith("60 voorlopig")
    assert rows[4].endswith("0 nog niet")
    assert "veranderen niet vanzelf" in words(page)


def test_a_language_that_may_not_stand_apart_shows_all_together_and_says_why(practice: Client):
    figures_of(leaders(40))
    page = look(practice, "?language=en")
    assert "Een taal staat apart zodra beide 30 scans hebben" in words(page)
    assert fact(page, "Bruikbare scans") == "40"


def test_a_language_apart_has_its_own_figures(practice: Client):
    figures_of(leaders(72), languages=("", "nl", "en"), language=[place % 2 for place in range(72)])
    assert fact(look(practice, "?language=en&version=1.1"), "Bruikbare scans") == "36"


@pytest.mark.parametrize("query", ["?version=9.9", "?version=%00", "?language=de", "?version=" + "1" * 500])
def test_what_is_not_known_leads_to_the_newest_and_says_so(practice: Client, query: str):
    FiguresFactory()
    assert "Die versie of taal kennen we niet." in words(look(practice, query))


def test_before_anything_was_worked_out_the_page_says_what_to_do(practice: Client):
    InstrumentFactory()
    assert "Er is nog niets uitgerekend." in words(look(practice))
    assert practice.get(reverse("admin:numbers_figures_codebook", args=["1.1"])).status_code == 404


def test_without_any_version_the_page_opens_too(practice: Client):
    assert "Er is nog niets uitgerekend." in words(look(practice))


@pytest.mark.parametrize("versions", [["1.1"], ["1.1", "1.0", "1.2"]])
def test_the_page_takes_as_many_queries_for_one_version_as_for_three(
    practice: Client, django_assert_num_queries: Any, versions: list[str]
):
    for version in versions:
        for language in ("", "nl", "en"):
            FiguresFactory(instrument=InstrumentFactory(version=version), language=language)
    look(practice)
    with django_assert_num_queries(6):
        look(practice)


# ---- who may, and what a press does -------------------------------------------------------------------
def test_work_it_out_now_asks_a_worker_once_and_leads_back(practice: Client, monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    monkeypatch.setattr(pages, "wake", asked.append)
    FiguresFactory()
    path = reverse("admin:numbers_figures_work_out")
    assert practice.get(path).status_code == 405
    response = practice.post(f"{path}?version=1.1&language=nl")
    assert (response.status_code, response["Location"]) == (302, f"{PAGE}?version=1.1&language=nl")
    assert asked == ["assessments.work_out_numbers"]
    assert "Het wordt uitgerekend." in practice.get(PAGE).content.decode()


def test_a_coach_who_does_not_run_the_practice_sees_none_of_it(clock: Any):
    user = User.objects.create_user("bram@voorbeeld.nl", is_staff=True)
    user.groups.add(staff.ensure_coach_group())
    figures = FiguresFactory()
    browser = browser_of(user)
    assert browser.get(PAGE).status_code == 403
    assert browser.post(reverse("admin:numbers_figures_work_out")).status_code == 403
    for name in ("answers", "covariances", "codebook"):
        path = reverse(f"admin:numbers_figures_{name}", args=[figures.instrument.version])
        assert browser.get(path).status_code == 403


# ---- files --------------------------------------------------------------------------------------------
def rows_of(browser: Client, name: str) -> list[list[str]]:
    response = browser.get(reverse(f"admin:numbers_figures_{name}", args=["1.1"]))
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def test_answers_are_counted_key_by_key_and_no_line_is_a_person(practice: Client):
    figures_of(leaders(200, gaps=0.02))
    heading, *rows = rows_of(practice, "answers")
    assert heading[-1] == "scans"
    for key in demo.instrument().keys:
        own = [row for row in rows if row[0] == key.slug]
        assert sum(int(row[-1]) for row in own) == 200
        assert all(int(row[-1]) >= 5 for row in own if row[4] != "other")
    allowed = {"", "other", "1", "2", "3", "4", "5"}
    assert {cell for row in rows for cell in row[4:7]} <= allowed


def test_covariances_of_the_file_give_the_alpha_of_the_page(practice: Client):
    figures_of(leaders(200))
    heading, *rows = rows_of(practice, "covariances")
    assert heading[3:] == [row[0] for row in rows]
    block = [[float(cell) for cell in row[3:6]] for row in rows[:3]]
    total = sum(map(sum, block))
    alpha = 1.5 * (1 - sum(block[place][place] for place in range(3)) / total)
    key = demo.instrument().keys[0].slug
    assert alpha == pytest.approx(Figures.objects.get(language="").content["keys"][key]["alpha"], abs=2e-3)


def test_the_codebook_has_every_statement_in_both_languages_and_the_checksum(practice: Client):
    figures = FiguresFactory()
    rows = rows_of(practice, "codebook")
    items = [row for row in rows if row[0] == "item"]
    assert [row[1] for row in items] == [item.id for item in demo.instrument().items]
    assert all(row[6] and row[7] and row[6] != row[7] for row in items)
    assert sum(row[5] == "yes" for row in items) == 10
    assert ["version", "sha256", "", "", "", "", *[figures.instrument.checksum] * 2] in rows


def test_a_codebook_says_the_rules_by_which_the_program_scores():
    assert files.scoring_rules()["reversed"] == "6 - answer"


@pytest.mark.parametrize("version", ["9.9", "1..1", "0"])
def test_a_file_of_a_version_that_is_not_there_is_not_found(practice: Client, version: str):
    path = reverse("admin:numbers_figures_answers", args=["1.1"]).replace("1.1", version)
    assert practice.get(path).status_code == 404
