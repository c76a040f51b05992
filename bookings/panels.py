"""What other pages show of calls: the account page, and the pages of the scan."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from assessments.summary import CallFacts
from bookings import pages, services
from bookings.models import Booking
from portal.accounts.models import User
from portal.common import times
from portal.panels import Panel

CALLS_SHOWN = 50


def account_panel(request: HttpRequest) -> Panel | None:
    if not isinstance(request.user, User):
        return None
    now = times.now()
    mine = Booking.objects.for_user(request.user).select_related("call_type", "host").order_by("-period")
    calls = [
        {
            "booking": booking,
            "moment": times.short_moment(booking.start_at, booking.time_zone),
            "can_change": booking.can_change(now),
            "is_ahead": booking.is_ahead(now),
        }
        for booking in mine[:CALLS_SHOWN]
    ]
    is_planned = any(call["is_ahead"] for call in calls)
    kinds = [] if calls else services.offered_kinds()
    minutes = pages.minutes_words(*kinds[0].minutes) if kinds else ""
    return Panel(
        "bookings/_account_panel.html", {"calls": calls, "is_planned": is_planned, "minutes": minutes}
    )


def call_facts() -> CallFacts | None:
    """How long a call takes, of the kind made first, and when the first one is free with any coach."""
    kinds = services.offered_kinds()
    if not kinds:
        return None
    call_types = kinds[0].call_types

    def first_start() -> datetime | None:
        free = services.free_with_any(call_types)
        return free[0].start if free else None

    return CallFacts(minutes=kinds[0].minutes[0], find_first_start=first_start)
