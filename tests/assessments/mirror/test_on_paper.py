"""The report of a closed round: what its page shows and not a figure more, for its leader alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessments.mirror.models import Round
from tests.assessments.demo import NOW
from tests.assessments.mirror.teams import answered, closed
from tests.assessments.report.reading import Report, read
from tests.browsers import as_member
from tests.factories.assessments import UserFactory
from tests.factories.mirror import RoundFactory

pytestmark = pytest.mark.django_db
LOW, HIGH = dict.fromkeys(NOW, 5), dict.fromkeys(NOW, 11) | {"steady": 3, "advance": 15}


def address(round_: Round, language: str = "nl", name: str = "report") -> str:
    with translation.override(language):
        return reverse(f"assessments:team_{name}", args=[round_.public_id])


def report_of(round_: Round, language: str = "nl") -> Report:
    response = as_member(round_.user).get(address(round_, language))
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/pdf")
    return read(response.content)


@pytest.fixture
def round_() -> Round:
    found = RoundFactory(guess={"naming": 60, "clear": 80}, user__name='#panic("x") \\')
    answered(found, LOW, LOW, HIGH, HIGH, HIGH, HIGH | {"advance": 14})
    return closed(found)


def bare(words: str) -> str:
    return re.sub(r"\W|_", "", words)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_figure_and_sentence_of_the_page_stands_in_the_report(round_: Round, language: str) -> None:
    response = as_member(round_.user).get(address(round_, language, "round"))
    page = BeautifulSoup(response.content, "html.parser")
    report = report_of(round_, language)
    written = bare(report.text)
    for row in page.select("table.team tbody tr:not(.key-group)"):
        for cell in row.select("td.key-side"):
            assert " ".join(cell.get_text(" ").split()) in report.spoken.replace(":", "")
            cell.select_one(".side").decompose()
        shown = [bare(cell.get_text(" ")) for cell in row.select("th, td.key-side")]
        assert "".join(shown) in written
    said = page.select("h1 .as-block, .lead, .actions-to-take p, .actions-to-take h3")
    assert len(said) == 15
    for part in said:
        assert bare(part.get_text(" ")) in written, part
    assert (report.is_tagged, report.pages, report.tags["/Table"]) == (True, 3, 1)
    assert report.tags["/Figure"] == 10
    assert round_.scan.instrument.checksum in report.text
    assert '#panic("x") \\' in report.text


def test_below_the_minimum_there_is_no_figure_but_the_minimum() -> None:
    few = RoundFactory()
    answered(few, LOW, HIGH)
    report = report_of(closed(few))
    before_the_foot = report.text.split("Gemaakt voor")[0]
    assert report.tags["/Table"] == 0
    days = re.findall(r"\d+ \w+ \d{4}", before_the_foot)
    for day in days:
        before_the_foot = before_the_foot.replace(day, "")
    assert sorted(re.findall(r"\d+", before_the_foot)) == ["1", "2", "3", "4", "5"]  # four steps have numbers
    assert "Minder dan 5" in report.text


def test_only_the_leader_has_it_once_it_is_closed_and_guessed(round_: Round) -> None:
    for stranger in (as_member(UserFactory()), Client()):
        assert stranger.get(address(round_)).status_code in {302, 404}
    assert as_member(UserFactory()).get(address(round_)).status_code == 404
    still_open = RoundFactory()
    Round.objects.filter(pk=round_.pk).update(guess=None)
    for early in (still_open, round_):
        asked = as_member(early.user).get(address(early))
        assert (asked.status_code, asked.headers["Location"]) == (302, address(early, name="round"))


def test_it_takes_three_queries(round_: Round, django_assert_num_queries: Any) -> None:
    client = as_member(round_.user)
    client.get(address(round_))
    with django_assert_num_queries(3):
        client.get(address(round_))
    assert address(round_) in client.get(address(round_, name="round")).content.decode()
