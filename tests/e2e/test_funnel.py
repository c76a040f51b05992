"""How far people come, in a real browser: axe, 320 px, dark, and without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from assessments.steps import COMPLETED
from portal.accounts.models import User
from portal.common import times
from tests.bookings.admin.conftest import browser_of
from tests.factories.funnel import count

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"resultTypes": ["violations"], "preload": False}


@pytest.fixture
def paths(site: str) -> list[str]:
    """The page as a whole and in parts, in both languages, with a source of one long word."""
    at = times.now() - timedelta(days=40)
    count(at, {1: 20, 2: 7, COMPLETED: 15}, came_from={"van": "w" * 90})
    count(at, {1: 9, COMPLETED: 8}, language="en", came_from={"van": "blog"})
    page = reverse("admin:funnel_tally_changelist")
    month = f"{times.local(at, times.HOST_ZONE):%Y-%m}"
    ways = ["", f"?month={month}&by=source", f"?month={month}&by=language"]
    return [address + way for way in ways for address in (page, f"/en{page}")]


def open_page(browser: Any, site: str, **options: Any) -> Any:
    context = browser.new_context(**options)
    cookie = browser_of(User.objects.get(is_superuser=True)).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    return context.new_page()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_has_no_accessibility_violation_and_fits(
    browser: Any, site: str, paths: list[str], scheme: str
) -> None:
    page = open_page(browser, site, color_scheme=scheme)
    found = {}
    for path in paths:
        page.goto(site + path)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            for item in Axe().run(page, options=RULES).response["violations"]:
                found[f"{path} at {width}: {item['id']}"] = [node["html"][:120] for node in item["nodes"]]
    page.context.close()
    assert found == {}


def test_a_month_is_chosen_and_split_without_javascript(browser: Any, site: str, paths: list[str]) -> None:
    page = open_page(browser, site, java_script_enabled=False)
    page.goto(site + paths[0])
    page.select_option("#id_by", "language")
    page.click("main button[type=submit], #content button[type=submit]")
    expect(page.locator(".funnel-part h2")).to_have_text(["Nederlands", "Engels"])
    expect(page.locator("svg.funnel-drawing")).to_have_count(3)
    page.context.close()
