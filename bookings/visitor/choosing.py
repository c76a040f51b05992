"""Choosing a time: which kind of call, with whom, by which clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings.availability import calendar
from bookings.availability.kinds import Kind, KindChoice, choose, kinds_of, offered_kinds
from bookings.models import CallType, Host
from bookings.visitor import session
from bookings.visitor.forms import ChoiceForm, SlotForm, ZoneForm
from bookings.words import starts
from portal.accounts.models import User
from portal.common import times
from portal.common.http import is_member, private
from portal.common.page_cache import kept


@dataclass(frozen=True)
class OnOffer:
    """What the page with times offers: every kind, what was chosen of them (None while a kind is still to be
    chosen), the coach who was asked for, and the coach whose own page it is."""

    kinds: list[Kind]
    choice: KindChoice | None
    coach: str = ""
    only: Host | None = None

    @property
    def names(self) -> dict[str, str]:
        """The choice as an address carries it; empty where there is nothing to choose. A name without a value
        is said too: 'any coach' must win from the one chosen before."""
        kinds = [self.choice.kind] if self.choice else self.kinds
        several = len({host.pk for kind in kinds for host in kind.hosts}) > 1
        names = {"kind": self.choice.kind.slug} if self.choice and len(self.kinds) > 1 else {}
        return names | ({"coach": self.coach} if several and not self.only else {})


@login_not_required
@private
@require_safe
@kept(session.chosen)
def slots(request: HttpRequest) -> HttpResponse:
    return slots_page(request, offer_of(request))


@login_not_required
@private
@require_safe
@kept(session.chosen)
def coach(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of one coach, for under a mail: nobody else's times."""
    offer = offer_of(request, only=slug)
    if offer.only is None:
        return render(request, "bookings/no_coach.html", {"here": "book"}, status=404)
    return slots_page(request, offer)


def slots_page(
    request: HttpRequest, offer: OnOffer, *, error: str = "", form: SlotForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"here": "book", "offer": offer, "choice": offer.choice, "error": error}
    context |= {"form": form, "zone_form": ZoneForm(request.GET), "links": links_of(request, offer)}
    context["language_query"] = context["links"]["language"]
    if offer.choice is not None:
        context |= times_of(request, offer.choice, form)
        context |= {"may_detect_zone": not has_own_zone(request)}
    return render(request, "bookings/slots.html", context, status=status)


def times_of(request: HttpRequest, choice: KindChoice, form: SlotForm | None) -> dict[str, Any]:
    """The free times as they are listed. What this browser holds itself is free to it."""
    now = times.now()
    zone = zone_of(request, choice.call_types[0])
    picked = form.cleaned_data.get("start") if form and hasattr(form, "cleaned_data") else None
    listing = starts.lay_out(
        calendar.free_with_any(choice.call_types, visitor=session.visitor_of(request), now=now),
        zone=zone,
        host_zone=host_zone_of(choice, zone),
        now=now,
        shown_from=shown_from(request),
        chosen=picked or session.chosen_start(request),
    )
    cancel_minutes = max(one.cancel_notice_minutes for one in choice.call_types)
    return {
        "listing": listing,
        "cancel_hours": cancel_minutes / 60,
        "minutes": starts.minutes_words(*choice.kind.minutes),
        "with_whom": _("one of our coaches") if choice.others else choice.call_types[0].host.name,
    }


@login_not_required
@private
@require_safe
def zone(request: HttpRequest) -> HttpResponse:
    """Choose another time zone, without any script."""
    offer = offer_of(request)
    if not offer.kinds:
        return redirect("bookings:slots")
    host = offer.choice.call_types[0] if offer.choice else offer.kinds[0].call_types[0]
    present = zone_of(request, host)
    target, kept = back_to_times(request, offer), urlencode(offer.names)
    context = {
        "here": "book",
        "likely": starts.likely_zones(present, host.host.time_zone, now=times.now()),
        "groups": starts.zone_groups(),
        "zone": present,
        "target": target,
        "back": f"{target}?{kept}" if kept else target,
        "names": offer.names.items(),
        "language_query": request.GET.urlencode(),
    }
    return render(request, "bookings/zone.html", context)


# ---- what was chosen --------------------------------------------------------------------------------
def offer_of(request: HttpRequest, *, only: str = "") -> OnOffer:
    """Named in the address or the form, else chosen before, else the one kind there is, with any coach."""
    data = request.POST if request.method == "POST" else request.GET
    form = ChoiceForm(data)
    named = form.cleaned_data if form.is_valid() else {}
    before = session.asked(request)
    kind = named.get("kind", "") if "kind" in data else before["kind"]
    coach = only or (named.get("coach", "") if "coach" in data else before["coach"])
    kinds = offered_kinds()
    alone = kinds_of(kinds, coach) if only or named.get("only") else []
    choice = choose(alone or kinds, kind, coach)
    return OnOffer(
        alone or kinds,
        choice,
        coach=choice.host_slug if choice else coach,
        only=alone[0].call_types[0].host if alone else None,
    )


def links_of(request: HttpRequest, offer: OnOffer) -> dict[str, Any]:
    """Addresses that keep whatever they do not change: choice, zone, and from which day on."""
    asked_zone, from_on = request.GET.get("zone", ""), shown_from(request)
    kept = offer.names | ({"zone": asked_zone} if times.is_zone(asked_zone) else {})
    only = {"coach": offer.only.slug, "only": "1"} if offer.only else {}
    links: dict[str, Any] = {
        "here": "" if request.method != "POST" else times_address(offer),
        "names": urlencode(offer.names),
        "zone": urlencode(kept | only),
        "language": urlencode(kept | ({"from": from_on.isoformat()} if from_on else {})),
        "other_kind": urlencode(kept | {"kind": ""}),
        "kinds": [
            (kind, starts.minutes_words(*kind.minutes), urlencode(kept | {"kind": kind.slug}))
            for kind in offer.kinds
        ],
    }
    if offer.choice and len(offer.choice.kind.hosts) > 1:
        links["any_coach"] = urlencode(kept | {"coach": ""})
        links["coaches"] = [
            (host, urlencode(kept | {"coach": host.slug})) for host in offer.choice.kind.hosts
        ]
    return links


def times_address(offer: OnOffer) -> str:
    if offer.only:
        return reverse("bookings:coach", args=[offer.only.slug])
    return reverse("bookings:slots")


def kept_address(request: HttpRequest) -> str:
    """The page with times as this browser last chose from it."""
    coach = session.asked(request)["coach"]
    if coach and session.recall(request, "only"):
        return reverse("bookings:coach", args=[coach])
    return reverse("bookings:slots")


def host_zone_of(choice: KindChoice, zone: str) -> str:
    """The coach's clock; the visitor's own while several coaches with different clocks would do."""
    zones = {one.host.time_zone for one in choice.call_types}
    return zones.pop() if len(zones) == 1 else zone


def zone_of(request: HttpRequest, call_type: CallType) -> str:
    """Asked for in the address, else chosen before, else the person's, else the host's."""
    asked = request.GET.get("zone", "")
    if times.is_zone(asked):
        return asked
    if chosen := session.recall(request, "zone"):
        return str(chosen)
    return request.user.time_zone if isinstance(request.user, User) else call_type.host.time_zone


def back_to_times(request: HttpRequest, offer: OnOffer) -> str:
    """The page from which somebody went to change the zone: a move, or the list."""
    try:
        return reverse("bookings:move", args=[request.GET.get("back", "")])
    except NoReverseMatch:
        return times_address(offer)


def has_own_zone(request: HttpRequest) -> bool:
    return bool(request.GET.get("zone") or session.recall(request, "zone") or is_member(request))


def shown_from(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("from", "")[:10])
    except ValueError:
        return None
