"""The brief: one page to read, or to print, in the minute before a call."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings.admin.calls.call_pages import booking_or_404, host_moments, page, refuse
from bookings.calls.brief import brief_of
from bookings.models import Booking, invited_to
from portal.common import times
from portal.common.sight import seen_by
from portal.leads.models import Lead, Note

NOTES_SHOWN = 3


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm("bookings.view_booking"):
        raise PermissionDenied
    booking = booking_or_404(request, pk)
    if booking.status == Booking.Status.HELD:
        return refuse(request, booking, _("A time that is only held has no brief yet."))
    brief = brief_of(booking, get_language() or "nl", among=seen_by(request.user, Booking.objects.all()))
    printed = times.short_moment(times.now(), booking.host.time_zone)
    context: dict[str, Any] = {
        "brief": brief,
        "notes": notes_on(request, brief.lead),
        "moments": host_moments(booking),
        "guests": invited_to(booking),
        "is_off": booking.status == Booking.Status.CANCELLED,
        "printed": printed,
    }
    return page(request, booking, "brief", booking.who, **context)


def notes_on(request: HttpRequest, lead: Lead | None) -> list[tuple[str, Note]]:
    """The newest, with their day."""
    if lead is None:
        return []
    newest = seen_by(request.user, lead.notes.all())[:NOTES_SHOWN]
    return [(times.short_date(note.created_at, times.HOST_ZONE), note) for note in newest]
