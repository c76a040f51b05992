"""One browser, two tabs: what was filled in in one of them outlives a sign-in in the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from assessments.models import Scan
from bookings.models import Booking
from portal.accounts.models import User
from tests.e2e import walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EMAIL = "sanne@voorbeeld.nl"


def sign_in_in_another_tab(page: Page) -> Page:
    tab = page.context.new_page()
    tab.goto("/inloggen/")
    tab.locator("input[name=email]").fill(EMAIL)
    tab.locator("form:has(input[name=email]) button[type=submit]").click()
    walk.type_code(tab, EMAIL)
    expect(tab.locator("input[name=code]")).to_have_count(0)
    return tab


def send_again(page: Page) -> None:
    expect(page.locator("h1")).to_have_text("Verstuur het nog één keer.")
    page.get_by_role("button", name="Verstuur het opnieuw").click()


@pytest.mark.parametrize("script", [True, False])
def test_five_chosen_answers_are_kept(open_browser: Callable[..., Page], script: bool) -> None:
    page = open_browser(java_script_enabled=script, viewport={"width": 320, "height": 700})
    walk.start_scan(page)
    walk.answer_page(page)
    walk.next_page(page)
    page.wait_for_url("**/scan/2/")
    walk.answer_page(page, ["1", "2", "3", "4", "na"])
    sign_in_in_another_tab(page)
    walk.next_page(page)

    for words in ("Uitspraak 6", "Uitspraak 10", EMAIL):
        expect(page.locator("main")).to_contain_text(words)
    assert walk.no_sideways_scroll(page)
    send_again(page)

    page.wait_for_url("**/scan/3/")
    scan = Scan.objects.get()
    assert scan.user == User.objects.get(email=EMAIL)
    page.goto("/scan/2/")
    for index, value in enumerate(["1", "2", "3", "4", "na"]):
        expect(page.locator(".item").nth(index).locator(f"input[value='{value}']")).to_be_checked()


def test_the_language_switch_of_a_scan_page_goes_on_in_that_language(page: Page) -> None:
    walk.start_scan(page)
    page.locator(".item").nth(1).locator("input[value='5']").check()
    sign_in_in_another_tab(page)
    page.get_by_role("button", name="English").click()
    send_again(page)
    page.wait_for_url("**/en/scan/1/")
    expect(page.locator(".item").nth(1).locator("input[value='5']")).to_be_checked()


def take_time(page: Page) -> None:
    """As people do: what a member sends within two seconds is shown once more."""
    page.wait_for_timeout(2100)


def test_a_filled_in_booking_is_kept_with_its_held_time(page: Page) -> None:
    page.goto("/impactcall/")
    walk.choose_first_time(page)
    held = Booking.objects.get()
    page.locator("textarea[name=remark]").fill("Over overleg,\nen over <b>zeggen</b>")
    page.locator("input[name=topics]").first.check()
    page.locator("input[name=email]").fill(EMAIL)
    page.locator("input[name=name]").fill("Jansen, Piet")
    take_time(page)
    sign_in_in_another_tab(page)
    walk.send_details(page)

    expect(page.locator("main")).to_contain_text("Jansen, Piet")
    expect(page.locator("main")).to_contain_text("en over <b>zeggen</b>")
    page.get_by_role("button", name="Verstuur het opnieuw").focus()
    page.keyboard.press("Enter")

    expect(page.locator(".done-line")).to_contain_text("Bevestigd")
    booking = Booking.objects.get()
    assert (booking.pk, booking.start_at, booking.status) == (
        held.pk,
        held.start_at,
        Booking.Status.CONFIRMED,
    )
    assert (booking.name, booking.user.email) == ("Jansen, Piet", EMAIL)
    assert booking.remark == "Over overleg,\nen over <b>zeggen</b>"
    assert len(booking.topics) == 1


def test_what_a_member_filled_in_is_kept_after_signing_out_and_in_again(page: Page) -> None:
    tab = sign_in_in_another_tab(page)
    page.goto("/impactcall/")
    walk.choose_first_time(page)
    page.locator("input[name=name]").fill("Sanne Vermeer")
    page.locator("textarea[name=remark]").fill("Over overleg")
    take_time(page)
    tab.goto("/account/")
    tab.get_by_role("button", name="Uitloggen", exact=True).click()
    sign_in_in_another_tab(page)
    walk.send_details(page)
    send_again(page)
    expect(page.locator(".done-line")).to_contain_text("Bevestigd")
    assert Booking.objects.get(status=Booking.Status.CONFIRMED).remark == "Over overleg"


@pytest.mark.parametrize("script", [True, False])
def test_whoever_is_signed_out_meanwhile_comes_back_signed_in_and_presses_once(
    open_browser: Callable[..., Page], script: bool
) -> None:
    """Without a script the page cannot know who came back: its button asks, and then one press sends."""
    page = open_browser(java_script_enabled=script, viewport={"width": 320, "height": 700})
    tab = sign_in_in_another_tab(page)
    page.goto("/account/")
    page.locator("input[name=name]").fill("Sanne Vermeer")
    tab.goto("/account/")
    tab.get_by_role("button", name="Uitloggen", exact=True).click()
    page.get_by_role("button", name="Bewaar mijn gegevens").click()
    expect(page.locator("main")).to_contain_text("je bent intussen uitgelogd")
    expect(page.locator("main")).to_contain_text("Sanne Vermeer")
    sign_in_in_another_tab(page)
    if script:
        page.evaluate("dispatchEvent(new Event('focus'))")  # every tab counts as in front here
        expect(page.locator("main h1")).to_be_focused()
    else:
        page.get_by_role("button", name="Ik ben ingelogd").click()
    expect(page.locator("main")).to_contain_text(EMAIL)
    assert not User.objects.filter(name="Sanne Vermeer").exists()
    assert walk.no_sideways_scroll(page)
    send_again(page)
    page.wait_for_url("**/account/")
    assert User.objects.get(name="Sanne Vermeer").email == EMAIL
