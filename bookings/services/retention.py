"""What is thrown away by itself: who waited long ago, and by which number or link a call went."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from bookings.models import Booking, Offer, WaitlistEntry


def forget_past(at: datetime) -> None:
    """Keep nothing at the instant `at` for longer than the privacy page says.

    Whoever still waits keeps the offers that ended, because nobody is offered the same time twice. Copies in
    calendars stay as they are: they hold neither number nor link.
    """
    ended_before = at - settings.RETENTION["ended_waiting"]
    WaitlistEntry.objects.filter(ended_at__lt=ended_before).delete()
    Offer.objects.filter(entry=None, ended_at__lt=ended_before).delete()
    over = Booking.objects.filter(period__endswith__lt=at - settings.RETENTION["call_contacts"])
    over.exclude(phone="", join_url="").update(phone="", join_url="")
