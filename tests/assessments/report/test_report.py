"""The report of a scan: what the page says, on paper, for its owner alone."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessments import summary
from assessments.models import Scan
from assessments.report import making, typesetting
from assessments.summary import Agreed
from tests.assessments.demo import BEFORE, NOW
from tests.assessments.report.reading import Report, read
from tests.assessments.views.test_result_page import with_cookie
from tests.browsers import as_member
from tests.factories.assessments import CompletedScanFactory, UserFactory

pytestmark = pytest.mark.django_db
HOSTILE = '#import "x" \\ $y$ *z* <w> @v [u] //t'


def address(scan: Scan, language: str = "nl", name: str = "report") -> str:
    with translation.override(language):
        return reverse(f"assessments:{name}", args=[scan.public_id])


def report_of(client: Client, scan: Scan, language: str = "nl") -> Report:
    response = client.get(address(scan, language))
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/pdf")
    return read(response.content)


@pytest.fixture
def twice(clock: Any) -> Scan:
    """The newer of two scans of one person."""
    user = UserFactory(name=HOSTILE)
    CompletedScanFactory(user=user, sums=BEFORE, days_ago=180)
    return CompletedScanFactory(user=user)


def bare(words: str) -> str:
    return re.sub(r"[^\w+]|_", "", words.replace("−", "minus"))


def cells(row: Any) -> list[str]:
    return [bare(cell.get_text(" ")) for cell in row.select("th, td")]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_figure_and_sentence_of_the_page_stands_in_the_report(twice: Scan, language: str) -> None:
    client = as_member(twice.user)
    page = BeautifulSoup(client.get(address(twice, language, "result")).content, "html.parser")
    report = report_of(client, twice, language)
    written = bare(report.text)
    for aside in page.select(".score .visually-hidden, .own-bridge :is(svg, .weakest, .bridge-number)"):
        aside.decompose()
    said = page.select(
        ".verdict h1 .as-block, .verdict .lead, .score p, .actions-to-take p, .mirror p, .mirror-question p, "
        "details.more p, .prose p"
    )
    assert len(said) == 17
    for part in said:
        assert bare(part.get_text(" ")) in written, part
    for name, uncertainty, score, change in map(cells, page.select("table.beams tbody tr:not(.key-group)")):
        low, high = re.findall(r"\d+", uncertainty)
        assert f"{name}{score}{low}{high}{change}" in written
    for row in page.select("table.expect tbody tr"):
        assert "".join(cells(row)) in written
    for row in page.select(".own-bridge tbody tr"):
        name, score = (" ".join(cell.get_text(" ").split()) for cell in row.select("th, td"))
        assert f"{name}: {score}" in report.spoken


def test_the_report_says_what_it_is_and_with_what_it_was_made(twice: Scan) -> None:
    report = report_of(as_member(twice.user), twice)
    assert (report.language, report.is_tagged) == ("nl-NL", True)
    assert report.title == "Uitslag van 23 november 2026"
    for fact in ("versie 1.1", twice.instrument.checksum, "23 november 2026", f"Pagina 1 van {report.pages}"):
        assert fact in report.text
    assert twice.instrument.checksum in report.keywords
    assert report.tags["/H1"] == 1
    assert report.tags["/H2"] >= 5
    assert report.tags["/Table"] == 2
    assert report.tags["/TH"] >= 8
    assert report.tags["/Figure"] == 11  # the bridge, and a beam a key


def test_nothing_that_was_typed_becomes_code(twice: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    agreed = Agreed(f"{HOSTILE}\n#panic()\x00 愛", "nl", "3 november 2026", HOSTILE)
    monkeypatch.setattr(summary, "agreed_before", lambda scan: agreed)
    report = report_of(as_member(twice.user), twice)
    assert report.text.replace(" ", "").count(HOSTILE.replace(" ", "")) == 3
    assert "#panic() ?" in report.text


@pytest.mark.parametrize(
    ("sums", "says"),
    [
        (dict.fromkeys(NOW, 15), "100"),
        (dict.fromkeys(NOW, 3), "0"),
        (NOW, "Ruimte om het zelf te doen draagt het minst."),
    ],
)
def test_every_result_takes_two_to_four_pages(sums: dict[str, int], says: str, clock: object) -> None:
    scan = CompletedScanFactory(user=UserFactory(), sums=sums)
    report = report_of(as_member(scan.user), scan)
    assert 2 <= report.pages <= 4
    assert says in report.text


def test_a_scan_with_too_few_answers_has_a_report_that_says_so(clock: object) -> None:
    scan = CompletedScanFactory(
        user=UserFactory(),
        scores=[{"slug": slug, "score": None, "answered": 0} for slug in NOW],
        overall=None,
    )
    report = report_of(as_member(scan.user), scan)
    assert "Er zijn te weinig antwoorden voor een uitslag." in report.text
    assert report.tags["/Table"] == 1


def test_a_report_opens_for_its_owner_alone_with_or_without_an_account(twice: Scan) -> None:
    nobodys = CompletedScanFactory()
    assert report_of(with_cookie(nobodys), nobodys).pages > 1
    for stranger, scan in (
        (Client(), twice),
        (Client(), nobodys),
        (with_cookie(nobodys), twice),
        (as_member(UserFactory()), twice),
    ):
        assert stranger.get(address(scan)).status_code == 404
    response = as_member(twice.user).get(address(twice))
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="draagkracht-uitslag-2026-11-23.pdf"'
    )


def test_one_scan_gives_so_many_reports_an_hour_and_the_next_is_refused_kindly(
    twice: Scan, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    monkeypatch.setattr(making, "PER_HOUR", 1)
    client = as_member(twice.user)
    assert client.get(address(twice)).status_code == 200
    page = client.get(address(twice), follow=True)
    assert page.redirect_chain == [(address(twice, name="result"), 302)]
    assert "Je hebt dit rapport het afgelopen uur 1 keer gemaakt." in page.content.decode()
    clock.shift(timedelta(minutes=61))
    assert client.get(address(twice)).status_code == 200


def test_a_report_that_cannot_be_made_is_said_in_words(
    twice: Scan, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(9)")
    monkeypatch.setattr(typesetting, "SECONDS", 0.1)
    for program in (slow, tmp_path / "gone.py"):
        monkeypatch.setattr(typesetting, "TYPESETTER", program)
        page = as_member(twice.user).get(address(twice), follow=True)
        assert "Het rapport kon nu niet worden gemaakt." in page.content.decode()
    assert HOSTILE not in caplog.text


def test_no_process_of_the_portal_loads_the_typesetter() -> None:
    """It grows by 125 MiB; a web process may have half of that."""
    code = [
        path
        for room in ("portal", "assessments", "bookings")
        for path in (settings.BASE_DIR / room).rglob("*.py")
    ]
    loading = [
        path.name
        for path in code
        if re.search(r"^\s*(import|from) (typst|.*typesetter)\b", path.read_text(), re.M)
    ]
    assert loading == ["typesetter.py"]


def test_page_and_account_lead_to_the_report(twice: Scan) -> None:
    client = as_member(twice.user)
    for page in (address(twice, name="result"), reverse("accounts:account")):
        assert f'href="{address(twice)}"' in client.get(page).content.decode()


@pytest.mark.parametrize("more", [0, 2])
def test_a_report_takes_as_many_queries_however_many_scans_there_are(
    twice: Scan, more: int, django_assert_num_queries: Any
) -> None:
    for days in range(more):
        CompletedScanFactory(user=twice.user, days_ago=200 + days)
    client = as_member(twice.user)
    client.get(address(twice))  # the instrument is parsed once a process
    with django_assert_num_queries(5):
        client.get(address(twice))
