"""Every address of the admin, opened by a stranger, a member, the coach whose thing it is, another coach and the
practice; and posted to by the other coach."""

from __future__ import annotations

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
OPEN = {200, 302, POST_ONLY}  # some lead on
NOBODY = {403, POST_ONLY}  # Django's, for what nobody may do here: such as a delete


def test_every_address_of_the_admin_stands_in_one_list() -> None:
    unknown, gone = sorted(admin_pages.names() - KNOWN), sorted(KNOWN - admin_pages.names())
    assert not unknown, f"Put {unknown} into the list of tests/admin_pages.py that says who may open it."
    assert not gone, f"Take {gone} out of tests/admin_pages.py: no URL has this name any more."
    assert sum(map(len, (SHARED, OWN, PRACTICE, SUPERUSER, DOOR))) == len(KNOWN), (
        "A name stands in two lists."
    )


def status(browser: Client, path: str) -> int:
    return browser.get(path).status_code


@pytest.mark.parametrize("name", sorted(KNOWN - DOOR))
def test_who_may_open_it(
    name: str, anna: Desk, bram: Desk, practice: User, of_practice: dict[str, Any]
) -> None:
    path = address(name, anna, of_practice)
    stranger = Client().get(path)
    assert (stranger.status_code, stranger.headers["Location"].split("?")[0]) in {
        (302, "/inloggen/"), (302, "/beheer/login/")
    }  # fmt: skip
    assert status(as_member(User.objects.get(email="sanne@voorbeeld.nl")), path) in {302, 403}
    own, other = status(anna.browser, path), status(bram.browser, path)
    of_all = status(browser_of(practice), path)
    if name in SHARED:
        assert own == other == of_all, (own, other, of_all)
        assert own in OPEN | NOBODY
    elif name in OWN:
        assert own == of_all or (own, of_all) == (403, 200), (own, of_all)
        assert own in OPEN | NOBODY
        assert other in {404, 403, POST_ONLY} if own in NOBODY else other == 404
    elif name in PRACTICE:
        assert (own, other) == (403, 403)
        assert of_all in OPEN | NOBODY
    else:
        assert (own, other, of_all) == (403, 403, 403)


@pytest.mark.parametrize("name", sorted(OWN | PRACTICE | SUPERUSER))
def test_another_coach_changes_nothing_by_posting_to_it(
    name: str, anna: Desk, bram: Desk, of_practice: dict[str, Any]
) -> None:
    answer = bram.browser.post(address(name, anna, of_practice), {"post": "yes"})
    assert answer.status_code in {403, 404, POST_ONLY}
