"""What a page says when it is read aloud or copied: words apart, links with a name, hints with their control."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup, Comment, NavigableString, Tag
from django.test import Client
from django.urls import reverse
from django.utils import translation

from portal.accounts.models import User
from tests import pages
from tests.assessments.walk import send_page, start, walk
from tests.bookings import browsing
from tests.factories.assessments import InstrumentFactory, UserFactory
from tests.factories.bookings import CallTypeFactory

pytestmark = pytest.mark.django_db
SECOND_STEP = {name for name in pages.MEMBERS if name.startswith("mfa_")}  # not there before it is set up
READ = sorted((pages.LISTED | pages.UNLISTED | pages.MEMBERS | pages.OWNERS) - pages.FILES - SECOND_STEP)
INLINE = {"a", "abbr", "b", "button", "em", "input", "label", "small", "span", "strong", "sup", "time"}
GLUED = re.compile(r"[\w.,:;!?%’]\0[\w‘]")
UNREAD = {"script", "style", "title", "template", "svg"}


@pytest.fixture(params=["nl", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with translation.override(request.param):
        yield request.param


@pytest.fixture(params=["pages", "steps"])
def all_pages(request: pytest.FixtureRequest, language: str, clock: Any) -> dict[str, BeautifulSoup]:
    if request.param == "steps":
        return steps(clock)
    owner = UserFactory()
    paths = pages.addresses(owner)[language]
    return {name: read_page(paths[name], owner) for name in READ}


def steps(clock: Any) -> dict[str, BeautifulSoup]:
    """Pages on the way: of the scan, also with what was forgotten; of a call, up to its code."""
    InstrumentFactory()
    CallTypeFactory()
    visitor = Client()
    start(visitor)
    found = {
        "scan": visitor.get(reverse("assessments:scan", args=[1])),
        "scan, nothing answered": send_page(visitor, 1, {}),
    }
    walk(visitor)  # so that the details ask whether to share it
    browsing.hold(visitor)
    found["details"] = visitor.get(reverse("bookings:details"))
    found["details, nothing filled in"] = browsing.confirm(visitor, clock, name="", email="")
    browsing.confirm(visitor, clock, share="no")
    found["code"] = visitor.get(reverse("account_confirm_login_code"))
    assert {name: response.status_code for name, response in found.items()} == {
        "scan": 200, "scan, nothing answered": 422, "details": 200, "details, nothing filled in": 422, "code": 200,
    }  # fmt: skip
    return {name: BeautifulSoup(response.content, "html.parser") for name, response in found.items()}


def read_page(path: str, owner: User) -> BeautifulSoup:
    browser = Client()
    browser.force_login(owner)
    response = browser.get(path, follow=True)
    assert response.status_code == 200, path
    return BeautifulSoup(response.content, "html.parser")


def block_of(node: NavigableString) -> Tag:
    return next(parent for parent in node.parents if parent.name not in INLINE)


def glued(page: BeautifulSoup) -> Iterator[str]:
    """Two words of one block that only a style keeps apart."""
    before: NavigableString | None = None
    for node in page.body.descendants:
        if isinstance(node, Tag):
            before = before if node.name in INLINE else None
        elif not isinstance(node, Comment) and node and not any(up.name in UNREAD for up in node.parents):
            if (
                before is not None
                and block_of(before) is block_of(node)
                and GLUED.search(f"{before}\0{node}")
            ):
                yield f"{before.strip()}|{node.strip()}"
            before = node


def test_words_stand_apart_without_a_style_sheet(all_pages: dict[str, BeautifulSoup]) -> None:
    found = [(name, words) for name, page in all_pages.items() for words in glued(page)]
    assert found == [], "\n".join(f"{name}: {words}" for name, words in found)


def test_glued_words_are_found() -> None:
    def found(html: str) -> list[str]:
        return list(glued(BeautifulSoup(f"<body>{html}</body>", "html.parser")))

    assert found("<p>rekenen<span>75 tot 100</span></p>") == ["rekenen|75 tot 100"]
    assert found("<dd><a>Privacy</a><a>Uitloggen</a></dd>") == ["Privacy|Uitloggen"]
    assert not found("<p>Fout: <b>naam</b>.</p><p>a<br>b</p><ul><li>c</li><li>d</li></ul>")


def test_every_link_and_button_has_words_for_a_name(
    all_pages: dict[str, BeautifulSoup],
) -> None:
    for name, page in all_pages.items():
        for link in page.select("a[href], button"):
            if link.find_parent(attrs={"aria-hidden": "true"}) or link.get("aria-hidden") == "true":
                continue
            words = link.get("aria-label") or link.text
            assert re.search(r"\w", words), (name, str(link))


def test_every_hint_and_error_is_said_with_a_control(
    all_pages: dict[str, BeautifulSoup],
) -> None:
    for name, page in all_pages.items():
        described = {
            each
            for control in page.select("[aria-describedby]")
            for each in control["aria-describedby"].split()
        }
        assert described <= {tag["id"] for tag in page.select("[id]")}, name
        for hint in page.select("main .hint, main .field-error"):
            assert hint.get("id") in described or hint.find_parent(["label", "legend"]), (name, str(hint))
