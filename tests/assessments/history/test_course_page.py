"""The whole course: every scan that compares, with the calls and promises between them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from assessments import summary
from assessments.summary import Moment
from bookings.models import Booking
from portal.accounts.models import User
from portal.common import times
from tests.assessments.demo import BEFORE, NOW
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, ScanFactory, UserFactory
from tests.factories.bookings import BookingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sanne() -> User:
    return UserFactory()


@pytest.fixture
def own(client: Client, sanne: User) -> Client:
    client.force_login(sanne)
    return client


@pytest.fixture
def promised(monkeypatch: pytest.MonkeyPatch) -> None:
    """A room beside this one that knows of one promise, kept forty days ago."""

    def moments(user_id: int, since_at: Any) -> list[Moment]:
        at = times.now() - timedelta(days=40)
        return [Moment(at, "promise", "Eén taak overdragen: gedaan")] if at >= since_at else []

    monkeypatch.setattr(summary, "_moments", [*summary._moments, moments])


def course(client: Client) -> BeautifulSoup:
    return BeautifulSoup(client.get(reverse("assessments:course")).content, "html.parser")


def rows(page: BeautifulSoup) -> list[list[str]]:
    cells = [row.select("th, td") for row in page.select(".time-table tbody tr")]
    return [[" ".join(cell.text.split()) for cell in row] for row in cells]


def test_scans_calls_and_promises_stand_on_one_line_and_the_table_says_all_that_is_drawn(
    clock: Any, own: Client, sanne: User, promised: None
) -> None:
    CompletedScanFactory(user=sanne, sums=BEFORE, days_ago=90)
    CompletedScanFactory(user=sanne)
    start = times.now() - timedelta(days=60)
    BookingFactory(user=sanne, status=Booking.Status.COMPLETED, start=start)
    page = course(own)
    assert rows(page) == [
        ["23 nov 2026", "Scan", "59", "+4, kan toeval zijn"],
        ["14 okt 2026", "Eén taak overdragen: gedaan"],
        ["24 sep 2026", "Impactcall met Jet van Dalen"],
        ["25 aug 2026", "Scan", "55", ""],
    ]
    drawing = page.select_one("svg.time-line")
    assert len(drawing.select("circle")) == 2
    assert len(drawing.select(".mark-call")) == len(drawing.select(".mark-promise")) == 1
    legend = page.select_one(".section-legend").text
    assert "een impactcall" in legend
    assert "een belofte" in legend
    assert page.h1.text == "Van 55 naar 59: dat kan toeval zijn."


@pytest.mark.parametrize("status", [Booking.Status.CONFIRMED, Booking.Status.NO_SHOW])
def test_only_a_call_that_took_place_after_the_first_scan_is_on_the_line(
    own: Client, sanne: User, status: str
) -> None:
    CompletedScanFactory(user=sanne, days_ago=30)
    BookingFactory(user=sanne, status=status, start=times.now() - timedelta(days=7))
    BookingFactory(
        user=sanne, status=Booking.Status.COMPLETED, start=times.now() - timedelta(days=200)
    )  # before
    BookingFactory(
        user=UserFactory(), status=Booking.Status.COMPLETED, start=times.now() - timedelta(days=9)
    )  # somebody else's
    assert [row[1] for row in rows(course(own))] == ["Scan"]


@pytest.mark.parametrize("count", [1, 2, 4, 12])
def test_every_scan_is_in_the_course_and_in_the_figures(own: Client, sanne: User, count: int) -> None:
    for number in range(count):
        CompletedScanFactory(user=sanne, days_ago=70 * number)
    page = course(own)
    assert len(page.select("svg.time-line circle")) == count
    assert [len(row.select("td")) for row in page.select("table.figures tbody tr")] == [count] * 11
    drawn = [len(row.select(".trend circle")) for row in page.select("table.history tbody tr")]
    assert drawn == ([count] * 11 if count > 1 else [])


def test_scans_of_another_major_version_are_neither_drawn_nor_subtracted(own: Client, sanne: User) -> None:
    CompletedScanFactory(user=sanne, sums=BEFORE, days_ago=90)
    CompletedScanFactory(user=sanne, instrument=InstrumentFactory(version="2.0"))
    page = course(own)
    assert [row[1:] for row in rows(page)] == [["Scan", "59", ""]]
    assert "Eén scan had andere uitspraken." in page.text


def test_a_scan_without_an_overall_score_is_in_the_table_and_not_in_the_drawing(
    own: Client, sanne: User
) -> None:
    scan = CompletedScanFactory(user=sanne)
    scan.overall = None
    scan.scores = [key | {"score": None} for key in scan.scores]
    scan.save()
    CompletedScanFactory(user=sanne, days_ago=70)
    page = course(own)
    assert [row[2] for row in rows(page)] == ["te weinig antwoorden –", "59"]
    assert len(page.select("svg.time-line circle")) == 1


def test_a_score_that_stayed_is_not_called_chance(own: Client, sanne: User) -> None:
    CompletedScanFactory(user=sanne, days_ago=90)
    CompletedScanFactory(user=sanne)
    assert course(own).h1.text == "Je score is nog steeds 59."


def test_what_certainly_changed_says_how_certain_that_is(own: Client, sanne: User) -> None:
    CompletedScanFactory(user=sanne, sums=dict.fromkeys(NOW, 7), days_ago=90)
    CompletedScanFactory(user=sanne, sums=dict.fromkeys(NOW, 12))
    page = course(own)
    assert page.h1.text.endswith("punten gestegen.")
    assert (
        "zeker gegroeid. Zonder dat er iets verandert, ziet één op de twintig"
        in page.select_one(".lead").text
    )


def test_without_a_finished_scan_there_is_no_course(own: Client, sanne: User) -> None:
    ScanFactory(user=sanne)
    assert own.get(reverse("assessments:course")).headers["Location"] == reverse("accounts:account")


def test_the_course_takes_as_many_queries_whatever_there_is(
    own: Client, sanne: User, django_assert_num_queries: Any
) -> None:
    for count in (1, 3):
        for number in range(count):
            CompletedScanFactory(user=sanne, days_ago=70 * number + 1)
            BookingFactory(
                user=sanne,
                status=Booking.Status.COMPLETED,
                start=times.now() - timedelta(days=20 * number + 1),
            )
        course(own)
        with django_assert_num_queries(4):  # session with the person, scans, promises, calls
            course(own)


def test_the_account_draws_the_course_of_all_beside_the_figures_of_four(own: Client, sanne: User) -> None:
    for number in range(6):
        CompletedScanFactory(user=sanne, days_ago=70 * number)
    page = BeautifulSoup(own.get(reverse("accounts:account")).content, "html.parser")
    assert [len(row.select(".trend circle")) for row in page.select("table.history tbody tr")] == [6] * 11
    assert [len(row.select("td.num")) for row in page.select("table.history tbody tr")] == [4] * 11
