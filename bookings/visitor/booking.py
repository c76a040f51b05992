"""Holding a time, saying who you are, confirming."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments import summary as scans
from bookings import errors
from bookings.availability import calendar, kinds
from bookings.calls import holds, lifecycle, spreading
from bookings.domain.phones import likely_regions
from bookings.domain.slots import nearest_of
from bookings.models import Booking, CallType
from bookings.visitor import session
from bookings.visitor.choosing import OnOffer, host_zone_of, kept_address, offer_of, slots_page, zone_of
from bookings.visitor.forms import ASKED, ChoiceForm, DetailsForm, SlotForm, quick_words
from bookings.words import starts
from bookings.words.contacts import SHARING
from bookings.words.moments import moments
from bookings.words.places import place_ahead
from portal.accounts import limits, waiting
from portal.accounts import services as accounts
from portal.accounts.door import one_at_a_time
from portal.accounts.models import User
from portal.common import times
from portal.common.http import View, is_member, private
from portal.common.names import first_name
from portal.leads import consent

P = ParamSpec("P")

DAY = timedelta(days=1)
UNPROVEN = "booking.unproven"
UNPROVEN_PER_DAY = 5  # bookings a day from one network address when a call type asks for no code


def post_or(page: str) -> Callable[[View[P]], View[P]]:
    """Act on a POST only; whoever merely opens the address, after an error or in the other language, is led
    to the page it belongs to."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            query = request.GET.urlencode()
            return redirect(reverse(page, args=args, kwargs=kwargs) + (f"?{query}" if query else ""))

        return wrapper

    return decorate


# ---- holding a time ----------------------------------------------------------------------------------
@login_not_required
@private
@post_or("bookings:slots")
@one_at_a_time
def hold(request: HttpRequest) -> HttpResponse:
    """Hold the chosen start for ten minutes, with whose turn it is when any coach will do."""
    form, offer = SlotForm(request.POST), offer_of(request)
    if offer.choice is None or not form.is_valid():
        return slots_page(request, offer, form=form, status=422)
    start, choice = form.cleaned_data["start"], offer.choice
    remember_choice(request, offer, zone=form.cleaned_data["zone"])
    if not is_what_was_asked(request, choice):  # no longer on offer: nothing else in its place
        return lost_page(request, choice, start)
    visitor = session.new_visitor(request)
    try:
        booking = spreading.hold_with_any(
            choice.call_types, start, visitor=visitor, client=session.client_of(request)
        )
    except errors.SlotTakenError:
        return lost_page(request, choice, start)
    except errors.TooManyHoldsError:
        words = _(
            "Three times are held from your network already. Wait a few minutes, or confirm one of them."
        )
        return slots_page(request, offer, form=form, error=words, status=429)
    except errors.BusyError:
        return slots_page(request, offer, form=form, error=busy_words(), status=503)
    session.remember_hold(request, booking, coach=choice.host_slug)
    return redirect("bookings:details")


@login_not_required
@private
@post_or("bookings:slots")
@one_at_a_time
def release(request: HttpRequest) -> HttpResponse:
    """Give the held time back and choose another. What was typed stays."""
    if (call := call_of(request)) and "key" in request.POST:
        session.keep_typed(request, details_form(request, call, request.POST).data_as_lists())
    holds.release_hold(session.visitor_of(request))
    session.forget(request, "start")
    waiting.drop(request, session.PENDING)
    return redirect(kept_address(request))


def is_what_was_asked(request: HttpRequest, choice: kinds.KindChoice) -> bool:
    asked = {name: request.POST.get(name, "") for name in ("kind", "coach")}
    return asked["kind"] in ("", choice.kind.slug) and asked["coach"] in ("", choice.host_slug)


def remember_choice(request: HttpRequest, offer: OnOffer, *, zone: str) -> None:
    choice = offer.choice
    assert choice is not None
    session.remember(
        request,
        zone=zone or zone_of(request, choice.call_types[0]),
        asked_kind=choice.kind.slug,
        asked_coach=choice.host_slug,
        only=offer.only is not None,
    )


# ---- details and confirming -------------------------------------------------------------------------
@login_not_required
@private
@require_safe
def details(request: HttpRequest) -> HttpResponse:
    call, start = call_of(request), session.chosen_start(request)
    if call is None or start is None:
        return redirect("bookings:slots")
    return details_page(request, call, start, details_form(request, call))


def details_page(
    request: HttpRequest,
    call: kinds.Wish,
    start: datetime,
    form: DetailsForm,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    call_type = call.call_type
    own = holds.held_by(session.visitor_of(request))
    is_held = own is not None and (own.start_at, own.call_type_id) == (start, call_type.pk)
    left = own.expires_at - times.now() if own and own.expires_at and is_held else timedelta()
    zone = zone_of(request, call_type)
    wanted = Booking(
        call_type=call_type, host=call_type.host, **calendar.period_and_footprint(call_type, start)
    )
    context = {
        "here": "book",
        "call_type": call_type,
        "form": form,
        "error": error,
        "place": place_ahead(call_type, get_language() or "nl"),
        "moments": moments(wanted, zone, call_type.host.time_zone),
        "button_moment": starts.day_and_clock(start, zone),
        "minutes_left": math.ceil(left / timedelta(minutes=1)) if left > timedelta() else 0,
        "seconds_left": max(0, int(left.total_seconds())),
        "needs_code": call_type.needs_code and not is_member(request),
        "sharing_text": consent.text(SHARING, get_language() or "nl"),
    }
    return render(request, "bookings/details.html", context, status=status)


@login_not_required
@private
@post_or("bookings:details")
@one_at_a_time
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirm at once for whoever is signed in; mail everybody else a code, which confirms when typed."""
    call = call_of(request)
    if call is None:
        return redirect("bookings:slots")
    form = details_form(request, call, request.POST)
    valid = form.is_valid()
    session.keep_typed(request, form.data_as_lists())
    if (code := request.POST.get("to_language")) in dict(settings.LANGUAGES):
        return redirect(translate_url(reverse("bookings:details"), code))
    start = form.cleaned_data.get("start") or session.chosen_start(request)
    if start is None:
        return redirect("bookings:slots")
    if not valid:
        return details_page(request, call, start, form, status=422)
    session.remember(request, start=start.isoformat(), **asdict(names_of(call)))
    wanted = cleaned_details(request, call.call_type, form)
    return confirm_or_send_code(request, call, start, wanted, form)


def confirm_or_send_code(
    request: HttpRequest, call: kinds.Wish, start: datetime, wanted: lifecycle.Details, form: DetailsForm
) -> HttpResponse:
    """Members proved the mailbox; others may need a code, but not for a form whose answer was lost."""
    is_unproven = not is_member(request)
    has_call = is_unproven and lifecycle.has_open_call(wanted.email, times.now())
    is_again = has_call and lifecycle.was_booked_with(form.cleaned_data["key"], start, wanted)
    has_to_prove = is_unproven and (call.call_type.needs_code or (has_call and not is_again))
    if form.is_quick and not has_to_prove and not is_again:
        return details_page(request, call, start, form, error=quick_words(), status=422)
    counts, client = is_unproven and not is_again, session.client_of(request)
    if has_to_prove or (counts and limits.take(UNPROVEN, client, limit=UNPROVEN_PER_DAY, period=DAY)):
        return send_code(request, call, start, wanted, form)
    response = confirm_now(request, call, start, wanted, form)
    if counts and response.status_code != 302:
        limits.give_back(UNPROVEN, client)  # nothing was booked
    return response


def confirm_now(
    request: HttpRequest, call: kinds.Wish, start: datetime, wanted: lifecycle.Details, form: DetailsForm
) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    try:
        booking = spreading.confirm_with_any(
            call,
            start,
            visitor=session.visitor_of(request),
            details=wanted,
            user=user,
            key=form.cleaned_data["key"],
        )
    except errors.SlotTakenError:
        return lost_page(request, call.choice, start)
    except errors.OpenCallError:
        return redirect("bookings:already")
    except errors.PersonGoneError:
        return redirect("accounts:deleted")
    except errors.PhoneMissingError:  # since the form was made, the coach calls
        return redirect("bookings:details")
    except errors.FormUsedError:
        words = _("This form was already used. Look over what you filled in and confirm once more.")
        return details_page(request, call, start, details_form(request, call), error=words, status=409)
    except errors.BusyError:
        return details_page(request, call, start, form, error=busy_words(), status=503)
    session.forget(request)
    session.grant(request, booking)
    session.tell_of_other_coach(request, booking, call)
    return redirect("bookings:done", booking.public_id)


def send_code(
    request: HttpRequest, call: kinds.Wish, start: datetime, wanted: lifecycle.Details, form: DetailsForm
) -> HttpResponse:
    """Ask for the code once per form: the second click of a double click finds the page of the first."""
    filled_in = session.Waiting(start, wanted, form.cleaned_data["key"], names_of(call))
    if session.pending(request, wanted.email) == filled_in and "account_login" in request.session:
        return redirect("account_confirm_login_code")
    waits = session.until_code(filled_in)
    try:
        return accounts.request_code(request, wanted.email, name=wanted.name, waits=waits)
    except ValidationError as refused:
        form.add_error("email", refused)
        return details_page(request, call, start, form, status=429)


# ---- when it went differently -----------------------------------------------------------------------
@login_not_required
@private
@require_safe
def lost(request: HttpRequest) -> HttpResponse:
    """The time that was wanted is gone: the three nearest, and nothing typed is lost."""
    call, start = call_of(request), session.chosen_start(request)
    if call is None or start is None:
        return redirect("bookings:slots")
    return lost_page(request, call.choice, start)


def lost_page(request: HttpRequest, choice: kinds.KindChoice, start: datetime) -> HttpResponse:
    """The nearest come from every coach who was in the choice."""
    first = choice.call_types[0]
    zone = zone_of(request, first)
    nearest = calendar.nearest_with_any(choice.call_types, start, visitor=session.visitor_of(request))
    typed = session.typed_before(request)
    call = kinds.Wish(first, choice, is_named=False)
    context = {
        "here": "book",
        "choice": choice,
        "only": session.recall(request, "only"),
        "wanted": times.short_moment(start, zone),
        "starts": starts.starts(nearest, zone=zone, host_zone=host_zone_of(choice, zone)),
        "zone": zone,
        "zone_label": times.zone_label(start, zone),
        "all_times": kept_address(request),
        "form": details_form(request, call) if typed.get("name") else None,
    }
    return render(request, "bookings/lost.html", context, status=409)


@private
@require_safe
def already(request: HttpRequest) -> HttpResponse:
    """One open call a person: keep the first, or move it, with its own coach, to the time just chosen."""
    assert isinstance(request.user, User)
    existing = lifecycle.open_call_of(request.user.email, times.now())
    start = session.chosen_start(request)
    if existing is None or start is None:
        return redirect("bookings:slots")
    zone, host_zone = zone_of(request, existing.call_type), existing.host.time_zone
    free = calendar.free_with_any([existing.call_type], own=[existing], visitor=session.visitor_of(request))
    is_free = any(slot.start == start for slot in free)
    others = [slot for slot in free if slot.start != existing.start_at]
    nearest = [] if is_free else nearest_of(others, start)
    wanted = Booking(
        call_type=existing.call_type,
        host=existing.host,
        **calendar.period_and_footprint(existing.call_type, start),
    )
    context = {
        "booking": existing,
        "existing_moments": moments(existing, zone, host_zone),
        "wanted_moments": moments(wanted, zone, host_zone),
        "start": start.isoformat(),
        "is_free": is_free,
        "starts": starts.starts(nearest, zone=zone, host_zone=host_zone),
        "zone_label": times.zone_label(start, zone),
        "can_change": existing.can_change(times.now()),
    }
    return render(request, "bookings/already.html", context, status=409)


# ---- small things both pages need -------------------------------------------------------------------
def call_of(request: HttpRequest) -> kinds.Wish | None:
    """The call a form is about, else the one this browser chose, else the one it holds by whatever way; None
    when it is not on offer any more."""
    form = ChoiceForm(request.POST)
    if request.POST.get("kind") and form.is_valid():
        names = session.Wanted(**{name: form.cleaned_data[name] for name in ("kind", "coach", "host")})
    else:
        names = session.wanted(request)
    if not names.kind and (own := holds.held_by(session.visitor_of(request))):
        names = session.Wanted(own.call_type.slug, own.host.slug, own.host.slug)
    return kinds.find_wish(**asdict(names))


def names_of(call: kinds.Wish) -> session.Wanted:
    choice = call.choice
    host = call.call_type.host.slug if call.is_named else ""
    return session.Wanted(choice.kind.slug, choice.host_slug, host)


def details_form(request: HttpRequest, call: kinds.Wish, data: Any = None) -> DetailsForm:
    language = get_language() or "nl"
    scan = scan_of(request)
    call_type = call.call_type
    zones = (zone_of(request, call_type), call_type.host.time_zone)
    initial: dict[str, Any] = {"start": (session.chosen_start(request) or times.now()).isoformat()}
    initial |= asdict(names_of(call))
    if isinstance(request.user, User):
        initial["name"] = request.user.name
    typed = session.typed_before(request)
    initial |= {name: typed[name] for name in ASKED if name in typed}
    return DetailsForm(
        data,
        topics=list(scan.topics if scan else scans.key_names(language).items()),
        # Whoever takes any coach says yes or no to whichever coach it will be.
        coach=_("your coach") if call.choice.others else first_name(call_type.host.name),
        is_member=is_member(request),
        can_share=scan is not None,
        phone_regions=likely_regions(language, *zones) if call_type.asks_phone else (),
        initial=initial,
    )


def cleaned_details(request: HttpRequest, call_type: CallType, form: DetailsForm) -> lifecycle.Details:
    scan_id = scans.browser_scan(request) if form.cleaned_data.get("share") == "yes" else None
    return lifecycle.Details(
        name=form.cleaned_data["name"],
        email=request.user.email if isinstance(request.user, User) else form.cleaned_data["email"],
        language=get_language() or "nl",
        time_zone=zone_of(request, call_type),
        phone=form.cleaned_data.get("phone", ""),
        remark=form.cleaned_data["remark"],
        topics=in_order(form.cleaned_data.get("topics", [])),
        shared_scan=scan_id or "",
    )


def in_order(slugs: list[str]) -> tuple[str, ...]:
    """As the instrument has them: the form lists the weakest first, and that is not the coach's to know."""
    names = scans.key_names(get_language() or "nl") if slugs else {}
    return tuple(slug for slug in names if slug in slugs)


def scan_of(request: HttpRequest) -> scans.ResultSummary | None:
    """The summary of the completed scan of this browser or person, or None."""
    scan_id = scans.browser_scan(request)
    return scans.summary(scan_id, get_language() or "nl") if scan_id else None


def busy_words() -> str:
    return _("We are busy for a moment; your time was not confirmed yet. Try again.")
