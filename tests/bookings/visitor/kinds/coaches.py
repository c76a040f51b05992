"""What the tests of kinds share."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from tests.bookings.browsing import PERSON, page_of

EMAIL = PERSON["email"]


SLOTS = "/impactcall/"


def fields(page: BeautifulSoup, form: str = "form.section") -> dict[str, str]:
    return {one["name"]: one.get("value", "") for one in page.select(f"{form} input[type=hidden]")}


def link(response: Any, words: str) -> str:
    """The address of the link with these words, as a browser resolves it; that of all when it stands there twice."""
    (found,) = {a["href"] for a in page_of(response).main.select("a") if words in a.get_text()}
    return response.request["PATH_INFO"] + found if found.startswith("?") else found


def hold(browser: Client, page: Any, start: str) -> Any:
    """Press the button of the page as it is, with this start chosen."""
    return browser.post(reverse("bookings:hold"), fields(page_of(page)) | {"start": start})
