"""A planned mail in a real browser: its words in a frame that can do nothing, stopping it, axe, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from bookings.models import Booking
from portal.mail.models import OutboundEmail
from tests.e2e.desk import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"resultTypes": ["violations"], "preload": False}


@pytest.fixture
def reminder(call: Booking) -> OutboundEmail:
    return OutboundEmail.objects.filter(message="bookings/reminder_invitee", about=call.about).earliest(
        "due_at"
    )


def test_a_coach_reads_a_mail_that_waits_and_stops_it(
    open_browser: Callable[..., Page], site: str, reminder: OutboundEmail
) -> None:
    page = signed_in(open_browser, site, 1280, java_script_enabled=False)
    page.goto(reverse("admin:mail_outboundemail_changelist"))
    page.get_by_role("link", name="Herinnering aan Sanne Vermeer").first.click()
    frame = page.frame_locator("iframe.mail-frame")
    expect(frame.get_by_role("heading", level=1)).to_contain_text("spreek je")
    page.get_by_role("link", name="Niet versturen").click()
    page.get_by_role("button", name="Niet versturen").click()
    expect(page.get_by_role("status")).to_contain_text("Tegengehouden.")
    reminder.refresh_from_db()
    assert reminder.status == "cancelled"
    page.goto(f"{reverse('admin:mail_outboundemail_changelist')}?place=stopped")
    expect(page.locator("#result_list")).to_contain_text("tegengehouden door")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_pages_are_open_to_everybody(
    open_browser: Callable[..., Page], site: str, reminder: OutboundEmail, width: int, scheme: str
) -> None:
    OutboundEmail.objects.filter(pk=reminder.pk).update(due_at="2026-01-01T00:00Z")  # and mail is behind
    page = signed_in(open_browser, site, width, color_scheme=scheme)
    for language in ("", "/en"):
        for path in [
            reverse("admin:mail_outboundemail_change", args=[reminder.pk]),
            reverse("admin:mail_outboundemail_stop", args=[reminder.pk]),
            reverse("admin:mail_outboundemail_changelist"),
            reverse("admin:mail_refusedaddress_changelist"),
        ]:
            page.goto(language + path)
            found = Axe().run(page, options=RULES).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
