"""One page with every yes and no of a person, and the page behind the link of a tip: what they show and change."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.common.http import absolute_url
from portal.leads import consent, links
from portal.leads import services as leads
from portal.leads.models import ConsentEvent, Lead
from portal.mail import mime
from portal.mail.models import OutboundEmail
from tests.bookings.browsing import page_of, words_of
from tests.browsers import as_member
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.bookings import BookingFactory
from tests.factories.mail import OutboundEmailFactory

pytestmark = pytest.mark.django_db
EMAIL = "noor@voorbeeld.nl"
PAGE = "/account/ja-en-nee/"


@pytest.fixture
def user(clock: Any) -> User:
    return UserFactory(email=EMAIL, name="Noor Aydin")


@pytest.fixture
def member(user: User) -> Client:
    return as_member(user)


@pytest.fixture
def lead(user: User) -> Lead:
    return leads.contact(EMAIL, name="Noor Aydin", user_id=user.pk)


def gets_tips(lead: Lead) -> bool:
    return leads.has_consent(lead, consent.TIPS)


def say_yes(lead: Lead, language: str = "nl") -> None:
    leads.give_consent(lead, purpose=consent.TIPS, language=language, method="mailed code")


def form_to(page: Any, path: str) -> Any:
    return page.select_one(f"form[action='{path}']")


# ---- the page in the account ------------------------------------------------------------------------------
def test_it_shows_the_words_since_when_how_and_which_version(member, lead):
    say_yes(lead)
    words = words_of(member.get(PAGE))
    assert consent.text(consent.TIPS, "nl") in words
    for part in ("Sinds 23 november 2026", "Met een gemailde code", "Versie 2026-12c van deze tekst"):
        assert part in words


def test_words_said_yes_to_stay_those_of_then_and_new_ones_are_a_question_of_their_own(
    member, lead, monkeypatch
):
    with monkeypatch.context() as before:
        before.setitem(consent.CURRENT, consent.TIPS, "2026-12b")
        say_yes(lead)
    page = member.get(PAGE)
    then, now = consent.text(consent.TIPS, "nl", "2026-12b"), consent.text(consent.TIPS, "nl")
    assert then in words_of(page)
    assert now in words_of(page)
    assert {button["value"] for button in page_of(page).select("button[name=tips]")} == {"on", "off"}
    member.post("/account/tips/", {"tips": "on"})
    assert leads.standing_consent(lead, consent.TIPS).text == now
    assert then not in words_of(member.get(PAGE))


def test_yes_and_no_are_one_press_each_and_the_buttons_weigh_the_same(member, lead):
    weights = []
    for answer, is_on in (("on", True), ("off", False)):
        button = page_of(member.get(PAGE)).select_one("#tips button")
        weights.append(
            (button["class"], len(form_to(page_of(member.get(PAGE)), "/account/tips/").find_all("button")))
        )
        assert button["value"] == answer
        response = member.post("/account/tips/", {"tips": answer})
        assert response.headers["Location"] == PAGE
        assert gets_tips(lead) is is_on
    assert weights[0] == weights[1] == (["btn", "outlined"], 1)


def test_every_yes_and_no_of_before_stands_there_newest_first(member, lead):
    say_yes(lead)
    leads.withdraw_consent(lead, purpose=consent.TIPS, method="one click")
    rows = [" ".join(row.get_text(" ").split()) for row in page_of(member.get(PAGE)).select("#said li")]
    assert rows == [
        "23 november 2026 Nee: tips per mail, via de link in een mail versie 2026-12c",
        "23 november 2026 Ja: tips per mail, met een gemailde code versie 2026-12c",
    ]


def test_whoever_objects_hears_that_no_tips_leave_either_way(member, lead):
    leads.object_to_contact(lead)
    assert "gaan er hoe dan ook geen tips weg" in words_of(member.get(PAGE))


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_as_often_however_much_was_said(member, lead, user, count, django_assert_num_queries):
    scan = CompletedScanFactory(user=user)
    for _number in range(count):
        call = BookingFactory(user=user, email=EMAIL, status="completed", shared_scan=scan.public_id)
        leads.give_consent(lead, purpose="sharing", language="nl", method="booking form", about=call.about)
        say_yes(lead)
        leads.withdraw_consent(lead, purpose=consent.TIPS, method="account page")
    with django_assert_num_queries(9):
        member.get(PAGE)


def test_the_account_leads_there(member, lead):
    assert page_of(member.get("/account/")).select_one(f"a[href='{PAGE}']")


# ---- behind the link of a tip -----------------------------------------------------------------------------
def test_the_mail_names_the_link_and_the_press_for_a_mail_program(lead):
    mail = OutboundEmailFactory(kind="marketing", about=leads.followup_key(lead), to_email=EMAIL)
    headers = mime.build(mail).decode().replace("\r\n ", "").split("\r\n\r\n")[0]
    assert f"List-Unsubscribe: <{absolute_url(links.path_of(lead))}>, <mailto:" in headers
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in headers


def test_a_mail_program_posts_without_cookie_or_page_as_often_as_it_likes(lead):
    say_yes(lead)
    tip = OutboundEmailFactory(kind="marketing", about=leads.followup_key(lead), to_email=EMAIL, later=True)
    for _time in range(3):
        program = Client(enforce_csrf_checks=True)
        response = program.post(links.path_of(lead), {"List-Unsubscribe": "One-Click"})
        assert (response.status_code, gets_tips(lead)) == (200, False)
    assert [proof.action for proof in ConsentEvent.objects.all()] == ["given", "withdrawn"]
    tip.refresh_from_db()
    assert (tip.status, tip.reason) == ("cancelled", consent.NO_TIPS)


def test_looking_changes_nothing_also_after_a_no(lead):
    for is_on in (True, False):
        if is_on:
            say_yes(lead)
        else:
            leads.withdraw_consent(lead, purpose=consent.TIPS, method="one click")
        before = ConsentEvent.objects.count()
        for method in ("get", "head"):
            assert getattr(Client(), method)(links.path_of(lead)).status_code == 200
        assert (gets_tips(lead), ConsentEvent.objects.count()) == (is_on, before)


def test_tips_are_started_again_there_by_a_press_on_the_page_and_by_nothing_else(lead):
    machine = Client(enforce_csrf_checks=True)
    again = links.path_of(lead, "leads:tips_again")
    assert machine.post(again, {"List-Unsubscribe": "One-Click"}).status_code == 403
    assert not gets_tips(lead)
    page = page_of(machine.get(links.path_of(lead)))
    assert consent.text(consent.TIPS, "nl") in page.get_text()
    form = form_to(page, again)
    token = form.select_one("input[name=csrfmiddlewaretoken]")["value"]
    response = machine.post(again, {"csrfmiddlewaretoken": token}, follow=True)
    assert "Tips per e-mail staan aan." in words_of(response)
    proof = leads.standing_consent(lead, consent.TIPS)
    assert (proof.method, proof.text) == ("one click", consent.text(consent.TIPS, "nl"))
    assert proof.source_path == "/u/"  # never the link itself


def test_it_speaks_the_language_of_its_reader(lead):
    Lead.objects.update(language="en")
    assert "You get no tips." in words_of(Client().get(links.path_of(lead)))


def test_an_altered_link_is_a_kind_page_with_ways_on_and_changes_nothing(lead):
    say_yes(lead)
    path = links.path_of(lead)
    flipped = path[:-2] + ("A" if path[-2] != "A" else "B") + "/"
    other = path.replace(lead.public_id, "2" * 24)
    for address in (flipped, other, f"{flipped}again/"):
        post = Client().post(address)
        assert post.status_code == 404
        assert "Deze link klopt niet." in words_of(post)
    assert page_of(Client().get(flipped)).select_one(f"a[href='{PAGE}']")
    assert gets_tips(lead)


def test_the_link_of_somebody_who_was_erased_has_nothing_left_to_stop(lead, user):
    path = links.path_of(lead)
    accounts.erase(user)
    response = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert "We bewaren niets meer van je" in words_of(response)
    assert not Lead.objects.exists()


def test_a_new_generation_of_keys_still_lets_somebody_stop(lead, settings):
    say_yes(lead)
    path = links.path_of(lead)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-key-of-some-length-for-this-test"
    assert Client().post(path).status_code == 200
    assert not gets_tips(lead)


def test_service_mail_has_no_such_link(lead):
    mail = OutboundEmailFactory(kind="service", about="booking:x", to_email=EMAIL)
    assert b"List-Unsubscribe" not in mime.build(mail)
    assert OutboundEmail.objects.count() == 1
    assert reverse("leads:unsubscribe", args=["2" * 24, "x"]) not in mail.text
