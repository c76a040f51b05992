"""A leader's own bridge: each diagonal as thick as its score; and the picture of it, for its owner alone."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from django.core import signing
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessments import bridge, cookies, picture, result, words
from assessments.models import Scan
from assessments.scoring import score
from tests.assessments.demo import NOW, answers, instrument
from tests.factories.assessments import CompletedScanFactory, UserFactory


def members(sums: dict[str, int] = NOW, unanswered: tuple[str, ...] = ()) -> tuple[bridge.Member, ...]:
    given = answers(sums) | dict.fromkeys(unanswered)
    return bridge.members(result.build(instrument(), score(instrument(), given)).rows)


def soup(template: str, **context: object) -> BeautifulSoup:
    return BeautifulSoup(render_to_string(template, context), "html.parser")


@pytest.fixture(autouse=True)
def _dutch() -> Iterator[None]:
    with translation.override("nl"):
        yield


# ---- the drawing --------------------------------------------------------------------------------------
def test_a_diagonal_is_as_thick_as_its_score() -> None:
    assert [(each.key.slug, each.shown, round(each.thickness, 1)) for each in members()[:4]] == [
        ("naming", 67, 12.7),
        ("letting-go", 25, 6.0),
        ("steady", 58, 11.3),
        ("clear", 83, 15.3),
    ]
    drawing = soup("drawings/bridge.html", members=members(), own=True, figures=True)
    assert [path["stroke-width"] for path in drawing.select(".member, .weakest-member")[:2]] == [
        "12.7",
        "6.0",
    ]
    assert [text.text for text in drawing.select(".member-score")][:2] == ["67", "25"]


def test_the_weakest_is_marked_and_a_key_without_a_score_is_drawn_as_missing() -> None:
    own = members(unanswered=("open_1", "open_2"))
    assert [each.kind for each in own].count("weakest-member") == 1
    assert own[1].kind == "weakest-member"
    assert (own[7].kind, own[7].thickness) == ("missing-member", None)


def test_ten_diagonals_stand_in_ten_panels_and_lean_to_the_middle() -> None:
    own = members()
    assert [each.middle for each in own] == list(range(78, 1078, 100))
    assert [own[4].path, own[5].path] == ["M428 52.5L528 206", "M628 52.5L528 206"]


def test_the_bridge_that_explains_has_diagonals_of_one_thickness() -> None:
    keys = instrument().keys
    drawing = soup("drawings/bridge.html", members=bridge.plain_members(keys, keys[1]), weakest=keys[1])
    assert len(drawing.select(".member")) == 9
    assert not drawing.select("[stroke-width]")
    assert not drawing.select(".member-score, .missing-member")


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Benoemen wat er speelt", ("Benoemen", "wat er speelt")),
        ("Uit handen geven", ("Uit handen", "geven")),
        ("Cards on the table", ("Cards", "on the table")),
        ("Lef belonen", ("Lef belonen",)),
        ("Verantwoordelijkheid", ("Verantwoordelijkheid",)),
    ],
)
def test_a_name_stands_in_two_lines_that_read_well(name: str, lines: tuple[str, ...]) -> None:
    assert bridge.two_lines(name) == lines


def test_the_drawing_names_the_keys_as_the_list_does_and_leads_to_them_without_stops() -> None:
    keys = instrument().keys
    drawing = soup("drawings/bridge.html", members=bridge.plain_members(keys))
    assert drawing.svg["aria-hidden"] == "true"
    links = drawing.select("a")
    assert [" ".join(name.text for name in link.select(".member-name")) for link in links] == [
        key.name for key in keys
    ]
    assert [(link["href"], link["tabindex"]) for link in links] == [
        (reverse("assessments:key", args=[key.slug]), "-1") for key in keys
    ]
    assert not soup("drawings/bridge.html", members=members(), own=True, figures=True).select("a")


def test_a_table_says_the_same_as_the_drawing_to_whoever_cannot_see_it() -> None:
    page = soup("assessments/_own_bridge.html", members=members(unanswered=("open_1", "open_2")))
    assert page.select_one("svg.bridge-wide")["aria-hidden"] == "true"
    rows = [row.get_text(" ", strip=True) for row in page.select("tbody tr")]
    assert rows[:2] == ["1 Benoemen wat er speelt 67", "2 Uit handen geven draagt het minst 25"]
    assert rows[7] == "8 Open kaart spelen te weinig antwoorden –"


# ---- the picture --------------------------------------------------------------------------------------
def size(png: bytes) -> tuple[int, ...]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def test_the_picture_says_the_headline_and_no_figure_of_the_result() -> None:
    shown = result.build(instrument(), score(instrument(), answers(NOW)))
    context = {**picture.headline(words.verdict(shown)), "members": bridge.members(shown.rows)}
    texts = [text.text for text in soup("assessments/picture.svg", **context).select("text")]
    assert "Je team kan rekenen op heldere verwachtingen." in texts
    figures = {text for text in texts if text.isdigit()}
    assert figures == {str(number) for number in range(1, 11)}  # the numbers of the diagonals


@pytest.mark.parametrize("sums", [NOW, dict.fromkeys(NOW, 9)])
def test_the_picture_is_drawn_from_our_own_drawing(sums: dict[str, int]) -> None:
    shown = result.build(instrument(), score(instrument(), answers(sums)))
    assert size(picture.draw(words.verdict(shown), bridge.members(shown.rows))) == (1600, 900)


def test_a_long_headline_stays_above_the_arch() -> None:
    three = "Jouw rust onder druk, heldere verwachtingen en jouw eerlijkheid over jezelf dragen het minst."
    for verdict in ([three, three], ["Lef draagt het meest.", "Een open woord draagt het minst."]):
        lines = picture.headline(verdict)["lines"]
        assert " ".join(line for _, line in lines) == " ".join(verdict)
        assert max(y for y, _ in lines) <= 270


def browser_of(scan: Scan) -> Client:
    client = Client()
    client.cookies[cookies.cookie_name()] = signing.dumps([scan.public_id], salt=cookies.SALT)
    return client


@pytest.mark.django_db
def test_only_its_owner_gets_the_picture_and_nobody_keeps_it() -> None:
    scan, kept = CompletedScanFactory(), CompletedScanFactory(user=UserFactory())
    address = reverse("assessments:picture", args=[scan.public_id])
    answer = browser_of(scan).get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mijn-brug.png"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert size(answer.content) == (1600, 900)
    assert Client().get(address).status_code == 404
    assert browser_of(kept).get(reverse("assessments:picture", args=[kept.public_id])).status_code == 404


@pytest.mark.django_db
def test_without_a_single_score_there_is_no_picture() -> None:
    scan = CompletedScanFactory(answers=dict.fromkeys(answers(NOW)))
    assert browser_of(scan).get(reverse("assessments:picture", args=[scan.public_id])).status_code == 404
