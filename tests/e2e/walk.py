"""The steps of a visitor, as a person does them: by what stands on the page."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from portal.mail.models import OutboundEmail

WIDTHS = (320, 1280)
# How a page is looked at for axe: each width, language and scheme once. Pages fit at both widths in each.
VIEWS = [(320, "nl", "light"), (1280, "en", "dark")]
CODE = re.compile(r"[A-Z]{4}-[A-Z]{4}")


def mailed_code(email: str) -> str:
    """The code in the newest mail to this address, read where it waits for delivery."""
    row = OutboundEmail.objects.filter(to_email=email, message__endswith="_code").latest("created_at")
    found = CODE.search(row.text)
    assert found, row.text
    return found[0]


def start_scan(page: Page, first: str = "4") -> None:
    """Answer the first item on the landing page; that starts the scan."""
    page.goto("/")
    page.locator(f".hero input[value='{first}']").check()
    page.locator(".hero button[type=submit]").click()
    page.wait_for_url("**/scan/1/")


def answer_page(page: Page, answers: list[str] | None = None) -> None:
    """Answer every item of the page that is open, by default with a mix that gives a clear weakest key."""
    for index, item in enumerate(page.locator(".item").all()):
        value = (answers or ["2", "4", "3", "5", "na"])[index % 5]
        item.locator(f"input[value='{value}']").check()


def next_page(page: Page) -> None:
    page.locator(".scan-end button[type=submit]").click()


def finish_scan(page: Page) -> None:
    """From the first page to the result."""
    for number in range(1, 7):
        page.wait_for_url(f"**/scan/{number}/")
        answer_page(page)
        next_page(page)
    expect(page.locator("table.beams")).to_be_visible()


def type_code(page: Page, email: str) -> None:
    page.locator("input[name=code]").fill(mailed_code(email))
    page.locator("form:has(input[name=code]) button[type=submit]").first.click()


def choose_first_time(page: Page) -> None:
    page.locator("input[name=start]").first.check()
    page.locator("form:has(input[name=start]) button[type=submit]").last.click()
    expect(page.locator("input[name=name]")).to_be_visible()
    page.wait_for_load_state()  # its scripts have begun: a test may turn the clock now


def fill_in_details(page: Page, *, name: str = "Sanne Vermeer", email: str = "", share: str = "") -> None:
    page.locator("input[name=name]").fill(name)
    if email:
        page.locator("input[name=email]").fill(email)
    if share:
        page.locator(f"input[name=share][value={share}]").check()
    page.wait_for_timeout(2100)  # a person needs at least two seconds; the form knows
    send_details(page)


def send_details(page: Page) -> None:
    page.locator("#details .action-row button").click()


def check(page: Page) -> None:
    """No violation of axe as it stands, and within its width on the narrowest screen and on a wide one."""
    results = Axe().run(page)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
    before = page.viewport_size
    assert before is not None
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": before["height"]})
        assert no_sideways_scroll(page), f"{page.url} at {width}"
    page.set_viewport_size(before)


def no_sideways_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
