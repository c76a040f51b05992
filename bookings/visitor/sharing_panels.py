"""Sharing a result, on the page of one's yes and no, and on the page behind the link of a tip."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments import summary as scans
from bookings.calls import sharing
from bookings.models import Booking
from bookings.words.contacts import SHARING
from portal.accounts.models import User
from portal.common import times
from portal.common.panels import Panel
from portal.leads import consent, links
from portal.leads.models import ConsentEvent, Lead

CALLS_SHOWN = 50


def consent_panel(request: HttpRequest) -> Panel | None:
    """Every call with which a result is shared, and those ahead with which none is. A fixed number of queries."""
    user = request.user
    if not isinstance(user, User):
        return None
    is_ahead = Q(status=Booking.Status.CONFIRMED, period__startswith__gt=times.now())
    mine = Booking.objects.for_user(user).filter(is_ahead | ~Q(shared_scan="")).select_related("host")
    calls = list(mine.order_by("-period")[:CALLS_SHOWN])
    proofs = ConsentEvent.objects.filter(lead__email=user.email, purpose=SHARING).last_words()
    said = {proof.about: proof for proof in proofs if proof.is_given}
    days = scans.days_of([call.shared_scan for call in calls if call.shared_scan], user.time_zone)
    newest = scans.latest_completed_for(user_id=user.pk)
    context = {
        "calls": [
            {
                "booking": call,
                "moment": times.short_moment(call.start_at, call.time_zone),
                "scan_day": days.get(call.shared_scan, ""),
                "proof": (proof := said.get(call.about) or said.get("")),
                "on": times.full_date(proof.created_at, user.time_zone) if proof else "",
            }
            for call in calls
        ],
        "is_shared": any(call.shared_scan for call in calls),
        "newest_day": scans.days_of([newest], user.time_zone).get(newest, "") if newest else "",
        "asked": consent.text(SHARING, get_language() or "nl"),
    }
    return Panel("bookings/_consent_panel.html", context)


def link_panel(request: HttpRequest, lead: Lead) -> Panel | None:
    """Only that something is shared: a tip may be forwarded, and when somebody has a call is nobody else's to know."""
    if not sharing.shared_by(email=lead.email, user=lead.user).exists():
        return None
    return Panel("bookings/_link_panel.html", {"path": links.path_of(lead, "bookings:unshare_by_link")})


def named(abouts: Iterable[str]) -> dict[str, str]:
    """The calls that a yes or no is about, by their coach's clock."""
    ids = [about.removeprefix("booking:") for about in abouts]
    calls = Booking.objects.filter(public_id__in=ids).select_related("host")
    return {
        call.about: _("the impact call of %(moment)s")
        % {"moment": times.short_moment(call.start_at, call.host.time_zone)}
        for call in calls
    }
