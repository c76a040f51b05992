"""The coach connects a calendar on a real server, puts the calls in it, and decides about a difference."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from bookings.connected import importing, writing
from bookings.models import Booking, CalendarSource, CallType
from portal.accounts.models import User
from portal.common import times
from tests.bookings.admin.conftest import browser_of
from tests.bookings.connected.radicale import LOGIN, ROOT, Radicale, path_of
from tests.factories.bookings import BookingFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(open_browser: Callable[..., Page], site: str) -> Page:
    """A phone on which the coach signed in."""
    page = open_browser(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    cookie = browser_of(User.objects.get(is_superuser=True)).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    return page


def work(radicale: Radicale) -> CalendarSource:
    """What the workers do within a minute."""
    CalendarSource.objects.update(last_tried_at=None)
    for pk in CalendarSource.objects.values_list("pk", flat=True):
        importing.import_source(pk, network=radicale.network())
        writing.write_source(pk, network=radicale.network())
    return CalendarSource.objects.get()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_from_connecting_a_calendar_to_deciding_about_a_difference(page: Page, radicale: Radicale) -> None:
    call = BookingFactory(call_type=CallType.objects.get(), name="Sanne Vermeer")
    calendar = radicale.make_calendar("werk", called="Werk")
    radicale.make_calendar("thuis", called="Thuis")

    page.goto(reverse("admin:bookings_calendarsource_add"))
    assert not page.get_by_label("App-wachtwoord").is_visible()
    page.get_by_label("agenda op een server").check()
    page.get_by_label("Naam:", exact=True).fill("Mijn agenda")
    page.get_by_label("Adres").fill(ROOT)
    page.get_by_label("Gebruikersnaam").fill(LOGIN.user)
    page.get_by_label("App-wachtwoord").fill(LOGIN.password)
    press(page, "Opslaan")
    expect(page.get_by_role("status").last).to_contain_text("De agenda wordt nu gelezen")

    work(radicale)  # and the page looks again by itself, without a script
    expect(page.get_by_role("status").last).to_contain_text("en heeft 2 agenda’s. Kies welke we lezen.")
    page.get_by_role("link", name="Kies de agenda").click()
    page.get_by_label("Werk", exact=True).check()
    page.get_by_label("Zet mijn gesprekken in deze agenda").check()
    press(page, "Opslaan")
    source = work(radicale)
    expect(page.get_by_role("status").last).to_contain_text("Gelezen. In de komende vier weken")
    assert source.collection == calendar
    ((name, written),) = radicale.files(calendar).items()
    assert f"DTSTART:{call.start_at:%Y%m%dT%H%M%SZ}" in written

    moved = written.replace(f"T{call.start_at:%H%M%S}Z", f"T{(call.start_at.hour + 3) % 24:02d}0000Z")
    moved = moved.replace(f"T{call.end_at:%H%M%S}Z", f"T{(call.start_at.hour + 3) % 24:02d}3000Z")
    assert radicale.do("PUT", path_of(calendar) + name, moved, Content_Type="text/calendar")[0] == 204
    work(radicale)
    page.goto(reverse("admin:index"))
    assert "staat dit gesprek op een ander moment" in page.locator(".heed").inner_text()
    page.get_by_role("link", name="Verplaats het gesprek").click()
    expect(page.locator(".proposal")).to_be_visible()
    page.go_back()
    press(page, "Zet mijn agenda goed")
    assert page.locator(".heed").count() == 0
    work(radicale)
    assert f"DTSTART:{call.start_at:%Y%m%dT%H%M%SZ}" in radicale.files(calendar)[name]
    assert Booking.objects.get().start_at == call.start_at > times.now()
