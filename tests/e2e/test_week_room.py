"""The week in a real browser: how wide a day is, the facts of a call by keyboard, the phone, and without script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from bookings.models import BlockedTime, Booking, CallType, DateOverride
from tests.e2e.desk import signed_in
from tests.e2e.test_admin import assert_fits, violations
from tests.e2e.test_week import at, block, call, column, monday, week  # noqa: F401 - fixtures
from tests.factories.bookings import BookingFactory, CallTypeFactory, HostFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WEEK = "admin:bookings_booking_week"


@pytest.fixture
def full_week(monday: date, call: Booking, block: BlockedTime) -> str:  # noqa: F811
    """Calls of two coaches, a closed date, blocked time of an hour and of a whole day."""
    own = CallType.objects.get()
    DateOverride.objects.create(host=own.host, on=monday)
    friday = monday + timedelta(days=4)
    BlockedTime.objects.create(
        host=own.host, period=(at(friday, "00:00"), at(friday + timedelta(days=1), "00:00")), reason="heidag"
    )
    other = CallTypeFactory(host=HostFactory(name="Mila de Groot", slug="mila"), weekdays=False)
    BookingFactory(call_type=other, start=call.start_at, name="Noor Aydin")
    return f"{reverse(WEEK)}?day={monday + timedelta(days=3)}&host={own.host.slug}"


# ---- room -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("asked", ["", "&why=1", "&weekend=yes", "&weekend=yes&why=1", "&with=mila"])
def test_a_day_is_at_least_130_pixels_wide(
    open_browser: Callable[..., Page], site: str, full_week: str, asked: str
) -> None:
    page = signed_in(open_browser, site, 1280)
    page.goto(full_week + asked)
    widths = page.locator(".week-day").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().width)"
    )
    assert len(widths) == (7 if "weekend" in asked else 5)
    assert min(widths) >= 130


def test_the_menu_folds_away_without_script_and_opens_over_the_page(
    open_browser: Callable[..., Page], site: str, full_week: str
) -> None:
    page = signed_in(open_browser, site, 1280, java_script_enabled=False)
    page.goto(full_week)
    before = page.locator(".week-day").first.bounding_box()
    page.get_by_role("button", name="Klap het menu in").click()
    after = page.locator(".week-day").first.bounding_box()
    assert before
    assert after
    assert after["width"] > before["width"] + 25
    expect(page.locator(".admin-menu")).to_be_hidden()
    page.get_by_role("button", name="Menu", exact=True).click()
    page.locator(".admin-menu").get_by_role("link", name="Vandaag").click()
    expect(page.locator(".admin-menu")).to_be_hidden()


# ---- the facts of a call --------------------------------------------------------------------------------
def test_the_facts_open_and_close_by_keyboard(week: Page, call: Booking) -> None:  # noqa: F811
    week.reload()
    event = week.locator(".week button.week-event")
    event.focus()
    week.keyboard.press("Enter")
    facts = week.locator(".facts-over:popover-open")
    expect(facts).to_contain_text("Sanne Vermeer")
    week.keyboard.press("Tab")
    expect(facts.get_by_role("link", name="Open het gesprek")).to_be_focused()
    week.keyboard.press("Escape")
    expect(facts).to_have_count(0)
    expect(event).to_be_focused()


def test_the_facts_open_without_script_and_stay_in_the_window(
    open_browser: Callable[..., Page], site: str, full_week: str
) -> None:
    page = signed_in(open_browser, site, 1280, java_script_enabled=False)
    page.goto(full_week)
    page.locator("button.week-event").click()
    box = page.locator(".facts-over:popover-open").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280
    assert box["y"] + box["height"] <= 900
    page.get_by_role("link", name="De brief").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sanne Vermeer")


def test_a_click_marks_as_long_as_a_call_takes(
    open_browser: Callable[..., Page],
    site: str,
    full_week: str,
    monday: date,  # noqa: F811
) -> None:
    CallType.objects.filter(host__slug="jet-van-dalen").update(duration_minutes=45)
    page = signed_in(open_browser, site, 1280)
    page.goto(full_week)
    column(page, monday + timedelta(days=1)).locator("a.week-empty[data-clock='14:00']").click()
    expect(page.get_by_role("dialog")).to_contain_text("14:00 tot 14:45")


# ---- on a phone -----------------------------------------------------------------------------------------
def test_the_foot_of_a_phone_leads_everywhere_and_covers_nothing(
    open_browser: Callable[..., Page], site: str, full_week: str
) -> None:
    page = signed_in(open_browser, site, 390, java_script_enabled=False)
    page.goto(full_week)
    foot = page.locator(".foot-bar")
    box = foot.bounding_box()
    assert box
    assert box["y"] + box["height"] == 900
    for name in ("Vandaag", "Week", "Nieuw gesprek", "Contacten"):
        expect(foot.get_by_role("link", name=name, exact=True)).to_be_visible()
    foot.get_by_role("button", name="Menu").click()
    page.locator(".admin-menu").get_by_role("link", name="Dicht en andere uren").click()
    page.goto(f"{reverse('admin:bookings_blockedtime_add')}")
    page.keyboard.press("End")
    save = page.get_by_role("button", name="Opslaan", exact=True).bounding_box()
    assert save
    assert save["y"] + save["height"] <= box["y"]


def test_on_a_wide_screen_there_is_no_foot(
    open_browser: Callable[..., Page], site: str, full_week: str
) -> None:
    page = signed_in(open_browser, site, 1280)
    page.goto(full_week)
    expect(page.locator(".foot-bar")).to_be_hidden()


# ---- every look -----------------------------------------------------------------------------------------
def test_a_full_week_fits_and_is_accessible(
    browser: object, open_browser: Callable[..., Page], site: str, full_week: str
) -> None:
    page = signed_in(open_browser, site, 1280)
    bare = browser.new_context()  # type: ignore[attr-defined]
    bare.add_cookies(page.context.cookies())
    looked_at = bare.new_page()
    found = {}
    for path in (full_week, f"{full_week}&why=1&weekend=yes", f"{full_week}&with=mila&why=1"):
        assert_fits(page, path, 320, 768, 1280)
        found |= violations(looked_at, f"{site}{path}", 320, 1280)
    bare.close()
    assert found == {}
