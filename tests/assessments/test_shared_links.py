"""What search engines and shared links show of the public pages: a picture of ours, words, and data."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from django.utils import translation

from assessments.key_pages import key_page, slugs
from assessments.management.commands import draw_share_cards
from portal.practice.facts import practice
from tests.assessments import walk
from tests.factories.assessments import InstrumentFactory

pytestmark = pytest.mark.django_db
SITE = {"nl": ("/", "/sleutels/"), "en": ("/en/", "/en/keys/")}
KEYS = {"nl": "/sleutels/", "en": "/en/keys/"}
CALL = {"nl": "/impactcall/", "en": "/en/impact-call/"}
PAGES = [
    *((path, language, "call") for language, path in CALL.items()),
    *((path, language, "site") for language, paths in SITE.items() for path in paths),
    *((f"{KEYS[code]}{key_page(slug, code).address}/", code, slug) for code in KEYS for slug in slugs()),
]


@pytest.fixture(autouse=True)
def _instrument() -> None:
    InstrumentFactory()


def soup(path: str) -> BeautifulSoup:
    return BeautifulSoup(Client().get(path).content, "html.parser")


def head_of(page: BeautifulSoup) -> dict[str, str]:
    named = page.head.find_all("meta", content=True)
    return {str(meta.get("property") or meta.get("name")): meta["content"] for meta in named}


def data_of(page: BeautifulSoup) -> list[dict[str, Any]]:
    return [json.loads(script.text) for script in page.find_all("script", type="application/ld+json")]


@pytest.mark.parametrize(("path", "language", "card"), PAGES)
def test_a_shared_link_has_a_picture_of_its_page_in_its_language_with_size_and_words(
    path: str, language: str, card: str
) -> None:
    page = soup(path)
    head = head_of(page)
    assert head["og:image"].startswith(f"{settings.SITE_URL}/static/assessments/cards/{card}-{language}.")
    file = draw_share_cards.FOLDER / f"{card}-{language}.png"
    size = struct.unpack(">II", file.read_bytes()[16:24])
    assert (head["og:image:width"], head["og:image:height"]) == ("1200", "630") == tuple(map(str, size))
    assert 40 <= len(head["og:image:alt"]) <= 200
    if card not in ("site", "call"):
        assert head["og:image:alt"].endswith(f": {page.h1.text.strip()}.")
    assert head["twitter:card"] == "summary_large_image"
    assert head["og:description"] == head["description"] != ""
    assert page.head.find_all("meta", attrs={"name": "description"}) != []
    assert len(page.head.find_all("meta", attrs={"name": "description"})) == 1


def test_every_picture_is_drawn_from_the_words_of_now() -> None:
    """`make manage ARGS=draw_share_cards` draws those of which the words changed."""
    drawn = json.loads(draw_share_cards.DRAWN.read_text())
    assert drawn == {name: draw_share_cards.digest(svg) for name, svg in draw_share_cards.cards().items()}
    files = {path.stem for path in draw_share_cards.FOLDER.glob("*.png")}
    assert files == set(drawn)
    assert len(files) == 24


def test_the_words_of_a_picture_stop_above_the_arch() -> None:
    for name, svg in draw_share_cards.cards().items():
        lowest = max(
            float(text["y"]) for text in BeautifulSoup(svg, "html.parser").select(".headline, .about")
        )
        assert lowest <= 262, name


def test_no_picture_names_the_practice_or_a_score() -> None:
    for svg in draw_share_cards.cards().values():
        assert not [name for name in ("name", "practice_name", "coach_name") if practice()[name] in svg]
        assert "member-score" not in svg


def test_a_result_has_no_picture_for_whoever_it_is_sent_to(visitor: Client) -> None:
    scan = walk.walk(visitor)
    page = BeautifulSoup(visitor.get(f"/uitslag/{scan.public_id}/").content, "html.parser")
    assert not [name for name in head_of(page) if name.startswith(("og:", "twitter:"))]
    assert data_of(page) == []


@pytest.mark.parametrize("path", ["/", "/en/", "/sleutels/", "/en/keys/", "/privacy/", "/impactcall/"])
def test_whoever_reads_another_language_is_led_to_the_dutch_page(path: str) -> None:
    links = {link["hreflang"]: link["href"] for link in soup(path).select("link[hreflang]")}
    assert set(links) == {"x-default", "nl", "en"}
    assert links["x-default"] == links["nl"]


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_the_start_page_is_of_a_practice_and_asks_no_questions_as_data(path: str) -> None:
    (data,) = data_of(soup(path))
    site = practice()
    assert data["@type"] == "ProfessionalService"
    assert (data["name"], data["telephone"], data["email"]) == (
        site["practice_name"],
        site["phone"],
        site["email"],
    )
    assert data["image"].startswith(f"{settings.SITE_URL}/static/assessments/cards/site-")


@pytest.fixture
def _odd_practice(settings: Any) -> None:
    odd = {"practice_name": 'Jansen & "Zn" </script><b>', "coach_name": "O'Neill\\"}
    settings.PRACTICE = {**settings.PRACTICE, **odd}


@pytest.mark.usefixtures("_odd_practice")
@pytest.mark.parametrize("path", ["/", "/sleutels/uit-handen-geven/"])
def test_a_practice_with_odd_signs_in_its_name_stays_data(path: str) -> None:
    (data,) = data_of(soup(path))
    assert (data.get("publisher") or data)["name"] == 'Jansen & "Zn" </script><b>'


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_of_a_key_is_an_article(language: str) -> None:
    with translation.override(language):
        path = f"{KEYS[language]}{key_page('letting-go', language).address}/"
    page = soup(path)
    (data,) = data_of(page)
    assert (data["@type"], data["headline"], data["inLanguage"]) == (
        "Article",
        page.h1.text.strip(),
        language,
    )
    assert data["url"] == page.find("link", rel="canonical")["href"]
    assert data["description"] == head_of(page)["og:description"]


# ---- the call, in the word itself ----------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/", "/sleutels/uit-handen-geven/"])
def test_a_public_page_asks_once_to_plan_an_impact_call_free_and_without_a_pitch(path: str) -> None:
    main = soup(path).main
    links = [link for link in main.select("a[href='/impactcall/']") if "Plan een impactcall" in link.text]
    assert len(links) == 1
    assert main.select(".cta") == []
    if path != "/":
        assert "ratis" in main.text
        assert "Geen verkooppraatje." in main.text
