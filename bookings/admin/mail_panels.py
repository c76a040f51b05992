"""Mail about a call that did not reach who booked it, where the coach looks: today, and on the page of the call."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpRequest

from bookings.admin.mail_matters import ABOUT
from bookings.admin.panels import zone_of
from bookings.models import Booking
from portal.common import times
from portal.common.panels import Panel
from portal.common.sight import seen_by
from portal.mail import refused
from portal.mail.models import OutboundEmail

SHOWN = 10
PROMISES = ("bookings/confirmation", "bookings/moved", "bookings/cancelled")  # what they must know of


def lost() -> QuerySet[OutboundEmail]:
    """What did not arrive: refused, come back, or not even sent because the address gets no mail."""
    status = OutboundEmail.Status
    mails = OutboundEmail.objects.filter(message__in=PROMISES)
    kept_back = mails.filter(status=status.CANCELLED, reason__in=refused.REASONS.values())
    return mails.filter(status__in=OutboundEmail.UNDELIVERED) | kept_back


def lost_of(booking: Booking) -> OutboundEmail | None:
    """The last word about this version of a call, when it did not arrive."""
    if not booking.email:
        return None
    return lost().filter(about=booking.about, sequence=booking.sequence, to_email=booking.email).first()


def undelivered(request: HttpRequest) -> Panel | None:
    """Calls that are ahead of which the confirmation did not arrive."""
    if not request.user.has_perm("bookings.view_booking"):
        return None
    ahead = Booking.objects.filter(status=Booking.Status.CONFIRMED, period__endswith__gt=times.now())
    mails = lost().filter(
        about=OuterRef("mails_about"), sequence=OuterRef("sequence"), to_email=OuterRef("email")
    )
    unknowing = ahead.annotate(mails_about=Concat(Value(ABOUT), "public_id")).filter(Exists(mails))
    calls = list(seen_by(request.user, unknowing).select_related("host").order_by("period")[: SHOWN + 1])
    if not calls:
        return None
    zone = zone_of(request)
    shown: list[dict[str, Any]] = [
        {"booking": call, "moment": times.short_moment(call.start_at, zone)} for call in calls[:SHOWN]
    ]
    return Panel("admin/bookings/_undelivered.html", {"calls": shown, "has_more": len(calls) > SHOWN})
