"""Requests no browser makes by itself: NULs, odd encodings, scanners. Never a 500, never a secret logged."""

from __future__ import annotations

import logging
import re
from typing import Any
from urllib.parse import urlencode, urljoin

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.common import tokens
from portal.logs import MaskedFormatter
from tests.bookings.admin.conftest import browser_of
from tests.factories.assessments import InstrumentFactory


def test_nul_in_a_secret_link_gets_the_page_for_broken_links(visitor: Client) -> None:
    response = visitor.get("/impactcall/%00/%00/")
    assert response.status_code == 404
    assert "link" in response.content.decode()


@pytest.mark.parametrize("value", ['"\\000abcdefghijkl"', '"abcdefghijkl\\000"'])
def test_nul_in_a_planted_session_cookie_is_no_session(visitor: Client, value: str) -> None:
    InstrumentFactory()
    cookie = f"{settings.SESSION_COOKIE_NAME}={value}"
    assert visitor.get("/", HTTP_COOKIE=cookie).status_code == 200
    assert visitor.post("/inloggen/", {"email": "sanne@voorbeeld.nl"}, HTTP_COOKIE=cookie).status_code == 302


@pytest.mark.parametrize("query", ["?status__exact=%00", "?message=%00", "?q=%00", "?created_at__gte=%00"])
def test_nul_in_a_filter_of_the_admin_is_no_error(db: None, query: str) -> None:
    browser = browser_of(User.objects.create_superuser("beheer@voorbeeld.nl"))
    response = browser.get(reverse("admin:mail_outboundemail_changelist") + query)
    assert response.status_code in {200, 302}


def test_form_in_another_encoding_is_refused_with_a_sentence(db: None) -> None:
    browser = Client(enforce_csrf_checks=True)
    form = "application/x-www-form-urlencoded; charset=utf-7"
    browser.get("/inloggen/")
    response = browser.generic("POST", "/inloggen/", b"email=x", content_type=form)
    assert response.status_code == 400
    assert "<h1" in response.content.decode()


def logged(message: str, *values: object) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, message, values, None)
    return MaskedFormatter("%(levelname)s %(message)s").format(record)


@pytest.mark.parametrize("path", ["/impactcall/{id}/{token}/", "/u/{id}/{token}/", "/local/sign-in/{token}/"])
def test_secret_link_in_a_log_line_opens_nothing(path: str) -> None:
    token = tokens.make("bookings.manage", "x" * 24)
    line = logged("Method Not Allowed (%s): %s", "HEAD", path.format(id="x" * 24, token=token))
    assert token not in line
    assert path.partition("{")[0] in line


def test_address_in_a_log_line_is_masked() -> None:
    line = logged("Mail was refused: %s", "550 <sanne.v+x@post.voorbeeld.nl> unknown")
    assert line == "WARNING Mail was refused: 550 <***@post.voorbeeld.nl> unknown"


def test_every_log_line_is_masked() -> None:
    handlers = logging.getLogger().handlers
    names = {settings.LOGGING["handlers"][name]["formatter"] for name in settings.LOGGING["handlers"]}
    assert {settings.LOGGING["formatters"][name]["()"] for name in names} == {"portal.logs.MaskedFormatter"}
    assert any(isinstance(handler.formatter, MaskedFormatter) for handler in handlers)


# ---- more than people send (R36) ----------------------------------------------------------------------
def test_sizes_that_settings_allow() -> None:
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == 256 * 1024
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS == 200


HUGE = {
    "a name of ten megabytes": {"email": "x" * 10_000_000},
    "a note of a megabyte": {"email": "sanne@voorbeeld.nl", "remark": "x" * 1_000_000},
    "just more than is read": {"email": "x" * (256 * 1024)},
    "a hundred thousand items": {"topics": ["x"] * 100_000},
    "one field too many": {f"field{number}": "x" for number in range(201)},
}


@pytest.mark.parametrize("sent", HUGE.values(), ids=HUGE)
@pytest.mark.parametrize("path", ["/inloggen/", "/impactcall/bevestigen/", "/impactcall/vastzetten/"])
def test_a_huge_form_is_refused_and_leaves_nothing(db: None, path: str, sent: dict[str, Any]) -> None:
    body = urlencode(sent, doseq=True)
    response = Client().generic("POST", path, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in {400, 413}
    assert "<h1" in response.content.decode()
    assert not User.objects.exists()


def test_a_question_of_ten_thousand_parameters_is_refused(db: None) -> None:
    query = urlencode([(f"field{number}", "x") for number in range(10_000)])
    assert Client().get(f"/impactcall/?{query}").status_code == 400


def test_a_form_as_large_as_people_fill_in_is_read(db: None) -> None:
    sent = {"email": "sanne@voorbeeld.nl", "remark": "x" * 250_000}
    assert Client().post("/inloggen/", sent).status_code == 302


# ---- addresses that would lead elsewhere --------------------------------------------------------------
ELSEWHERE = [
    "//evil.example/", "///evil.example/", "//evil.example/en/", "/\\evil.example/", "/\\/evil.example/",
    "/\t/evil.example/", "//evil.example", "//evil.example/%2e%2e", "//user@evil.example/",
    "/en//evil.example/", "//inloggen/", "//[evil/",
]  # fmt: skip


@pytest.mark.parametrize("path", ELSEWHERE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_link_of_any_page_leaves_the_site_because_of_its_path(db: None, path: str, method: str) -> None:
    response = Client().generic(method, "/", PATH_INFO=path, headers={"origin": "http://testserver"})
    assert response.status_code in {302, 301, 403, 404}
    page = BeautifulSoup(response.content, "html.parser")
    links = [tag.get("href") or tag.get("action") for tag in page.select("a[href], link[href], form[action]")]
    links.append(response.headers.get("Location", "/"))
    for link in links:
        went = urljoin("http://testserver/x/", re.sub(r"[\t\r\n]", "", link).replace("\\", "/"))
        assert went.startswith(("http://testserver/", f"{settings.SITE_URL}/", "mailto:", "tel:", "data:")), (
            link
        )
