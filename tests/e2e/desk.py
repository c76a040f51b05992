"""A call to prepare for, the pages of the admin, and a coach who signed in: for the browser tests of the admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page

from bookings.availability import calendar
from bookings.calls import lifecycle
from bookings.models import BlockedTime, Booking, CalendarSource, CallType, DateOverride, Host, OverrideWindow
from portal.accounts.models import User
from portal.common import times
from portal.leads import services as leads
from portal.webhook.models import OutboundEvent
from tests.bookings.admin.conftest import browser_of
from tests.factories.assessments import CompletedScanFactory
from tests.factories.bookings import (
    BookingFactory,
    CalDavSourceFactory,
    CalendarCopyFactory,
    CalendarSourceFactory,
)
from tests.factories.webhook import OutboundEventFactory, switched_on


@pytest.fixture
def call(site: str) -> Booking:
    """A call with a shared profile, its mails and its contact."""
    user = User.objects.create_user("sanne@voorbeeld.nl", name="Sanne Vermeer")
    scan = CompletedScanFactory(user=user)
    call_type = CallType.objects.select_related("host").get()
    booking = lifecycle.confirm(
        call_type,
        calendar.free_slots(call_type)[3].start,
        visitor="v",
        details=lifecycle.Details(
            name="Sanne Vermeer",
            email="sanne@voorbeeld.nl",
            language="nl",
            time_zone="America/New_York",
            remark="Ik wil leren loslaten.",
            topics=("advance",),
            shared_scan=scan.public_id,
        ),
        user=user,
        key="k" * 20,
    )
    host, now = call_type.host, times.now()
    lead = leads.contact("sanne@voorbeeld.nl")
    leads.give_consent(lead, purpose="tips", language="nl", method="code")
    override = DateOverride.objects.create(host=host, on=(now + timedelta(days=9)).date())
    OverrideWindow.objects.create(override=override, start_time="10:00", end_time="12:00")
    BlockedTime.objects.create(host=host, period=(now, now + timedelta(hours=3)), reason="voorbereiden")
    agreed = times.local(now, host.time_zone).replace(hour=22, minute=0, second=0) + timedelta(days=12)
    BookingFactory(call_type=call_type, start=agreed, name="Bas Hoekstra")  # outside the hours
    return booking


def pages(booking: Booking) -> list[str]:
    own = ["booking", "calltype", "host", "dateoverride", "blockedtime"]
    paths = [reverse("admin:index"), *(reverse(f"admin:bookings_{name}_changelist") for name in own)]
    paths += [
        reverse(f"admin:bookings_{model._meta.model_name}_change", args=[model.objects.earliest("pk").pk])
        for model in (Booking, CallType, Host, DateOverride, BlockedTime)
    ]
    paths += [
        reverse(f"admin:bookings_booking_{name}", args=[booking.pk])
        for name in ("move", "cancel", "brief", "place")
    ]
    week, on = reverse("admin:bookings_booking_week"), times.local(booking.start_at, booking.host.time_zone)
    paths += [week, f"{week}?day={on:%Y-%m-%d}", f"{week}?day=2027-12-25", f"{week}?view=day"]
    paths += [
        reverse("admin:bookings_booking_new"),
        reverse("admin:bookings_booking_close", args=[booking.pk]),
    ]
    paths += [reverse("admin:bookings_booking_outside"), reverse("admin:bookings_dateoverride_holidays")]
    paths.append(reverse("admin:assessments_own_site"))
    for name in ("leads_lead", "mail_outboundemail", "accounts_user", "assessments_instrument"):
        paths.append(reverse(f"admin:{name}_changelist"))
    paths += [reverse(f"admin:bookings_{name}_add") for name in ("blockedtime", "dateoverride", "calltype")]
    host = Host.objects.get()
    source = CalendarSource.objects.filter(kind="ics").first() or CalendarSourceFactory(
        host=host, last_good_at=times.now() - timedelta(hours=7), last_problem="answer", on_stale="close"
    )
    if not booking.copies.exists():
        server = CalDavSourceFactory(host=host, name="Werkagenda", writes=True)
        CalendarCopyFactory(source=server, booking=booking, status="differs", there="gone")
    server = CalendarSource.objects.get(kind="caldav")
    paths += [
        reverse(f"admin:bookings_calendarsource_{name}", args=[server.pk]) for name in ("change", "delete")
    ]
    paths += [reverse("admin:bookings_host_feed", args=[host.pk])]
    paths += [reverse(f"admin:bookings_calendarsource_{name}") for name in ("changelist", "add")]
    paths += [reverse("admin:bookings_calendarsource_change", args=[source.pk])]
    if not OutboundEvent.objects.exists():
        switched_on()
        OutboundEventFactory(status="failed", problem="status", status_code=422, attempts=10, answer="kapot")
    paths += [reverse(f"admin:webhook_webhook_{name}") for name in ("changelist", "secret")]
    return [*paths, reverse("admin:leads_lead_change", args=[leads.contact(booking.email).pk])]


def signed_in(open_browser: Callable[..., Page], site: str, width: int, **options: object) -> Page:
    page = open_browser(viewport={"width": width, "height": 900}, **options)
    cookie = browser_of(User.objects.get(is_superuser=True)).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    return page
