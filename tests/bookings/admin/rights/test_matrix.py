"""Every address of the admin, opened by a stranger, a member, the coach whose thing it is, another coach and the
practice; and posted to by the other coach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from portal.accounts.models import User
from tests import admin_pages
from tests.admin_pages import DOOR, KNOWN, OWN, PRACTICE, SHARED, SUPERUSER
from tests.bookings.admin.conftest import browser_of
from tests.bookings.admin.rights.conftest import Desk, address
from tests.browsers import as_member

pytestmark = pytest.mark.usefixtures("clock")

POST_ONLY = 405
OPEN = {200, 409, POST_ONLY}  # 409: a kind of call with calls stays
NOBODY = {403, POST_ONLY}  # for what nobody may do here, such as deleting a call
REFUSED = {403, 404}


def test_every_address_of_the_admin_stands_in_one_list() -> None:
    unknown, gone = sorted(admin_pages.names() - KNOWN), sorted(KNOWN - admin_pages.names())
    assert not unknown, f"Put {unknown} into the list of tests/admin_pages.py that says who may open it."
    assert not gone, f"Take {gone} out of tests/admin_pages.py: no URL has this name any more."
    assert sum(map(len, (SHARED, OWN, PRACTICE, SUPERUSER, DOOR))) == len(KNOWN), (
        "A name stands in two lists."
    )


@dataclass(frozen=True)
class Seen:
    """How an address of Anna's answers each, wherever it leads."""

    own: int
    other: int
    practice: int


@pytest.fixture
def seen(anna: Desk, bram: Desk, practice: User, of_practice: dict[str, Any]) -> Callable[[str], Seen]:
    browsers = [anna.browser, bram.browser, browser_of(practice)]

    def look(name: str) -> Seen:
        path = address(name, anna, of_practice)
        return Seen(*(browser.get(path, follow=True).status_code for browser in browsers))

    return look


def wrong(names: set[str], seen: Callable[[str], Seen], is_right: Callable[[Seen], bool]) -> dict[str, Seen]:
    """By name, how those answer of which that is not so."""
    found = {name: seen(name) for name in sorted(names)}
    return {name: one for name, one in found.items() if not is_right(one)}


def test_what_is_everybodys_opens_for_each_of_them(seen: Callable[[str], Seen]) -> None:
    assert (
        wrong(SHARED, seen, lambda one: one.own == one.other == one.practice and one.own in OPEN | NOBODY)
        == {}
    )


def test_what_is_a_coachs_own_is_not_found_by_another(seen: Callable[[str], Seen]) -> None:
    def is_right(one: Seen) -> bool:
        if one.own in NOBODY:  # nobody deletes a call; whoever may not asks no further
            return one.other in {404, *NOBODY} and one.practice in OPEN | NOBODY
        return one.other == 404 and one.own == one.practice and one.own in OPEN

    assert wrong(OWN, seen, is_right) == {}


def test_what_is_about_all_coaches_is_the_practices(seen: Callable[[str], Seen]) -> None:
    assert (
        wrong(PRACTICE, seen, lambda one: {one.own, one.other} <= REFUSED and one.practice in OPEN | NOBODY)
        == {}
    )


def test_accounts_are_for_a_superuser(seen: Callable[[str], Seen]) -> None:
    assert wrong(SUPERUSER, seen, lambda one: {one.own, one.other, one.practice} <= REFUSED) == {}


def test_strangers_and_members_see_none_of_it(anna: Desk, of_practice: dict[str, Any]) -> None:
    member = as_member(User.objects.get(email=anna.lead.email))
    for name in sorted(KNOWN - DOOR):
        path = address(name, anna, of_practice)
        door = Client().get(path, follow=True).redirect_chain[-1][0]
        assert door.startswith("/inloggen/"), name
        assert member.get(path, follow=True).status_code == 403, name


def test_another_coach_changes_nothing_by_posting_to_it(
    anna: Desk, bram: Desk, of_practice: dict[str, Any]
) -> None:
    browser = bram.browser
    for name in sorted(OWN | PRACTICE | SUPERUSER):
        answer = browser.post(address(name, anna, of_practice), {"post": "yes"}, follow=True)
        assert answer.status_code in REFUSED | NOBODY, name


def test_no_form_of_the_admin_is_taken_without_its_token(
    anna: Desk, practice: User, of_practice: dict[str, Any]
) -> None:
    """T20: of whoever may do it, at every address."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser_of(practice).cookies
    names = sorted(KNOWN - {"view_on_site"})  # leads on to a page of the site
    answers = {name: strict.post(address(name, anna, of_practice), {"post": "yes"}) for name in names}
    assert {name: one.status_code for name, one in answers.items() if one.status_code != 403} == {}
