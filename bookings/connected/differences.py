"""Copies of calls that do not say what they should, in sentences. The portal's database is the truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Booking, CalendarCopy, CalendarCopyQuerySet
from portal.common import times

Status = CalendarCopy.Status
SHOWN = 20
MANY_ATTEMPTS = 5  # about twenty minutes: shorter trouble mends itself and is nobody's business


@dataclass(frozen=True)
class Difference:
    copy: CalendarCopy
    words: str
    choice: str
    move_path: str = ""


def worth_showing(now: datetime) -> CalendarCopyQuerySet:
    matters = (
        Q(booking__period__endswith__gt=now) | Q(wanted=CalendarCopy.Wanted.ABSENT) | Q(booking__email="")
    )
    stuck = Q(status=Status.FAILED) | Q(status=Status.WAITING, attempts__gte=MANY_ATTEMPTS)
    copies = CalendarCopy.objects.filter(Q(status=Status.DIFFERS) | stuck, matters)
    return copies.select_related("source", "booking__host").order_by("booking__period")


def in_words(copies: Iterable[CalendarCopy], now: datetime) -> list[Difference]:
    return [_in_words(copy, now) for copy in copies]


def _in_words(copy: CalendarCopy, now: datetime) -> Difference:
    booking = copy.booking
    facts = {"calendar": copy.source.name, "problem": copy.get_last_problem_display(), "moment": there(copy)}
    if copy.status != Status.DIFFERS:
        words = _("This call could not be written into ‘%(calendar)s’ yet. %(problem)s")
        if not copy.is_wanted:
            words = _("This call could not be taken out of ‘%(calendar)s’ yet. %(problem)s")
        return Difference(copy, words % facts, _("Try it now"))
    if not copy.is_wanted or booking.status == Booking.Status.CANCELLED:
        words = _(
            "This call was cancelled, but in ‘%(calendar)s’ it was put at %(moment)s and is still there."
        )
        return Difference(copy, words % facts, _("Remove it there"))
    if copy.there == CalendarCopy.There.GONE:
        words = _("This call is no longer in ‘%(calendar)s’. The call itself still goes ahead.")
        return Difference(copy, words % facts, _("Put it back there"))
    words = _("In ‘%(calendar)s’ this call is at another time: %(moment)s.")
    return Difference(copy, words % facts, _("Put my calendar right"), _move_path(copy, now))


def there(copy: CalendarCopy) -> str:
    """'do 26 nov 2026, 11:00–11:30' by the host's clock."""
    if copy.there_start_at is None or copy.there_end_at is None:
        return ""
    zone = copy.booking.host.time_zone
    return f"{times.short_moment(copy.there_start_at, zone)}–{times.clock(copy.there_end_at, zone)}"


def _move_path(copy: CalendarCopy, now: datetime) -> str:
    if copy.there_start_at is None or copy.there_start_at <= now or not copy.booking.is_ahead(now):
        return ""
    at = times.local(copy.there_start_at, copy.booking.host.time_zone)
    path = reverse("admin:bookings_booking_move", args=[copy.booking_id])
    return f"{path}?{urlencode({'on': f'{at:%Y-%m-%d}', 'at': f'{at:%H:%M}'})}"
