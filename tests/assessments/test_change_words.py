"""What a change is called: the same words on the page, in the account, in the coach's summary."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessments import result, summary, words
from assessments.change import OVERALL
from assessments.scoring import score
from tests.assessments.demo import BEFORE, NOW, answers, instrument
from tests.factories.assessments import CompletedScanFactory, UserFactory

EARLIER = BEFORE | {"letting-go": 4, "advance": 5, "clear": 15}  # 8, 17 and 100
LATER = NOW | {"letting-go": 12, "advance": 10, "clear": 7, "open": 3}
CALLED = {
    "Uit handen geven": ("+67", "zeker gegroeid"),  # 8 to 75
    "Vertrouwen op voorschot": ("+41", "kan toeval zijn"),  # 17 to 58: 35 was expected
    "Heldere verwachtingen": ("−67", "zeker gedaald"),  # 100 to 33
    "Open kaart spelen": ("−67", "zeker gedaald"),  # 67 to 0
    "Voorspelbaar onder druk": ("0", "gelijk gebleven"),
}


@pytest.fixture(autouse=True)
def _dutch() -> Iterator[None]:
    with translation.override("nl"):
        yield


def built(now=NOW, before=None):
    scores = score(instrument(), answers(now))
    return result.build(instrument(), scores, score(instrument(), answers(before)) if before else None)


def soup(client: Client, url: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(url).content, "html.parser")


@pytest.mark.parametrize(
    ("label", "dutch", "english"),
    [
        ("certain_up", "zeker gegroeid", "certainly grown"),
        ("likely_up", "waarschijnlijk gegroeid", "probably grown"),
        ("noise", "kan toeval zijn", "may be chance"),
        ("likely_down", "waarschijnlijk gedaald", "probably dropped"),
        ("certain_down", "zeker gedaald", "certainly dropped"),
    ],
)
def test_each_label_has_one_name(label, dutch, english):
    class Changed:
        change, change_label = 8, label

    assert words.change_words(Changed()) == dutch
    assert "zeker" not in words.change_words(Changed()) or label.startswith("certain")
    with translation.override("en"):
        assert words.change_words(Changed()) == english


@pytest.mark.django_db
def test_page_account_and_summary_call_each_change_the_same(client):
    user = UserFactory()
    CompletedScanFactory(user=user, sums=EARLIER, days_ago=90)
    scan = CompletedScanFactory(user=user, sums=LATER)
    client.force_login(user)

    page = soup(client, reverse("assessments:result", args=[scan.public_id]))
    on_page = {
        row.th.find(string=True, recursive=False).strip(): (
            row.select_one("td.key-change").get_text(" ", strip=True).partition(" verwacht")[0]
        )
        for row in page.select("table.beams tbody tr:not(.key-group)")
    }
    account = soup(client, reverse("accounts:account"))
    in_account = {
        row.th.find(string=True, recursive=False).strip(): (
            row.select_one("td.change > span").get_text(" ", strip=True)
        )
        for row in account.select("table.history tbody tr")
    }
    told = {
        line.name: (line.change, line.change_words) for line in summary.summary(scan.public_id, "nl").lines
    }

    assert {name: told[name] for name in CALLED} == CALLED
    for name, (number, called) in told.items():
        assert on_page[name] == f"{number} {called}"
        assert in_account[name] == (called if number == "0" else f"{number} , {called}")


@pytest.mark.django_db
def test_a_headline_never_rests_on_a_key(client):
    user = UserFactory()
    CompletedScanFactory(user=user, sums=EARLIER, days_ago=90)
    scan = CompletedScanFactory(user=user, sums=LATER)
    client.force_login(user)
    for url in (reverse("assessments:result", args=[scan.public_id]), reverse("accounts:account")):
        heads = " ".join(head.text for head in soup(client, url).select("h1, h2, h3, title"))
        assert "gegroeid" not in heads
        assert "gedaald" not in heads
    assert "dat kan toeval zijn" in soup(client, reverse("accounts:account")).h1.text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "nl",
            "Zonder dat er iets verandert, verwachten we hier de volgende keer zo’n 44. "
            "Pas boven 71 is het waarschijnlijk echt.",
        ),
        ("en", "If nothing changes, we expect about 44 here next time. Only above 71 is it probably real."),
    ],
)
def test_the_weakest_key_says_what_is_expected_and_from_where_on_growth_is_likely(language, sentence):
    with translation.override(language):
        assert words.expectation(built().weakest[0]) == sentence


def test_a_key_at_the_top_says_that_it_can_hardly_rise():
    row = built(dict.fromkeys(NOW, 15)).weakest[0]
    assert words.expectation(row) == (
        "Zonder dat er iets verandert, verwachten we hier de volgende keer zo’n 100. "
        "Vanaf hier kan deze sleutel nauwelijks nog betrouwbaar stijgen."
    )


def test_a_key_without_a_score_expects_nothing():
    scores = score(instrument(), answers(NOW) | {"open_1": None, "open_2": None})
    row = result.build(instrument(), scores).missing[0]
    assert (row.expected, words.expectation(row)) == (None, "")


@pytest.mark.django_db
def test_a_dash_in_the_table_of_expected_scores_is_explained_where_there_is_one(client):
    user = UserFactory()
    client.force_login(user)
    for sums, dashes in ((NOW, 0), (NOW | {"clear": 15, "letting-go": 15}, 2)):
        scan = CompletedScanFactory(user=user, sums=sums)
        page = soup(client, reverse("assessments:result", args=[scan.public_id]))
        assert [cell.text for cell in page.select(".expect td .visually-hidden")] == [
            "kan nauwelijks nog betrouwbaar stijgen"
        ] * dashes
        assert ("Een streepje:" in page.text) is bool(dashes)


@pytest.mark.django_db
def test_the_result_says_that_ten_keys_are_ten_chances_and_names_no_fixed_number_of_points_for_a_key(client):
    user = UserFactory()
    scan = CompletedScanFactory(user=user)
    client.force_login(user)
    page = soup(client, reverse("assessments:result", args=[scan.public_id])).text
    assert "Pas boven 71 is het waarschijnlijk echt." in page
    assert "ziet één op de vijf mensen wel ergens ‘waarschijnlijk gegroeid’" in page
    assert "33 punten" not in page
    assert f"ongeveer {words.overall_needed()} punten verschuiven" in page
    assert (words.overall_needed(), OVERALL.sd) == (11, 13)


def test_where_all_keys_are_alike_no_lowest_key_is_pointed_at():
    even = built(dict.fromkeys(NOW, 10))
    assert words.feedback(even) == (
        "Geen sleutel springt eruit. Kies de sleutel waar je deze week het meest aan hebt."
    )
    assert words.feedback(built()) == built().overall_feedback
