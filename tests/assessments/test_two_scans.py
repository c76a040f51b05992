"""A page of the scan is saved in the scan it showed or nowhere; what was chosen on it is never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from assessments import services
from assessments.models import Scan
from portal.accounts.models import User
from portal.common import times
from tests.assessments.walk import ANSWERS, page_data, send_page, shown_scan, start, walk
from tests.browsers import as_member
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, ScanFactory, UserFactory

pytestmark = pytest.mark.django_db
ONES = dict.fromkeys(page_data(1), "1")


@pytest.fixture(autouse=True)
def _instrument(db: None) -> None:
    InstrumentFactory()


@pytest.fixture
def sanne() -> User:
    return UserFactory(email="sanne@voorbeeld.nl")


def ago(user: User | None, **fields: Any) -> Scan:
    """A scan under way that was begun an hour ago."""
    return ScanFactory(user=user, started_at=times.now() - timedelta(hours=1), **fields)


def soup(response: HttpResponse) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def answers_of(scan: Scan) -> dict[str, int | None]:
    return Scan.objects.get(pk=scan.pk).answers


def press(client: Client, page: HttpResponse, words: str) -> HttpResponse:
    """Press a button of a page with what its form holds, as a browser does."""
    form = soup(page).select_one("main form")
    button = next(one for one in form.select("button") if words in one.text)
    sent = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    return client.post(button.get("formaction") or page.wsgi_request.get_full_path(), sent)


def is_kept_for_the_visitor(page: HttpResponse, given: dict[str, str]) -> bool:
    """Every answer goes along with the buttons of the page, and is shown in words."""
    form = soup(page).select_one("main form")
    sent = {field["name"]: field["value"] for field in form.select("input[name]")}
    return given.items() <= sent.items() and soup(page).main.text.count("Uitspraak") == len(given)


# ---- two scans of one visitor -----------------------------------------------------------------------
def test_a_form_is_saved_in_the_scan_it_showed_after_a_newer_one_was_begun(sanne: User) -> None:
    """Two browsers of one person began one each, at the same moment."""
    first = ago(sanne)
    client = as_member(sanne)
    named = shown_scan(client)
    newer = ScanFactory(user=sanne)
    answer = send_page(client, 1, scan=named)
    assert answers_of(first) == {name: ANSWERS[name] for name in page_data(1)}
    assert answers_of(newer) == {}
    page = soup(client.get(answer.headers["Location"]))
    assert page.h1.text
    assert page.select_one("input[name=scan]")["value"] == first.public_id
    assert "Pagina 2 van 6" in page.title.text


def test_it_goes_on_in_that_scan_to_its_own_result(sanne: User) -> None:
    first = ago(sanne)
    client = as_member(sanne)
    newer = ScanFactory(user=sanne)
    at = f"{reverse('assessments:scan', args=[1])}?scan={first.public_id}"
    for number in range(1, 7):
        form = soup(client.get(at)).select_one("form#scan")
        named = {"scan": form.select_one("input[name=scan]")["value"]}
        assert form["action"] == reverse("assessments:scan", args=[number])
        at = client.post(form["action"], page_data(number) | named).headers["Location"]
    assert at == reverse("assessments:result", args=[first.public_id])
    assert (answers_of(first), answers_of(newer)) == (ANSWERS, {})


def test_back_and_the_other_language_stay_in_that_scan(sanne: User) -> None:
    first = ago(sanne, answers=dict.fromkeys(page_data(1), 3))
    client = as_member(sanne)
    ScanFactory(user=sanne)
    named = {"scan": first.public_id}
    back = send_page(client, 2, {}, back="1", **named)
    assert back.headers["Location"] == f"/scan/1/?scan={first.public_id}"
    other = send_page(client, 2, {}, to_language="en", **named)
    assert other.headers["Location"] == f"/en/scan/2/?scan={first.public_id}"


def test_a_newer_finished_scan_takes_nothing_from_one_that_is_under_way(sanne: User) -> None:
    first = ago(sanne)
    client = as_member(sanne)
    named = shown_scan(client)
    done = CompletedScanFactory(user=sanne)
    answer = send_page(client, 1, scan=named)
    assert answer.headers["Location"] == f"/scan/2/?scan={first.public_id}"
    assert set(answers_of(first)) == set(page_data(1))
    assert answers_of(done) == ANSWERS


def test_the_newest_scan_needs_no_name_in_its_address(visitor: Client) -> None:
    start(visitor)
    assert send_page(visitor, 1).headers["Location"] == "/scan/2/"


# ---- a scan that is not open any more ---------------------------------------------------------------
def test_answers_of_a_scan_that_was_set_aside_are_kept_and_go_on_by_one_press(sanne: User) -> None:
    """Signing in in another browser brought another scan under way into the account."""
    aside, client = ago(sanne), as_member(sanne)
    named = shown_scan(client)
    brought = ScanFactory(answers={"clear_1": 5})
    services.attach_scan(brought.public_id, sanne)
    page = send_page(client, 1, ONES, scan=named)
    assert page.status_code == 409
    assert is_kept_for_the_visitor(page, ONES)
    assert "niet meer open" in soup(page).main.text
    assert (answers_of(aside), answers_of(brought)) == ({}, {"clear_1": 5})
    assert press(client, page, "Verder met").headers["Location"] == "/scan/2/"
    assert answers_of(brought) == dict.fromkeys(ONES, 1) | {"clear_1": 5}  # nothing is overwritten
    assert answers_of(aside) == {}


def test_with_no_other_scan_under_way_a_new_one_begins_with_the_answers(visitor: Client) -> None:
    """The cookie ran out, or the scan went after thirty days."""
    page = send_page(visitor, 3, scan="2" * 24)
    assert page.status_code == 409
    assert is_kept_for_the_visitor(page, page_data(3))
    assert press(visitor, page, "Verder met").headers["Location"] == "/scan/1/"
    assert Scan.objects.get().answers == {name: ANSWERS[name] for name in page_data(3)}


def test_whoever_signed_out_elsewhere_signs_in_and_sends_it_again(sanne: User) -> None:
    own = ago(sanne)
    client = as_member(sanne)
    named = shown_scan(client)
    client.logout()
    page = send_page(client, 1, ONES, scan=named)
    assert "Log in op een ander tabblad" in soup(page).main.text
    client.force_login(sanne, backend="django.contrib.auth.backends.ModelBackend")
    assert press(client, page, "Ik ben ingelogd").headers["Location"] == "/scan/2/"
    assert answers_of(own) == dict.fromkeys(ONES, 1)


@pytest.mark.parametrize("name", ["", "zomaar", "é", "x" * 5000, "' OR 1=1 --"])
def test_a_name_that_means_nothing_opens_and_writes_nothing(visitor: Client, name: str) -> None:
    start(visitor)
    mine = Scan.objects.get()
    page = send_page(visitor, 1, scan=name)
    assert page.status_code == 409
    assert is_kept_for_the_visitor(page, page_data(1))
    assert answers_of(mine) == {}
    if name:
        assert visitor.get("/scan/1/", {"scan": name}).headers["Location"] == reverse("assessments:resume")


@pytest.mark.parametrize("owner", ["somebody", "nobody"])
def test_the_name_of_somebody_elses_scan_opens_and_writes_nothing(visitor: Client, owner: str) -> None:
    theirs = ago(UserFactory() if owner == "somebody" else None, answers={"clear_1": 2})
    start(visitor)
    for browser in (visitor, as_member(UserFactory())):
        page = send_page(browser, 1, ONES, scan=theirs.public_id)
        assert page.status_code == 409
        assert is_kept_for_the_visitor(page, ONES)
        opened = browser.get("/scan/1/", {"scan": theirs.public_id})
        assert opened.headers["Location"] == reverse("assessments:resume")
    assert answers_of(theirs) == {"clear_1": 2}
    assert not Scan.objects.exclude(pk=theirs.pk).exclude(answers={}).exists()


def test_a_form_of_a_finished_scan_leads_to_its_result_also_when_a_newer_one_is_under_way(
    visitor: Client,
) -> None:
    done = walk(visitor)
    visitor.post(reverse("assessments:again"))
    newer = Scan.objects.exclude(pk=done.pk).get()
    answer = send_page(visitor, 6, ONES, scan=done.public_id)
    assert answer.headers["Location"] == reverse("assessments:result", args=[done.public_id])
    assert (answers_of(done), answers_of(newer)) == (ANSWERS, {})


def test_a_scan_set_aside_while_its_page_is_saved_keeps_the_answers_on_the_page(
    sanne: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, client = ago(sanne), as_member(sanne)
    named, save = shown_scan(client), services.save_page

    def late(scan: Scan, page: int, answers: Any) -> Scan:
        services.discard_scan(scan)
        return save(scan, page, answers)

    monkeypatch.setattr(services, "save_page", late)
    page = send_page(client, 1, ONES, scan=named)
    assert (page.status_code, answers_of(own)) == (409, {})
    assert is_kept_for_the_visitor(page, ONES)
