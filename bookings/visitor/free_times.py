"""The page with free times: what is on offer, what was chosen of it, and the addresses that keep that choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from bookings.availability import calendar
from bookings.availability.kinds import Kind, KindChoice, choose, kinds_of, offered_kinds
from bookings.models import Host
from bookings.visitor.forms import ChoiceForm, SlotForm, ZoneForm
from bookings.visitor.requests import Visit
from bookings.words import starts
from portal.common import times


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


def slots_page(
    visit: Visit, offer: OnOffer, *, error: str = "", form: SlotForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"here": "book", "offer": offer, "choice": offer.choice, "error": error}
    context |= {"form": form, "zone_form": ZoneForm(visit.request.GET), "links": links_of(visit, offer)}
    context |= {"has_result": visit.weakest is not None, "thread": visit.thread}
    context["language_query"] = context["links"]["language"]
    if offer.choice is not None:
        context |= times_of(visit, offer.choice, form)
        context |= {"may_detect_zone": not visit.has_own_zone}
    return render(visit.request, "bookings/slots.html", context, status=status)


def times_of(visit: Visit, choice: KindChoice, form: SlotForm | None) -> dict[str, Any]:
    now = times.now()
    zone = visit.zone_with(choice.call_types[0].host)
    picked = form.cleaned_data.get("start") if form and hasattr(form, "cleaned_data") else None
    listing = starts.two_weeks(
        calendar.free_with_any(choice.call_types, visitor=visit.visitor, now=now),
        zone=zone,
        host_zone=host_zone_of(choice, zone),
        now=now,
        shown_from=visit.shown_from,
        chosen=picked or visit.start,
    )
    cancel_minutes = max(one.cancel_notice_minutes for one in choice.call_types)
    return {
        "listing": listing,
        "steps": visit.steps(choice.call_types),
        "cancel_hours": cancel_minutes / 60,
        "minutes": starts.minutes_words(*choice.kind.minutes),
        "with_whom": _("one of our coaches") if choice.others else choice.call_types[0].host.name,
    }


# ---- what was chosen --------------------------------------------------------------------------------
def offer_of(visit: Visit, *, only: str = "") -> OnOffer:
    """Named in the address or the form, else chosen before, else the one kind there is, with any coach."""
    request = visit.request
    data = request.POST if request.method == "POST" else request.GET
    form = ChoiceForm(data)
    named = form.cleaned_data if form.is_valid() else {}
    kind = named.get("kind", "") if "kind" in data else visit.asked.kind
    coach = only or (named.get("coach", "") if "coach" in data else visit.asked.coach)
    kinds = offered_kinds()
    alone = kinds_of(kinds, coach) if only or named.get("only") else []
    choice = choose(alone or kinds, kind, coach)
    return OnOffer(
        alone or kinds,
        choice,
        coach=choice.host_slug if choice else coach,
        only=alone[0].call_types[0].host if alone else None,
    )


def links_of(visit: Visit, offer: OnOffer) -> dict[str, Any]:
    asked_zone, from_on = (visit.request.POST or visit.request.GET).get("zone", ""), visit.shown_from
    kept = offer.names | ({"zone": asked_zone} if times.is_zone(asked_zone) else {})
    only = {"coach": offer.only.slug, "only": "1"} if offer.only else {}
    links: dict[str, Any] = {
        "here": "" if visit.request.method != "POST" else times_address(offer),
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


def kept_address(visit: Visit) -> str:
    if visit.asked.coach and visit.asked.is_only:
        return reverse("bookings:coach", args=[visit.asked.coach])
    return reverse("bookings:slots")


def host_zone_of(choice: KindChoice, zone: str) -> str:
    """The coach's clock; the visitor's own while several coaches with different clocks would do."""
    zones = {one.host.time_zone for one in choice.call_types}
    return zones.pop() if len(zones) == 1 else zone
