"""What other pages show of calls: the account page, and the pages of the scan."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from assessments.summary import Agreed, CallFacts, Moment
from bookings.availability import calendar
from bookings.availability.kinds import offered_kinds
from bookings.models import Booking
from bookings.words import starts
from portal.accounts.models import User
from portal.common import times
from portal.common.panels import Panel

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
            "agreed": booking.agreed if booking.status == Booking.Status.COMPLETED else "",
        }
        for booking in mine[:CALLS_SHOWN]
    ]
    planned = next((call["booking"] for call in reversed(calls) if call["is_ahead"]), None)
    kinds = [] if calls else offered_kinds()
    minutes = starts.minutes_words(*kinds[0].minutes) if kinds else ""
    context = {"calls": calls, "planned": planned, "minutes": minutes}
    return Panel("bookings/_account_panel.html", context, has_next_step=True)


def agreed_before(user_id: int, at: datetime) -> Agreed | None:
    """What this person agreed last, in a call that was written down before that instant."""
    calls = Booking.objects.with_agreed().filter(user=user_id, agreed_at__lt=at).select_related("host")
    call = calls.order_by("-period").first()
    if call is None:
        return None
    day = times.full_date(call.start_at, call.time_zone)
    return Agreed(text=call.agreed, language=call.language, day=day, coach=call.host.name)


def calls_since(user_id: int, since_at: datetime) -> list[Moment]:
    """The calls that took place, for the line of time of this person's own scans."""
    held = Booking.objects.filter(
        user=user_id, status=Booking.Status.COMPLETED, period__startswith__gte=since_at
    )
    return [
        Moment(call.start_at, "call", _("Impact call with %(name)s") % {"name": call.host.name})
        for call in held.select_related("host").order_by("period")
    ]


def call_facts() -> CallFacts | None:
    """How long a call takes, of the kind made first, and when the first one is free with any coach."""
    kinds = offered_kinds()
    if not kinds:
        return None
    call_types = kinds[0].call_types

    def first_start() -> datetime | None:
        free = calendar.free_with_any(call_types)
        return free[0].start if free else None

    return CallFacts(minutes=kinds[0].minutes[0], find_first_start=first_start)
