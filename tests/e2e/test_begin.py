"""From a link elsewhere into the scan, in a real browser: by keyboard, without JavaScript, and by our own links."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from assessments.models import Scan
from portal.leads.models import Lead
from tests.assessments.demo import instrument
from tests.e2e import walk
from tests.e2e.test_admin import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIRST, EMAIL = instrument().items[0].id, "sanne@voorbeeld.nl"

COOKIES = {"csrftoken", "sessionid", "scan", "known"}


@pytest.mark.parametrize("path", ["", "/en"])
@pytest.mark.parametrize("scripted", [True, False])
def test_by_keyboard_from_a_link_with_an_answer_to_the_second_page(
    open_browser: Callable[..., Page], path: str, scripted: bool
) -> None:
    page = open_browser(viewport={"width": 320, "height": 700}, java_script_enabled=scripted)
    page.goto(f"{path}/begin/?a=4&van=blog")
    for _press in range(20):
        page.keyboard.press("Tab")
        if page.locator(f"#{FIRST}-4:focus").count():
            break
    expect(page.locator(f"#{FIRST}-4")).to_be_checked()
    assert not Scan.objects.exists()
    for _statement in range(4):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}/scan/2/")
    scan = Scan.objects.get()
    assert (scan.answers[FIRST], len(scan.answers), scan.came_from) == (4, 5, {"van": "blog"})


def test_by_our_own_links_how_somebody_came_reaches_the_contact(page: Page, site: str) -> None:
    page.set_extra_http_headers({"Referer": "https://www.linkedin.com/feed/"})
    page.goto("/sleutels/?utm_source=linkedin&utm_campaign=herfst")
    page.set_extra_http_headers({})
    page.locator("ol.keys a").nth(2).click()
    page.wait_for_url("**/sleutels/voorspelbaar-onder-druk/?via=*")
    page.locator(".action-row a.btn").click()
    page.wait_for_url("**/?via=*#eerste")
    page.locator(".main-menu a[href='#coach']").click()
    page.wait_for_url("**/?via=*#coach")
    page.locator(".hero input[value='4']").check()
    page.locator(".hero button[type=submit]").click()
    walk.finish_scan(page)
    page.locator("#em").fill(EMAIL)
    page.locator("#bewaar .btn").click()
    page.wait_for_url("**/inloggen/**")
    walk.type_code(page, EMAIL)
    page.wait_for_url("**/uitslag/**")
    touch: dict[str, Any] = Lead.objects.get(email=EMAIL).first_touch
    assert {name: text for name, text in touch.items() if name != "at"} == {
        "utm_source": "linkedin",
        "utm_campaign": "herfst",
        "referrer": "https://www.linkedin.com",
    }
    assert {cookie["name"] for cookie in page.context.cookies()} <= COOKIES


def test_what_is_missing_is_named_on_the_page_and_the_rest_stays(page: Page) -> None:
    page.goto("/begin/?a=2")
    page.locator(".scan-end button[type=submit]").click()
    expect(page.locator("[role=alert], .error-summary").first).to_be_visible()
    expect(page.locator(f"#{FIRST}-2")).to_be_checked()
    walk.answer_page(page)
    walk.next_page(page)
    page.wait_for_url("**/scan/2/")


def test_the_coach_copies_the_links_with_one_press_and_hears_it(
    open_browser: Callable[..., Page], site: str
) -> None:
    page = signed_in(open_browser, site, 320, permissions=["clipboard-read", "clipboard-write"])
    page.goto(reverse("admin:assessments_own_site") + "?van=blog")
    for name in ("text", "html", "markdown"):
        page.locator(f"[data-copy=own-{name}]").click()
        expect(page.locator(f"p:has([data-copy=own-{name}]) [role=status]")).to_have_text("Gekopieerd.")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == page.locator(f"#own-{name}").input_value()
        assert copied.count("/begin/?a=") == 5
