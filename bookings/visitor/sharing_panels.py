"""Sharing a result, on the page of one's yes and no, and on the page behind the link of a tip."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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
    newest = scans.latest_completed_for(user_id=user.pk) or ""
    days = scans.days_of([newest, *(call.shared_scan for call in calls)], user.time_zone)
    shown = [
        {
            "booking": call,
            "moment": times.short_moment(call.start_at, call.time_zone),
            "scan_day": days.get(call.shared_scan, ""),
            "proof": (proof := _proof_of(call, said)),
            "on": times.full_date(proof.created_at, user.time_zone) if proof else "",
        }
        for call in calls
    ]
    context = {
        "calls": shown,
        "is_shared": any(call.shared_scan for call in calls),
        "can_share": bool(newest) and not all(call.shared_scan for call in calls),
        "proof": next((call["proof"] for call in shown if call["proof"]), None),
        "newest_day": days.get(newest, ""),
        "asked": consent.text(SHARING, get_language() or "nl"),
    }
    return Panel("bookings/_consent_panel.html", context)


def _proof_of(call: Booking, said: Mapping[str, ConsentEvent]) -> ConsentEvent | None:
    """A yes of before it was kept for each call is about all of them."""
    return (said.get(call.about) or said.get("")) if call.shared_scan else None


def link_panel(request: HttpRequest, lead: Lead) -> Panel | None:
    """Only that something is shared: a tip may be forwarded, and when somebody has a call is nobody else's to know."""
    if not sharing.shared_by(email=lead.email, user=lead.user).exists():
        return None
    return Panel("bookings/_link_panel.html", {"path": links.path_of(lead, "bookings:unshare_by_link")})


def named(abouts: Iterable[str], to_themselves: bool) -> dict[str, str]:
    """The calls that a yes or no is about, by the clock of whoever reads it."""
    ids = [about.removeprefix("booking:") for about in abouts]
    calls = Booking.objects.filter(public_id__in=ids).select_related("host")
    return {
        call.about: _("the impact call of %(moment)s")
        % {
            "moment": times.short_moment(
                call.start_at, call.time_zone if to_themselves else call.host.time_zone
            )
        }
        for call in calls
    }
