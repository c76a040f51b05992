"""The pictures of the README and of the coach's manual, from the demo: `make pictures`. No part of the suite.

The clock stands still on a Wednesday, so a picture changes only when its page does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page

from assessments.editor import drafts
from assessments.models import Instrument
from assessments.numbers.working_out import work_out
from bookings.models import Booking, CallType
from portal.common import times
from portal.common.demo import AT
from portal.leads.models import Note
from tests.e2e.desk import signed_in

pytestmark = pytest.mark.browser
NOON = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)  # in Amsterdam
DOCS = Path(__file__).parents[2] / "docs"
WIDTH, HEIGHT = 1280, 860


def paths() -> dict[str, str]:
    """By name of the picture: the page it is of, in Dutch."""
    now = times.now()
    shared = (
        Booking.objects.filter(email__endswith=AT, language="nl").exclude(shared_scan="").order_by("period")
    )
    ahead = shared.filter(status="confirmed", period__startswith__gt=now)[0]
    spoken = shared.filter(status="completed", period__endswith__lt=now).exclude(agreed="").last()
    contact = Note.objects.order_by("pk")[0].lead
    return {
        "today": reverse("admin:index"),
        "practice": reverse("admin:practice_practice_changelist"),
        "hours": reverse("admin:bookings_host_hours"),
        "closed": reverse("admin:bookings_dateoverride_closed"),
        "calendar": reverse("admin:bookings_calendarsource_add"),
        "week": reverse("admin:bookings_booking_week"),
        "holidays": reverse("admin:bookings_dateoverride_holidays"),
        "call": reverse("admin:bookings_booking_change", args=[ahead.pk]),
        "brief": reverse("admin:bookings_booking_brief", args=[ahead.pk]),
        "agreed": reverse("admin:bookings_booking_agreed", args=[spoken.pk]),
        "contacts": reverse("admin:leads_lead_changelist"),
        "contact": reverse("admin:leads_lead_change", args=[contact.pk]),
        "mail": reverse("admin:mail_outboundemail_changelist"),
        "copy": reverse("admin:accounts_user_copy_of_contact", args=[contact.pk]),
        "versions": reverse("admin:assessments_instrument_changelist"),
        "numbers": reverse("admin:numbers_figures_changelist"),
    }


def test_take_the_pictures(
    clock: Any, site: str, open_browser: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.move_to(NOON)
    monkeypatch.setattr(settings, "LOCAL_MODE", True)
    CallType.objects.update(location_kind=CallType.Location.PHONE_HOST_CALLS)
    for name in ("ensure_sequences", "demo"):
        call_command(name, verbosity=0)
    drafts.clone(Instrument.objects.current().pk)
    work_out()
    page = signed_in(open_browser, site, WIDTH)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    for name, path in paths().items():
        for language, start in (("nl", "/beheer/"), ("en", "/en/beheer/")):
            page.goto(path.replace("/beheer/", start, 1))
            take(page, DOCS / "coach" / "pictures" / f"{name}-{language}.png")
    page.goto(reverse("admin:index"))
    take(page, DOCS / "screenshot.png")


def take(page: Page, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement?.blur()")
    page.screenshot(path=file, animations="disabled")
