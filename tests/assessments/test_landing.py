"""What the landing page has to say, and in which place."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from assessments import summary
from tests.factories.assessments import InstrumentFactory

pytestmark = pytest.mark.django_db
TURN = {
    "/": "Wat jij in je team mist, mist je team vaak in jou.",
    "/en/": "What you miss in your team is often what your team misses in you.",
}


@pytest.fixture
def browser(visitor: Client) -> Client:
    InstrumentFactory()
    return visitor


def landing(browser: Client, path: str = "/") -> BeautifulSoup:
    return BeautifulSoup(browser.get(path).content, "html.parser")


def flat(element) -> str:
    return " ".join(element.get_text(" ").split())


@pytest.mark.parametrize(
    ("path", "opening"),
    [
        ("/", "Vertrouwen is hard. In zeven minuten weet je waar je begint."),
        ("/en/", "Trust isn’t soft. In seven minutes you know where to start."),
    ],
)
def test_the_opening_is_the_title_the_heading_and_what_is_shared(browser, path, opening):
    page = landing(browser, path)
    assert flat(page.h1) == opening
    assert flat(page.title).split(" | ")[0] == opening
    assert page.find("meta", property="og:title")["content"] == opening


@pytest.mark.parametrize("path", TURN)
def test_the_turn_stands_in_the_lead_and_only_there(browser, path):
    page = landing(browser, path)
    assert TURN[path] in flat(page.select_one(".hero .lead"))
    assert flat(page.main).count(TURN[path]) == 1


def test_the_ten_keys_come_with_the_promise_of_the_mirror(browser):
    assert "Waar staat je team al stevig op, en waar zakt het weg?" in flat(
        landing(browser).select_one("#sleutels")
    )


def test_the_page_ends_with_a_call_to_stand_up_first_and_the_way_to_the_call(browser):
    coach = landing(browser).select_one("main section:last-of-type")
    assert coach["id"] == "coach"
    assert "Wil je dat je team een stap naar voren doet? Zet de eerste zelf." in flat(coach)
    link = coach.select("a.go-link")[-1]
    assert flat(link).startswith("Plan een impactcall met ")
    assert link["href"] == "/impactcall/"


@pytest.mark.parametrize("minutes", [30, 45])
def test_the_call_is_as_long_as_the_coach_set_it_free_and_without_a_pitch(browser, monkeypatch, minutes):
    monkeypatch.setattr(summary, "_call_facts", [lambda: summary.CallFacts(minutes, lambda: None)])
    page = landing(browser)
    call = page.select_one("#h-call")
    assert flat(call) == f"Een impactcall: {minutes} minuten, gratis, over jouw sleutels."
    assert flat(call.find_next_sibling()) == "Geen verkooppraatje."
    assert f"Plan dan een impactcall van {minutes} minuten. Alleen als jij dat wilt." in flat(page.main)


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_every_question_names_what_it_is_about_also_where_it_stands_alone(browser, path):
    shown = [flat(summary) for summary in landing(browser, path).select(".faq summary")]
    assert len(shown) == 5
    for question in shown[:4]:
        assert "vertrouwen" in question.lower() if path == "/" else "trust" in question.lower()


@pytest.mark.parametrize("portrait", ["", "/portret.avif"])
def test_the_coach_has_a_portrait_or_nothing_in_its_place(
    browser: Client, settings: Any, monkeypatch: Any, portrait: str
) -> None:
    monkeypatch.setattr(summary, "_call_facts", [lambda: summary.CallFacts(30, lambda: None)])
    settings.PRACTICE = {**settings.PRACTICE, "portrait": portrait}
    coach = landing(browser).find(id="coach")
    assert [image["src"] for image in coach.select("img")] == [portrait] * bool(portrait)
    assert "portret" not in flat(coach)
    assert [flat(part) for part in coach.select(".chain li b")] == ["5 min", "15 min", "10 min"]


def test_the_names_in_the_example_lead_to_the_keys(browser: Client) -> None:
    links = landing(browser).select("table.schedule th a")
    assert {(flat(link), link["href"]) for link in links} >= {
        ("Uit handen geven", "/sleutels/uit-handen-geven/"),
        ("Benoemen wat er speelt", "/sleutels/benoemen-wat-er-speelt/"),
    }
    assert len(links) == 10
