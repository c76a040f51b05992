"""The calls that lie outside the hours: keep, move or cancel each, and only then tell anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from bookings.admin import closing
from bookings.admin.base import hosts_of
from bookings.admin.calls.call_pages import may_change
from bookings.admin.forms.outside import CANCEL, KEEP, DecisionForm
from bookings.availability import outside
from bookings.calls.outside import cancel_outside, keep_outside, move_inside
from bookings.domain.outside import Outside
from bookings.domain.slots import Slot
from bookings.errors import BookingError, BusyError, SlotTakenError, TooLateError
from bookings.models import Booking, Host
from bookings.words import moments
from portal.common import times
from portal.common.sight import own

MOST = 50  # calls on one page
Told = dict[int, str]  # what went wrong, by the row number of the call


@dataclass
class Done:
    counts: Counter[str] = field(default_factory=Counter)
    failed: Told = field(default_factory=dict)


@may_change
def show(request: HttpRequest) -> HttpResponse:
    """`?host=`: of one coach, by the short name."""
    slug = request.GET.get("host", "")[:40]
    host = own(request.user, Host.objects.filter(slug=slug)).first() if slug else None
    if slug and host is None:
        raise Http404
    path = closing.outside_path(host.slug if host else "")
    if request.method != "POST":
        return page(request, host, {}, {})
    done = decide_all(request.POST, own(request.user, Booking.objects.all()))
    if words := in_words(done.counts):
        messages.success(request, words)
    if not done.failed:
        return redirect(path)
    return page(request, host, done.failed, request.POST, status=409)


# ---- deciding ---------------------------------------------------------------------------------------------
def decide_all(posted: Any, among: QuerySet[Booking]) -> Done:
    """Each call by itself, in the order of the page: one that fails holds up none of the others."""
    numbers = [int(pk) for pk in posted.getlist("call")[:MOST] if pk.isdecimal() and len(pk) < 18]
    calls = among.exclude(status=Booking.Status.HELD).in_bulk(numbers)
    done = Done()
    for pk in dict.fromkeys(numbers):
        if booking := calls.get(pk):
            decide(booking, posted, done)
    return done


def decide(booking: Booking, posted: Mapping[str, Any], done: Done) -> None:
    form = DecisionForm(posted, prefix=str(booking.pk))
    if not form.is_valid():
        done.failed[booking.pk] = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return
    choice, seen = form.cleaned_data["choice"], form.cleaned_data["seen"]
    try:
        if choice == KEEP:
            keep_outside(booking, seen=seen)
        elif choice == CANCEL:
            cancel_outside(booking, seen=seen)
        else:
            move_inside(booking, choice, seen=seen)
    except BookingError as error:
        done.failed[booking.pk] = sentence(error)
    else:
        done.counts[choice if choice in (KEEP, CANCEL) else "move"] += 1


def sentence(error: BookingError) -> str:
    if isinstance(error, BusyError):
        return closing.busy_words()
    if isinstance(error, SlotTakenError):
        return _("That time was just taken. Choose again.")
    if isinstance(error, TooLateError):
        return _("This call has begun or is not planned any more.")
    return _("This call changed in the meantime. Look at it once more.")


def in_words(counts: Counter[str]) -> str:
    """'2 gesprekken verplaatst. 1 gesprek geannuleerd.'"""
    words = []
    if count := counts["move"]:
        words.append(ngettext("%(count)d call moved.", "%(count)d calls moved.", count) % {"count": count})
    if count := counts[CANCEL]:
        words.append(
            ngettext("%(count)d call cancelled.", "%(count)d calls cancelled.", count) % {"count": count}
        )
    if words:
        words.append(_("The visitors are told by mail."))
    if count := counts[KEEP]:
        words.append(ngettext("%(count)d call stays.", "%(count)d calls stay.", count) % {"count": count})
    return " ".join(words)


# ---- showing ----------------------------------------------------------------------------------------------
def page(
    request: HttpRequest, host: Host | None, failed: Told, posted: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    now = times.now()
    hosts = [host.pk] if host else [one.pk for one in hosts_of(request)]
    found = outside.calls_outside(now, hosts=hosts)
    calls = [one for one in found if not one.is_held]
    shown = calls[:MOST]
    nearest = outside.nearest_for(shown, now)
    rows = [row(one, nearest[one.booking.pk], failed, posted) for one in shown]
    tell_of_others(request, failed, {one.booking.pk for one in shown})
    context = {
        **admin.site.each_context(request),
        "title": title(len(calls)),
        "opts": Booking._meta,
        "rows": rows,
        "more": len(calls) - len(shown),
        "held": [held(one) for one in found if one.is_held],
        "has_failed": bool(failed),
        "names_host": host is None and len({one.booking.host_id for one in shown}) > 1,
    }
    return render(request, "admin/bookings/outside.html", context, status=status)


def title(count: int) -> str:
    if not count:
        return _("No calls outside the hours")
    return ngettext("This call now lies outside your hours", "These calls now lie outside your hours", count)


def row(
    one: outside.OutsideCall, slots: list[Slot], failed: Told, posted: Mapping[str, Any]
) -> dict[str, Any]:
    booking, zone = one.booking, one.booking.host.time_zone
    starts = [
        {"value": slot.start.isoformat(), "words": times.short_moment(slot.start, zone)} for slot in slots
    ]
    made = posted.get(f"{booking.pk}-choice", KEEP)
    known = {KEEP, CANCEL, *(start["value"] for start in starts)}
    return {
        "booking": booking,
        "moments": moments.moments(booking, zone, booking.time_zone),
        "why": why(one),
        "starts": starts,
        "chosen": made if made in known else KEEP,
        "error": failed.get(booking.pk, ""),
    }


def why(one: outside.OutsideCall) -> str:
    if one.why is Outside.HOURS:
        return _("Outside the hours of this day.")
    if one.blocked:
        return _("In blocked time: %(reason)s.") % {"reason": one.blocked.title}
    if not one.booking.host.is_active:
        return _("This coach is switched off.")
    name = one.booking.call_type.name_en if get_language() == "en" else one.booking.call_type.name_nl
    return _("‘%(name)s’ is switched off.") % {"name": name}


def held(one: outside.OutsideCall) -> dict[str, str]:
    booking, zone = one.booking, one.booking.host.time_zone
    until = times.clock(booking.expires_at, zone) if booking.expires_at else "–"
    return {"moment": times.short_moment(booking.start_at, zone), "until": until}


def tell_of_others(request: HttpRequest, failed: Told, shown: set[int]) -> None:
    gone = Booking.objects.select_related("host").filter(pk__in=failed.keys() - shown)
    for booking in gone:
        messages.error(request, f"{booking}: {failed[booking.pk]}")
