"""The page with the details of a call: its form, what is read from it, and the page for a time that is lost."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from django.core.cache import caches
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from bookings.availability import calendar, kinds
from bookings.calls import lifecycle
from bookings.domain.phones import likely_regions
from bookings.domain.slots import Slot
from bookings.models import CallType
from bookings.visitor import session
from bookings.visitor.forms import ASKED, DetailsForm
from bookings.visitor.free_times import host_zone_of, kept_address
from bookings.visitor.held_time import held_time
from bookings.visitor.requests import Visit
from bookings.words import starts
from bookings.words.contacts import SHARING
from portal.common import times
from portal.common.names import first_name
from portal.leads import consent

TOPICS_IN_SIGHT = 2  # after a scan, on a phone: the weakest; the others are folded away


def details_page(
    visit: Visit,
    wish: kinds.Wish,
    start: datetime,
    form: DetailsForm,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    call_type = wish.call_type
    form.list_topics(visit.topics)
    in_sight = TOPICS_IN_SIGHT if visit.scan else 0
    context = held_time(visit, call_type, start) | {
        "first_topics": in_sight,
        "topics_open": bool({slug for slug, _name in visit.topics[in_sight:]} & set(ticked(form))),
        "form": form,
        "error": error,
        "needs_code": call_type.needs_code and visit.user is None,
        "sharing_text": consent.text(SHARING, visit.language),
    }
    return render(visit.request, "bookings/details.html", context, status=status)


def ticked(form: DetailsForm) -> list[str]:
    return form["topics"].value() or [] if "topics" in form.fields else []


def lost_page(visit: Visit, choice: kinds.KindChoice, start: datetime) -> HttpResponse:
    """The nearest come from every coach who was in the choice."""
    first = choice.call_types[0]
    zone = visit.zone_with(first.host)
    typed = session.typed_before(visit.request)
    wish = kinds.Wish(first, choice, is_named=False)
    context = {
        "here": "book",
        "choice": choice,
        "only": visit.asked.is_only,
        "wanted": times.short_moment(start, zone),
        "wanted_start": start.isoformat(),
        "starts": starts.starts(
            nearest_to(start, choice, visit.visitor), zone=zone, host_zone=host_zone_of(choice, zone)
        ),
        "zone": zone,
        "zone_label": times.zone_label(start, zone),
        "all_times": kept_address(visit),
        "form": details_form(visit, wish) if typed.get("name") else None,
        "needs_code": first.needs_code and visit.user is None,
    }
    return render(visit.request, "bookings/lost.html", context, status=409)


def nearest_to(start: datetime, choice: kinds.KindChoice, visitor: str) -> list[Slot]:
    """Worked out once in a second for a crowd that lost one start, unless the visitor may hold one of them."""
    find = partial(calendar.nearest_with_any, choice.call_types, start, visitor=visitor)
    if visitor:
        return find()
    asked = [*(one.pk for one in choice.call_types), start.timestamp(), times.now().timestamp()]
    key = "nearest." + ".".join(f"{part:.0f}" for part in asked)
    return caches["pages"].get_or_set(key, find, 1) or []


def names_of(wish: kinds.Wish) -> session.Wanted:
    choice = wish.choice
    host = wish.call_type.host.slug if wish.is_named else ""
    return session.Wanted(choice.kind.slug, choice.host_slug, host)


def details_form(
    visit: Visit, wish: kinds.Wish, data: QueryDict | None = None, *, start: datetime | None = None
) -> DetailsForm:
    call_type = wish.call_type
    zones = (visit.zone_with(call_type.host), call_type.host.time_zone)
    initial: dict[str, Any] = {"start": (start or visit.start or times.now()).isoformat()}
    initial |= asdict(names_of(wish))
    if visit.user is not None:
        initial["name"] = visit.user.name
    typed = session.typed_before(visit.request)
    initial |= {name: typed[name] for name in ASKED if name in typed}
    return DetailsForm(
        data,
        topics=visit.topics if data is None else partial(topics_for, visit, data.getlist("topics")),
        # Whoever takes any coach says yes or no to whichever coach it will be.
        coach=_("your coach") if wish.choice.others else first_name(call_type.host.name),
        is_member=visit.user is not None,
        can_share=bool(visit.scan_id),
        phone_regions=likely_regions(visit.language, *zones) if call_type.asks_phone else (),
        initial=initial,
    )


def topics_for(visit: Visit, sent: list[str]) -> list[tuple[str, str]]:
    """What may be ticked in a form that was sent. The scan is read only for a key of its own version."""
    is_known = visit.key_names.keys() >= set(sent)
    return list(visit.key_names.items()) if is_known else visit.topics


def cleaned_details(visit: Visit, call_type: CallType, form: DetailsForm) -> lifecycle.Details:
    topics = form.cleaned_data.get("topics", [])
    return lifecycle.Details(
        name=form.cleaned_data["name"],
        email=visit.user.email if visit.user else form.cleaned_data["email"],
        language=visit.language,
        time_zone=visit.zone_with(call_type.host),
        phone=form.cleaned_data.get("phone", ""),
        remark=form.cleaned_data["remark"],
        # As the instrument has them: the form lists the weakest first, and that is not the coach's to know.
        topics=tuple(slug for slug in visit.key_names if slug in topics) if topics else (),
        shared_scan=visit.scan_id if form.cleaned_data.get("share") == "yes" else "",
    )
