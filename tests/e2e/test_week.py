"""The coach's week by hand in a real browser: dragging, pulling an edge, by keyboard, and without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from bookings.availability import calendar
from bookings.calls import holds, lifecycle
from bookings.fields import instant
from bookings.models import BlockedTime, Booking, CallType
from portal.common import times
from portal.mail.models import OutboundEmail
from tests.e2e.desk import signed_in
from tests.e2e.test_admin import assert_fits, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ZONE = "Europe/Amsterdam"


@pytest.fixture
def monday(site: str) -> date:
    """The Monday in two to three weeks."""
    today = times.local(times.now(), ZONE).date()
    return today - timedelta(days=today.weekday()) + timedelta(days=21)


def at(on: date, clock: str) -> datetime:
    return instant(on, datetime.strptime(clock, "%H:%M").time(), ZONE)  # noqa: DTZ007 - a wall time


@pytest.fixture
def block(monday: date) -> BlockedTime:
    """Blocked on Tuesday from ten to twelve."""
    on, host = monday + timedelta(days=1), CallType.objects.get().host
    period = (at(on, "10:00"), at(on, "12:00"))
    return BlockedTime.objects.create(host=host, period=period, reason="voorbereiden")


@pytest.fixture
def call(monday: date) -> Booking:
    """A call on Thursday at ten."""
    call_type = CallType.objects.select_related("host").get()
    details = lifecycle.Details(
        name="Sanne Vermeer", email="sanne@voorbeeld.nl", language="nl", time_zone=ZONE
    )
    start = at(monday + timedelta(days=3), "10:00")
    return lifecycle.confirm(call_type, start, visitor="v", details=details, user=None, key="k" * 20)


@pytest.fixture
def week(open_browser: Callable[..., Page], site: str, monday: date) -> Page:
    page = signed_in(open_browser, site, 1280)
    page.set_viewport_size({"width": 1280, "height": 1400})
    page.goto(f"{reverse('admin:bookings_booking_week')}?day={monday}")
    return page


def column(page: Page, on: date) -> Locator:
    return page.locator(f".week-day[data-on='{on}']")


def row_of(page: Page, on: date, clock: str) -> tuple[float, float]:
    """The middle of the quarter that begins at this time of the day, in the window."""
    box = column(page, on).bounding_box()
    grid = page.locator("[data-week]")
    first, rows = (int(grid.get_attribute(name) or 0) for name in ("data-first", "data-rows"))
    hour, minute = map(int, clock.split(":"))
    assert box
    height = box["height"] / rows
    return box["x"] + box["width"] / 2, box["y"] + (hour * 4 + minute // 15 - first + 0.5) * height


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)


def period_of(block: BlockedTime) -> tuple[datetime, datetime]:
    block.refresh_from_db()
    return block.start_at, block.end_at


def held_mails() -> list[str]:
    return list(OutboundEmail.objects.filter(message="bookings/moved").values_list("to_email", flat=True))


# ---- by mouse -------------------------------------------------------------------------------------------
def test_blocked_time_is_dragged_to_another_day_and_taken_back(
    block: BlockedTime, week: Page, monday: date
) -> None:
    tuesday, wednesday = monday + timedelta(days=1), monday + timedelta(days=2)
    drag(week, row_of(week, tuesday, "10:30"), row_of(week, wednesday, "13:30"))
    expect(week.locator(".drag-ghost")).to_contain_text("13:00 tot 15:00")
    expect(week.locator("[data-say]")).to_contain_text(re.compile("woensdag .* 13:00 tot 15:00"))
    week.mouse.up()
    week.wait_for_url("**undo=*")
    assert period_of(block) == (at(wednesday, "13:00"), at(wednesday, "15:00"))
    assert "‘voorbereiden’ staat nu op" in week.locator(".undo").inner_text()
    week.get_by_role("button", name="Ongedaan maken").click()
    week.wait_for_load_state()
    assert period_of(block) == (at(tuesday, "10:00"), at(tuesday, "12:00"))


def test_both_edges_of_blocked_time_can_be_pulled(block: BlockedTime, week: Page, monday: date) -> None:
    tuesday = monday + timedelta(days=1)
    x, _y = row_of(week, tuesday, "12:00")
    low = week.locator(".week-event.is-blocked .drag-edge:not(.is-top)").bounding_box()
    assert low
    drag(week, (x, low["y"] + low["height"] / 2), row_of(week, tuesday, "13:15"))
    week.mouse.up()
    week.wait_for_url("**undo=*")
    assert period_of(block) == (at(tuesday, "10:00"), at(tuesday, "13:30"))
    high = week.locator(".week-event.is-blocked .drag-edge.is-top").bounding_box()
    assert high
    with week.expect_navigation():
        drag(week, (x, high["y"] + high["height"] / 2), row_of(week, tuesday, "09:15"))
        week.mouse.up()
    assert period_of(block) == (at(tuesday, "09:15"), at(tuesday, "13:30"))


def test_blocked_time_over_a_call_is_explained_and_nothing_is_saved(
    block: BlockedTime, call: Booking, week: Page, monday: date
) -> None:
    tuesday, thursday = monday + timedelta(days=1), monday + timedelta(days=3)
    week.reload()
    drag(week, row_of(week, tuesday, "10:30"), row_of(week, thursday, "10:30"))
    week.mouse.up()
    expect(week.get_by_role("heading", level=1)).to_have_text("In deze tijd staan gesprekken")
    expect(week.get_by_role("link", name="Sanne Vermeer")).to_be_visible()
    assert period_of(block) == (at(tuesday, "10:00"), at(tuesday, "12:00"))
    week.get_by_role("button", name="Blokkeer toch").click()
    week.wait_for_url("**undo=*")
    assert period_of(block) == (at(thursday, "10:00"), at(thursday, "12:00"))
    call.refresh_from_db()
    assert (call.status, call.sequence) == ("confirmed", 0)


def test_a_dragged_call_asks_first_and_then_tells_the_visitor(
    call: Booking, week: Page, monday: date
) -> None:
    thursday, friday = monday + timedelta(days=3), monday + timedelta(days=4)
    week.reload()
    drag(week, row_of(week, thursday, "10:00"), row_of(week, friday, "14:30"))
    week.mouse.up()
    expect(week.get_by_role("heading", name="Verplaatsen naar deze tijd?")).to_be_visible()
    panel = week.locator(".proposal").inner_text()
    assert "10:00 tot 10:30" in panel
    assert "14:30 tot 15:00" in panel
    call.refresh_from_db()
    assert (call.start_at, held_mails()) == (at(thursday, "10:00"), [])
    week.locator(".proposal").get_by_role("button", name="Verplaats en laat het weten").click()
    week.wait_for_url(f"**{reverse('admin:bookings_booking_week')}**")
    call.refresh_from_db()
    assert (call.start_at, held_mails()) == (at(friday, "14:30"), ["sanne@voorbeeld.nl"])


def test_a_call_dragged_onto_another_is_explained_and_cannot_be_saved(
    call: Booking, week: Page, monday: date
) -> None:
    friday = monday + timedelta(days=4)
    details = lifecycle.Details(name="Noor Aydin", email="noor@voorbeeld.nl", language="nl", time_zone=ZONE)
    lifecycle.book_for(call.call_type, at(friday, "14:00"), details=details, key="n" * 20)
    week.reload()
    drag(week, row_of(week, monday + timedelta(days=3), "10:00"), row_of(week, friday, "14:30"))
    week.mouse.up()
    expect(week.locator(".proposal")).to_contain_text("botst met het gesprek met Noor Aydin")
    assert week.locator(".proposal button").count() == 0
    week.locator(".proposal").get_by_role("link", name="Laat het zo").click()
    week.wait_for_url(f"**{reverse('admin:bookings_booking_week')}**")
    assert held_mails() == []


def test_a_marked_stretch_can_be_blocked_or_booked(week: Page, monday: date) -> None:
    drag(week, row_of(week, monday, "13:00"), row_of(week, monday, "15:45"))
    week.mouse.up()
    dialog = week.get_by_role("dialog")
    expect(dialog).to_contain_text("13:00 tot 16:00")
    week.keyboard.press("Escape")
    expect(week.locator(".drag-ghost")).to_have_count(0)
    drag(week, row_of(week, monday, "15:45"), row_of(week, monday, "13:00"))  # upwards is the same
    week.mouse.up()
    dialog.get_by_role("link", name="Blokkeer").click()
    assert week.locator("[name=start_time]").input_value() == "13:00"
    assert week.locator("[name=end_time]").input_value() == "16:00"
    week.get_by_role("button", name="Opslaan", exact=True).click()
    block = BlockedTime.objects.get()
    assert (block.start_at, block.end_at) == (at(monday, "13:00"), at(monday, "16:00"))


def test_a_call_is_booked_on_somebody_s_behalf_from_an_empty_half_hour(week: Page, monday: date) -> None:
    column(week, monday).locator("a.week-empty[data-clock='13:30']").click()
    week.get_by_role("dialog").get_by_role("link", name="Boek een gesprek").click()
    expect(week.get_by_role("radio", checked=True)).to_have_value(at(monday, "13:30").isoformat())
    week.get_by_label("Naam").fill("Ilse Kramer")
    week.get_by_label("E-mailadres").fill("Ilse@voorbeeld.nl")
    week.get_by_role("button", name="Boek en stuur de uitnodiging").click()
    week.wait_for_url(f"**{reverse('admin:bookings_booking_week')}**")
    booking = Booking.objects.get()
    assert (booking.start_at, booking.email, booking.status) == (
        at(monday, "13:30"),
        "ilse@voorbeeld.nl",
        "confirmed",
    )
    assert "Geboekt: Ilse Kramer" in week.locator(".messagelist").inner_text()


def test_escape_during_a_drag_puts_it_back(block: BlockedTime, week: Page, monday: date) -> None:
    tuesday = monday + timedelta(days=1)
    drag(week, row_of(week, tuesday, "10:30"), row_of(week, tuesday, "14:30"))
    week.keyboard.press("Escape")
    week.mouse.up()
    assert week.locator(".drag-ghost").count() == 0
    expect(week.locator("[data-say]")).to_have_text("Terug waar het stond.")
    drag(week, row_of(week, tuesday, "10:30"), row_of(week, tuesday, "14:30"))
    week.mouse.move(*row_of(week, tuesday, "10:30"))
    week.mouse.up()  # where it was: nothing to save
    expect(week.locator("[data-say]")).to_have_text("")
    assert "undo" not in week.url
    assert period_of(block) == (at(tuesday, "10:00"), at(tuesday, "12:00"))


def test_a_click_without_dragging_tells_the_facts_and_leads_to_the_page(call: Booking, week: Page) -> None:
    week.reload()
    week.locator(".week button.week-event").click()
    facts = week.locator(".facts-over:popover-open")
    expect(facts).to_contain_text("Sanne Vermeer")
    facts.get_by_role("link", name="Open het gesprek").click()
    week.wait_for_url(f"**{reverse('admin:bookings_booking_change', args=[call.pk])}")


# ---- by keyboard ----------------------------------------------------------------------------------------
def test_the_keyboard_moves_and_resizes_blocked_time(block: BlockedTime, week: Page, monday: date) -> None:
    tuesday, monday_clock = monday + timedelta(days=1), "10:15"
    week.locator(".week a.week-event.is-blocked").focus()
    for keys in ("Alt+ArrowDown", "Alt+ArrowLeft", "Shift+Alt+ArrowDown", "Shift+Alt+ArrowDown"):
        week.keyboard.press(keys)
    expect(week.locator("[data-say]")).to_have_text(re.compile("maandag .*, 10:15 tot 12:45. Enter zet het"))
    assert period_of(block) == (at(tuesday, "10:00"), at(tuesday, "12:00"))
    with week.expect_navigation():
        week.keyboard.press("Enter")
    assert period_of(block) == (at(monday, monday_clock), at(monday, "12:45"))


def test_the_keyboard_leads_a_call_to_the_same_question(call: Booking, week: Page, monday: date) -> None:
    week.reload()
    week.locator(".week button.week-event.is-call").focus()
    week.keyboard.press("Shift+Alt+ArrowDown")
    expect(week.locator("[data-say]")).to_have_text("Een gesprek houdt zijn lengte.")
    week.keyboard.press("Alt+ArrowRight")
    week.keyboard.press("Alt+ArrowRight")  # Friday is the last day drawn
    expect(week.locator("[data-say]")).to_contain_text("rand van deze pagina")
    week.keyboard.press("Escape")
    expect(week.locator("[data-say]")).to_have_text("Terug waar het stond.")
    week.keyboard.press("Alt+ArrowUp")
    with week.expect_navigation():
        week.keyboard.press("Enter")
    expect(week.locator(".proposal")).to_contain_text("09:45 tot 10:15")


def test_what_is_held_says_why_it_stays(call: Booking, week: Page, monday: date) -> None:
    holds.hold_slot(call.call_type, at(monday, "14:00"), visitor="w", client="w")
    week.reload()
    said = week.locator("[data-say]")
    middle = row_of(week, monday, "14:00")
    drag(week, middle, (middle[0] + 30, middle[1] + 4))
    week.mouse.up()  # on the thing itself: that is no click
    expect(said).to_contain_text("Een bezoeker houdt deze tijd vast.")
    drag(week, middle, row_of(week, monday, "16:00"))
    week.mouse.up()
    assert week.locator(".drag-ghost").count() == 0
    assert f"day={monday}" in week.url
    week.reload()
    week.locator(".week .week-event.is-held").focus()
    week.keyboard.press("Alt+ArrowDown")
    expect(said).to_contain_text("Een bezoeker houdt deze tijd vast.")


def test_the_shortcuts_can_be_found(week: Page) -> None:
    week.get_by_text("Slepen en sneltoetsen").click()
    expect(week.locator("[data-keys] dl")).to_contain_text("een kwartier eerder of later")


# ---- touch, narrow, without script ----------------------------------------------------------------------
def test_a_finger_scrolls_and_drags_only_by_the_grip(
    open_browser: Callable[..., Page], site: str, block: BlockedTime, monday: date
) -> None:
    page = signed_in(open_browser, site, 1280, has_touch=True)
    page.set_viewport_size({"width": 1280, "height": 1400})
    page.goto(f"{reverse('admin:bookings_booking_week')}?day={monday}")
    actions = page.evaluate(
        "[...document.querySelectorAll('.week .week-event, .week .drag-grip')]"
        ".map(e => getComputedStyle(e).touchAction)"
    )
    assert actions == ["auto", "none"]
    grip = page.locator(".week-event.is-blocked .drag-grip")
    expect(grip).to_be_visible()
    start, end = grip.bounding_box(), row_of(page, monday + timedelta(days=1), "11:00")
    assert start
    hand = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touched = [{"x": x, "y": y} for x, y in points]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})

    middle = (start["x"] + start["width"] / 2, start["y"] + 5)
    touch("touchStart", middle)
    touch("touchMove", (middle[0], middle[1] + 20))
    touch("touchMove", (middle[0], end[1]))
    touch("touchEnd")
    page.wait_for_url("**undo=*")
    assert period_of(block)[0] == at(monday + timedelta(days=1), "11:00")
    there = page.locator(".week-event.is-blocked").bounding_box()
    assert there
    touch("touchStart", (there["x"] + 20, there["y"] + 20))
    touch("touchMove", (there["x"] + 20, there["y"] + 40))
    touch("touchMove", (there["x"] + 20, there["y"] - 60))
    assert page.locator(".drag-ghost").count() == 0
    touch("touchEnd")


def test_everything_is_there_without_script(
    open_browser: Callable[..., Page], site: str, block: BlockedTime, call: Booking, monday: date
) -> None:
    page = signed_in(open_browser, site, 1280, java_script_enabled=False)
    week = f"{reverse('admin:bookings_booking_week')}?day={monday}"
    page.goto(week)
    column(page, monday).locator("a.week-empty[data-clock='13:30']").click()
    page.get_by_role("link", name="Boek een gesprek").click()
    assert page.get_by_role("radio", checked=True).get_attribute("value") == at(monday, "13:30").isoformat()
    page.goto(week)
    column(page, monday).locator("a.week-empty[data-clock='13:30']").click()
    page.get_by_role("link", name="Blokkeer", exact=True).click()
    assert page.locator("[name=start_time]").input_value() == "13:30"
    page.goto(week)
    page.locator(".week a.week-event.is-blocked").click()
    page.locator("[name=end_time]").fill("12:30")
    page.get_by_role("button", name="Opslaan", exact=True).click()
    assert period_of(block)[1] == at(monday + timedelta(days=1), "12:30")
    assert page.get_by_text("Slepen en sneltoetsen").is_hidden()


def test_the_pages_of_the_week_fit_and_are_accessible(
    browser: object, open_browser: Callable[..., Page], site: str, block: BlockedTime, call: Booking
) -> None:
    on = times.local(call.start_at, ZONE).date()
    past = calendar.period_and_footprint(call.call_type, times.now() - timedelta(days=2))
    Booking.objects.create(
        host=call.host,
        call_type=call.call_type,
        name="Noor Aydin",
        email="noor@voorbeeld.nl",
        status="confirmed",
        confirmed_at=times.now(),
        remark="Een vraag over mijn team. " * 8,
        **past,
    )
    week, pk = reverse("admin:bookings_booking_week"), [call.pk]
    paths = [
        f"{week}?day={on}&view=day",
        f"{week}?view=day&day={times.local(past['period'].lower, ZONE):%Y-%m-%d}",
        f"{reverse('admin:bookings_booking_empty')}?host={call.host.slug}&on={on}&from=13:00",
        f"{reverse('admin:bookings_booking_new')}?on={on}&at=10:00",
        f"{reverse('admin:bookings_booking_new')}?on={on}&at=20:00",
        f"{reverse('admin:bookings_booking_move', args=pk)}?on={on}&at=20:00",
        reverse("admin:bookings_booking_close", args=pk),
        f"{reverse('admin:bookings_booking_changelist')}?when=open",
        reverse("admin:index"),
    ]
    page = signed_in(open_browser, site, 1280)
    bare = browser.new_context()  # type: ignore[attr-defined]
    bare.add_cookies(page.context.cookies())
    looked_at = bare.new_page()
    found = {}
    for path in paths:
        assert_fits(page, path, 320, 768, 1280)
        found |= violations(looked_at, f"{site}{path}", 320, 1280)
    bare.close()
    assert found == {}
