"""What the tests of week share."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag
from django.test import Client

WEEK = "/beheer/bookings/booking/week/"


def soup(client: Client, **asked: str) -> BeautifulSoup:
    response = client.get(WEEK, asked)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def why(client: Client, on: str, **asked: str) -> str:
    return text(soup(client, day=on, why="1", **asked).select_one("#why"))


def facts(page: BeautifulSoup, event: Tag) -> Tag:
    """What opens over the page when a call of the grid is pressed."""
    found = page.select_one(f"#{event['popovertarget']}[popover]")
    assert found is not None
    return found


def text(tag: Tag | BeautifulSoup | None) -> str:
    assert tag is not None
    return " ".join(tag.get_text().split())


def column(page: BeautifulSoup, on: str) -> Tag:
    found = page.select_one(f'.week-day[aria-labelledby="day-{on}"]')
    assert found is not None
    return found
