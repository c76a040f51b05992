"""The held time, counted down by a device whose clock may be wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("off", [timedelta(days=2), timedelta(days=-2), timedelta()])
def test_it_counts_from_the_moment_of_loading_whatever_the_device_thinks(page: Page, off: timedelta) -> None:
    page.clock.install(time=datetime.now(UTC) + off)
    page.goto("/impactcall/")
    walk.choose_first_time(page)
    left, status = page.locator("[data-hold-left]"), page.locator("[data-hold-status]")
    expect(left).to_have_text("10 minuten")
    page.clock.fast_forward("03:30")
    expect(left).to_have_text("7 minuten")
    expect(status).to_have_text("")
    page.clock.fast_forward("02:00")
    expect(left).to_have_text("5 minuten")
    expect(status).to_contain_text("nog vijf minuten")
    page.clock.fast_forward("04:00")
    expect(left).to_have_text("1 minuut")
    expect(status).to_contain_text("nog één minuut")
    page.clock.fast_forward("01:00")
    expect(page.locator("[data-hold]")).to_contain_text("Deze tijd staat niet meer voor je vast")


def test_a_device_that_slept_and_a_clock_set_right_meanwhile_count_on(
    open_browser: Callable[..., Page],
) -> None:
    page = open_browser(viewport={"width": 1280, "height": 900})
    page.add_init_script(
        "const now = Date.now.bind(Date); window.jump = 0; Date.now = () => now() + window.jump;"
    )
    page.goto("/impactcall/")
    walk.choose_first_time(page)
    left = page.locator("[data-hold-left]")
    page.evaluate("window.jump = -2 * 24 * 3600 * 1000")  # set back: the other clock goes on
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(left).to_have_text("10 minuten")
    page.evaluate("window.jump = 6.5 * 60 * 1000")  # asleep for six minutes and a half
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(left).to_have_text("4 minuten")
