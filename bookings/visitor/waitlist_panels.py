"""What other pages show of waiting: the account page, and the first page of the admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import formats

from bookings.models import Offer, WaitlistEntry
from portal.accounts.models import User
from portal.common import times
from portal.common.panels import Panel


def account_panel(request: HttpRequest) -> Panel | None:
    if not isinstance(request.user, User):
        return None
    now = times.now()
    offers = [
        {"offer": offer, "until": times.short_moment(offer.expires_at, offer.time_zone)}
        for offer in Offer.objects.open().filter(user=request.user, expires_at__gt=now)
    ]
    entries = [
        {"entry": entry, "until": formats.date_format(entry.until_on, "l j F Y")}
        for entry in WaitlistEntry.objects.open().filter(user=request.user)
    ]
    if not offers and not entries:
        return None
    return Panel("bookings/_waiting_panel.html", {"offers": offers, "entries": entries})
