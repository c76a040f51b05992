"""Choosing a time: which kind of call, with whom, by which clock."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from bookings.visitor import session
from bookings.visitor.free_times import OnOffer, offer_of, slots_page, times_address
from bookings.visitor.requests import visit_of
from bookings.words import starts
from portal.common import times
from portal.common.http import private
from portal.common.page_cache import kept


@login_not_required
@private
@require_safe
@kept(session.chosen)
def slots(request: HttpRequest) -> HttpResponse:
    visit = visit_of(request)
    return slots_page(visit, offer_of(visit))


@login_not_required
@private
@require_safe
@kept(session.chosen)
def coach(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of one coach, for under a mail: nobody else's times."""
    visit = visit_of(request)
    offer = offer_of(visit, only=slug)
    if offer.only is None:
        return render(request, "bookings/no_coach.html", {"here": "book"}, status=404)
    return slots_page(visit, offer)


@login_not_required
@private
@require_safe
def zone(request: HttpRequest) -> HttpResponse:
    visit = visit_of(request)
    offer = offer_of(visit)
    if not offer.kinds:
        return redirect("bookings:slots")
    host = (offer.choice or offer.kinds[0]).call_types[0].host
    present = visit.zone_with(host)
    target, names = back_to_times(request, offer), urlencode(offer.names)
    context = {
        "here": "book",
        "likely": starts.likely_zones(present, host.time_zone, now=times.now()),
        "groups": starts.zone_groups(),
        "zone": present,
        "target": target,
        "back": f"{target}?{names}" if names else target,
        "names": offer.names.items(),
        "language_query": request.GET.urlencode(),
    }
    return render(request, "bookings/zone.html", context)


def back_to_times(request: HttpRequest, offer: OnOffer) -> str:
    try:
        return reverse("bookings:move", args=[request.GET.get("back", "")])
    except NoReverseMatch:
        return times_address(offer)
