"""Several kinds of call and several coaches in a real browser: by keyboard, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Page, expect

from bookings.models import Booking, CallType, Host
from tests.e2e import walk
from tests.factories.bookings import CallTypeFactory, HostFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EMAIL = "sanne@voorbeeld.nl"


@pytest.fixture
def choice(site: str) -> list[CallType]:
    """Two kinds: the shipped one with three coaches, a longer one with the first of them."""
    jet = Host.objects.get()
    others = [
        CallTypeFactory(slug="impact-call", host=HostFactory(name=name, slug=slug))
        for name, slug in (("Noor Aydin", "noor"), ("Ruben de Wit", "ruben"))
    ]
    CallTypeFactory(
        slug="deep", host=jet, weekdays=False, name_nl="Verdiepend gesprek", name_en="Deeper call",
        duration_minutes=60,
    )  # fmt: skip
    return [CallType.objects.get(host=jet, slug="impact-call"), *others]


def path(name: str, *arguments: str, language: str = "nl") -> str:
    with translation.override(language):
        return reverse(f"bookings:{name}", args=arguments)


@pytest.mark.parametrize(("width", "language", "scheme"), walk.VIEWS)
def test_pages_with_a_choice_have_no_axe_violations(
    open_browser: Callable[..., Page], choice: list[CallType], width: int, language: str, scheme: str
) -> None:
    page = open_browser(viewport={"width": width, "height": 900}, color_scheme=scheme)
    slots = path("slots", language=language)
    coach = path("coach", "noor", language=language)
    unknown = path("coach", "nobody", language=language)
    for address in (slots, f"{slots}?kind=impact-call&coach=noor", coach, unknown):
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        walk.check(page)


def test_a_call_with_a_coach_of_choice_is_booked_without_javascript(
    open_browser: Callable[..., Page], choice: list[CallType]
) -> None:
    page = open_browser(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page.goto("/impactcall/")
    page.locator(".kinds li", has_text="Impactcall").get_by_role("link").click()
    expect(page.locator(".coach-choice [aria-current]")).to_have_text("Maakt niet uit")
    page.get_by_role("link", name="Ruben de Wit").click()
    page.locator(".zone a").click()
    page.locator("select[name=zone]").select_option("Asia/Dubai")
    page.locator("form.plate button").click()
    expect(page.locator(".zone")).to_contain_text("tijd in Dubai")
    page.get_by_role("link", name="Meer dagen").first.click()
    page.locator(".languages a[lang=en]").click()
    expect(page.locator(".coach-choice [aria-current]")).to_have_text("Ruben de Wit")
    expect(page.locator(".zone")).to_contain_text("Dubai time")
    walk.choose_first_time(page)
    expect(page.locator("h1")).to_contain_text("Ruben de Wit")
    walk.fill_in_details(page, email=EMAIL)
    walk.type_code(page, EMAIL)
    expect(page.locator("h1")).to_contain_text("Ruben")
    booking = Booking.objects.get()
    assert (booking.host.name, booking.time_zone) == ("Ruben de Wit", "Asia/Dubai")


def test_kind_coach_and_time_are_chosen_by_keyboard_alone(page: Page, choice: list[CallType]) -> None:
    page.goto("/impactcall/")
    press_until(page, "Bekijk de vrije tijden")
    page.keyboard.press("Enter")
    expect(page.locator(".coach-choice")).to_be_visible()
    press_until(page, "Noor Aydin")
    page.keyboard.press("Enter")
    expect(page.locator(".coach-choice [aria-current]")).to_have_text("Noor Aydin")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "start":
            break
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Noor Aydin")
    assert Booking.objects.get().host.slug == "noor"


def press_until(page: Page, words: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if words in page.evaluate("document.activeElement.textContent"):
            return
    pytest.fail(f"The Tab key does not reach '{words}'.")


def test_three_visitors_who_take_any_coach_get_three_coaches_for_one_time(
    open_browser: Callable[..., Page], choice: list[CallType]
) -> None:
    start = ""
    for number in range(3):
        page = open_browser()
        page.goto("/impactcall/?kind=impact-call")
        start = start or str(page.locator("input[name=start]").nth(4).get_attribute("value"))
        page.locator(f"input[name=start][value='{start}']").check()
        page.locator("form.section button[type=submit]").click()
        expect(page.locator("input[name=name]")).to_be_visible()
        assert Booking.objects.count() == number + 1
    assert set(Booking.objects.values_list("host_id", flat=True)) == {one.host_id for one in choice}
