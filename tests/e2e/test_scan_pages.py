"""The scan and the result as a browser treats them: keys, Enter, paper, axe, the narrowest screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import signing
from playwright.sync_api import Page, expect

from assessments import cookies
from assessments.models import Scan
from tests.assessments.demo import BEFORE, NOW
from tests.e2e import walk
from tests.e2e.walk import start_scan
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, ScanFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAIRS = [
    ("letting-go", "advance"),
    ("clear", "open"),
    ("naming", "discomfort"),
    ("steady", "self-honesty"),
    ("courage", "recognition"),
]


def give_cookie(page: Page, site: str, *scans: Scan) -> None:
    value = signing.dumps([scan.public_id for scan in scans], salt=cookies.SALT)
    page.context.add_cookies([{"name": "scan", "value": value, "url": site}])


def sign_in(page: Page, site: str, user: Any) -> None:
    from django.test import Client

    client = Client()
    client.force_login(user)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])


def sheets(page: Page) -> int:
    """How many A4 sheets the page prints on."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_result_prints_on_two_sheets(
    open_browser: Callable[..., Page], site: str, language: str
) -> None:
    page = open_browser(viewport={"width": 1280, "height": 900})
    path = "/en/result" if language else "/uitslag"
    for first, second in PAIRS:
        for weakest in (first, second):
            user = UserFactory()
            older = InstrumentFactory(version="1.0")  # so that the improved wording is mentioned too
            CompletedScanFactory(user=user, sums=BEFORE, days_ago=200, instrument=older)
            sums = dict.fromkeys(NOW, 10) | {"clear": 13, first: 7, second: 7} | {weakest: 4}
            scan = CompletedScanFactory(user=user, sums=sums)
            sign_in(page, site, user)
            page.goto(f"{path}/{scan.public_id}/")
            expect(page.locator("#h-p")).to_be_visible()
            assert sheets(page) == 2, (language, weakest)


def test_number_keys_answer_the_statement_in_focus_say_so_and_stay_there(page: Page) -> None:
    start_scan(page)
    expect(page.locator("[data-keys-hint]")).to_be_visible()
    page.locator("#letting-go_1-3").focus()
    for key, chosen, said in (("5", "5", "(Bijna) altijd gekozen"), ("0", "na", "Kwam niet voor gekozen")):
        page.keyboard.press(key)
        expect(page.locator(f"#letting-go_1-{chosen}")).to_be_checked()
        expect(page.locator(f"#letting-go_1-{chosen}")).to_be_focused()
        expect(page.get_by_role("status").filter(has_text=said)).to_have_count(1)
    for key in "2345":
        page.keyboard.press("Tab")
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_url("**/scan/2/")


def test_enter_saves_and_goes_to_the_next_page_without_javascript_too(
    open_browser: Callable[..., Page],
) -> None:
    page = open_browser(viewport={"width": 320, "height": 700}, java_script_enabled=False)
    start_scan(page)
    for item in page.locator(".item").all():
        item.locator("input[value='3']").check()
    page.keyboard.press("Enter")
    page.wait_for_url("**/scan/2/")
    assert set(Scan.objects.get().answers.values()) == {3}


@pytest.mark.parametrize("path", ["", "/en"])
def test_on_the_narrowest_phone_five_answers_stand_side_by_side(
    open_browser: Callable[..., Page], path: str
) -> None:
    page = open_browser(viewport={"width": 320, "height": 640})
    page.goto(f"{path}/")
    page.locator("#eerste button[type=submit]").click()
    page.wait_for_url("**/scan/1/")
    page.evaluate("document.fonts.ready")
    for rail in page.locator(".answer-rail").all():
        boxes = [option.bounding_box() for option in rail.locator(".option").all()]
        assert len({box["y"] for box in boxes[:5]}) == 1
        assert all(box["height"] >= 48 and box["width"] >= 44 for box in boxes)
        assert boxes[5]["y"] > boxes[0]["y"]
    assert walk.no_sideways_scroll(page)


def test_the_button_that_starts_the_scan_is_on_the_first_screen_of_a_phone(
    open_browser: Callable[..., Page],
) -> None:
    page = open_browser(viewport={"width": 390, "height": 844})
    page.goto("/")
    box = page.locator("#eerste button[type=submit]").bounding_box()
    assert box["y"] + box["height"] <= 844


def test_ones_own_bridge_is_on_the_first_screen_and_a_mast_with_the_same_scores_on_a_phone(
    open_browser: Callable[..., Page], site: str
) -> None:
    scan = CompletedScanFactory()
    page = open_browser(viewport={"width": 1280, "height": 900})
    give_cookie(page, site, scan)
    page.goto(f"/uitslag/{scan.public_id}/")
    box = page.locator(".own-bridge svg.bridge-wide").bounding_box()
    assert box["y"] + box["height"] <= 900
    page.set_viewport_size({"width": 320, "height": 640})
    expect(page.locator("svg.bridge-wide")).to_be_hidden()
    rows = page.locator(".members tbody tr")
    expect(rows.locator("svg.mast")).to_have_count(10)
    expect(rows.nth(1)).to_contain_text("Uit handen geven")
    expect(rows.nth(1)).to_contain_text("25")


def test_the_picture_is_a_download(open_browser: Callable[..., Page], site: str) -> None:
    scan = CompletedScanFactory()
    page = open_browser(viewport={"width": 1280, "height": 900})
    give_cookie(page, site, scan)
    page.goto(f"/uitslag/{scan.public_id}/")
    with page.expect_download() as waited:
        page.get_by_role("link", name="Bewaar als beeld, zonder cijfers").click()
    assert waited.value.suggested_filename == "mijn-brug.png"


def test_the_error_summary_has_the_focus_and_leads_to_the_statement(page: Page) -> None:
    start_scan(page)
    page.locator(".scan-end button").click()
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").first.click()
    expect(page.locator("#letting-go_1-1")).to_be_focused()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_scan_result_and_history_have_no_axe_violations(
    open_browser: Callable[..., Page], site: str, width: int, scheme: str
) -> None:
    page = open_browser(viewport={"width": width, "height": 900}, color_scheme=scheme)
    user = UserFactory()
    for days, sums in ((380, dict.fromkeys(NOW, 8)), (190, BEFORE)):
        CompletedScanFactory(user=user, sums=sums, days_ago=days)
    kept, nobodys, open_one = CompletedScanFactory(user=user), CompletedScanFactory(), ScanFactory()
    give_cookie(page, site, open_one, nobodys)
    for path in (
        "/scan/1/",
        "/en/scan/1/",
        f"/uitslag/{nobodys.public_id}/",
        f"/en/result/{nobodys.public_id}/",
    ):
        check(page, path)
    page.goto("/scan/1/")
    page.locator(".scan-end button").click()
    check(page, None)
    sign_in(page, site, user)
    for path in (f"/uitslag/{kept.public_id}/", "/account/", "/en/account/"):
        check(page, path)


def check(page: Page, path: str | None) -> None:
    if path is not None:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
    walk.check(page)
