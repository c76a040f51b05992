"""Doing what a visitor does, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.test import Client
from django.urls import reverse

from assessments.models import Scan
from portal.mail.models import OutboundEmail
from tests.assessments.demo import NOW, answers, instrument

ANSWERS = answers(NOW)


def posted(given: Mapping[str, int | None]) -> dict[str, str]:
    return {item_id: "na" if value is None else str(value) for item_id, value in given.items()}


def page_data(number: int, given: Mapping[str, int | None] = ANSWERS) -> dict[str, str]:
    """What the form of one page sends."""
    return posted({item.id: given[item.id] for item in instrument().pages[number - 1] if item.id in given})


def start(client: Client, **data: str) -> Any:
    return client.post(reverse("assessments:start"), data)


def send_page(client: Client, number: int, data: Mapping[str, str] | None = None, **extra: str) -> Any:
    """The form of one page; it names the scan this browser is in, unless told otherwise."""
    given = page_data(number) if data is None else data
    named = extra if "scan" in extra else {"scan": shown_scan(client), **extra}
    return client.post(reverse("assessments:scan", args=[number]), {**given, **named})


def shown_scan(client: Client) -> str:
    """What the form names that this browser is led to now; nothing when it is led to none."""
    page = client.get(reverse("assessments:resume"), follow=True).content.decode()
    found = re.search(r'name="scan" value="(\w+)"', page)
    return found[1] if found else ""


def walk(client: Client, given: Mapping[str, int | None] = ANSWERS) -> Scan:
    """The whole scan, up to the result."""
    start(client)
    for number in range(1, 7):
        response = send_page(client, number, page_data(number, given))
    assert response.status_code == 302, response.content.decode()
    return Scan.objects.latest("started_at")


def ask_code(client: Client, email: str, **extra: str) -> None:
    response = client.post(reverse("accounts:keep"), {"email": email, **extra})
    assert response.status_code == 302, response.content.decode()


def give_code(client: Client, email: str) -> Any:
    row = OutboundEmail.objects.filter(to_email=email, message="accounts/login_code").latest("created_at")
    code = re.search(r"[A-Z]{4}-[A-Z]{4}", row.text)
    assert code is not None
    return client.post(reverse("account_confirm_login_code"), {"code": code[0]})


def keep(client: Client, email: str = "sanne@voorbeeld.nl", **extra: str) -> Any:
    """Keep this browser's scan: the code, typed in the same browser."""
    ask_code(client, email, **extra)
    return give_code(client, email)
