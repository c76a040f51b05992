"""Walking the booking pages with Django's client, as a browser without JavaScript does."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal.mail.models import OutboundEmail

CODE = re.compile(r"[A-Z]{4}-[A-Z]{4}")
PERSON = {"name": "Sanne Vermeer", "email": "sanne@voorbeeld.nl", "remark": ""}


def page_of(response: HttpResponse) -> BeautifulSoup:
    """The page, with the words of each element as a browser shows them: how a template is folded says nothing."""
    page = BeautifulSoup(response.content, "html.parser")
    for element in page.find_all(lambda one: one.string and one.name not in ("pre", "textarea")):
        element.string.replace_with(element.string.strip())
    return page


def words_of(response: HttpResponse) -> str:
    return " ".join(page_of(response).main.get_text(" ").split())


def starts_on(response: HttpResponse) -> list[str]:
    return [field["value"] for field in page_of(response).select("input[name=start][type=radio]")]


def hold(browser: Client, start: str = "", **extra: Any) -> str:
    """Choose a start (Tuesday 16:00 unless told otherwise, well before the notice) and have it held."""
    start = start or starts_on(browser.get(reverse("bookings:slots")))[6]
    response = browser.post(reverse("bookings:hold"), {"start": start, **extra})
    assert response.status_code == 302, words_of(response)
    return start


def filled_in(browser: Client, clock: Any, **changes: Any) -> dict[str, Any]:
    """The details form as the page gave it, filled in by somebody who took a few seconds."""
    form = page_of(browser.get(reverse("bookings:details"))).select_one("form.plate")
    hidden = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}
    clock.shift(timedelta(seconds=5))
    return hidden | PERSON | changes


def confirm(browser: Client, clock: Any, **changes: Any) -> HttpResponse:
    return browser.post(reverse("bookings:confirm"), filled_in(browser, clock, **changes))


def code_for(email: str) -> str:
    row = OutboundEmail.objects.filter(to_email=email, message="accounts/login_code").latest("pk")
    return CODE.search(row.text)[0]


def type_code(browser: Client, email: str = PERSON["email"]) -> HttpResponse:
    return browser.post(reverse("account_confirm_login_code"), {"code": code_for(email)})
