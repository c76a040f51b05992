"""The links for the coach's own site: five that live everywhere, in every form in which a site takes them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from assessments import own_site
from assessments.models import Instrument
from assessments.own_site import Piece
from portal.accounts.staff import ensure_practice_group
from tests.assessments.demo import instrument
from tests.bookings.admin.conftest import browser_of
from tests.factories.assessments import InstrumentFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE, QR = "admin:assessments_own_site", "admin:assessments_own_site_qr"
ODD = "a<b>&\"'[x](http://kwaad.nl) *y* `z` | ~"


@pytest.fixture
def coach() -> Client:
    InstrumentFactory()
    ensure_practice_group()
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="practice"))
    return browser_of(user)


def soup(browser: Client, **query: str) -> BeautifulSoup:
    response = browser.get(reverse(PAGE), query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def text_of(page: BeautifulSoup, name: str) -> str:
    return page.find(id=f"own-{name}").text.lstrip("\n")


@pytest.mark.parametrize(("language", "path"), [("nl", "/begin/"), ("en", "/en/begin/")])
def test_text_html_and_markdown_hold_the_heading_the_statement_and_five_links_that_work(
    coach: Client, visitor: Client, language: str, path: str
) -> None:
    page = soup(coach, language=language, van="blog")
    there = instrument(language)
    for name in ("text", "html", "markdown"):
        said = BeautifulSoup(text_of(page, name), "html.parser")
        assert there.items[0].text in said.text.replace("\\", "")
        assert there.time_frame in said.text.replace("\\", "")
        links = [link["href"] for link in said.find_all("a")] or re.findall(r"https?://[^\s)]+", said.text)
        assert len(links) == 5
        for option, link in zip(there.options, links, strict=True):
            assert link.startswith(f"{settings.SITE_URL}{path}?")
            assert parse_qs(urlsplit(link).query) == {"a": [str(option.value)], "van": ["blog"]}
            shown = BeautifulSoup(visitor.get(f"{path}?{urlsplit(link).query}").content, "html.parser")
            assert [field["value"] for field in shown.select("#scan input:checked")] == [str(option.value)]
    look = page.select_one(".own-site-look")
    assert [link.text for link in look.select("a")] == [option.label for option in there.options]


def test_no_form_frame_or_script_is_in_what_a_site_is_given(coach: Client) -> None:
    page = BeautifulSoup(text_of(soup(coach), "html"), "html.parser")
    assert {tag.name for tag in page.find_all(True)} == {"div", "h2", "p", "strong", "a"}
    assert "\n\n" not in str(page)  # of which a site makes paragraphs


@pytest.mark.parametrize("van", [ODD, "x" * 10_000, "\0\u202e\n", "", "é ü", "<script>alert(1)</script>"])
def test_any_word_is_cleaned_shortened_and_escaped(coach: Client, van: str) -> None:
    page = soup(coach, van=van)
    word = page.find(id="own-van")["value"]
    assert 1 <= len(word) <= 100
    assert page.select(".own-site script, .own-site b") == []
    for name in ("text", "html", "markdown"):
        said = text_of(page, name)
        links = BeautifulSoup(said, "html.parser").find_all("a") or re.findall(r"https?://[^\s)]+", said)
        queries = [urlsplit(link if isinstance(link, str) else link["href"]).query for link in links]
        assert len(queries) == 5
        assert {parse_qs(query)["van"][0] for query in queries} == {word}
        assert "<script" not in said
    assert coach.get(reverse(QR), {"van": van}).status_code == 200


def test_words_with_signs_of_html_and_markdown_stay_words() -> None:
    piece = Piece(ODD, ODD, ODD, ((ODD, "https://x.nl/?a=1&van=b"),) * 5)
    page = BeautifulSoup(piece.html, "html.parser")
    assert page.h2.text == page.strong.text == page.a.text == ODD
    assert page.a["href"] == "https://x.nl/?a=1&van=b"
    plain = re.sub(r"\\[^\w\s]", "", piece.markdown)  # what is left once the marked signs are out
    assert not re.search(r"[<>`~|]|\[x|\*y", plain)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_qr_code_is_an_svg_of_the_page_without_an_answer(coach: Client, language: str) -> None:
    response = coach.get(reverse(QR), {"language": language, "van": "poster"})
    assert response.headers["Content-Type"] == "image/svg+xml"
    root = ElementTree.fromstring(response.content)
    assert root.tag.endswith("svg")
    assert response.content == own_site.qr_code(own_site.address(language, {"van": "poster"}))
    assert b"script" not in response.content
    assert (
        soup(coach, language=language, van="poster")
        .select_one("img.own-site-qr")["src"]
        .startswith(reverse(QR))
    )


def test_it_stands_in_the_menu_once_and_marks_itself_alone(coach: Client) -> None:
    menu = soup(coach).select_one(".admin-menu")
    (link,) = (link for link in menu.select("a") if link.text.strip() == "Op je eigen site")
    assert link["href"] == reverse(PAGE)
    assert [one.text.strip() for one in menu.select("[aria-current]")] == ["Op je eigen site"]
    elsewhere = BeautifulSoup(
        coach.get(reverse("admin:assessments_instrument_changelist")).content, "html.parser"
    )
    assert "Op je eigen site" not in [one.text.strip() for one in elsewhere.select("[aria-current]")]


@pytest.mark.parametrize("name", [PAGE, QR])
def test_it_is_for_whoever_runs_the_portal(name: str, visitor: Client) -> None:
    assert visitor.get(reverse(name)).status_code == 302
    stranger = browser_of(UserFactory(is_staff=True))
    assert stranger.get(reverse(name)).status_code == 403
    assert stranger.post(reverse(name)).status_code in {403, 405}


def test_before_a_questionnaire_is_loaded_there_is_no_page(coach: Client) -> None:
    Instrument.objects.all().delete()
    assert coach.get(reverse(PAGE)).status_code == 404


def test_every_text_can_be_selected_and_named_without_a_script(coach: Client) -> None:
    page = soup(coach)
    for field in page.select("textarea"):
        assert field.has_attr("readonly")
        assert page.find("label", attrs={"for": field["id"]})
    assert all(button.has_attr("hidden") for button in page.select("[data-copy]"))


def test_it_costs_as_many_queries_whatever_is_asked(coach: Client, django_assert_num_queries: Any) -> None:
    for query in ({}, {"language": "en"}):  # the questionnaire is parsed once
        soup(coach, **query)
    for query in ({}, {"language": "en", "van": "blog"}):
        with django_assert_num_queries(5):
            soup(coach, **query)
