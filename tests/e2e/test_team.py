"""A leader asks the team: from the scan to guess, self and team side by side; a member on a phone, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from assessments.mirror.models import INVITATION, Round
from portal.common import tokens
from tests.assessments.demo import NOW
from tests.assessments.mirror.teams import answered, closed
from tests.e2e import walk
from tests.e2e.test_scan_pages import sign_in
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.mirror import RoundFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_leader_asks_a_member_answers_on_a_phone_and_both_pictures_stand_side_by_side(
    open_browser: Callable[..., Page], site: str
) -> None:
    user = UserFactory()
    leader = open_browser(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    sign_in(leader, site, user)
    leader.goto(reverse("assessments:team_begin", args=[CompletedScanFactory(user=user).public_id]))
    leader.get_by_role("button", name="Open de ronde en nodig uit").click()
    expect(leader.locator(".error-summary")).to_be_focused()
    walk.check(leader)
    leader.get_by_label("E-mailadressen van je team").fill("noor@voorbeeld.nl")
    leader.get_by_label("Er is hier geen ondernemingsraad").check()
    leader.get_by_role("button", name="Open de ronde en nodig uit").click()
    leader.locator("#clear-4").check()
    leader.get_by_role("button", name="Bewaar mijn gok").click()
    expect(leader.get_by_text("Nog niet genoeg")).to_be_visible()

    round_ = Round.objects.get()
    member = open_browser(viewport={"width": 320, "height": 700}, java_script_enabled=False)
    member.goto(link_of(round_))
    member.get_by_role("button", name="Begin").click()
    for number in range(1, 7):
        expect(member.locator(".step")).to_contain_text(re.compile(f"Pagina {number} van 6"))
        walk.answer_page(member)
        walk.next_page(member)
    expect(member.get_by_role("heading", level=1)).to_have_text("Dank je wel. Dat was alles.")

    answered(round_, *[NOW | {"clear": 5}] * 4)
    closed(round_)
    leader.reload()
    expect(leader.locator("table.team tbody tr", has_text="Heldere verwachtingen")).to_contain_text("75")
    walk.check(leader)


def test_what_a_member_meets_has_no_axe_violations(open_browser: Callable[..., Page], site: str) -> None:
    page = open_browser(viewport={"width": 320, "height": 700})
    page.goto(link_of(RoundFactory(has_link=False), invited=True))
    walk.check(page)
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Begin").press("Enter")
    page.locator(".scan-end button").click()
    expect(page.locator(".error-summary")).to_be_focused()
    walk.check(page)


def link_of(round_: Round, *, invited: bool = False) -> str:
    """Of the first invitation, which is made when nobody was invited."""
    invitation = round_.invitations.create() if invited else round_.invitations.get()
    token = tokens.make(INVITATION, invitation.public_id)
    return reverse("assessments:team_invitation", args=[invitation.public_id, token])
