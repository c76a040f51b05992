"""The account's history: nothing, one scan, many; never across versions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessments.history.panels import history
from tests.assessments.demo import BEFORE, NOW
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, ScanFactory, UserFactory

pytestmark = pytest.mark.django_db
FIRST = dict.fromkeys(NOW, 8) | {"clear": 10, "recognition": 11, "self-honesty": 7, "advance": 7}


@pytest.fixture(autouse=True)
def _dutch_and_an_instrument() -> Iterator[None]:
    with translation.override("nl"):
        InstrumentFactory()
        yield


@pytest.fixture
def user():
    return UserFactory()


def account(client: Client, user) -> BeautifulSoup:
    client.force_login(user)
    return BeautifulSoup(client.get(reverse("accounts:account")).content, "html.parser")


def table(page: BeautifulSoup) -> dict[str, list[str]]:
    rows = page.select("table.history tbody tr")
    return {
        row.th.find(string=True, recursive=False).strip(): [
            td.get_text(" ", strip=True) for td in row.select("td")
        ]
        for row in rows
    }


def test_an_empty_account_says_so_and_offers_the_scan(client, user):
    page = account(client, user)
    assert page.h1.text == "Hier staat nog geen scan."
    assert not page.select("table.history")
    assert page.find("form", action=reverse("assessments:again")).button.text.strip() == "Begin met de scan"


def test_an_open_scan_is_offered_to_go_on_with(client, user):
    ScanFactory(user=user)
    assert account(client, user).find("a", href=reverse("assessments:resume")).text == "Ga verder met je scan"


def test_one_scan_is_shown_without_comparing(client, user):
    scan = CompletedScanFactory(user=user)
    page = account(client, user)
    assert page.h1.text.strip() == "Je eerste scan: 59 van 100."
    assert not page.select("table.history")
    assert [cell.text.strip() for cell in page.select("table.beams td.key-score")][-1] == "25"
    assert len(page.select("table.beams td.key-score")) == 10
    assert page.find("a", href=reverse("assessments:result", args=[scan.public_id]))
    assert not page.select("svg.trend")


def test_three_scans_stand_side_by_side_with_the_change_since_the_one_before(client, user):
    CompletedScanFactory(user=user, sums=FIRST, days_ago=380)
    CompletedScanFactory(user=user, sums=BEFORE, days_ago=190)
    CompletedScanFactory(user=user)
    page = account(client, user)
    rows = table(page)
    figures = {name: cells[:3] for name, cells in rows.items()}
    assert figures["Alles bij elkaar"][1:] == ["55", "59"]
    assert figures["Eerlijk naar jezelf"] == ["33", "42", "75"]
    assert rows["Eerlijk naar jezelf"][-1] == "+33 , kan toeval zijn verwacht: 49"
    assert rows["Uit handen geven"][-1] == "−17 , kan toeval zijn verwacht: 49"
    assert rows["Lef belonen"][-1] == "gelijk gebleven verwacht: 57"
    assert [low.text for low in page.select("table.history .weakest")] == ["draagt het minst"]
    assert page.h1.text.endswith("punten gestegen.")
    assert "(+4), kan toeval zijn." in page.select_one(".lead").text
    assert page.select_one("svg.gauge")


def test_two_scans_that_may_differ_by_chance_say_so_first(client, user):
    CompletedScanFactory(user=user, sums=BEFORE, days_ago=90)
    CompletedScanFactory(user=user)
    page = account(client, user)
    assert page.h1.text == "Van 55 naar 59: dat kan toeval zijn."
    assert not page.select_one("svg.gauge")


def test_a_real_decline_is_named_without_the_colour_of_growth(client, user):
    CompletedScanFactory(user=user, sums=dict.fromkeys(NOW, 14), days_ago=90)
    CompletedScanFactory(user=user, sums=dict.fromkeys(NOW, 7))
    page = account(client, user)
    assert page.h1.text.endswith("punten gedaald.")
    assert not page.select(".history .has-grown")
    assert table(page)["Lef belonen"][-1] == "−59 , zeker gedaald verwacht: 92"


def test_major_versions_are_never_compared(client, user):
    CompletedScanFactory(user=user, sums=BEFORE, days_ago=90)
    CompletedScanFactory(user=user, instrument=InstrumentFactory(version="2.0"))
    page = account(client, user)
    assert page.h1.text.strip() == "Je eerste scan: 59 van 100."
    assert "Versie 1.1: andere uitspraken, dus niet vergeleken." in page.text


def test_minor_versions_are_compared_and_the_better_wording_is_said_once(client, user):
    CompletedScanFactory(user=user, sums=BEFORE, days_ago=90, instrument=InstrumentFactory(version="1.0"))
    CompletedScanFactory(user=user)
    page = account(client, user)
    assert page.h1.text == "Van 55 naar 59: dat kan toeval zijn."
    assert "2 keer met versie 1.0 en 1.1, dus eerlijk te vergelijken." in page.text
    assert page.text.count("Tussen deze scans is de formulering verbeterd (versie 1.0 en 1.1).") == 1
    assert "andere uitspraken" not in page.text


def test_scans_of_one_version_say_nothing_of_wording(client, user):
    CompletedScanFactory(user=user, sums=BEFORE, days_ago=90)
    CompletedScanFactory(user=user)
    assert "formulering" not in account(client, user).text


def test_what_is_expected_of_each_key_stands_folded_away_below_the_table(client, user):
    CompletedScanFactory(user=user)
    page = account(client, user)
    rows = [row.get_text("|", strip=True).split("|") for row in page.select("table.expect tbody tr")]
    assert len(rows) == 10
    assert rows[-1] == ["Uit handen geven", "44", "71", "16"]
    assert "tien kansen" not in page.text  # nothing is compared yet


@pytest.mark.parametrize(("days", "classes"), [(59, ["btn", "outlined"]), (60, ["btn"])])
def test_the_next_scan_is_not_urged_before_it_makes_sense(client, user, days, classes):
    CompletedScanFactory(user=user, days_ago=days)
    again = account(client, user).find("form", action=reverse("assessments:again")).button
    assert again["class"] == classes


def test_two_scans_of_one_day_are_told_apart_by_the_clock(client, user, clock):
    CompletedScanFactory(user=user, days_ago=1, sums=BEFORE)
    CompletedScanFactory(user=user)
    clock.shift(timedelta(hours=2))
    CompletedScanFactory(user=user)
    heads = [
        head.get_text(" ", strip=True) for head in account(client, user).select("table.history thead th")
    ]
    assert heads[1:4] == ["22 nov 2026", "23 nov 2026 13:00", "23 nov 2026 15:00"]


def test_scans_of_one_day_below_the_table_have_the_clock_too(client, user, clock):
    other = InstrumentFactory(version="2.0")
    for number in range(3):
        CompletedScanFactory(user=user, instrument=other if number == 2 else InstrumentFactory())
        clock.shift(timedelta(minutes=10))
    earlier = [day.text for day in account(client, user).select("ul.list li > b") if "2026" in day.text]
    assert earlier == ["23 november 2026, 13:10", "23 november 2026, 13:00"]


def test_a_key_has_a_dash_where_it_was_expected_and_the_total_has_none(client, user):
    CompletedScanFactory(user=user, sums=BEFORE, days_ago=190)
    CompletedScanFactory(user=user)
    rows = account(client, user).select("table.history tbody tr")
    assert [len(row.select(".trend .predicted")) for row in rows] == [0, *[1] * 10]


def test_many_scans_show_the_last_four_and_lead_to_the_course_for_the_others(client, user):
    for days in range(60, 0, -10):
        CompletedScanFactory(user=user, days_ago=days)
    page = account(client, user)
    assert len(table(page)["Alles bij elkaar"]) == 4 + 2
    assert not page.select("h3 + ul.list")
    assert "6 scans" in page.find("a", href=reverse("assessments:course")).text


def test_a_scan_without_an_overall_score_still_has_its_row(client, user):
    scan = CompletedScanFactory(user=user)
    scan.overall = None
    scan.scores = [key | {"score": None} for key in scan.scores]
    scan.save()
    page = account(client, user)
    assert not any(figure.isdigit() for figure in page.select_one("table.beams").tbody.text)
    assert page.h1.text.strip() == "Je eerste scan staat hier."


def test_nobody_elses_scans_are_in_the_panel(client, user):
    CompletedScanFactory(user=UserFactory())
    assert account(client, user).h1.text == "Hier staat nog geen scan."


def test_the_panel_takes_one_query_however_many_scans_there_are(rf, user, django_assert_num_queries):
    request = rf.get("/")
    request.user = user
    for count in (0, 1, 6):
        for days in range(count):
            CompletedScanFactory(user=user, days_ago=days)
        history(request)
        with django_assert_num_queries(1):
            history(request)
