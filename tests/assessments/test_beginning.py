"""A link elsewhere that begins the scan with an answer: looked at it keeps nothing, pressed it begins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Scan
from portal.accounts.models import Session
from portal.common import came_from
from portal.leads import services as leads
from portal.leads.models import Lead
from tests.assessments import walk
from tests.assessments.demo import instrument
from tests.bookings.admin.conftest import browser_of
from tests.bookings.browsing import page_of, words_of
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, UserFactory

pytestmark = pytest.mark.django_db
PATHS = ["/begin/", "/en/begin/"]
FIRST, *OTHERS = (item.id for item in instrument().pages[0])


@pytest.fixture(autouse=True)
def _instrument() -> None:
    InstrumentFactory()


def chosen(response: Any) -> dict[str, str]:
    return {field["name"]: field["value"] for field in page_of(response).select("#scan input:checked")}


def send(browser: Client, path: str, **changes: str) -> Any:
    """The form of that page, its five statements answered, as a browser sends it."""
    page = page_of(browser.get(path))
    form = page.select_one("form#scan")
    hidden = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}
    return browser.post(form["action"], {**hidden, **walk.page_data(1), **changes})


# ---- looked at -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("answer", ["1", "2", "3", "4", "5", "na"])
def test_the_answer_of_the_link_is_chosen(visitor: Client, path: str, answer: str) -> None:
    response = visitor.get(path, {"a": answer})
    assert chosen(response) == {FIRST: answer}
    assert len(page_of(response).select("#scan fieldset")) == 5


@pytest.mark.parametrize("answer", ["", "0", "6", "-1", "4.0", "٤", "x" * 10_000, "<b>", "4\0", "None"])
def test_another_answer_than_the_six_is_an_empty_page(visitor: Client, answer: str) -> None:
    response = visitor.get("/begin/", {"a": answer, "van": "<script>" * 1000})
    assert response.status_code == 200
    assert chosen(response) == {}
    assert b"<script>" not in response.content.replace(b"<script type", b"")


@pytest.mark.parametrize("path", PATHS)
def test_looking_keeps_nothing_at_all(visitor: Client, path: str) -> None:
    for query in ({"a": "4", "van": "blog"}, {"a": "5", "utm_source": "mail"}):
        with CaptureQueriesContext(connection) as queries:
            response = visitor.get(path, query, headers={"Referer": "https://www.linkedin.com/"})
        assert all(query["sql"].startswith("SELECT") for query in queries)
    assert set(visitor.cookies) == {"csrftoken"}
    for model in (Scan, Lead, Session):
        assert not model._default_manager.exists(), model
    assert "Er is nog niets bewaard." in words_of(response) or "Nothing has been saved yet." in words_of(
        response
    )


@pytest.mark.parametrize("path", PATHS)
def test_search_engines_hear_nothing_of_it(visitor: Client, path: str) -> None:
    response = visitor.get(path)
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert page_of(response).find("meta", attrs={"name": "robots"})["content"] == "noindex"
    assert path.encode() not in visitor.get(reverse("sitemap")).content


def test_it_costs_as_many_queries_for_whoever_comes(visitor: Client, django_assert_num_queries: Any) -> None:
    visitor.get("/begin/")
    with django_assert_num_queries(1):
        visitor.get("/begin/")
    for number in range(3):
        CompletedScanFactory(user=UserFactory())
        with django_assert_num_queries(1):
            visitor.get(f"/begin/?a={number}&van=blog")


# ---- pressed -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("path", "language"), [("/begin/", "nl"), ("/en/begin/", "en")])
def test_pressing_begins_a_scan_with_the_page_and_goes_to_the_next(
    visitor: Client, path: str, language: str
) -> None:
    response = send(visitor, f"{path}?a=4", **{FIRST: "4"})
    scan = Scan.objects.get()
    assert response.headers["Location"].endswith("/scan/2/")
    assert (scan.language, scan.answers[FIRST], len(scan.answers)) == (language, 4, 5)
    assert visitor.get(response.headers["Location"]).status_code == 200


def test_what_is_missing_is_asked_for_on_the_page_and_the_rest_is_kept(visitor: Client) -> None:
    response = visitor.post("/begin/", {FIRST: "4", OTHERS[0]: "2"})
    assert response.status_code == 422
    assert chosen(response) == {FIRST: "4", OTHERS[0]: "2"}
    assert len(page_of(response).select(".has-error")) == 3
    scan = Scan.objects.get()
    assert page_of(response).select_one("#scan input[name=scan]")["value"] == scan.public_id
    assert walk.send_page(visitor, 1).headers["Location"] == "/scan/2/"
    assert Scan.objects.get().answers[FIRST] == walk.ANSWERS[FIRST]


def test_the_other_language_loses_no_answer(visitor: Client) -> None:
    response = visitor.post("/begin/", {FIRST: "5", "to_language": "en"}, follow=True)
    assert response.redirect_chain == [("/en/scan/1/", 302)]
    assert chosen(response) == {FIRST: "5"}


# ---- an open scan is gone on with ----------------------------------------------------------------------
def test_an_open_scan_is_gone_on_with_and_its_answer_wins(visitor: Client) -> None:
    walk.start(visitor, **{FIRST: "2"})
    walk.send_page(visitor, 1, {**walk.page_data(1), FIRST: "2"})
    response = visitor.get("/begin/?a=5&van=blog", follow=True)
    assert response.redirect_chain == [("/scan/2/", 302)]
    visitor.post("/begin/", {**walk.page_data(1), FIRST: "5"})
    assert Scan.objects.get().answers[FIRST] == 2


def test_an_open_scan_without_that_answer_gets_it_chosen_and_not_saved(visitor: Client) -> None:
    walk.start(visitor, **{OTHERS[1]: "1"})
    response = visitor.get("/begin/?a=5&van=blog")
    assert chosen(response) == {FIRST: "5", OTHERS[1]: "1"}
    scan = Scan.objects.get()
    assert FIRST not in scan.answers
    assert page_of(response).select_one("#scan")["action"] == "/scan/1/"
    assert page_of(response).select_one("#scan input[name=scan]")["value"] == scan.public_id


def test_after_a_finished_scan_a_new_one_begins(visitor: Client) -> None:
    done = walk.walk(visitor)
    assert chosen(visitor.get("/begin/?a=1")) == {FIRST: "1"}
    send(visitor, "/begin/?a=1")
    assert Scan.objects.exclude(pk=done.pk).get().answers


# ---- how somebody came ---------------------------------------------------------------------------------
def test_a_link_elsewhere_reaches_the_contact_when_the_address_is_proven_and_the_next_one_is_the_last(
    visitor: Client, clock: Any
) -> None:
    send(visitor, "/begin/?a=4&van=blog&utm_source=linkedin&gclid=7")
    first = {"van": "blog", "utm_source": "linkedin"}
    assert Scan.objects.get().came_from == first
    assert not Lead.objects.exists()
    walk.keep(visitor)
    began = Scan.objects.get().started_at.isoformat()
    lead = Lead.objects.get()
    assert lead.first_touch == lead.last_touch == {**first, "at": began}
    clock.shift(timedelta(days=20))
    other = Client()
    page = BeautifulSoup(other.get("/?utm_campaign=herfst").content, "html.parser")
    field = page.select_one("#eerste input[name=came_from]")
    walk.start(other, **{FIRST: "3", "came_from": field["value"]})
    walk.keep(other)
    lead.refresh_from_db()
    assert lead.first_touch == {**first, "at": began}
    assert lead.last_touch["utm_campaign"] == "herfst"


def test_how_a_scan_began_is_written_once(visitor: Client) -> None:
    send(visitor, "/begin/?van=blog", **{OTHERS[0]: ""})
    visitor.post("/begin/", {"came_from": came_from.token({"van": "later"})})
    walk.start(visitor, came_from=came_from.token({"van": "later"}))
    assert Scan.objects.get().came_from == {"van": "blog"}


@pytest.mark.parametrize("signed", ["", "x", came_from.token({"van": "blog"})[:-2] + "zz", "a" * 10_000])
@pytest.mark.parametrize("path", ["/begin/", "/start/"])
def test_an_altered_signature_is_ignored_and_the_scan_goes_on(
    visitor: Client, path: str, signed: str
) -> None:
    response = visitor.post(path, {**walk.page_data(1), "came_from": signed})
    assert response.headers["Location"] == "/scan/2/"
    assert Scan.objects.get().came_from == {}


def test_whoever_is_signed_in_is_known_from_the_first_page_on(visitor: Client) -> None:
    user = UserFactory()
    visitor.force_login(user)
    send(visitor, "/begin/?van=nieuwsbrief")
    assert Lead.objects.get(email=user.email).last_touch["van"] == "nieuwsbrief"


def test_an_older_scan_that_is_kept_later_is_the_first_and_not_the_last(clock: Any) -> None:
    old, new = Client(), Client()
    send(old, "/begin/?van=eerst")
    send(new, "/begin/?van=later")
    walk.keep(new)
    clock.shift(timedelta(minutes=1))
    Scan.objects.filter(came_from={"van": "eerst"}).update(started_at="2026-11-01T08:00Z")
    walk.keep(old)
    lead = Lead.objects.get()
    assert (lead.first_touch["van"], lead.last_touch["van"]) == ("eerst", "later")


def test_of_who_objects_nothing_is_kept(visitor: Client) -> None:
    send(visitor, "/begin/?van=blog")
    walk.keep(visitor)
    lead = Lead.objects.get()
    leads.object_to_contact(lead)
    leads.touch(lead, {"van": "later"}, at=Scan.objects.get().started_at)
    lead.refresh_from_db()
    assert lead.first_touch == lead.last_touch == {}


def test_the_coach_reads_it_plainly_and_markup_stays_text(visitor: Client) -> None:
    send(visitor, "/begin/?van=<b>blog</b>&utm_source=linkedin&utm_medium=social&utm_campaign=herfst")
    walk.keep(visitor)
    boss = browser_of(UserFactory(is_staff=True, is_superuser=True))
    address = reverse("admin:leads_lead_change", args=[Lead.objects.get().pk])
    response = boss.get(address)
    assert "<b>blog</b>, linkedin (social), campagne ‘herfst’, " in " ".join(
        page_of(response).get_text(" ").split()
    )
    assert "Kwam via" in page_of(response).get_text(" ")
