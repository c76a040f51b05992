"""The scan over HTTP: nothing lost, nothing overwritten, nobody else's result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.messages import get_messages
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessments import cookies
from assessments.models import Scan
from tests.assessments.demo import BEFORE, NOW, answers, instrument, same_answer
from tests.assessments.walk import ANSWERS, page_data, send_page, shown_scan, start, walk
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, ScanFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _dutch_and_an_instrument() -> Iterator[None]:
    """A request in English leaves its language behind in this thread; every test begins in Dutch."""
    with translation.override("nl"):
        InstrumentFactory()
        yield


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def scan_url(number: int) -> str:
    return reverse("assessments:scan", args=[number])


def said(response: Any) -> list[str]:
    """What waits to be shown, each sentence once."""
    return sorted({str(message) for message in get_messages(response.wsgi_request)})


def cookie_for(scan: Scan) -> dict[str, str]:
    return {cookies.cookie_name(): signing.dumps([scan.public_id], salt=cookies.SALT)}


def with_cookie(scan: Scan) -> Client:
    client = Client()
    for name, value in cookie_for(scan).items():
        client.cookies[name] = value
    return client


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


# ---- the result ---------------------------------------------------------------------------------------
def test_the_result_shows_overall_beams_weakest_key_pattern_and_one_red_button(visitor):
    scan = walk(visitor)
    page = soup(visitor.get(reverse("assessments:result", args=[scan.public_id])))
    assert page.h1.get_text(" ", strip=True) == (
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
    assert page.select_one(".btn.cta").text.strip() == "Bespreek deze sleutel in een impactcall"


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
    assert changes["Eerlijk naar jezelf"] == "+33 kan toeval zijn"
    assert changes["Uit handen geven"] == "−17 kan toeval zijn"
    assert changes["Lef belonen"] == "0 gelijk gebleven"
    first = page.select_one("table.beams tbody tr:not(.key-group) td.key-beam")
    assert first.get_text(" ", strip=True).endswith("toen verwacht, als er niets veranderde: 64")
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
    with django_assert_num_queries(4 + extra):  # session, person, scan, scan before
        client.get(reverse("assessments:result", args=[scan.public_id]))


def call_fact_queries() -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from assessments import summary

    with CaptureQueriesContext(connection) as queries:
        summary.call_facts()
    return len(queries)
