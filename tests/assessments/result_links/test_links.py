"""A result shown by a link: what its leader chose and nothing else, to whoever has the link, until it ends."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessments.models import Scan
from assessments.result_links import retention, showing
from assessments.result_links.models import ResultLink
from portal.accounts.models import Session
from portal.common import tokens
from tests.assessments.demo import BEFORE, NOW
from tests.browsers import as_member
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.result_links import ResultLinkFactory

pytestmark = pytest.mark.django_db
GONE = "Deze link laat niets zien."


@pytest.fixture
def scan(clock: Any) -> Scan:
    user = UserFactory(name="Sanne Vermeer")
    CompletedScanFactory(user=user, sums=BEFORE, days_ago=180)
    return CompletedScanFactory(user=user)


def page_of(scan: Scan) -> str:
    return reverse("assessments:links", args=[scan.public_id])


def made(scan: Scan, **typed: Any) -> ResultLink:
    response = as_member(scan.user).post(page_of(scan), {"keys": ["naming"], "days": "30"} | typed)
    assert response.status_code == 302
    return ResultLink.objects.get()


def opened(link: ResultLink, language: str = "nl") -> Any:
    with translation.override(language):
        return Client().get(showing.address(link).removeprefix("http://localhost:8000"))


def words_of(response: Any) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").main.get_text(" ").split())


# ---- what is shown ------------------------------------------------------------------------------------
def test_a_reader_sees_the_chosen_keys_and_what_is_said_of_them_and_no_other_figure(scan: Scan) -> None:
    link = made(scan, keys=["clear", "letting-go"])
    page = BeautifulSoup(opened(link).content, "html.parser").main
    for drawn in page.select("thead, svg"):
        drawn.decompose()
    said = " ".join(page.get_text(" ").split())
    assert re.findall(r"\d+", said) == [
        *("23", "2026", "23", "2026"),  # of the scan, and the last day of the link
        *("13", "37", "25", "72", "95", "83"),
    ]
    assert [one.text.strip() for one in page.select("h3")] == ["Uit handen geven", "Heldere verwachtingen"]
    for hidden in ("Sanne", "draagt het minst", "Open kaart spelen", "Vertrouwen op voorschot"):
        assert hidden not in said


def test_overall_and_name_stand_there_only_when_they_were_ticked(scan: Scan) -> None:
    link = made(scan, with_overall="on", with_name="on")
    page = words_of(opened(link))
    assert "Wat Sanne Vermeer je laat zien" in page
    assert "59 van 100" in page
    assert words_of(opened(link, "en")).startswith("Shown by a link")


def test_a_link_never_compares_with_the_scan_before(scan: Scan) -> None:
    page = opened(made(scan, keys=list(NOW), with_overall="on")).content.decode()
    assert "kan toeval zijn" not in page
    assert "sinds" not in page
    assert 'class="previous"' not in page


def test_reading_writes_nothing_and_leaves_no_cookie(scan: Scan, django_assert_num_queries: Any) -> None:
    link = made(scan)
    opened(link)  # the instrument is parsed once a process
    before = (ResultLink.objects.values().get(), Session.objects.count())
    with django_assert_num_queries(1):
        response = opened(link)
    assert (response.status_code, response.cookies.output()) == (200, "")
    assert (ResultLink.objects.values().get(), Session.objects.count()) == before
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex' in response.content.decode()


# ---- and when it is not -------------------------------------------------------------------------------
def test_after_withdrawal_the_end_an_erasure_or_with_a_wrong_token_the_answer_is_the_same(
    scan: Scan, clock: Any
) -> None:
    link = made(scan, days="7")
    link_of_another = ResultLinkFactory()
    address = showing.address(link).removeprefix("http://localhost:8000")
    wrong = [
        reverse("assessments:shown_result", args=[link.public_id, "x"]),
        reverse("assessments:shown_result", args=["2" * 24, "x"]),
        reverse("assessments:shown_result", args=["2" * 24, tokens.make(showing.PURPOSE, "2" * 24)]),
        reverse(
            "assessments:shown_result",
            args=[link.public_id, tokens.make(showing.PURPOSE, link_of_another.public_id)],
        ),
    ]
    answers = [Client().get(path) for path in wrong]
    clock.shift(timedelta(days=7))
    assert Client().get(address).status_code == 200  # to the end of the last day
    clock.shift(timedelta(hours=11))
    answers.append(Client().get(address))
    clock.shift(timedelta(days=-7))
    as_member(scan.user).post(reverse("assessments:link_withdraw", args=[link.public_id]))
    answers.append(Client().get(address))
    scan.user.delete()
    answers.append(Client().get(address))
    pages = [
        BeautifulSoup(answer.content, "html.parser").main.get_text(" ", strip=True) for answer in answers
    ]
    assert {answer.status_code for answer in answers} == {410}
    assert len(set(pages)) == 1
    assert pages[0].startswith("Getoond met een link")
    assert GONE in pages[0]
    assert re.findall(r"\d", pages[0]) == []


def test_an_account_that_is_closed_shows_nothing(scan: Scan) -> None:
    link = made(scan)
    scan.user.is_active = False
    scan.user.save()
    assert opened(link).status_code == 410


# ---- making and withdrawing ---------------------------------------------------------------------------
def test_nothing_is_chosen_beforehand_but_thirty_days(scan: Scan) -> None:
    page = BeautifulSoup(as_member(scan.user).get(page_of(scan)).content, "html.parser")
    assert [one["value"] for one in page.select("input[checked]")] == ["30"]
    assert len(page.select("input[name=keys]")) == 10


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"days": "30"}, "Kies minstens één sleutel."),
        ({"keys": ["naming"]}, "Kies hoe lang de link werkt."),
        ({"keys": ["naming"], "days": "365"}, "Kies hoe lang de link werkt."),
        ({"keys": ["x\x00", "naming"], "days": "7"}, "hoort niet bij deze uitslag"),
        ({"keys": ["naming"] * 150, "days": "9" * 5000}, "Kies hoe lang de link werkt."),
    ],
)
def test_what_cannot_be_shown_is_said_and_nothing_that_was_chosen_is_lost(
    scan: Scan, typed: dict[str, Any], says: str
) -> None:
    response = as_member(scan.user).post(page_of(scan), typed)
    page = BeautifulSoup(response.content, "html.parser")
    assert (response.status_code, ResultLink.objects.count()) == (422, 0)
    assert says in page.select_one(".error-summary").text
    kept = {one["value"] for one in page.select("input[name=keys][checked]")}
    assert kept == {"naming"} & set(typed.get("keys", []))


def test_all_keys_but_one_never_go_with_the_overall_score(scan: Scan) -> None:
    """Ten times the overall, less the nine that are shown, is the tenth."""
    typed = {"keys": [slug for slug in NOW if slug != "letting-go"], "days": "30", "with_overall": "on"}
    response = as_member(scan.user).post(page_of(scan), typed)
    assert response.status_code == 422
    assert "verraadt het totaal de laatste" in response.content.decode()
    del typed["with_overall"]
    assert as_member(scan.user).post(page_of(scan), typed).status_code == 302


def test_a_form_that_is_sent_twice_makes_one_link_and_the_eleventh_is_refused(scan: Scan) -> None:
    client, typed = as_member(scan.user), {"keys": ["naming"], "days": "7"}
    for _press in range(2):
        assert client.post(page_of(scan), typed).status_code == 302
    assert ResultLink.objects.count() == 1
    ResultLinkFactory.create_batch(9, scan=scan)
    response = client.post(page_of(scan), {"keys": ["open"], "days": "7"})
    assert (response.status_code, ResultLink.objects.count()) == (422, 10)
    assert "Trek er eerst een in." in response.content.decode()
    client.post(reverse("assessments:link_withdraw", args=[ResultLink.objects.all()[0].public_id]))
    assert client.post(page_of(scan), {"keys": ["open"], "days": "7"}).status_code == 302


def test_only_the_leader_makes_sees_and_withdraws_links(scan: Scan) -> None:
    link, stranger = made(scan), as_member(UserFactory())
    withdraw = reverse("assessments:link_withdraw", args=[link.public_id])
    assert stranger.get(page_of(scan)).status_code == 404
    assert stranger.post(page_of(scan), {"keys": ["naming"], "days": "7"}).status_code == 404
    assert stranger.post(withdraw).status_code == 404
    link.refresh_from_db()
    assert link.is_living
    own = as_member(scan.user)
    assert showing.address(link) in own.get(page_of(scan)).content.decode()
    for _press in range(2):
        assert own.post(withdraw, follow=True).status_code == 200
    page = own.get(page_of(scan)).content.decode()
    assert showing.address(link) not in page
    assert "Ingetrokken op 23 november 2026" in page


def test_the_result_leads_to_its_links_when_it_is_in_an_account(scan: Scan) -> None:
    page = as_member(scan.user).get(reverse("assessments:result", args=[scan.public_id])).content.decode()
    assert page_of(scan) in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_links_takes_as_many_queries_for_one_as_for_three(
    scan: Scan, number: int, django_assert_num_queries: Any
) -> None:
    ResultLinkFactory.create_batch(number, scan=scan)
    client = as_member(scan.user)
    client.get(page_of(scan))
    with django_assert_num_queries(3):
        client.get(page_of(scan))


def test_no_row_holds_an_address_and_an_ended_link_is_forgotten(scan: Scan, clock: Any) -> None:
    link = made(scan, days="7")
    token = showing.address(link).rstrip("/").rsplit("/", 1)[1]
    assert token not in str(ResultLink.objects.values().get())
    (rule,) = retention.RULES
    clock.shift(timedelta(days=37))
    assert not rule.old(link.ends_at - timedelta(seconds=1)).exists()
    assert list(rule.old(link.ends_at + timedelta(seconds=1))) == [link]
