"""What the admin shows of calls: the days ahead on its first page, and a contact's calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Case, IntegerField, Q, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments import summary as scans
from bookings.admin.base import hosts_of
from bookings.availability import outside
from bookings.connected.differences import in_words, worth_showing
from bookings.models import Booking, CalendarSource, CallType, Host
from bookings.waitlist import emails
from bookings.words import moments, places
from portal.common import times
from portal.common.panels import Action, Panel
from portal.common.search import MOST, Hit
from portal.common.sight import own, seen_by, sees_practice
from portal.leads.models import Lead, LeadEvent

DAYS_AHEAD = 7
CALLS_SHOWN = 100
OUTCOMES_SHOWN = 10
LINKS_AHEAD, LINKS_SHOWN = timedelta(days=7), 3
DIFFERENCES_SHOWN = 5
ZONE, NEXT = "zone_of_first_page", "next_call_of_first_page"  # on a request


def next_call(request: HttpRequest) -> Panel | None:
    """The day and the zone of all times on the page, and the call to prepare for: the coach's own, or anyone's."""
    if not request.user.has_perm("bookings.view_booking"):
        return None
    now, zone, language = times.now(), zone_of(request), get_language() or "nl"
    context: dict[str, Any] = {"today": times.long_date(now, zone), "zone": times.zone_label(now, zone)}
    if call := next_of(request):
        context |= {
            "call": call,
            "moment": moments.moments(call, zone, zone)[0]["span"],
            "place": places.place(call, language, reader="host"),
            "topics": moments.topic_names(call, language) if call.topics else [],
            "summary": scans.summary(call.shared_scan, language) if call.shared_scan else None,
        }
    return Panel("admin/bookings/_next_call.html", context)


def days_ahead(request: HttpRequest) -> Panel | None:
    """What is over and not noted yet stands under `awaiting_outcome` for whoever may note it, and not here too."""
    if not request.user.has_perm("bookings.view_booking"):
        return None
    zone, now = zone_of(request), times.now()
    today = times.local(now, zone).date()
    ends = datetime.combine(today + timedelta(days=DAYS_AHEAD + 1), time(), tzinfo=times.zone(zone))
    starts = datetime.combine(today, time(), tzinfo=times.zone(zone))
    calls = (
        seen_by(request.user, Booking.objects.ending_after(starts).starting_before(ends))
        .exclude(status__in=[Booking.Status.HELD, Booking.Status.CANCELLED])
        .select_related("host", "call_type")
        .order_by("period")
    )
    if request.user.has_perm("bookings.change_booking"):
        calls = calls.exclude(status=Booking.Status.CONFIRMED, period__endswith__lte=now)
    shown = list(calls[:CALLS_SHOWN])
    names = scans.key_names(get_language() or "nl") if any(call.topics for call in shown) else {}
    rows = [_row(call, names, zone, now) for call in shown]
    days = [{"date": day, "calls": list(group)} for day, group in groupby(rows, key=lambda row: row["date"])]
    first = next_of(request)
    context = {
        "days": days,
        "count": len(rows),
        "next_pk": first.pk if first else None,
        "may_change": request.user.has_perm("bookings.change_booking"),
    }
    return Panel("admin/bookings/_days_ahead.html", context)


def zone_of(request: HttpRequest) -> str:
    """Of every time on the first page, asked once: the own one, or that of the first coach."""
    if not hasattr(request, ZONE):
        host = next(iter(hosts_of(request)), None)
        setattr(request, ZONE, host.time_zone if host else times.HOST_ZONE)
    return str(getattr(request, ZONE))


def next_of(request: HttpRequest) -> Booking | None:
    """The first call that is not over: of whoever looks, else of any coach; asked once."""
    if not hasattr(request, NEXT):
        ahead = seen_by(request.user, Booking.objects.all())
        ahead = ahead.filter(status=Booking.Status.CONFIRMED, period__endswith__gt=times.now())
        is_own = Case(When(host__user=request.user.pk, then=0), default=1, output_field=IntegerField())
        call = ahead.select_related("host__user", "call_type").order_by(is_own, "period").first()
        setattr(request, NEXT, call)
    found: Booking | None = getattr(request, NEXT)
    return found


def stale_calendars(request: HttpRequest) -> Panel | None:
    if not request.user.has_perm("bookings.view_calendarsource"):
        return None
    now = times.now()
    active = seen_by(request.user, CalendarSource.objects.filter(is_active=True))
    heeded = [source for source in active if source.is_unprotected or source.is_stale(now)]
    return Panel("admin/bookings/_stale_calendars.html", {"sources": heeded}) if heeded else None


def calls_outside(request: HttpRequest) -> Panel | None:
    if not request.user.has_perm("bookings.change_booking"):
        return None
    hosts = None if sees_practice(request.user) else own(request.user, Host.objects.order_by())
    count = sum(not one.is_held for one in outside.calls_outside(times.now(), hosts=hosts))
    return Panel("admin/bookings/_outside.html", {"count": count}) if count else None


def awaiting_outcome(request: HttpRequest) -> Panel | None:
    if not request.user.has_perm("bookings.change_booking"):
        return None
    over = seen_by(request.user, Booking.objects.over(times.now())).select_related("host", "call_type")
    calls, zone = list(over.order_by("period")[: OUTCOMES_SHOWN + 1]), zone_of(request)
    leaving = _leaving(request, zone)
    if not calls and not leaving:
        return None
    shown = [
        {
            "booking": call,
            "moment": times.short_moment(call.start_at, zone),
        }
        for call in calls[:OUTCOMES_SHOWN]
    ]
    context = {
        "calls": shown,
        "has_more": len(calls) > OUTCOMES_SHOWN,
        "leaving": leaving,
        "Status": Booking.Status,
    }
    return Panel("admin/bookings/_awaiting_outcome.html", context)


def _leaving(request: HttpRequest, zone: str) -> list[dict[str, Any]]:
    """Missed calls whose mail with two times is still to leave, so that it can be taken back here."""
    mails = emails.planned_missed()
    if not mails:
        return []
    missed = Booking.objects.filter(public_id__in=mails, status=Booking.Status.NO_SHOW)
    calls = seen_by(request.user, missed).select_related("host")
    return [
        {
            "booking": call,
            "moment": times.short_moment(call.start_at, zone),
            "clock": times.near_clock(mails[call.public_id].send_after, zone),
        }
        for call in calls.order_by("period")[:OUTCOMES_SHOWN]
    ]


def missing_links(request: HttpRequest) -> Panel | None:
    """Calls of the next seven days that promise a link, and have none."""
    if not request.user.has_perm("bookings.view_booking"):
        return None
    now, zone = times.now(), zone_of(request)
    kinds = [CallType.Location.LINK_LATER, CallType.Location.TEXT]
    ahead = seen_by(request.user, Booking.objects.open(now)).filter(
        join_url="", location_kind__in=kinds, period__startswith__lt=now + LINKS_AHEAD
    )
    found = [call for call in ahead.select_related("host").order_by("period") if places.misses_link(call)]
    if not found:
        return None
    context = {
        "calls": [
            {"booking": call, "moment": times.short_moment(call.start_at, zone)}
            for call in found[:LINKS_SHOWN]
        ],
        "has_more": len(found) > LINKS_SHOWN,
        "may_change": request.user.has_perm("bookings.change_booking"),
        "here": reverse("admin:index"),
    }
    return Panel("admin/bookings/_missing_links.html", context)


def differing_copies(request: HttpRequest) -> Panel | None:
    if not request.user.has_perm("bookings.view_calendarsource"):
        return None
    now = times.now()
    found = in_words(own(request.user, worth_showing(now))[: DIFFERENCES_SHOWN + 1], now)
    context = {"differences": found[:DIFFERENCES_SHOWN], "are_more": len(found) > DIFFERENCES_SHOWN}
    return Panel("admin/bookings/_differing_copies.html", context) if found else None


def _row(call: Booking, names: dict[str, str], zone: str, now: datetime) -> dict[str, Any]:
    return {
        "booking": call,
        "date": times.long_date(call.start_at, zone),
        "span": f"{times.clock(call.start_at, zone)}–{times.clock(call.end_at, zone)}",
        "topics": [name for slug, name in names.items() if slug in call.topics],
        "is_over": call.end_at <= now and call.status == Booking.Status.CONFIRMED,
    }


def found_calls(request: HttpRequest, wanted: Q) -> list[Hit]:
    calls = seen_by(request.user, Booking.objects.filter(wanted)).exclude(status=Booking.Status.HELD)
    return [
        Hit(str(call), reverse("admin:bookings_booking_change", args=[call.pk]), call.get_status_display())
        for call in calls.select_related("host")[: MOST + 1]
    ]


def plan_call(request: HttpRequest, lead: Lead) -> Action | None:
    if not request.user.has_perm("bookings.change_booking"):
        return None
    return Action(_("Plan a call"), f"{reverse('admin:bookings_booking_new')}?contact={lead.public_id}")


def paths_of_events(events: Sequence[LeadEvent]) -> dict[int, str]:
    """The page of the call that a line of a timeline is about."""
    about = {event.pk: event.data["booking"] for event in events if event.data.get("booking")}
    found = dict(Booking.objects.filter(public_id__in=set(about.values())).values_list("public_id", "pk"))
    return {
        event: reverse("admin:bookings_booking_change", args=[found[public_id]])
        for event, public_id in about.items()
        if public_id in found
    }


def calls_of_contact(request: HttpRequest, lead: Lead) -> Panel | None:
    if not request.user.has_perm("bookings.view_booking"):
        return None
    calls = list(
        seen_by(request.user, Booking.objects.filter(email=lead.email))
        .exclude(status=Booking.Status.HELD)
        .select_related("host", "call_type")
        .order_by("-period")[:CALLS_SHOWN]
    )
    shared = {call.shared_scan: call for call in calls if call.shared_scan}
    summaries = scans.summaries(shared, get_language() or "nl")
    context = {
        "calls": [
            {"booking": call, "moment": moments.moments(call, call.host.time_zone, call.host.time_zone)[0]}
            for call in calls
        ],
        "summaries": [
            {
                "summary": one,
                "on": times.short_date(one.completed_at, times.HOST_ZONE),
                "path": reverse("admin:bookings_booking_change", args=[shared[scan].pk]),
            }
            for scan, one in sorted(summaries.items(), key=lambda pair: pair[1].completed_at, reverse=True)
        ],
    }
    return Panel("admin/bookings/_calls_of_contact.html", context)
