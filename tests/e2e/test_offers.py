"""Somebody waits, the coach cancels, the mail's link is followed: the time changes hands."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from psycopg.types.range import Range

from bookings.availability import calendar
from bookings.calls import lifecycle
from bookings.models import Booking, CallType, Offer, WaitlistEntry
from portal.common import times, tokens
from portal.mail import outbox
from portal.mail.models import OutboundEmail
from tests.bookings.people import no_show, written_by_worker
from tests.e2e import walk
from tests.factories.bookings import BookingFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EMAIL = "noor@voorbeeld.nl"


def link_in(message: str, nth: int = 0) -> str:
    """The link as it arrives: delivery fills in its secret."""
    mail = OutboundEmail.objects.get(message=f"bookings/{message}")
    return re.findall(r"https?://\S+/(?:aanbod|offer)/\S+", tokens.fill_in(mail.text))[nth]


def join(page: Page) -> None:
    page.goto("/impactcall/")
    page.get_by_role("link", name="Laat het me weten als er een vrijkomt").click()
    expect(page.locator("h1")).to_contain_text("als er een tijd vrijkomt")
    page.locator("input[name=name]").fill("Noor Aydin")
    page.locator("input[name=email]").fill(EMAIL)
    page.wait_for_timeout(2100)  # a person needs at least two seconds; the form knows
    page.locator("form.plate button[type=submit]").click()
    walk.type_code(page, EMAIL)
    expect(page.locator("h1")).to_contain_text("Je staat op de wachtlijst")


@pytest.mark.parametrize("javascript", [True, False])
def test_waiting_until_a_call_is_cancelled_and_taking_its_time(
    open_browser: Callable[..., Page], javascript: bool
) -> None:
    page = open_browser(viewport={"width": 320, "height": 800}, java_script_enabled=javascript)
    join(page)
    assert WaitlistEntry.objects.get().email == EMAIL

    call_type = CallType.objects.get()
    start = calendar.free_slots(call_type)[20].start
    call = BookingFactory(call_type=call_type, start=start)
    lifecycle.cancel(call, by=Booking.By.HOST)
    assert Offer.objects.get().starts == [start]

    reader = open_browser(viewport={"width": 320, "height": 800}, java_script_enabled=javascript)
    reader.goto(link_in("offer_freed"))
    expect(reader.locator("h1")).to_have_text("Deze tijd houden we voor je vast, Noor.")
    if javascript:
        walk.check(reader)
    reader.locator("button.cta").click()
    expect(reader.locator(".done-line")).to_contain_text("Bevestigd")
    booking = Booking.objects.get(status="confirmed")
    assert (booking.start_at, booking.email) == (start, EMAIL)

    page.goto("/account/")
    expect(page.locator("main")).not_to_contain_text("Haal me van de wachtlijst")
    reader.goto(link_in("offer_freed"))
    expect(reader.locator(".done-line")).to_contain_text("Bevestigd")


def test_missed_call_leads_to_two_times_of_which_one_is_taken(page: Page) -> None:
    call_type = CallType.objects.get()
    now = times.now().replace(microsecond=0)
    missed = BookingFactory(call_type=call_type, email=EMAIL, name="Noor Aydin")
    Booking.objects.filter(pk=missed.pk).update(
        period=Range(now - timedelta(hours=1), now - timedelta(minutes=30)),
        footprint=Range(now - timedelta(hours=1), now - timedelta(minutes=30)),
    )
    no_show(missed)
    outbox.send_now(OutboundEmail.objects.get(message="bookings/offer_no_show"))
    written_by_worker("offer_no_show")
    offer = Offer.objects.get()

    page.goto(link_in("offer_no_show", nth=1))
    expect(page.locator("h1")).to_have_text("Deze twee tijden houden we voor je vast, Noor.")
    expect(page.locator("input[name=start]").nth(1)).to_be_checked()
    walk.check(page)
    page.keyboard.press("Tab")
    page.locator("input[name=start]").nth(1).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")  # the first button of the form confirms
    expect(page.locator(".done-line")).to_contain_text("Bevestigd")
    assert Booking.objects.get(status="confirmed").start_at == offer.starts[0]
    assert not Booking.objects.filter(status="held").exists()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_waiting_are_accessible(open_browser: Callable[..., Page], width: int, scheme: str) -> None:
    page = open_browser(viewport={"width": width, "height": 900}, color_scheme=scheme)
    join(page)
    walk.check(page)
    page.goto("/account/")
    walk.check(page)
    page.locator("form[action*=stoppen] button").click()
    expect(page.locator(".messages")).to_contain_text("Je staat niet meer op de wachtlijst")
    page.goto("/impactcall/wachtlijst/")
    page.locator("input[name=name]").fill("")
    page.locator("form.plate button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    walk.check(page)
    page.goto("/impactcall/aanbod/niet/echt/")
    expect(page.locator("h1")).to_contain_text("Deze link werkt niet")
    walk.check(page)
