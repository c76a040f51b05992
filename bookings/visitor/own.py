"""Whose call it is: by account, or by a link that was followed in this browser."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from bookings.calls.emails import contexts
from bookings.models import Booking, BookingQuerySet
from bookings.visitor import session
from portal.accounts.models import User
from portal.common import times
from portal.common.http import is_member


def bookings() -> BookingQuerySet:
    rows = Booking.objects.exclude(status=Booking.Status.HELD).prefetch_related("guests")
    return rows.select_related("call_type__host", "host__user", "user")


def own_booking(request: HttpRequest, public_id: str) -> Booking | None:
    """This person's booking, by account or by a link that was followed in this browser.

    None for an anonymous visitor, who may still sign in; 404 for anybody else, whether it exists or not.
    """
    booking = bookings().filter(public_id=public_id).first()
    if booking is not None:
        if isinstance(request.user, User) and booking.user_id == request.user.pk:
            return booking
        if session.is_granted(request, booking) and times.now() <= booking.end_at + contexts.LINK_LIFE:
            return booking
    if is_member(request):
        raise Http404
    return None
