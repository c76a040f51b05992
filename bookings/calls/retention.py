"""What goes by itself: who waited long ago, by which number a call went, and at last who it was with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bookings.calls.erasure import keep_only_the_time
from bookings.calls.guests import drop
from bookings.models import Booking, BookingQuerySet, Guest, IdempotencyKey, Offer, WaitlistEntry
from bookings.models.booking import REACHABLE, WITH_SOMEBODY
from portal.common.retention import Rule


def over(before: datetime) -> BookingQuerySet:
    return Booking.objects.exclude(status=Booking.Status.HELD).filter(period__endswith__lt=before)


def with_somebody(before: datetime) -> BookingQuerySet:
    return over(before).filter(WITH_SOMEBODY)


def reachable(before: datetime) -> BookingQuerySet:
    return over(before).filter(REACHABLE)


def forget_number_and_link(bookings: QuerySet[Any]) -> None:
    """Copies in connected calendars need no rewrite: they hold neither."""
    bookings.update(phone="", join_url="")


RULES = (
    Rule(
        name="call_contacts",
        models=("bookings.Booking",),
        old=reachable,
        oldest_by="period__endswith",
        forget=forget_number_and_link,
        words=_("Your phone number and the link of a call, after the call"),
    ),
    Rule(
        name="call_guests",
        models=("bookings.Guest",),
        old=lambda before: Guest.objects.filter(booking__period__endswith__lt=before),
        forget=drop,
        words=_("The address of a guest of a call, and the mails about it, after the call"),
    ),
    Rule(
        name="past_calls",
        models=("bookings.Booking", "bookings.CalendarCopy"),
        old=with_somebody,
        oldest_by="period__endswith",
        forget=keep_only_the_time,
        words=_(
            "Who a call was with, the topics, the remark, the coach's words to you, what you agreed and whether you "
            "shared your result, after the call"
        ),
    ),
    Rule(
        name="used_forms",
        models=("bookings.IdempotencyKey",),
        old=lambda before: IdempotencyKey.objects.filter(created_at__lt=before),
    ),
    Rule(
        name="lapsed_holds",
        models=("bookings.Booking",),
        old=lambda before: Booking.objects.lapsed(before).filter(offer=None),
        words=_("A time that was held for you and that you did not confirm, at the latest"),
    ),
    Rule(
        name="ended_waiting",
        models=("bookings.WaitlistEntry",),
        old=lambda before: WaitlistEntry.objects.filter(ended_at__lt=before),
        words=_("Your place on the waitlist, after you left it"),
    ),
    # whoever still waits keeps the offers that ended: nobody is offered the same time twice
    Rule(
        name="ended_offers",
        models=("bookings.Offer",),
        old=lambda before: Offer.objects.filter(entry=None, ended_at__lt=before),
        words=_("Times that we held for you by mail, after that ended and you left the waitlist"),
    ),
)
