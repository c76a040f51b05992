"""Texts of the coach's own in the place of ours, in both languages, with ours beside them and the way back."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from portal.practice import texts
from portal.practice.models import OwnText
from tests.bookings.browsing import words_of
from tests.practice.conftest import filled_in, soup

pytestmark = pytest.mark.django_db
NL, EN = "Ik luister eerst.\n\nDan zeg ik wat ik zie.", "I listen first.\n\nThen I say what I see."


def page(key: str) -> str:
    return reverse("admin:practice_practice_text", args=[key])


def write(browser: Client, key: str, **changed: str) -> Any:
    typed = filled_in(soup(browser, page(key)))
    return browser.post(page(key), typed | {"text_nl": NL, "text_en": EN} | changed)


def test_these_can_be_replaced_and_no_others() -> None:
    """Keys, statements and results are measured with: they are not among them."""
    assert [one.key for one in texts.every()] == [
        "coach", "call", "what-it-is", "how-to-tell", "what-breaks-it", "can-it-be-repaired", "your-part",
    ]  # fmt: skip


@pytest.mark.parametrize("key", [one.key for one in texts.every()])
def test_it_stands_on_the_page_in_both_languages_and_ours_comes_back(coach: Client, key: str) -> None:
    ours = {path: words_of(Client().get(path)) for path in ("/", "/en/")}
    assert write(coach, key).headers["Location"] == page(key)
    for path, written in (("/", NL), ("/en/", EN)):
        shown = BeautifulSoup(Client().get(path).content, "html.parser")
        assert {*written.split("\n\n")} <= {p.text for p in shown.select("#coach p, #vragen p")}
    original = reverse("admin:practice_practice_original", args=[key])
    assert "Ik luister eerst." in words_of(coach.get(original))
    assert OwnText.objects.get().text_nl == NL  # it only asked
    was = soup(coach, original).select_one("input[name=was]")
    assert coach.post(original, {"was": was["value"]}).headers["Location"] == page(key)  # type: ignore[index]
    assert {path: words_of(Client().get(path)) for path in ("/", "/en/")} == ours


@pytest.mark.parametrize("one", texts.every(), ids=lambda one: one.key)
def test_ours_stands_beside_the_field_in_both_languages(coach: Client, one: texts.Text) -> None:
    shown = words_of(coach.get(page(one.key)))
    for language in ("nl", "en"):
        assert " ".join(one.original(language).split()) in shown
    assert one.original("nl") != one.original("en")


def test_the_text_of_the_call_stands_wherever_a_call_is_offered(coach: Client) -> None:
    write(coach, "call")
    for path in ("/sleutels/heldere-verwachtingen/", "/impactcall/"):
        shown = words_of(Client().get(path))
        assert "Ik luister eerst." in shown
        assert "verkooppraatje" not in shown


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"text_en": ""}, "Vul beide talen in, of laat beide leeg."),
        ({"text_nl": "<b>Ik</b> luister"}, "Tekens als <b> werken hier niet"),
        ({"text_nl": "<script>alert(1)</script>"}, "Tekens als <b> werken hier niet"),
        ({"text_nl": "a" * 100_000}, "1500"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    coach: Client, changed: dict[str, str], words: str
) -> None:
    response = write(coach, "coach", **changed)
    assert response.status_code == 422
    assert words in words_of(response)
    form = filled_in(BeautifulSoup(response.content, "html.parser"))
    assert form["text_en"].replace("\r", "") == changed.get("text_en", EN)
    assert form["text_nl"].replace("\r", "") == changed.get("text_nl", NL)
    assert not OwnText.objects.exclude(text_nl="").exists()


def test_signs_that_turn_a_page_around_or_mean_something_in_html_do_nothing(coach: Client) -> None:
    write(coach, "coach", text_nl="3 < 5 & \u202e “ja” \x00", text_en="3 < 5")
    kept = OwnText.objects.filter(key="coach").first()
    assert kept is None or "\u202e" not in kept.text_nl
    write(coach, "coach", text_nl="3 < 5 & ja", text_en="3 < 5 & yes")
    assert "3 &lt; 5 &amp; ja" in Client().get("/").content.decode()


def test_who_saves_later_than_a_colleague_sees_hers_and_keeps_what_was_typed(
    coach: Client, colleague: Client
) -> None:
    typed = filled_in(soup(coach, page("coach"))) | {"text_nl": NL, "text_en": EN}
    write(colleague, "coach", text_nl="Bo was eerder.", text_en="Bo was first.")
    response = coach.post(page("coach"), typed)
    assert response.status_code == 409
    shown = words_of(response)
    assert "Iemand veranderde dit intussen." in shown
    assert "Bo was eerder." in shown
    again = filled_in(BeautifulSoup(response.content, "html.parser"))
    assert again["text_nl"].replace("\r", "") == NL
    assert coach.post(page("coach"), again).status_code == 302
    assert OwnText.objects.get().text_nl == NL


def test_the_way_back_goes_over_nothing_that_a_colleague_wrote_meanwhile(
    coach: Client, colleague: Client
) -> None:
    write(coach, "call")
    original = reverse("admin:practice_practice_original", args=["call"])
    was = soup(coach, original).select_one("input[name=was]")["value"]  # type: ignore[index]
    write(colleague, "call", text_nl="Bo was eerder.", text_en="Bo was first.")
    response = coach.post(original, {"was": was}, follow=True)
    assert "Iemand veranderde deze tekst intussen" in words_of(response)
    assert OwnText.objects.get().text_nl == "Bo was eerder."


def test_a_text_that_does_not_exist_is_not_found(coach: Client) -> None:
    assert coach.get(page("sleutel")).status_code == 404


def test_there_is_no_way_back_from_ours(coach: Client) -> None:
    original = reverse("admin:practice_practice_original", args=["call"])
    assert coach.get(original).headers["Location"] == page("call")
