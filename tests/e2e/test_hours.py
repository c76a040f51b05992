"""The coach's hours in a real browser: calls they leave outside, and a holiday closed with one click."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from bookings.availability import calendar
from bookings.calls import lifecycle
from bookings.models import Booking, CallType, DateOverride
from portal.common import times
from portal.common.ids import new_public_id
from portal.common.page_cache import SECONDS
from portal.mail.models import OutboundEmail
from tests.bookings.people import details
from tests.e2e.desk import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def call_of(call_type: CallType, start: datetime, who: str) -> Booking:
    return lifecycle.confirm(
        call_type,
        start,
        visitor=who,
        details=details(f"{who}@voorbeeld.nl", name=f"{who.title()} Hoekstra"),
        user=None,
        key=new_public_id(),
    )


@pytest.fixture
def calls(site: str) -> list[Booking]:
    """Two on one day: two hours before the last start, and the last start."""
    call_type = CallType.objects.select_related("host").get()
    free = calendar.free_slots(call_type)
    day = sorted({slot.start.date() for slot in free})[2]
    starts = [slot.start for slot in free if slot.start.date() == day]
    return [call_of(call_type, starts[-5], "sanne"), call_of(call_type, starts[-1], "bas")]


def newest(email: str) -> OutboundEmail:
    """The newest mail to this address that is to be sent now."""
    waiting = OutboundEmail.objects.filter(to_email=email, status=OutboundEmail.Status.QUEUED)
    return waiting.exclude(message__contains="reminder").latest("pk")


def tab_to(page: Page, words: str) -> None:
    """Walk on by keyboard until the focus is on something with these words."""
    for _step in range(200):
        page.keyboard.press("Tab")
        if words in str(page.evaluate("document.activeElement.innerText || document.activeElement.value")):
            return
    pytest.fail(f"“{words}” cannot be reached by keyboard")


def test_shorter_hours_lead_to_the_calls_in_them_and_each_is_decided(
    open_browser: Callable[..., Page], site: str, calls: list[Booking]
) -> None:
    moved, cancelled = calls
    page = signed_in(open_browser, site, 1280)
    page.goto(reverse("admin:bookings_host_hours"))
    rows = page.locator("tr.has_original")
    rows.nth(times.local(moved.start_at, "Europe/Amsterdam").isoweekday() - 1).get_by_label("Tot").fill(
        "12:00"
    )
    page.get_by_role("button", name="Opslaan", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Deze gesprekken vallen nu buiten je werktijden"
    )
    assert OutboundEmail.objects.filter(message__contains="moved").count() == 0

    first = page.get_by_role("group", name="Sanne Hoekstra")
    second = page.get_by_role("group", name="Bas Hoekstra")
    expect(first.get_by_role("radio").first).to_be_checked()
    target = first.get_by_role("radio").nth(1).get_attribute("value")
    assert target
    first.get_by_role("radio").nth(1).check()
    second.get_by_label("Annuleren").check()
    page.get_by_role("button", name="Doe dit en laat het weten").click()
    expect(page.locator(".messagelist")).to_contain_text("1 gesprek verplaatst. 1 gesprek geannuleerd.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Geen gesprekken buiten je werktijden")

    moved.refresh_from_db()
    cancelled.refresh_from_db()
    assert (moved.start_at, moved.status) == (datetime.fromisoformat(target), "confirmed")
    assert cancelled.status == "cancelled"
    told = newest("sanne@voorbeeld.nl")
    assert (told.message, times.clock(moved.start_at, "Europe/Amsterdam") in told.text) == (
        "bookings/moved",
        True,
    )
    assert newest("bas@voorbeeld.nl").message == "bookings/cancelled"


@pytest.mark.parametrize("width", [320, 1280])
def test_calls_outside_the_hours_are_decided_by_keyboard_alone(
    open_browser: Callable[..., Page], site: str, calls: list[Booking], width: int
) -> None:
    day = times.local(calls[0].start_at, "Europe/Amsterdam").date()
    DateOverride.objects.create(host=calls[0].host, on=day)
    page = signed_in(open_browser, site, width)
    page.goto(reverse("admin:bookings_booking_outside"))
    tab_to(page, "Sanne Hoekstra")
    page.keyboard.press("Tab")  # into the radios of the first call
    page.keyboard.press("ArrowDown")  # the first free time
    tab_to(page, "Bas Hoekstra")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")  # round to the last: cancel
    tab_to(page, "Doe dit en laat het weten")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("1 gesprek verplaatst. 1 gesprek geannuleerd.")


def test_a_holiday_is_closed_with_one_click_by_keyboard_and_no_visitor_sees_it(
    open_browser: Callable[..., Page], site: str
) -> None:
    CallType.objects.update(horizon_days=365)
    page = signed_in(open_browser, site, 1280)
    page.goto(reverse("admin:bookings_dateoverride_closed"))
    page.get_by_role("link", name="Feestdagen").click()
    row = page.locator(".holidays li", has_text="Open volgens je vaste werktijden.").first
    button = row.get_by_role("button", name="Sluit deze dag")
    on = date.fromisoformat(str(row.locator("input[name=on]").get_attribute("value")))
    visitor = open_browser(viewport={"width": 1280, "height": 900})
    listing = f"{reverse('bookings:slots')}?from={on - timedelta(days=1)}"
    visitor.goto(listing)
    assert visitor.locator(f"input[name=start][value^='{on}']").count() > 0
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Gesloten op")
    expect(page.locator(".holidays li", has_text="gesloten")).to_have_count(1)
    assert DateOverride.objects.get().on == on
    visitor.wait_for_timeout(SECONDS * 1000)  # for so long a list is kept
    visitor.goto(listing)
    assert visitor.locator("input[name=start]").count() > 0
    assert visitor.locator(f"input[name=start][value^='{on}']").count() == 0


def test_the_pages_work_without_javascript(
    open_browser: Callable[..., Page], site: str, calls: list[Booking]
) -> None:
    DateOverride.objects.create(
        host=calls[0].host, on=times.local(calls[0].start_at, "Europe/Amsterdam").date()
    )
    page = signed_in(lambda **options: open_browser(java_script_enabled=False, **options), site, 320)
    page.goto(reverse("admin:bookings_booking_outside"))
    page.get_by_role("button", name="Doe dit en laat het weten").click()
    expect(page.locator(".messagelist")).to_contain_text("2 gesprekken blijven staan.")
