"""The result over HTTP: seen at once, and nobody else's."""

from __future__ import annotations

import re

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessments import cookies, summary
from assessments.models import Scan
from tests.assessments.demo import BEFORE, NOW, answers, instrument, same_answer
from tests.assessments.views.browsing import scan_url, soup
from tests.assessments.walk import ANSWERS, send_page, shown_scan, start, walk
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, ScanFactory, UserFactory

pytestmark = pytest.mark.django_db


def cookie_for(scan: Scan) -> dict[str, str]:
    return {cookies.cookie_name(): signing.dumps([scan.public_id], salt=cookies.SALT)}


def with_cookie(scan: Scan) -> Client:
    client = Client()
    for name, value in cookie_for(scan).items():
        client.cookies[name] = value
    return client


# ---- the result ---------------------------------------------------------------------------------------
def test_the_result_shows_overall_beams_weakest_key_pattern_and_one_red_button(visitor):
    scan = walk(visitor)
    page = soup(visitor.get(reverse("assessments:result", args=[scan.public_id])))
    assert " ".join(page.h1.text.split()) == (
        "Je team kan rekenen op heldere verwachtingen. Ruimte om het zelf te doen draagt het minst."
    )
    assert page.select_one(".score").get_text(" ", strip=True) == (
        "Totaal: 59 van 100 waarschijnlijk tussen 55 en 63"
    )
    rows = [
        (row.th.find(string=True, recursive=False).strip(), row.select_one("td.key-score").text.strip())
        for row in page.select("table.beams tbody tr:not(.key-group)")
    ]
    assert rows == [
        ("Heldere verwachtingen", "83"),
        ("Eerlijk naar jezelf", "75"),
        ("Open kaart spelen", "75"),
        ("Benoemen wat er speelt", "67"),
        ("Erkenning op maat", "67"),
        ("Voorspelbaar onder druk", "58"),
        ("Lef belonen", "58"),
        ("Ongemak mag er zijn", "50"),
        ("Vertrouwen op voorschot", "33"),
        ("Uit handen geven", "25"),
    ]
    weakest = page.select("table.beams tbody tr")[-1]
    assert weakest.select_one("td.key-beam").text.strip() == "waarschijnlijk tussen 13 en 37"
    assert [low.text.strip() for low in page.select("table.beams .weakest")] == ["draagt het minst"]
    assert page.select_one("#h-w").text == "Uit handen geven: 25 van 100"
    assert page.select_one("#h-p").text == "De greep"
    assert len(page.select(".actions-to-take li")) == 2
    assert [a["href"] for a in page.select(".btn.cta")] == [reverse("bookings:slots")]
    assert page.select_one(".btn.cta").text.strip() == "Plan een impactcall"


def test_a_key_is_held_together_wherever_it_stands_in_a_sentence(visitor, monkeypatch):
    monkeypatch.setattr(summary, "_call_facts", [lambda: summary.CallFacts(30, lambda: None)])
    page = soup(visitor.get(reverse("assessments:result", args=[walk(visitor).public_id])))
    assert [key.text for key in page.select("h1 .key")] == [
        "heldere verwachtingen", "Ruimte om het zelf te doen"
    ]  # fmt: skip
    below = page.select_one(".cta-row .small")
    assert below.text.split() == [
        "30",
        "minuten",
        "met",
        "Jet",
        "van",
        "Dalen,",
        "gratis,",
        "over",
        "ruimte",
        "om",
        "het",
        "zelf",
        "te",
        "doen.",
        "Geen",
        "verkooppraatje.",
    ]
    assert below.select_one(".key").text == "ruimte om het zelf te doen"
    assert [key.text for key in page.find(id="h-p").find_parent("section").select(".section-legend .key")] == [
        "ruimte om het zelf te doen", "vertrouwen op voorschot"
    ]  # fmt: skip


def test_the_foot_on_paper_names_the_address_of_the_scan_and_not_of_the_result(visitor, settings):
    settings.SITE_URL = "https://draagkracht.example"
    scan = walk(visitor)
    foot = (
        soup(visitor.get(reverse("assessments:result", args=[scan.public_id]))).select_one(".print-end").text
    )
    assert "https://draagkracht.example/. " in foot
    assert scan.public_id not in foot


def test_the_result_offers_to_keep_it_with_an_unticked_box(visitor):
    scan = walk(visitor)
    form = soup(visitor.get(reverse("assessments:result", args=[scan.public_id]))).find(
        "form", action=reverse("accounts:keep")
    )
    assert not form.find("input", {"name": "tips"}).has_attr("checked")
    assert form.find("input", {"name": "email"})["autocomplete"] == "email"


def test_the_result_address_without_id_leads_to_the_newest_result(visitor):
    latest = reverse("assessments:result")
    assert visitor.get(latest).headers["Location"] == reverse("assessments:landing")
    scan = walk(visitor)
    assert visitor.get(latest).headers["Location"] == reverse("assessments:result", args=[scan.public_id])


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("value", [None, 1, 3, 5])
def test_a_column_ticked_all_the_way_down_gives_an_even_result_without_a_weakest_key(
    visitor, value, language
):
    scan = walk(visitor, same_answer(value))
    with translation.override(language):
        page = soup(visitor.get(reverse("assessments:result", args=[scan.public_id])))
    assert not page.select("table.beams .weakest")
    assert not page.select(".beam.is-weakest")
    expected = {
        ("nl", False): "Al je sleutels dragen evenveel.",
        ("nl", True): "Er zijn te weinig antwoorden voor een uitslag.",
        ("en", False): "All your keys carry the same.",
        ("en", True): "There are too few answers for a result.",
    }
    assert page.h1.text.strip() == expected[language, value is None]


def test_keys_that_carry_almost_the_same_get_words_of_their_own(visitor):
    scan = walk(visitor, answers(dict.fromkeys(NOW, 10) | {"clear": 11}))
    page = soup(visitor.get(reverse("assessments:result", args=[scan.public_id])))
    assert page.h1.get_text(" ", strip=True) == "Je sleutels dragen bijna evenveel."
    assert page.select_one(".verdict-below .lead").text.startswith("Tussen je hoogste en je laagste sleutel")
    assert not page.select(".weakest")
    assert "Een plek om te beginnen" in page.text


@pytest.mark.parametrize(("sums", "first"), [(dict.fromkeys(NOW, 7) | {"open": 4}, "lead"), (NOW, "score")])
def test_below_fifty_the_sentence_comes_before_the_figure(visitor, sums, first):
    scan = walk(visitor, answers(sums))
    page = soup(visitor.get(reverse("assessments:result", args=[scan.public_id])))
    assert page.select_one(".verdict-below").find(["p", "div"])["class"] == [first]


def test_what_to_do_this_week_is_one_press_away(visitor):
    scan = walk(visitor)
    page = soup(visitor.get(reverse("assessments:result", args=[scan.public_id])))
    link = page.find("a", string="Wat je deze week kunt doen")
    assert "Kies er één" in page.select_one(link["href"]).text


def test_seven_valid_keys_give_beams_but_no_overall(visitor):
    gone = {"naming", "steady", "open"}
    few = {i: None if i.rsplit("_", 1)[0] in gone else v for i, v in ANSWERS.items()}
    scan = walk(visitor, few)
    page = soup(visitor.get(reverse("assessments:result", args=[scan.public_id])))
    assert not page.select(".score")
    assert "minstens acht sleutels" in page.select_one(".verdict").text
    assert [r.text.strip() for r in page.select("tr.key-group th")][-1] == "Te weinig antwoorden"
    assert len(page.select("table.beams tbody tr:not(.key-group)")) == 10


def test_a_kept_result_is_compared_with_the_one_before(client):
    user = UserFactory()
    CompletedScanFactory(user=user, sums=BEFORE, days_ago=90)
    scan = CompletedScanFactory(user=user)
    client.force_login(user)
    page = soup(client.get(reverse("assessments:result", args=[scan.public_id])))
    score = page.select_one(".score").get_text(" ", strip=True)
    assert re.search(r"\+4 sinds \d+ \w+( \d{4})?: kan toeval zijn", score)
    changes = {
        row.th.find(string=True, recursive=False).strip(): (
            row.select_one("td.key-change").get_text(" ", strip=True)
        )
        for row in page.select("table.beams tbody tr:not(.key-group)")
    }
    assert changes["Eerlijk naar jezelf"] == "+33 kan toeval zijn verwacht: 49"
    assert changes["Uit handen geven"] == "−17 kan toeval zijn verwacht: 49"
    assert changes["Lef belonen"] == "0 gelijk gebleven verwacht: 57"
    first = page.select_one("table.beams tbody tr:not(.key-group)")
    assert first.select_one(".key-change .expected").text.strip() == "verwacht: 64"
    assert first.select_one("svg.beam circle.predicted")["cx"] == "64.0%"  # the same, as a mark on the beam
    assert "Deze uitslag staat in je account" in page.text
    assert not page.find("form", action=reverse("accounts:keep"))


def test_scans_of_two_major_versions_are_never_subtracted(client):
    user = UserFactory()
    CompletedScanFactory(user=user, sums=BEFORE, days_ago=90)
    scan = CompletedScanFactory(user=user, instrument=InstrumentFactory(version="2.0"))
    client.force_login(user)
    page = soup(client.get(reverse("assessments:result", args=[scan.public_id])))
    assert not page.select("table.beams td.key-change")
    assert "sinds" not in page.select_one(".score").text


# ---- who may open what ---------------------------------------------------------------------------------
def test_an_unattached_result_opens_only_in_its_own_browser(visitor):
    scan = walk(visitor)
    url = reverse("assessments:result", args=[scan.public_id])
    assert visitor.get(url).status_code == 200
    assert Client().get(url).status_code == 404
    other = Client()
    other.force_login(UserFactory())
    assert other.get(url).status_code == 404


def test_an_attached_result_opens_only_for_its_account_also_where_the_cookie_is(client):
    owner = UserFactory()
    scan = CompletedScanFactory(user=owner)
    url = reverse("assessments:result", args=[scan.public_id])
    assert with_cookie(scan).get(url).status_code == 404
    stranger = with_cookie(scan)
    stranger.force_login(UserFactory())
    assert stranger.get(url).status_code == 404
    staff = Client()
    staff.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert staff.get(url).status_code == 404
    client.force_login(owner)
    assert client.get(url).status_code == 200


def test_an_open_scan_of_an_account_is_not_written_from_a_left_behind_cookie():
    scan = ScanFactory(user=UserFactory())
    assert send_page(with_cookie(scan), 1, scan=scan.public_id).status_code == 409
    scan.refresh_from_db()
    assert scan.answers == {}


def test_a_result_that_is_not_finished_or_not_there_is_not_found(visitor):
    start(visitor)
    scan = Scan.objects.get()
    assert visitor.get(reverse("assessments:result", args=[scan.public_id])).status_code == 404
    assert visitor.get(reverse("assessments:result", args=["2" * 24])).status_code == 404
    assert visitor.get("/uitslag/zomaar/").status_code == 404


def test_a_signed_in_person_goes_on_from_any_device(client):
    user = UserFactory()
    ScanFactory(user=user, answers={i.id: 3 for i in instrument().pages[0]})
    client.force_login(user)
    assert client.get(reverse("assessments:resume")).headers["Location"] == scan_url(2)
    assert send_page(client, 2).headers["Location"] == scan_url(3)


def test_a_signed_in_persons_scan_is_theirs_and_leaves_no_scan_cookie(client):
    user = UserFactory()
    client.force_login(user)
    response = start(client, clear_1="4")
    assert Scan.objects.get().user == user
    assert "scan" not in response.cookies


def test_private_pages_are_never_stored_nor_indexed(visitor):
    scan = walk(visitor)
    visitor.post(reverse("assessments:again"))
    urls = [
        scan_url(1),
        reverse("assessments:resume"),
        reverse("assessments:result"),
        reverse("assessments:result", args=[scan.public_id]),
    ]
    for url in urls:
        response = visitor.get(url)
        assert response.headers["Cache-Control"] == "no-store", url
        assert response.headers["X-Robots-Tag"] == "noindex", url


def test_reading_pages_changes_nothing(visitor):
    walk(visitor)
    visitor.post(reverse("assessments:again"))
    before = list(Scan.objects.order_by("pk").values())
    for name in ("start", "resume", "result", "landing"):
        visitor.get(reverse(f"assessments:{name}"))
    for number in range(8):
        visitor.get(scan_url(number))
    assert list(Scan.objects.order_by("pk").values()) == before


# ---- how much the database is asked ---------------------------------------------------------------------
def test_saving_a_page_takes_two_queries_and_reading_one(visitor, django_assert_num_queries):
    start(visitor)
    named = shown_scan(visitor)
    with django_assert_num_queries(2):  # find and merge
        send_page(visitor, 1, scan=named)
    with django_assert_num_queries(1):
        visitor.get(scan_url(2))


@pytest.mark.parametrize("count", [1, 5])
def test_a_result_takes_as_many_queries_whatever_was_there_before(client, django_assert_num_queries, count):
    user = UserFactory()
    for days in range(count, 0, -1):
        CompletedScanFactory(user=user, days_ago=days)
    scan = CompletedScanFactory(user=user)
    client.force_login(user)
    client.get(reverse("assessments:result", args=[scan.public_id]))
    extra = call_fact_queries()
    # session with the person, scan, scan before, what was agreed, what was promised, figures of the version
    with django_assert_num_queries(6 + extra):
        client.get(reverse("assessments:result", args=[scan.public_id]))


def call_fact_queries() -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from assessments import summary

    with CaptureQueriesContext(connection) as queries:
        summary.call_facts()
    return len(queries)
