"""The main job, end to end, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from assessments.models import Scan
from bookings.models import Booking
from portal.accounts.models import User
from portal.leads.models import ConsentEvent
from portal.mail.models import OutboundEmail
from tests.e2e import walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EMAIL = "sanne@voorbeeld.nl"


def messages_to(email: str) -> list[str]:
    rows = OutboundEmail.objects.filter(to_email=email).exclude(message__endswith="_code")
    return sorted(rows.values_list("message", flat=True))


def test_the_door_attaches_the_scan_and_confirms_the_held_call_in_one_double_click(page: Page) -> None:
    walk.start_scan(page)
    walk.finish_scan(page)
    page.locator("a.cta").click()
    walk.choose_first_time(page)
    walk.fill_in_details(page, email=EMAIL, share="yes")
    assert User.objects.get(email=EMAIL).proven_at is None

    page.locator("input[name=code]").fill(walk.mailed_code(EMAIL))
    page.locator("form:has(input[name=code]) button[type=submit]").first.dblclick()

    expect(page.locator(".done-line")).to_contain_text("Bevestigd")
    user = User.objects.get(email=EMAIL)
    assert user.proven_at is not None
    scan = Scan.objects.get()
    booking = Booking.objects.get()
    assert (scan.user, booking.user, booking.status) == (user, user, Booking.Status.CONFIRMED)
    assert booking.shared_scan == scan.public_id
    assert messages_to(EMAIL).count("bookings/confirmation") == 1


def test_scan_result_account_call_move_cancel(page: Page) -> None:
    walk.start_scan(page)
    walk.finish_scan(page)
    expect(page.locator("h1")).to_contain_text("draagt het minst")

    # keep it, with tips
    page.locator("form:has(input[name=tips]) input[name=email]").fill(EMAIL)
    page.locator("input[name=tips]").check()
    page.locator("form:has(input[name=tips]) button[type=submit]").click()
    walk.type_code(page, EMAIL)
    page.wait_for_url(re.compile(r"/uitslag/"))
    assert ConsentEvent.objects.get().action == "given"
    page.goto("/account/")
    expect(page.locator("h1")).to_be_visible()

    # book, signed in: no code
    page.goto("/impactcall/")
    walk.choose_first_time(page)
    walk.fill_in_details(page, share="no")
    expect(page.locator(".done-line")).to_contain_text("Bevestigd")
    first = Booking.objects.get()

    # move
    page.get_by_role("link", name="Kies een andere tijd").click()
    page.locator("input[name=start]").nth(3).check()
    page.locator("form:has(input[name=start]) button[type=submit]").last.click()
    moved = Booking.objects.get()
    assert moved.sequence == 1
    assert moved.start_at != first.start_at

    # cancel
    page.goto(f"/impactcall/{moved.public_id}/")
    page.get_by_role("link", name="Annuleer deze impactcall").click()
    expect(page.locator(".fact-large")).to_be_visible()
    page.get_by_role("link", name="Laat staan").click()
    assert Booking.objects.get().status == Booking.Status.CONFIRMED
    page.get_by_role("link", name="Annuleer deze impactcall").click()
    page.get_by_role("button", name="Annuleer deze impactcall").click()
    expect(page.locator("s")).to_be_visible()
    assert Booking.objects.get().status == Booking.Status.CANCELLED
    assert {"bookings/confirmation", "bookings/moved", "bookings/cancelled"} <= set(messages_to(EMAIL))


def test_whole_journey_works_without_javascript(open_browser: Callable[..., Page]) -> None:
    page = open_browser(java_script_enabled=False, viewport={"width": 320, "height": 700})
    walk.start_scan(page)
    walk.finish_scan(page)
    page.locator("a.cta").click()
    walk.choose_first_time(page)
    walk.fill_in_details(page, email=EMAIL, share="yes")
    walk.type_code(page, EMAIL)
    expect(page.locator(".done-line")).to_contain_text("Bevestigd")


def test_answers_survive_back_reload_and_a_language_switch(page: Page) -> None:
    walk.start_scan(page, first="5")
    walk.answer_page(page)
    walk.next_page(page)
    page.wait_for_url("**/scan/2/")
    page.locator(".item").first.locator("input[value='1']").check()
    page.get_by_role("button", name="English").click()
    page.wait_for_url("**/en/scan/2/")
    expect(page.locator(".item").first.locator("input[value='1']")).to_be_checked()
    page.locator("button.back").click()
    page.wait_for_url("**/en/scan/1/")
    expect(page.locator(".item").first.locator("input[value='2']")).to_be_checked()
    page.reload()
    expect(page.locator(".item").first.locator("input[value='2']")).to_be_checked()


def test_a_missing_answer_is_named_and_the_rest_stays(page: Page) -> None:
    walk.start_scan(page)
    walk.answer_page(page)
    page.locator(".item").nth(2).locator("input:checked").evaluate("radio => radio.checked = false")
    walk.next_page(page)
    expect(page).to_have_title(re.compile(r"^Fout:"))
    summary = page.locator(".error-summary")
    expect(summary).to_be_visible()
    summary.locator("a").first.click()
    assert page.evaluate("document.activeElement.name") == page.locator(".item").nth(2).locator(
        "input"
    ).first.get_attribute("name")
    expect(page.locator(".item").first.locator("input[value='2']")).to_be_checked()


def test_result_of_an_account_is_closed_to_everybody_else(open_browser: Callable[..., Page]) -> None:
    mine, other = open_browser(), open_browser()
    walk.start_scan(mine)
    walk.finish_scan(mine)
    address = f"/uitslag/{Scan.objects.get().public_id}/"
    response = other.goto(address)
    assert response is not None
    assert response.status == 404
    mine.locator("form:has(input[name=tips]) input[name=email]").fill(EMAIL)
    mine.locator("form:has(input[name=tips]) button[type=submit]").click()
    walk.type_code(mine, EMAIL)
    mine.goto("/account/")
    assert EMAIL in mine.content()
    mine.get_by_role("button", name="Uitloggen", exact=True).click()
    mine.wait_for_url(re.compile(r"^https?://[^/]+/$"))
    mine.go_back()  # T28: the page of before is asked for anew
    assert EMAIL not in mine.content()
    assert "/inloggen/" in mine.url
    response = mine.goto(address)
    assert response is not None
    assert response.status == 404


def test_account_is_deleted_with_a_code(page: Page) -> None:
    walk.start_scan(page)
    walk.finish_scan(page)
    page.locator("form:has(input[name=tips]) input[name=email]").fill(EMAIL)
    page.locator("form:has(input[name=tips]) button[type=submit]").click()
    walk.type_code(page, EMAIL)
    page.wait_for_url(re.compile(r"/uitslag/"))
    page.goto("/account/wissen/")
    page.get_by_role("button", name="Stuur mij de code om te wissen").click()
    walk.type_code(page, EMAIL)
    expect(page.locator("h1")).to_contain_text("Je account is gewist")
    assert not User.objects.filter(email=EMAIL).exists()
    assert Scan.objects.count() == 0


def test_keyboard_alone_books_a_call(page: Page) -> None:
    """Tab, arrows, Space and Enter; never the mouse."""
    page.goto("/impactcall/")
    page.locator("body").press("Tab")
    _tab_to(page, "input[name=start]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=name]")).to_be_visible()
    _tab_to(page, "input[name=name]")
    page.keyboard.type("Sanne Vermeer")
    _tab_to(page, "input[name=email]")
    page.keyboard.type(EMAIL)
    page.wait_for_timeout(2100)
    _tab_to(page, "#details .action-row button")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=code]")).to_be_visible()
    _tab_to(page, "input[name=code]")
    page.keyboard.type(walk.mailed_code(EMAIL).lower())
    page.keyboard.press("Enter")
    expect(page.locator(".done-line")).to_contain_text("Bevestigd")


def _tab_to(page: Page, selector: str) -> None:
    for _step in range(60):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {selector} by keyboard")
