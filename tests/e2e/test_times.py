"""Choosing a time in a real browser: two presses wherever the day lies, by keyboard, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from bookings.models import Booking, CallType
from tests.e2e import walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 700}
# Whether what has the focus can be seen whole: not below the bar, and not outside the window.
SEEN = """() => {
  const bar = document.querySelector('.choice-bar'), here = document.activeElement;
  if (bar.contains(here)) return true;
  const box = (here.closest('label') || here).getBoundingClientRect(), edge = bar.getBoundingClientRect();
  return box.top >= -1 && box.bottom <= innerHeight + 1 && (box.bottom <= edge.top + 1 || box.top >= edge.bottom - 1);
}"""


def open_times(page: Page, address: str = "/impactcall/") -> None:
    page.goto(address)
    page.wait_for_load_state()
    page.evaluate("document.fonts.ready.then(() => true)")


def centre(part: Locator) -> tuple[float, float]:
    box = part.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def focused(page: Page) -> str:
    return str(page.evaluate("(document.activeElement.textContent || '').trim()"))


# ---- two presses ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("number", [0, 9], ids=["first day", "tenth day"])
def test_a_time_is_held_in_two_presses(
    open_browser: Callable[..., Page], viewport: dict[str, int], number: int
) -> None:
    page = open_browser(viewport=viewport)
    open_times(page)
    day = page.locator("fieldset.day").nth(number)
    time = day.locator(".option").first
    time.scroll_into_view_if_needed()
    start = time.locator("input").get_attribute("value")
    page.mouse.click(*centre(time))  # the first press
    scrolled = page.evaluate("scrollY")
    button = page.locator(".choice-bar button")
    clock = time.locator(".num").evaluate("one => one.firstChild.data.trim()")
    expect(button).to_have_text(f"Zet {day.get_attribute('data-day')}, {clock} vast")
    expect(button).to_be_in_viewport(ratio=1)
    at = centre(button)
    assert page.evaluate(
        "([x, y]) => !!document.elementFromPoint(x, y).closest('.choice-bar button')", list(at)
    )
    assert page.evaluate("scrollY") == scrolled
    page.mouse.click(*at)  # the second
    expect(page.locator("input[name=name]")).to_be_visible()
    assert Booking.objects.get().start_at.isoformat() == start


def test_a_day_of_the_strip_leads_to_its_times_and_the_rest_of_them_unfolds(
    open_browser: Callable[..., Page],
) -> None:
    page = open_browser(viewport=PHONE)
    open_times(page)
    page.locator(".strip li a").nth(6).click()
    day = page.locator("fieldset.day").nth(6)
    expect(day.locator("h3")).to_be_in_viewport(ratio=1)
    expect(day.locator(".option").first).to_be_in_viewport(ratio=1)
    last = day.locator("details .option").last
    expect(last).not_to_be_visible()
    day.locator("summary").click()
    last.click()
    expect(page.locator(".choice-bar button")).to_contain_text(str(day.get_attribute("data-day")))


@pytest.mark.parametrize("viewport", [NARROW, PHONE, DESK], ids=["narrow", "phone", "desk"])
def test_the_bar_covers_neither_the_foot_of_the_page_nor_what_has_the_focus(
    open_browser: Callable[..., Page], viewport: dict[str, int]
) -> None:
    CallType.objects.update(horizon_days=20)
    page = open_browser(viewport=viewport)
    open_times(page, "/impactcall/")
    for key, presses in (("Tab", 50), ("Shift+Tab", 50)):
        for _ in range(presses):
            page.keyboard.press(key)
            if page.evaluate("document.activeElement === document.body"):
                break
            assert page.evaluate(SEEN), f"{key}: {focused(page)}"
    page.locator("input[name=start]").first.focus()
    for _ in range(14):
        page.keyboard.press("ArrowDown")
        assert page.evaluate(SEEN), focused(page)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    bar, foot = page.locator(".choice-bar").bounding_box(), page.locator("footer").bounding_box()
    assert bar is not None
    assert foot is not None
    assert bar["y"] + bar["height"] <= foot["y"]


# ---- by keyboard ----------------------------------------------------------------------------------------
def test_the_tenth_day_is_reached_and_held_by_keyboard_alone(page: Page) -> None:
    open_times(page)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.strip li a')"):
            break
    for _ in range(9):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    day = page.locator("fieldset.day").nth(9)
    chosen = day.locator("input:checked")
    expect(chosen).to_have_count(1)
    start = chosen.get_attribute("value")
    expect(page.locator(".choice-bar button")).to_contain_text(str(day.get_attribute("data-day")))
    page.keyboard.press("Enter")
    expect(page.locator("input[name=name]")).to_be_visible()
    assert Booking.objects.get().start_at.isoformat() == start


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_without_a_choice_the_page_speaks_and_leads_to_the_first_time(
    open_browser: Callable[..., Page], viewport: dict[str, int]
) -> None:
    page = open_browser(viewport=viewport)
    open_times(page)
    page.locator(".choice-bar button").click()
    expect(page).to_have_title("Fout: Kies een tijd voor je impactcall | Draagkracht")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport(ratio=1)
    walk.check(page)
    summary.get_by_role("link").click()
    expect(page.locator("input[name=start]").first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=name]")).to_be_visible()


# ---- without JavaScript ---------------------------------------------------------------------------------
@pytest.mark.parametrize("viewport", [NARROW, PHONE, DESK], ids=["narrow", "phone", "desk"])
def test_a_time_among_the_rest_of_a_later_day_is_held_without_javascript(
    open_browser: Callable[..., Page], viewport: dict[str, int]
) -> None:
    page = open_browser(viewport=viewport, java_script_enabled=False)
    page.goto("/impactcall/")
    page.locator(".days-beside a", has_text="Meer dagen").first.click()
    page.wait_for_url("**from=**")
    page.locator(".choice-bar button").click()
    expect(page.locator(".error-summary")).to_contain_text("Kies een van de tijden.")
    page.locator(".strip li a").nth(3).click()
    day = page.locator("fieldset.day").nth(3)
    expect(day.locator("h3")).to_be_in_viewport(ratio=1)
    day.locator("summary").click()
    last = day.locator("details input").last
    last.check()
    start = last.get_attribute("value")
    button = page.locator(".choice-bar button")
    expect(button).to_be_in_viewport(ratio=1)
    expect(button).to_have_text("Zet je gekozen tijd vast")
    button.click()
    expect(page.locator("input[name=name]")).to_be_visible()
    assert Booking.objects.get().start_at.isoformat() == start


# ---- from the result ------------------------------------------------------------------------------------
def test_the_thread_leads_from_the_result_to_the_times_and_back(page: Page) -> None:
    walk.start_scan(page)
    walk.finish_scan(page)
    result = page.url
    page.locator("a.cta").click()
    page.wait_for_url("**/impactcall/")
    expect(page.locator("h1")).to_contain_text("om te praten over")
    walk.check(page)
    page.locator("a.back").click()
    page.wait_for_url(result)
