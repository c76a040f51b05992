"""The admin in a real browser: accessibility, a call moved and cancelled; what is cut off: test_admin_look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from bookings.models import Booking
from portal.accounts.models import User
from portal.common import times
from tests.bookings.admin.conftest import browser_of
from tests.e2e.desk import pages, signed_in
from tests.factories.assessments import CompletedScanFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# what the watch of the content policy may not blame on the pages: axe writes a style of its own into them
RULES = {"resultTypes": ["violations"], "preload": False}


def assert_fits(page: Page, path: str, *widths: int) -> None:
    response = page.goto(path)
    assert response
    assert response.status == 200, path
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        hidden = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert hidden <= 0, f"{path} sticks out {hidden} px at {width}"


def violations(page: Page, address: str, *widths: int) -> dict[str, list[str]]:
    page.goto(address)
    found = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        for item in Axe().run(page, options=RULES).response["violations"]:
            found[f"{address} at {width}: {item['id']}"] = [node["html"][:120] for node in item["nodes"]]
    return found


def test_no_page_has_an_accessibility_violation(browser: object, site: str, call: Booking) -> None:
    """A context without the watch: axe itself writes a style into the page."""
    context = browser.new_context()  # type: ignore[attr-defined]
    cookie = browser_of(User.objects.get(is_superuser=True)).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    page = context.new_page()
    found = {}
    for number, path in enumerate(
        pages(call)
    ):  # test_admin_look has each at both widths: axe looks at them in turn
        found |= violations(page, f"{site}{path}", (320, 1280)[number % 2])
    context.close()
    assert found == {}


@pytest.mark.parametrize("width", [390, 900, 1280])
def test_no_beam_runs_through_a_heading_of_the_first_page(
    open_browser: Callable[..., Page], site: str, width: int
) -> None:
    page = signed_in(open_browser, site, width)
    page.goto(reverse("admin:index"))
    beams = page.locator("#content-main > *").evaluate_all(
        "all => all.map((one) => { const box = one.getBoundingClientRect(); return [box.left, box.top, box.right]; })"
    )
    for heading in page.locator("#content h2").all():
        box = heading.bounding_box()
        assert box
        inside = range(int(box["y"]) + 2, int(box["y"] + box["height"]) - 2)
        assert not [top for left, top, right in beams if int(top) in inside and left < box["x"] + 1 < right]


def test_a_score_and_its_change_stand_apart_on_a_phone(
    open_browser: Callable[..., Page], site: str, call: Booking
) -> None:
    scan = CompletedScanFactory(user=call.user, completed_at=times.now() - timedelta(days=90))
    type(scan).objects.filter(pk=scan.pk).update(started_at=times.now() - timedelta(days=90))
    page = signed_in(open_browser, site, 320)
    page.goto(reverse("admin:bookings_booking_change", args=[call.pk]))
    gaps = page.locator(".beams tbody td.key-change").evaluate_all("""cells => cells.map(cell => {
        const edge = (one, side) => { const range = document.createRange(); range.selectNodeContents(one);
            return range.getBoundingClientRect()[side]; };
        return edge(cell, "left") - edge(cell.previousElementSibling, "right"); })""")
    assert len(gaps) == 10
    assert min(gaps) >= 8


def test_the_coach_moves_and_cancels_a_call(
    open_browser: Callable[..., Page], site: str, call: Booking
) -> None:
    page = signed_in(open_browser, site, 1280)
    page.goto(reverse("admin:index"))
    page.get_by_role("link", name="Sanne Vermeer").first.click()
    page.get_by_role("link", name="Verplaatsen").click()
    page.get_by_role("radio").last.check()
    page.get_by_role("button", name="Verplaats en laat het weten").click()
    assert "Verplaatst naar" in page.locator(".messagelist").inner_text()
    page.get_by_role("link", name="Annuleer", exact=True).click()
    page.get_by_role("button", name="Annuleer en laat het weten").click()
    assert "geannuleerd door de coach" in page.locator(".facts").first.inner_text()
    assert urlsplit(page.url).path == reverse("admin:bookings_booking_change", args=[call.pk])
    call.refresh_from_db()
    assert (call.status, call.sequence) == ("cancelled", 2)


def test_the_coach_adds_a_row_of_hours(open_browser: Callable[..., Page], site: str, call: Booking) -> None:
    page = signed_in(open_browser, site, 1280)
    page.goto(reverse("admin:bookings_host_hours"))
    page.get_by_text("Werktijd toevoegen").click()
    row = page.locator("tr.form-row:not(.empty-form)").last
    row.get_by_label("Dag").select_option("6")
    row.get_by_label("Van").fill("10:00")
    row.get_by_label("Tot").fill("12:00")
    page.get_by_role("button", name="Opslaan", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Je werktijden zijn opgeslagen.")
    assert call.host.rules.filter(weekday=6).count() == 1


def test_the_coach_blocks_an_empty_half_hour_of_the_week(
    open_browser: Callable[..., Page], site: str, call: Booking
) -> None:
    page = signed_in(open_browser, site, 1280)
    on = (times.local(times.now(), call.host.time_zone) + timedelta(days=21)).date()
    week = f"{reverse('admin:bookings_booking_week')}?day={on}"
    page.goto(week)
    page.locator(f"a.week-empty[href*='on={on}'][href$='from=13:30']").click()
    page.get_by_role("dialog").get_by_role("link", name="Blokkeer").click()
    page.get_by_label("Reden").fill("wandelen")
    page.get_by_role("button", name="Opslaan", exact=True).click()
    page.wait_for_url(f"**{week}*")
    block = page.locator(".week").get_by_role("link", name="wandelen")
    assert "13:30" in block.inner_text()
    block.click()
    assert page.get_by_label("Reden").input_value() == "wandelen"


def test_the_week_is_walked_by_keyboard_in_the_order_of_time(
    open_browser: Callable[..., Page], site: str, call: Booking
) -> None:
    page = signed_in(open_browser, site, 1280)
    on = times.local(call.start_at, call.host.time_zone).date()
    page.goto(f"{reverse('admin:bookings_booking_week')}?day={on}")
    page.locator(".keys summary").focus()
    leads_to = "(one) => one.getAttribute('href') || one.getAttribute('popovertarget')"
    drawn = page.locator(".week :is(a.week-head, .week-event)").evaluate_all(f"all => all.map({leads_to})")
    reached = []
    for _step in drawn:
        page.keyboard.press("Tab")
        reached.append(page.evaluate(f"({leads_to})(document.activeElement)"))
    assert reached == drawn
    assert f"facts-{call.pk}-{on:%Y%m%d}" in reached
