"""Choosing a time, holding it, saying who you are, confirming."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assessments import summary as scans
from bookings import pages, services, session
from bookings.domain.phones import likely_regions
from bookings.emails import moments, place_ahead
from bookings.forms import DetailsForm, SlotForm, ZoneForm
from bookings.models import Booking, CallType
from portal.accounts import limits
from portal.accounts import services as accounts
from portal.accounts.door import one_at_a_time
from portal.accounts.models import User
from portal.common import times
from portal.common.http import View, is_member, private

P = ParamSpec("P")

DAY = timedelta(days=1)
UNPROVEN_PER_DAY = 5  # bookings a day from one network address when a call type asks for no code


def post_or(page: str) -> Callable[[View[P]], View[P]]:
    """Act on a POST only; whoever merely opens the address, after an error or in the other language, is led
    to the page it belongs to."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            return redirect(reverse(page, args=args, kwargs=kwargs))

        return wrapper

    return decorate


# ---- choosing ---------------------------------------------------------------------------------------
@login_not_required
@private
@require_GET
def slots(request: HttpRequest) -> HttpResponse:
    return slots_page(request)


def slots_page(
    request: HttpRequest, *, error: str = "", form: SlotForm | None = None, status: int = 200
) -> HttpResponse:
    call_type = current_call_type()
    zone_form = ZoneForm(request.GET)
    context: dict[str, Any] = {"here": "book", "call_type": call_type}
    context |= {"error": error, "form": form, "zone_form": zone_form}
    if call_type is not None:
        own = services.held_by(session.visitor_of(request))
        now = times.now()
        chosen = form.cleaned_data.get("start") if form and hasattr(form, "cleaned_data") else None
        context |= {
            "listing": pages.lay_out(
                services.free_slots(call_type, own=own, now=now),
                zone=zone_of(request, call_type),
                host_zone=call_type.host.time_zone,
                now=now,
                shown_from=shown_from(request),
                chosen=chosen or (own.start_at if own else None),
            ),
            "may_detect_zone": not has_own_zone(request),
            "cancel_hours": call_type.cancel_notice_minutes / 60,
        }
    return render(request, "bookings/slots.html", context, status=status)


@login_not_required
@private
@require_GET
def zone(request: HttpRequest) -> HttpResponse:
    """Choose another time zone, without any script."""
    call_type = current_call_type()
    if call_type is None:
        return redirect("bookings:slots")
    context = {
        "here": "book",
        "groups": pages.zone_groups(),
        "zone": zone_of(request, call_type),
        "target": back_to_times(request),
    }
    return render(request, "bookings/zone.html", context)


@login_not_required
@private
@post_or("bookings:slots")
@one_at_a_time
def hold(request: HttpRequest) -> HttpResponse:
    """Hold the chosen start for ten minutes."""
    form = SlotForm(request.POST)
    call_type = current_call_type()
    if call_type is None or not form.is_valid():
        return slots_page(request, form=form, status=422)
    start = form.cleaned_data["start"]
    session.remember(request, zone=form.cleaned_data["zone"] or zone_of(request, call_type))
    visitor = session.new_visitor(request)
    try:
        services.hold_slot(call_type, start, visitor=visitor, client=session.client_of(request))
    except services.SlotTakenError:
        return lost_page(request, call_type, start)
    except services.TooManyHoldsError:
        words = _(
            "Three times are held from your network already. Wait a few minutes, or confirm one of them."
        )
        return slots_page(request, form=form, error=words, status=429)
    except services.BusyError:
        return slots_page(request, form=form, error=busy_words(), status=503)
    session.remember(request, start=start.isoformat())
    return redirect("bookings:details")


@login_not_required
@private
@post_or("bookings:slots")
@one_at_a_time
def release(request: HttpRequest) -> HttpResponse:
    """Give the held time back and choose another. What was typed stays."""
    if (call_type := current_call_type()) and "key" in request.POST:
        session.remember(request, typed=details_form(request, call_type, request.POST).data_as_lists())
    services.release_hold(session.visitor_of(request))
    session.forget(request, "start", "pending")
    return redirect("bookings:slots")


# ---- details and confirming -------------------------------------------------------------------------
@login_not_required
@private
@require_GET
def details(request: HttpRequest) -> HttpResponse:
    call_type, start = current_call_type(), session.chosen_start(request)
    if call_type is None or start is None:
        return redirect("bookings:slots")
    return details_page(request, call_type, start, details_form(request, call_type))


def details_page(
    request: HttpRequest,
    call_type: CallType,
    start: datetime,
    form: DetailsForm,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    own = services.held_by(session.visitor_of(request))
    left = own.expires_at - times.now() if own and own.expires_at and own.start_at == start else timedelta()
    zone = zone_of(request, call_type)
    call = Booking(call_type=call_type, host=call_type.host, **services.placed(call_type, start))
    context = {
        "here": "book",
        "call_type": call_type,
        "form": form,
        "error": error,
        "moments": moments(call, zone, call_type.host.time_zone),
        "place": place_ahead(call_type, get_language() or "nl"),
        "button_moment": pages.day_and_clock(start, zone),
        "minutes_left": math.ceil(left / timedelta(minutes=1)) if left > timedelta() else 0,
        "expires_at": own.expires_at if own else None,
        "needs_code": call_type.needs_code and not is_member(request),
        "scan": scan_of(request),
    }
    return render(request, "bookings/details.html", context, status=status)


@login_not_required
@private
@post_or("bookings:details")
@one_at_a_time
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirm at once for whoever is signed in; mail everybody else a code, which confirms when typed."""
    call_type = current_call_type()
    if call_type is None:
        return redirect("bookings:slots")
    form = details_form(request, call_type, request.POST)
    valid = form.is_valid()
    session.remember(request, typed=form.data_as_lists())
    if (code := request.POST.get("to_language")) in dict(settings.LANGUAGES):
        return redirect(translate_url(reverse("bookings:details"), code))
    start = form.cleaned_data.get("start") or session.chosen_start(request)
    if start is None:
        return redirect("bookings:slots")
    if not valid:
        return details_page(request, call_type, start, form, status=422)
    wanted = cleaned_details(request, call_type, form)
    session.remember(request, start=start.isoformat())
    if is_member(request):
        return confirm_now(request, call_type, start, wanted, form)
    if (
        call_type.needs_code
        or services.open_call_of(wanted.email, times.now())
        or not may_book_unproven(request)
    ):
        return send_code(request, call_type, start, wanted, form)
    return confirm_now(request, call_type, start, wanted, form)


def confirm_now(
    request: HttpRequest, call_type: CallType, start: datetime, wanted: services.Details, form: DetailsForm
) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    try:
        booking = services.confirm(
            call_type,
            start,
            visitor=session.visitor_of(request),
            details=wanted,
            user=user,
            key=form.cleaned_data["key"],
        )
    except services.SlotTakenError:
        return lost_page(request, call_type, start)
    except services.OpenCallError:
        return redirect("bookings:already")
    except services.FormUsedError:
        words = _("This form was already used. Look over what you filled in and confirm once more.")
        return details_page(
            request, call_type, start, details_form(request, call_type), error=words, status=409
        )
    except services.BusyError:
        return details_page(request, call_type, start, form, error=busy_words(), status=503)
    session.forget(request)
    session.grant(request, booking)
    return redirect("bookings:done", booking.public_id)


def send_code(
    request: HttpRequest, call_type: CallType, start: datetime, wanted: services.Details, form: DetailsForm
) -> HttpResponse:
    """Ask for the code once per form: the second click of a double click finds the page of the first."""
    key = form.cleaned_data["key"]
    before = session.pending(request)
    if before == (start, wanted, key) and "account_login" in request.session:
        return redirect("account_confirm_login_code")
    session.await_code(request, start, wanted, key)
    try:
        return accounts.request_code(request, wanted.email, name=wanted.name)
    except ValidationError as refused:
        session.forget(request, "pending")
        form.add_error("email", refused)
        return details_page(request, call_type, start, form, status=429)


# ---- when it went differently -----------------------------------------------------------------------
@login_not_required
@private
@require_GET
def lost(request: HttpRequest) -> HttpResponse:
    """The time that was wanted is gone: the three nearest, and nothing typed is lost."""
    call_type, start = current_call_type(), session.chosen_start(request)
    if call_type is None or start is None:
        return redirect("bookings:slots")
    return lost_page(request, call_type, start)


def lost_page(request: HttpRequest, call_type: CallType, start: datetime) -> HttpResponse:
    own = services.held_by(session.visitor_of(request))
    zone = zone_of(request, call_type)
    nearest = services.nearest_slots(call_type, start, own=own)
    typed = session.recall(request, "typed")
    context = {
        "here": "book",
        "call_type": call_type,
        "wanted": times.short_moment(start, zone),
        "starts": pages.starts(nearest, zone=zone, host_zone=call_type.host.time_zone),
        "zone": zone,
        "zone_label": times.zone_label(start, zone),
        "form": details_form(request, call_type) if typed and typed.get("name") else None,
    }
    return render(request, "bookings/lost.html", context, status=409)


@private
@require_GET
def already(request: HttpRequest) -> HttpResponse:
    """One open call a person: keep the first, or move it to the time just chosen."""
    assert isinstance(request.user, User)
    existing = services.open_call_of(request.user.email, times.now())
    start = session.chosen_start(request)
    if existing is None or start is None:
        return redirect("bookings:slots")
    zone = zone_of(request, existing.call_type)
    wanted = Booking(
        call_type=existing.call_type, host=existing.host, **services.placed(existing.call_type, start)
    )
    context = {
        "booking": existing,
        "existing_moments": moments(existing, zone, existing.host.time_zone),
        "wanted_moments": moments(wanted, zone, existing.host.time_zone),
        "start": start.isoformat(),
        "can_change": existing.can_change(times.now()),
    }
    return render(request, "bookings/already.html", context, status=409)


# ---- small things both pages need -------------------------------------------------------------------
def current_call_type() -> CallType | None:
    return CallType.objects.bookable().select_related("host__user").first()


def details_form(request: HttpRequest, call_type: CallType, data: Any = None) -> DetailsForm:
    language = get_language() or "nl"
    scan = scan_of(request)
    zones = (zone_of(request, call_type), call_type.host.time_zone)
    initial: dict[str, Any] = {"start": (session.chosen_start(request) or times.now()).isoformat()}
    if isinstance(request.user, User):
        initial["name"] = request.user.name
    if scan is not None:
        initial["topics"] = list(scan.weakest_slugs)
    typed = session.recall(request, "typed") or {}
    kept = ("name", "email", "phone", "remark", "topics", "share")
    initial |= {name: typed[name] for name in kept if name in typed}
    return DetailsForm(
        data,
        topics=list(scan.topics if scan else scans.key_names(language).items()),
        coach=call_type.host.name.split(" ")[0],
        is_member=is_member(request),
        can_share=scan is not None,
        phone_regions=likely_regions(language, *zones) if call_type.asks_phone else (),
        initial=initial,
    )


def cleaned_details(request: HttpRequest, call_type: CallType, form: DetailsForm) -> services.Details:
    scan_id = scans.browser_scan(request) if form.cleaned_data.get("share") == "yes" else None
    return services.Details(
        name=form.cleaned_data["name"],
        email=request.user.email if isinstance(request.user, User) else form.cleaned_data["email"],
        language=get_language() or "nl",
        time_zone=zone_of(request, call_type),
        phone=form.cleaned_data.get("phone", ""),
        remark=form.cleaned_data["remark"],
        topics=tuple(form.cleaned_data.get("topics", ())),
        shared_scan=scan_id or "",
    )


def scan_of(request: HttpRequest) -> scans.ResultSummary | None:
    """The summary of the completed scan of this browser or person, or None."""
    scan_id = scans.browser_scan(request)
    return scans.summary(scan_id, get_language() or "nl") if scan_id else None


def may_book_unproven(request: HttpRequest) -> bool:
    return limits.hit("booking.unproven", session.client_of(request), limit=UNPROVEN_PER_DAY, period=DAY)


def zone_of(request: HttpRequest, call_type: CallType) -> str:
    """Asked for in the address, else chosen before, else the person's, else the host's."""
    asked = request.GET.get("zone", "")
    if times.is_zone(asked):
        return asked
    if chosen := session.recall(request, "zone"):
        return str(chosen)
    return request.user.time_zone if isinstance(request.user, User) else call_type.host.time_zone


def back_to_times(request: HttpRequest) -> str:
    """The page from which somebody went to change the zone: a move, or the list."""
    try:
        return reverse("bookings:move", args=[request.GET.get("back", "")])
    except NoReverseMatch:
        return reverse("bookings:slots")


def has_own_zone(request: HttpRequest) -> bool:
    return bool(request.GET.get("zone") or session.recall(request, "zone") or is_member(request))


def shown_from(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("from", "")[:10])
    except ValueError:
        return None


def busy_words() -> str:
    return _("It is busy for a moment; your time was not confirmed yet. Try again.")
