"""What a member meets: thirty statements, kept nowhere before the last press, and sentences when it does not go on."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from assessments.mirror.models import INVITATION, LINK, Invitation, Round, TeamAnswer
from portal.accounts import known
from portal.common import tokens
from tests.assessments.demo import NOW, answers, instrument
from tests.assessments.mirror.teams import closed
from tests.assessments.walk import page_data, posted
from tests.factories.assessments import UserFactory
from tests.factories.mirror import InvitationFactory, RoundFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation() -> Invitation:
    return InvitationFactory(round__has_link=False)


def address(invitation: Invitation) -> str:
    token = tokens.make(INVITATION, invitation.public_id)
    return reverse("assessments:team_invitation", args=[invitation.public_id, token])


def link(round: Round) -> str:
    token = tokens.make(LINK, round.public_id, round.link_generation)
    return reverse("assessments:team_link", args=[round.public_id, token])


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def fields(response: Any) -> dict[str, str]:
    return {one["name"]: one["value"] for one in soup(response).select("form#team input[type=hidden]")}


def send(client: Client, url: str, before: Any, go: str = "next", **radios: str) -> Any:
    """The form of a page as a browser sends it, with what it carries."""
    return client.post(url, {**fields(before), **radios, "go": go})


def walk(client: Client, url: str) -> Any:
    """Up to and including the last press."""
    page = send(client, url, client.get(url))
    for number in range(1, 7):
        page = send(client, url, page, **page_data(number))
    return page


def title(response: Any) -> str:
    return soup(response).h1.get_text(" ", strip=True)


# ---- the whole way ------------------------------------------------------------------------------------
def test_a_member_reads_what_is_kept_answers_thirty_statements_and_is_thanked(visitor, invitation):
    url = address(invitation)
    intro = visitor.get(url)
    words = soup(intro).main.get_text(" ", strip=True)
    for said in ("Sanne Vermeer", "minstens 5 mensen", "Geen naam", "kunnen ze het jouwe uitrekenen"):
        assert said in words
    page = send(visitor, url, intro)
    legend = soup(page).legend.get_text(" ", strip=True)
    assert legend.endswith(instrument().pages[0][0].team_text)
    done = walk(visitor, url)
    assert done.headers["Location"] == reverse("assessments:team_thanks")
    assert title(visitor.get(done.headers["Location"])) == "Dank je wel. Dat was alles."
    invitation.refresh_from_db()
    assert invitation.used
    assert TeamAnswer.objects.count() == 1


def test_nothing_is_kept_before_the_last_press_not_here_and_not_in_the_browser(visitor, invitation):
    url = address(invitation)
    page = send(visitor, url, visitor.get(url))
    for number in range(1, 6):
        page = send(visitor, url, page, **page_data(number))
    assert not TeamAnswer.objects.exists()
    assert fields(page)["given"].count("-") == 5
    assert set(visitor.cookies) == {"csrftoken"}
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_back_and_the_other_language_keep_what_was_chosen_and_ask_for_nothing_more(visitor, invitation):
    url = address(invitation)
    page = send(visitor, url, send(visitor, url, visitor.get(url)), **page_data(1))
    chosen = instrument().pages[1][0].id
    english = soup(page).select_one("nav.languages button[lang=en]")
    assert (english["name"], english["value"], english["form"]) == ("go", "stay", "team")
    page = send(visitor, english["formaction"], page, go="stay", **{chosen: "5"})
    assert soup(page).html["lang"] == "en"
    assert soup(page).select_one(f"#{chosen}-5").has_attr("checked")
    page = send(visitor, english["formaction"], page, go="back")
    first = instrument().pages[0][0].id
    assert soup(page).select_one(f"#{first}-{page_data(1)[first]}").has_attr("checked")
    page = send(visitor, english["formaction"], page, go="back")
    assert (
        fields(page)["given"][:6] == "".join(posted(answers(NOW))[i.id] for i in instrument().pages[0]) + "5"
    )


def test_an_open_statement_is_named_and_the_rest_stays(visitor, invitation):
    url = address(invitation)
    given = page_data(1)
    del given["letting-go_1"]
    page = send(visitor, url, send(visitor, url, visitor.get(url)), **given)
    assert page.status_code == 422
    assert soup(page).title.text.strip().startswith("Fout: pagina 1 van 6")
    named = [a["href"] for a in soup(page).select(".error-summary a")]
    assert named == ["#letting-go_1-1"]
    assert len(soup(page).select("input[checked]")) == 4
    assert soup(send(visitor, url, page, **{"letting-go_1": "na"})).find(string=re.compile("Pagina 2 van 6"))


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"page": "6"},
        {"page": "99", "given": "\x00" * 40},
        {"page": "2", "given": "9" * 9000},
        {"page": "6", "given": "1" * 30, "go": "vooruit"},
        {"page": "6", "given": "1-" * 15, "once": "\x00"},
    ],
)
def test_whatever_is_sent_the_answer_is_a_page(visitor, invitation, sent):
    response = visitor.post(address(invitation), sent)
    assert response.status_code in (200, 302, 422)
    assert TeamAnswer.objects.count() == (response.status_code == 302)


# ---- when it does not go on ---------------------------------------------------------------------------
def test_an_invitation_works_once_and_a_second_press_says_so(visitor, invitation):
    url = address(invitation)
    last = walk(visitor, url)
    assert last.status_code == 302
    again = visitor.post(url, {"page": "6", "given": "3" * 30, "go": "next"})
    assert again.status_code == 410
    assert title(again) == "Met deze uitnodiging heeft iemand geantwoord."
    assert visitor.get(url).status_code == 410
    assert TeamAnswer.objects.count() == 1


def test_a_late_answer_is_refused_with_its_reason(clock, visitor):
    url = address(InvitationFactory())
    clock.shift(timedelta(days=14))
    late = visitor.post(url, {"page": "6", "given": "3" * 30, "go": "next"})
    assert late.status_code == 410
    assert title(late) == "Deze ronde is gesloten."
    assert "een laat antwoord" in soup(late).main.text
    assert not TeamAnswer.objects.exists()


def test_of_a_round_that_was_closed_or_withdrawn_the_link_says_so(visitor, invitation):
    url = address(invitation)
    closed(invitation.round)
    assert title(visitor.get(url)) == "Deze ronde is gesloten."
    invitation.round.delete()
    gone = visitor.get(url)
    assert (gone.status_code, title(gone)) == (410, "Deze ronde is er niet meer.")


def test_a_link_that_is_not_ours_opens_nothing(visitor, invitation):
    other = reverse("assessments:team_invitation", args=[invitation.public_id, "x" * 43])
    strange = visitor.get(other)
    assert (strange.status_code, title(strange)) == (404, "Deze link werkt niet.")
    without_link = visitor.get(link(invitation.round))
    assert without_link.status_code == 404


def test_the_link_for_everybody_says_that_it_is_weaker_and_counts_two_presses_once(visitor):
    round = RoundFactory(has_link=True)
    url = link(round)
    assert "meer dan één keer" in soup(visitor.get(url)).main.get_text(" ", strip=True)
    page = send(visitor, url, visitor.get(url))
    for number in range(1, 6):
        page = send(visitor, url, page, **page_data(number))
    assert send(visitor, url, page, **page_data(6)).status_code == 302
    assert send(visitor, url, page, **page_data(6)).status_code == 410
    assert TeamAnswer.objects.count() == 1
    assert Round.objects.filter(pk=round.pk).update(link_generation=1)
    assert visitor.get(url).status_code == 404


def test_the_leader_cannot_answer_not_signed_in_and_not_in_a_browser_of_before(client, visitor):
    round = RoundFactory(has_link=True)
    client.force_login(round.user)
    own = client.post(link(round), {"page": "6", "given": "3" * 30, "go": "next"})
    assert (own.status_code, title(own)) == (403, "Dit is je eigen ronde.")
    request, response = own.wsgi_request, own
    known.remember(request, response, round.user.email)
    visitor.cookies[known.cookie_name()] = response.cookies[known.cookie_name()].value
    assert visitor.get(link(round)).status_code == 403
    other = Client()
    other.force_login(UserFactory())
    assert other.get(link(round)).status_code == 200


# ---- how much the database is asked -------------------------------------------------------------------
def test_a_page_takes_one_query(visitor, invitation, django_assert_num_queries):
    url = address(invitation)
    page = visitor.get(url)
    with django_assert_num_queries(1):
        send(visitor, url, page)
