"""The scan over HTTP: nothing lost, nothing overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessments.models import Scan
from tests.assessments.demo import NOW, instrument
from tests.assessments.views.browsing import scan_url, soup
from tests.assessments.walk import ANSWERS, page_data, send_page, shown_scan, start, walk

pytestmark = pytest.mark.django_db


def said(response: Any) -> list[str]:
    """What waits to be shown, each sentence once."""
    return sorted({str(message) for message in get_messages(response.wsgi_request)})


# ---- public pages -------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(
    "name", ["assessments:landing", "assessments:keys", *[f"assessments:key {k}" for k in NOW]]
)
def test_public_pages_speak_both_languages(visitor, language, name):
    name, *arguments = name.split(" ")
    with translation.override(language):
        response = visitor.get(reverse(name, args=arguments))
    assert response.status_code == 200
    assert soup(response).html["lang"] == language


def test_the_landing_page_shows_the_first_item_as_a_form_and_the_sample_result(visitor):
    page = soup(visitor.get(reverse("assessments:landing")))
    form = page.find("form", action=reverse("assessments:start"))
    assert form.legend.text.strip() == instrument().items[0].text
    assert [radio["value"] for radio in form.find_all("input", type="radio")] == [
        "1",
        "2",
        "3",
        "4",
        "5",
        "na",
    ]
    assert form.select_one(".option.not-applicable").text.strip() == "Kwam niet voor"
    assert [cell.text.strip() for cell in page.select("table.beams td.key-score")] == [
        "67", "25", "58", "83", "75", "50", "58", "75", "33", "67",
    ]  # fmt: skip


# ---- starting -----------------------------------------------------------------------------------------
def test_starting_keeps_the_first_answer_and_opens_page_one(visitor):
    response = start(visitor, clear_1="4")
    assert response.headers["Location"] == scan_url(1)
    assert Scan.objects.get().answers == {"clear_1": 4}
    page = soup(visitor.get(scan_url(1)))
    assert page.select_one("#clear_1-4").has_attr("checked")


def test_starting_without_an_answer_starts_all_the_same(visitor):
    assert start(visitor).headers["Location"] == scan_url(1)
    assert Scan.objects.get().answers == {}


@pytest.mark.parametrize("value", ["0", "6", "abc", "4.5", "", "1" * 5000])
def test_starting_with_a_value_that_means_nothing_keeps_nothing(visitor, value):
    assert start(visitor, clear_1=value).status_code == 302
    assert Scan.objects.get().answers == {}


def test_starting_again_goes_on_with_the_open_scan_and_overwrites_nothing(visitor):
    start(visitor, clear_1="4")
    send_page(visitor, 1)
    response = start(visitor, clear_1="1")
    assert response.headers["Location"] == scan_url(2)
    assert Scan.objects.get().answers["clear_1"] == ANSWERS["clear_1"]


def test_starting_after_a_finished_scan_makes_a_new_one_and_keeps_the_old(visitor):
    first = walk(visitor)
    start(visitor, clear_1="1")
    first.refresh_from_db()
    assert first.answers == ANSWERS
    assert Scan.objects.count() == 2


def test_opening_the_start_address_changes_nothing(visitor):
    assert visitor.get(reverse("assessments:start")).headers["Location"] == reverse("assessments:landing")
    assert not Scan.objects.exists()


def test_the_scan_cookie_is_signed_http_only_and_lax(visitor):
    cookie = start(visitor).cookies["scan"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 30 * 24 * 3600)
    assert visitor.get(scan_url(1)).status_code == 200
    for forged in (
        cookie.value[:-1],
        "x" + cookie.value,
        Scan.objects.get().public_id,
        signing.dumps("x"),
        "::",
        "é",
    ):
        visitor.cookies["scan"] = forged
        assert visitor.get(scan_url(1)).headers["Location"] == reverse("assessments:landing")


def test_whoever_loses_the_session_at_the_seventeenth_statement_goes_on_where_it_was(visitor):
    """R41: the scan is known by its own cookie, and by nothing else to somebody else."""
    start(visitor)
    for number in range(1, 4):
        send_page(visitor, number)
    walk(Client())  # somebody else, meanwhile
    half_way = dict(list(page_data(4).items())[:2])  # statements 16 and 17
    send_page(visitor, 4, half_way)
    cookie = visitor.cookies["scan"].value
    visitor.cookies.clear()
    assert visitor.get(scan_url(4)).headers["Location"] == reverse("assessments:landing")
    visitor.cookies["scan"] = cookie
    page = soup(visitor.get(scan_url(4)))
    assert {field["name"]: field["value"] for field in page.select("input[checked]")} == half_way
    for number in range(4, 7):
        send_page(visitor, number)
    assert [scan.answers for scan in Scan.objects.order_by("-started_at")] == [ANSWERS, ANSWERS]


def test_over_https_the_cookie_is_bound_to_the_host(visitor, settings):
    settings.HTTPS = True
    cookie = start(visitor).cookies["__Host-scan"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")


# ---- the six pages ------------------------------------------------------------------------------------
def test_each_page_shows_its_five_items_as_fieldsets_of_native_radios(visitor):
    start(visitor)
    page = soup(visitor.get(scan_url(1)))
    legends = [legend.get_text(" ", strip=True) for legend in page.select("form#scan legend")]
    assert legends == [f"{item.number} van 30 {item.text}" for item in instrument().pages[0]]
    for item in instrument().pages[0]:
        assert [r["value"] for r in page.find_all("input", {"name": item.id})] == [
            "1",
            "2",
            "3",
            "4",
            "5",
            "na",
        ]
    assert not page.select("input[checked]")


def test_the_title_says_the_page_and_the_time_left(visitor):
    start(visitor)
    titles = []
    for number in range(1, 7):
        title = soup(visitor.get(scan_url(number))).title.text.split("|")[0]
        titles.append(title.strip())
        send_page(visitor, number)
    assert titles == [
        f"Pagina {n} van 6, nog ± {m} min" for n, m in zip(range(1, 7), (7, 5, 4, 3, 2, 1), strict=True)
    ]


def test_the_progress_counts_answers_and_fills_nothing_before_the_first(visitor):
    start(visitor)
    page = soup(visitor.get(scan_url(1)))
    assert "0 van 30 beantwoord" in page.select_one(".step").get_text(" ", strip=True)
    assert not page.select(".marks .now, .marks .done")
    send_page(visitor, 1, dict(list(page_data(1).items())[:2]))  # two of five: the page comes back
    page = soup(visitor.get(scan_url(1)))
    assert "2 van 30 beantwoord" in page.select_one(".step").get_text(" ", strip=True)
    assert [mark["width"] for mark in page.select(".marks .now")] == ["6.2%"]


def test_next_saves_and_goes_to_the_next_page(visitor):
    start(visitor)
    response = send_page(visitor, 1)
    assert response.headers["Location"] == scan_url(2)
    assert set(Scan.objects.get().answers) == {item.id for item in instrument().pages[0]}


def test_did_not_come_up_is_stored_as_nothing_and_shown_again(visitor):
    start(visitor)
    send_page(visitor, 1, page_data(1) | {"steady_3": "na"})
    assert Scan.objects.get().answers["steady_3"] is None
    assert soup(visitor.get(scan_url(1))).select_one("#steady_3-na").has_attr("checked")


def test_missing_items_are_named_and_the_rest_is_kept(visitor):
    start(visitor)
    data = page_data(1)
    del data["letting-go_1"], data["steady_3"]
    response = send_page(visitor, 1, data)
    assert response.status_code == 422
    page = soup(response)
    assert page.title.text.strip().startswith("Fout: pagina 1 van 6, nog ± 7 min")
    assert page.select_one(".error-summary h2").text.strip() == "Beantwoord nog 2 uitspraken"
    links = {a["href"]: a.text for a in page.select(".error-summary a")}
    texts = {item.id: f"{item.number}. {item.text}" for item in instrument().pages[0]}
    assert links == {"#letting-go_1-1": texts["letting-go_1"], "#steady_3-1": texts["steady_3"]}
    assert all(page.select_one(href) for href in links)
    described = page.select_one("#letting-go_1-1")["aria-describedby"]
    assert "Kies hoe vaak dit zo was" in page.find(id=described).text
    assert set(Scan.objects.get().answers) == set(data)
    assert len(page.select("input[checked]")) == 3


def test_one_missing_item_is_named_in_the_singular(visitor):
    start(visitor)
    data = page_data(1)
    del data["steady_3"]
    assert (
        soup(send_page(visitor, 1, data)).select_one(".error-summary h2").text.strip()
        == "Beantwoord nog één uitspraak"
    )


@pytest.mark.parametrize("value", ["0", "6", "nooit", "4 ", "²", "9" * 4000, "\x00"])
def test_an_unknown_value_is_refused_at_the_item(visitor, value):
    start(visitor)
    response = send_page(visitor, 1, page_data(1) | {"clear_1": value})
    assert response.status_code == 422
    assert soup(response).select_one("#clear_1-e")
    assert "clear_1" not in Scan.objects.get().answers


def test_an_item_of_another_page_is_refused_with_a_sentence_and_not_saved(visitor):
    start(visitor)
    response = send_page(visitor, 1, page_data(1) | {"open_3": "5"})
    assert response.status_code == 422
    assert (
        "Eén antwoord hoorde bij een andere pagina en is niet bewaard."
        in soup(response).select_one(".error-summary").text
    )
    assert set(Scan.objects.get().answers) == {item.id for item in instrument().pages[0]}


def test_a_field_nobody_knows_is_ignored(visitor):
    start(visitor)
    send_page(visitor, 1, page_data(1) | {"is_staff": "1", "scores": "100"})
    assert set(Scan.objects.get().answers) == {item.id for item in instrument().pages[0]}


def test_back_saves_without_asking_for_more(visitor):
    start(visitor)
    send_page(visitor, 1)
    response = send_page(visitor, 2, {"open_3": "5"}, back="1")
    assert response.headers["Location"] == scan_url(1)
    assert Scan.objects.get().answers["open_3"] == 5


def test_the_language_switch_saves_and_opens_the_same_page_in_the_other_language(visitor):
    start(visitor)
    send_page(visitor, 1)
    response = send_page(visitor, 2, {"open_3": "5"}, to_language="en")
    assert response.headers["Location"] == "/en/scan/2/"
    page = soup(visitor.get("/en/scan/2/"))
    assert page.html["lang"] == "en"
    assert page.select_one("#open_3-5").has_attr("checked")
    assert "Cards" not in page.title.text
    assert (
        page.select_one("legend").get_text(" ", strip=True) == f"6 of 30 {instrument('en').pages[1][0].text}"
    )


def test_answers_survive_a_language_switch_half_way_and_give_the_same_result(visitor):
    start(visitor)
    for number in range(1, 4):
        send_page(visitor, number)
    named = {"scan": shown_scan(visitor)}
    for number in range(4, 7):
        response = visitor.post(f"/en/scan/{number}/", page_data(number) | named)
    assert Scan.objects.get().answers == ANSWERS
    assert response.headers["Location"] == f"/en/result/{Scan.objects.get().public_id}/"


@pytest.mark.parametrize("value", ["de", "../", "nl-BE", ""])
def test_a_language_that_is_not_offered_counts_as_next(visitor, value):
    start(visitor)
    assert send_page(visitor, 1, to_language=value).headers["Location"] == scan_url(2)


@pytest.mark.parametrize("number", [3, 6, 7, 0, 99999999999999999999])
def test_a_page_out_of_order_leads_to_the_first_unfinished_one_with_a_sentence(visitor, number):
    start(visitor)
    send_page(visitor, 1)
    for response in (visitor.get(scan_url(number)), send_page(visitor, number, {"clear_1": "1"})):
        assert response.headers["Location"] == scan_url(2)
    assert said(response) == ["Op pagina 2 staat nog een uitspraak open. Ga daar verder."]
    assert Scan.objects.get().answers["clear_1"] == ANSWERS["clear_1"]


def test_an_earlier_page_may_be_changed(visitor):
    start(visitor)
    send_page(visitor, 1)
    send_page(visitor, 2)
    send_page(visitor, 1, page_data(1) | {"clear_1": "1"})
    assert Scan.objects.get().answers["clear_1"] == 1


def test_only_the_last_page_completes_the_scan(visitor):
    start(visitor)
    for number in range(1, 6):
        send_page(visitor, number)
        assert Scan.objects.get().status == "in_progress"
    send_page(visitor, 6, back="1")
    assert Scan.objects.get().status == "in_progress"
    response = send_page(visitor, 6)
    scan = Scan.objects.get()
    assert scan.is_completed
    assert response.headers["Location"] == reverse("assessments:result", args=[scan.public_id])


def test_a_replayed_page_after_the_end_changes_nothing_and_leads_to_the_result(visitor):
    scan = walk(visitor)
    response = send_page(visitor, 6, page_data(6) | {"steady_2": "1"}, scan=scan.public_id)
    assert response.headers["Location"] == reverse("assessments:result", args=[scan.public_id])
    scan.refresh_from_db()
    assert scan.answers == ANSWERS


def test_without_a_scan_the_pages_lead_to_the_beginning_with_a_sentence(visitor):
    response = visitor.get(scan_url(3))
    assert response.headers["Location"] == reverse("assessments:landing")
    assert said(response) == ["In deze browser is geen scan bezig. Je kunt hier beginnen."]


def test_resume_leads_where_the_visitor_was(visitor):
    resume = reverse("assessments:resume")
    assert visitor.get(resume).headers["Location"] == reverse("assessments:landing")
    start(visitor)
    send_page(visitor, 1)
    assert visitor.get(resume).headers["Location"] == scan_url(2)
    scan = walk(visitor)
    assert visitor.get(resume).headers["Location"] == reverse("assessments:result", args=[scan.public_id])


def test_again_starts_a_new_scan_and_leaves_the_old_one(visitor):
    first = walk(visitor)
    response = visitor.post(reverse("assessments:again"))
    assert response.headers["Location"] == scan_url(1)
    assert Scan.objects.count() == 2
    assert visitor.get(reverse("assessments:again")).status_code == 405
    first.refresh_from_db()
    assert first.is_completed
    assert visitor.get(reverse("assessments:result", args=[first.public_id])).status_code == 200
    assert visitor.get(reverse("assessments:result")).headers["Location"].endswith(f"{first.public_id}/")


def test_enter_presses_next_because_it_is_the_first_button_of_the_form(visitor):
    start(visitor)
    send_page(visitor, 1)
    page = soup(visitor.get(scan_url(2)))
    buttons = page.select("button[form=scan], form#scan button")
    assert not buttons[0].has_attr("name")
    assert [b.get("name") for b in buttons] == [None, "to_language", "to_language", "back", None]
