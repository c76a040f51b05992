"""Below the score of one's own result: where it stands, or why to read it with care."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from assessments.models import Scan
from portal.common import times
from tests.assessments import demo
from tests.browsers import as_member
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.numbers import FiguresFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def norm(count: int) -> list[int]:
    """So many scans: half of them at 40, half at 80."""
    return [count // 2 if score in (40, 80) else 0 for score in range(101)]


@pytest.fixture
def scan() -> Scan:
    return CompletedScanFactory(user=UserFactory())


def beside(scan: Scan, browser: Client | None = None) -> str:
    assert scan.user is not None
    page = (browser or as_member(scan.user)).get(reverse("assessments:result", args=[scan.public_id]))
    assert page.status_code == 200
    found = BeautifulSoup(page.content, "html.parser").select_one(".beside-score")
    return " ".join(found.get_text(" ").split()) if found else ""


@pytest.mark.parametrize(("count", "is_shown"), [(48, False), (50, True)])
def test_from_fifty_scans_a_score_stands_among_others(scan: Scan, count: int, is_shown: bool):
    FiguresFactory(instrument=scan.instrument, norm=norm(count))
    said = beside(scan)
    assert bool(said) == is_shown
    if is_shown:
        assert said.startswith("Hoger dan ongeveer 50 van de 100 leiders die deze scan deden.")
        assert "Vergeleken met 50 volledige scans van versie 1.1." in said


def test_figures_of_another_version_are_not_beside_it(scan: Scan):
    FiguresFactory(instrument__version="1.0", norm=norm(60))
    assert beside(scan) == ""


def test_a_result_without_a_score_stands_nowhere():
    sums = demo.answers(demo.NOW)
    scan = CompletedScanFactory(user=UserFactory(), answers=dict.fromkeys(sums))
    FiguresFactory(instrument=scan.instrument, norm=norm(60))
    assert beside(scan) == ""


def test_a_scan_that_was_done_in_a_rush_is_read_with_care_and_not_compared(scan: Scan):
    FiguresFactory(instrument=scan.instrument, norm=norm(60))
    Scan.objects.update(started_at=scan.done_at - timedelta(seconds=40))
    said = beside(scan)
    assert said.startswith("Lees deze uitslag als een schets.")
    assert "minder dan 45 seconden" in said
    assert "Hoger dan" not in said


def test_every_reason_is_said_and_nothing_is_kept_from_the_person():
    items = [item for key in demo.instrument().keys for item in key.items]
    scan = CompletedScanFactory(
        user=UserFactory(),
        answers={item.id: 4 for item in items},
        started_at=times.now() - timedelta(seconds=20),
    )
    said = beside(scan)
    assert "spreken je antwoorden" in said
    assert "vijftien keer" in said
    assert "45 seconden" in said


def test_the_panel_takes_one_query_and_none_for_a_scan_with_a_flag(
    scan: Scan, rf: Any, django_assert_num_queries: Any
):
    from assessments import summary
    from assessments.numbers import panels

    result = summary.result_of(scan, "nl")
    with django_assert_num_queries(1):
        panels.beside_the_score(rf.get("/"), scan, result)
    scan.started_at = scan.done_at
    with django_assert_num_queries(0):
        panels.beside_the_score(rf.get("/"), scan, result)
