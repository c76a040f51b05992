"""The last step of a booking in a real browser: three steps on a phone, more time, and no script at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bookings.models import Booking
from tests.e2e import walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EMAIL = "sanne@voorbeeld.nl"
PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("script", [True, False])
def test_three_steps_on_a_phone_with_more_time_in_each(
    open_browser: Callable[..., Page], script: bool
) -> None:
    page = open_browser(viewport=PHONE, java_script_enabled=script)
    walk.start_scan(page)
    walk.finish_scan(page)
    page.locator("a.cta").click()
    expect(page.locator("form .section-legend b")).to_have_text("Stap 1 van 3")
    walk.choose_first_time(page)
    expect(page.locator(".section-legend b")).to_have_text("Stap 2 van 3")

    page.locator("input[name=name]").fill("Sanne Vermeer")
    page.locator("input[name=email]").fill("sanne@")
    page.locator("summary").click()
    page.locator("input[name=topics]").last.check()
    page.get_by_role("button", name="Nog tien minuten").click()
    expect(page.locator("[data-hold-left]")).to_have_text("20 minuten")
    expect(page.locator(".message")).to_be_in_viewport()
    expect(page.locator("input[name=email]")).to_have_value("sanne@")
    expect(page.locator("input[name=topics]").last).to_be_checked()

    walk.fill_in_details(page, email=EMAIL, share="no")
    expect(page.locator(".section-legend b")).to_have_text("Stap 3 van 3")
    expect(page.locator("h1")).to_have_text("Nog één ding: de code uit je mail.")
    expect(page.locator(".hold-moment")).to_contain_text("nog niet bevestigd")
    expect(page.locator("input[name=code]")).to_be_in_viewport()
    page.locator("input[name=code]").fill("bcdf")
    page.get_by_role("button", name="Nog tien minuten").click()
    expect(page.locator("[data-hold-left]")).to_have_text("30 minuten")
    expect(page.locator("input[name=code]")).to_have_value("bcdf")
    expect(page.get_by_role("button", name="Nog tien minuten")).to_have_count(0)
    if script:
        walk.check(page)

    page.locator("input[name=code]").fill(walk.mailed_code(EMAIL))
    page.locator("button.cta").click()
    expect(page.locator(".done-line")).to_contain_text("Bevestigd")
    booking = Booking.objects.get()
    assert (booking.status, len(booking.topics)) == (Booking.Status.CONFIRMED, 1)


def test_by_keyboard_more_time_comes_first_and_enter_still_confirms(page: Page) -> None:
    page.goto("/impactcall/")
    walk.choose_first_time(page)
    page.locator("input[name=name]").fill("Sanne Vermeer")
    page.locator(".hold-longer").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-hold-left]")).to_have_text("20 minuten")
    expect(page.locator("#hold")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".hold-longer")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("input[name=name]")).to_be_focused()

    walk.fill_in_details(page, email=EMAIL)
    page.locator("input[name=code]").fill(walk.mailed_code(EMAIL).lower())
    page.keyboard.press("Enter")
    expect(page.locator(".done-line")).to_contain_text("Bevestigd")


def test_the_clock_runs_on_beside_the_code_and_is_spoken(page: Page) -> None:
    page.goto("/impactcall/")
    walk.choose_first_time(page)
    walk.fill_in_details(page, email=EMAIL)
    expect(page.locator("input[name=code]")).to_be_visible()
    page.wait_for_load_state()
    left, status = page.locator("[data-hold-left]"), page.locator("[data-hold-status]")
    expect(left).to_have_text("11 minuten")
    page.evaluate("const now = Date.now; Date.now = () => now() + 10.2 * 60 * 1000")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(left).to_have_text("1 minuut")
    expect(status).to_have_text("Deze tijd is nog één minuut voor jou. Met één knop krijg je er tien bij.")
    page.evaluate("const now = Date.now; Date.now = () => now() + 60 * 1000")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("[data-hold]")).to_have_text(
        "Deze tijd staat niet meer voor je vast. Bevestigen kan nog, zolang niemand anders hem kiest."
    )


def test_the_keys_are_all_in_sight_where_there_is_room_and_two_fields_are_level(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/impactcall/")
    walk.choose_first_time(page)
    boxes = page.locator("input[name=topics]")
    assert sum(box.is_visible() for box in boxes.all()) == 10
    page.evaluate("document.fonts.ready")
    optional = page.locator("legend .hint.beside")
    assert optional.evaluate("one => getComputedStyle(one).display") == "inline"
    walk.fill_in_details(page, name="", email=EMAIL)
    expect(page.locator(".field-error")).to_have_count(1)
    name, email = (
        page.locator(f"input[name={field}]").evaluate("one => one.getBoundingClientRect().top")
        for field in ("name", "email")
    )
    assert abs(name - email) < 1
    page.set_viewport_size(PHONE)
    assert sum(box.is_visible() for box in boxes.all()) == 0
