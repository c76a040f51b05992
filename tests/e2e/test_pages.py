"""Every page a visitor meets: accessible, within its width, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Page, expect

from bookings.models import Booking
from tests import pages
from tests.e2e import walk
from tests.e2e.test_scan_pages import sign_in
from tests.factories.assessments import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EMAIL = "sanne@voorbeeld.nl"


@pytest.mark.parametrize(("width", "language", "scheme"), walk.VIEWS)
def test_public_pages_have_no_axe_violations(
    open_browser: Callable[..., Page], width: int, language: str, scheme: str
) -> None:
    page = open_browser(viewport={"width": width, "height": 900}, color_scheme=scheme)
    paths = pages.addresses(UserFactory())[language]
    for name in sorted(pages.LISTED | pages.UNLISTED):
        page.goto(paths[name])
        walk.check(page)
    page.goto("/bestaat-niet/")
    walk.check(page)


@pytest.mark.parametrize(("width", "language", "scheme"), walk.VIEWS)
def test_pages_of_ones_own_have_no_axe_violations(
    open_browser: Callable[..., Page], site: str, width: int, language: str, scheme: str
) -> None:
    page = open_browser(viewport={"width": width, "height": 900}, color_scheme=scheme)
    owner = UserFactory()
    paths = pages.addresses(owner)[language]
    sign_in(page, site, owner)
    for name in sorted((pages.MEMBERS | pages.OWNERS) - pages.FILES):
        page.goto(paths[name])
        walk.check(page)


@pytest.mark.parametrize(("width", "language", "scheme"), walk.VIEWS)
def test_pages_of_a_booking_have_no_axe_violations(
    open_browser: Callable[..., Page], width: int, language: str, scheme: str
) -> None:
    page = open_browser(viewport={"width": width, "height": 900}, color_scheme=scheme)
    with translation.override(language):
        page.goto(reverse("bookings:slots"))
    walk.choose_first_time(page)
    walk.check(page)
    walk.fill_in_details(page, name="", email="geen adres")
    expect(page.locator(".error-summary")).to_be_visible()
    walk.check(page)
    walk.fill_in_details(page, email=EMAIL)
    expect(page.locator("input[name=code]")).to_be_visible()
    walk.check(page)
    page.locator("input[name=code]").fill("WRNG-WRNG")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_visible()
    walk.check(page)
    walk.type_code(page, EMAIL)
    expect(page.locator(".done-line")).to_be_visible()
    walk.check(page)


def test_the_browser_keeps_only_what_the_privacy_page_names(page: Page) -> None:
    walk.start_scan(page)
    walk.finish_scan(page)
    page.locator("a.cta").click()
    walk.choose_first_time(page)
    walk.fill_in_details(page, email=EMAIL, share="yes")
    walk.type_code(page, EMAIL)
    expect(page.locator(".done-line")).to_be_visible()
    kept = {cookie["name"] for cookie in page.context.cookies()}
    assert kept <= {"sessionid", "csrftoken", "scan", "known"}
    assert set(page.evaluate("Object.keys(localStorage)")) <= {"theme"}
    assert all(cookie.get("httpOnly") for cookie in page.context.cookies())


def test_a_page_takes_at_most_seven_requests_and_one_sheet(open_browser: Callable[..., Page]) -> None:
    paths = pages.addresses(UserFactory())["nl"]
    for name in sorted(pages.LISTED | pages.UNLISTED):
        page = open_browser(viewport={"width": 1280, "height": 900})
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(paths[name], wait_until="load")
        assert len([url for url in asked if url.endswith(".css")]) == 1
        assert len([url for url in asked if not url.startswith("data:")]) <= 7, asked


def test_a_theme_chosen_by_hand_is_there_before_the_first_paint(page: Page) -> None:
    page.add_init_script(
        "new MutationObserver(() => { window.themed ??= performance.now(); })"
        ".observe(document, {subtree: true, attributes: true, attributeFilter: ['data-theme']})"
    )
    page.goto("/")
    page.locator("[data-theme-slot] button").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/sleutels/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    painted = page.wait_for_function("performance.getEntriesByName('first-paint')[0]?.startTime").json_value()
    assert page.evaluate("window.themed") <= painted
    page.locator("[data-theme-slot] button").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_somebody_in_auckland_sees_both_clocks_and_one_instant_everywhere(
    open_browser: Callable[..., Page],
) -> None:
    page = open_browser(timezone_id="Pacific/Auckland", viewport={"width": 768, "height": 900})
    page.goto("/impactcall/")
    expect(page.locator(".zone")).to_contain_text("tijd in Auckland")
    expect(page.locator("main")).to_contain_text("Nederlandse tijd")
    walk.choose_first_time(page)
    walk.fill_in_details(page, email=EMAIL)
    walk.type_code(page, EMAIL)
    facts = page.locator(".fact-sheet")
    expect(facts).to_contain_text("tijd in Auckland")
    expect(facts).to_contain_text("Nederlandse tijd")
    assert Booking.objects.get().time_zone == "Pacific/Auckland"


def test_two_people_want_one_time_and_the_second_gets_three_others_with_everything_kept(
    open_browser: Callable[..., Page],
) -> None:
    first, second = open_browser(), open_browser()
    first.goto("/impactcall/")
    second.goto("/impactcall/")
    start = second.locator("input[name=start]").first.get_attribute("value")
    walk.choose_first_time(first)
    second.locator(f"input[name=start][value='{start}']").check()
    second.locator("form:has(input[name=start]) button[type=submit]").last.click()
    expect(second.locator("main")).to_contain_text("bezet")
    expect(second.locator("input[name=start]")).to_have_count(3)
    second.locator("input[name=start]").first.check()
    second.locator("form:has(input[name=start]) button[type=submit]").last.click()
    expect(second.locator("input[name=name]")).to_be_visible()
