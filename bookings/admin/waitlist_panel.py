"""Who waits, and for whom a time is held, on the first page of the admin."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils import formats

from bookings.models import Offer, WaitlistEntry
from portal.common import times
from portal.common.panels import Panel
from portal.common.sight import own, seen_by

SHOWN = 10


def waiting(request: HttpRequest) -> Panel | None:
    if not request.user.has_perm("bookings.view_waitlistentry"):
        return None
    offers = own(request.user, Offer.objects.open()).select_related("call_type__host")
    waiting = seen_by(request.user, WaitlistEntry.objects.open())
    entries = list(waiting.prefetch_related(Prefetch("offers", offers, to_attr="held")))
    if not entries:
        return None
    rows = [
        {
            "entry": entry,
            "since": times.short_date(entry.created_at, times.HOST_ZONE),
            "until": formats.date_format(entry.until_on, "j F"),
            "held": _held(entry),
        }
        for entry in entries[:SHOWN]
    ]
    return Panel("admin/bookings/_waiting.html", {"rows": rows, "count": len(entries)})


def _held(entry: WaitlistEntry) -> dict[str, str] | None:
    offers: list[Offer] = getattr(entry, "held", [])
    for offer in offers:
        zone = offer.call_type.host.time_zone
        return {
            "moment": times.short_moment(offer.starts[0], zone),
            "until": times.near_clock(offer.expires_at, zone),
        }
    return None
