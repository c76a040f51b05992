"""Holding a time, saying who you are, confirming."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings import errors
from bookings.availability import calendar, kinds
from bookings.calls import holds, lifecycle, spreading
from bookings.domain.slots import nearest_of
from bookings.models import Booking
from bookings.visitor import session
from bookings.visitor.answers import busy_again_words, busy_words, post_or, too_many_words
from bookings.visitor.details import cleaned_details, details_form, details_page, lost_page, names_of
from bookings.visitor.forms import DetailsForm, SlotForm, quick_words
from bookings.visitor.free_times import OnOffer, kept_address, offer_of, slots_page
from bookings.visitor.requests import Visit, visit_of
from bookings.words import starts
from bookings.words.moments import moments
from portal.accounts import limits, typed, waiting
from portal.accounts import services as accounts
from portal.accounts.door import one_at_a_time
from portal.common import times
from portal.common.codes import LONGEST as LONGEST_CODE
from portal.common.http import private

DAY = timedelta(days=1)
UNPROVEN = "booking.unproven"
UNPROVEN_PER_DAY = 5  # bookings a day from one network address when a call type asks for no code


# ---- holding a time ----------------------------------------------------------------------------------
@login_not_required
@private
@post_or("bookings:slots")
@one_at_a_time
def hold(request: HttpRequest) -> HttpResponse:
    visit, form = visit_of(request), SlotForm(request.POST)
    offer = offer_of(visit)
    if not form.is_valid() or offer.choice is None:
        visit = replace(visit, zone=form.cleaned_data.get("zone") or visit.zone)
        gone = "" if offer.choice else _("That kind of call is not on offer any more. Choose another.")
        return slots_page(visit, offer, form=form, error=gone, status=422)
    start, choice = form.cleaned_data["start"], offer.choice
    visit = remember_choice(visit, offer, zone=form.cleaned_data["zone"])
    if not is_what_was_asked(request, choice):  # no longer on offer: nothing else in its place
        return lost_page(visit, choice, start)
    visitor = session.new_visitor(request)
    try:
        booking = spreading.hold_with_any(
            choice.call_types, start, visitor=visitor, client=session.client_of(request)
        )
    except errors.SlotTakenError:
        return lost_page(visit, choice, start)
    except errors.TooManyHoldsError:
        return slots_page(visit, offer, form=form, error=too_many_words(), status=429)
    except errors.BusyError:
        return slots_page(visit, offer, form=form, error=busy_words(), status=503)
    session.remember_hold(request, booking, coach=choice.host_slug)
    return redirect("bookings:details")


@login_not_required
@private
@post_or("bookings:slots")
@one_at_a_time
def release(request: HttpRequest) -> HttpResponse:
    visit = visit_of(request)
    if visit.wish and "key" in request.POST:
        session.keep_typed(request, details_form(visit, visit.wish, request.POST).data_as_lists())
    holds.release_hold(visit.visitor)
    session.forget(request, "start")
    waiting.drop(request, session.PENDING)
    return redirect(kept_address(visit))


@login_not_required
@private
@post_or("bookings:details")
@one_at_a_time
def extend(request: HttpRequest) -> HttpResponse:
    """Ten minutes more, pressed beside the details or beside the code; what is typed there stays."""
    visit, sent = visit_of(request), SlotForm(request.POST)
    is_at_code = request.POST.get("from") == "code"
    start = sent.cleaned_data["start"] if sent.is_valid() else visit.start
    if (wish := visit.wish) is None or start is None:
        return redirect("bookings:slots")
    if is_at_code:
        typed.keep(request, **{typed.CODE: request.POST.get("code", "")[:LONGEST_CODE]})
    else:
        session.keep_typed(request, details_form(visit, wish, request.POST).data_as_lists())
    session.remember(request, start=start.isoformat(), **asdict(names_of(wish)))
    page = reverse("account_confirm_login_code" if is_at_code else "bookings:details")
    try:
        hold_longer(visit, wish, start)
    except errors.SlotTakenError:
        return redirect("bookings:lost")
    except errors.TooManyHoldsError:
        messages.error(request, too_many_words())
    except errors.BusyError:
        messages.error(request, busy_again_words())
    else:
        page += "#hold"
    return redirect(page)


def hold_longer(visit: Visit, wish: kinds.Wish, start: datetime) -> None:
    """A time that ran out and that nobody took is held anew. Raises what `hold_slot` raises."""
    visitor, zone = session.new_visitor(visit.request), visit.zone_with(wish.call_type.host)
    try:
        is_longer = holds.extend_hold(visitor, start)
    except errors.SlotTakenError:
        is_longer = True
        holds.hold_slot(wish.call_type, start, visitor=visitor, client=session.client_of(visit.request))
    own = holds.held_by(visitor)
    until = {"clock": times.clock(own.expires_at, zone)} if own and own.expires_at else {"clock": "–"}
    if is_longer:
        messages.success(visit.request, _("Ten minutes more: this time is yours until %(clock)s.") % until)
    else:
        words = _("Longer than until %(clock)s is not possible. What you typed stays, even after that.")
        messages.warning(visit.request, words % until)


def is_what_was_asked(request: HttpRequest, choice: kinds.KindChoice) -> bool:
    asked = {name: request.POST.get(name, "") for name in ("kind", "coach")}
    return asked["kind"] in ("", choice.kind.slug) and asked["coach"] in ("", choice.host_slug)


def remember_choice(visit: Visit, offer: OnOffer, *, zone: str) -> Visit:
    choice = offer.choice
    assert choice is not None
    zone = zone or visit.zone_with(choice.call_types[0].host)
    asked = session.Asked(choice.kind.slug, choice.host_slug, offer.only is not None)
    session.remember_choice(visit.request, asked, zone)
    return replace(visit, zone=zone, asked=asked)


# ---- details and confirming -------------------------------------------------------------------------
@login_not_required
@private
@require_safe
def details(request: HttpRequest) -> HttpResponse:
    visit = visit_of(request)
    if visit.wish is None or visit.start is None:
        return redirect("bookings:slots")
    return details_page(visit, visit.wish, visit.start, details_form(visit, visit.wish))


@login_not_required
@private
@post_or("bookings:details")
@one_at_a_time
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirm at once for whoever is signed in; mail everybody else a code, which confirms when typed."""
    visit = visit_of(request)
    if (wish := visit.wish) is None:
        return redirect("bookings:slots")
    form = details_form(visit, wish, request.POST)
    valid = form.is_valid()
    session.keep_typed(request, form.data_as_lists())
    if (code := request.POST.get("to_language")) in dict(settings.LANGUAGES):
        return redirect(translate_url(reverse("bookings:details"), code))
    start = form.cleaned_data.get("start") or visit.start
    if start is None:
        return redirect("bookings:slots")
    if not valid:
        return details_page(visit, wish, start, form, status=422)
    session.remember(request, start=start.isoformat(), **asdict(names_of(wish)))
    wanted = cleaned_details(visit, wish.call_type, form)
    return confirm_or_send_code(visit, wish, start, wanted, form)


def confirm_or_send_code(
    visit: Visit, wish: kinds.Wish, start: datetime, wanted: lifecycle.Details, form: DetailsForm
) -> HttpResponse:
    """Members proved the mailbox; others may need a code, but not for a form whose answer was lost."""
    is_unproven = visit.user is None
    has_call = is_unproven and lifecycle.has_open_call(wanted.email, times.now())
    is_again = has_call and lifecycle.was_booked_with(form.cleaned_data["key"], start, wanted)
    has_to_prove = is_unproven and (wish.call_type.needs_code or (has_call and not is_again))
    if form.is_quick and not has_to_prove and not is_again:
        return details_page(visit, wish, start, form, error=quick_words(), status=422)
    counts, client = is_unproven and not is_again, session.client_of(visit.request)
    if has_to_prove or (counts and limits.take(UNPROVEN, client, limit=UNPROVEN_PER_DAY, period=DAY)):
        return send_code(visit, wish, start, wanted, form)
    response = confirm_now(visit, wish, start, wanted, form)
    if counts and response.status_code != 302:
        limits.give_back(UNPROVEN, client)  # nothing was booked
    return response


def confirm_now(
    visit: Visit, wish: kinds.Wish, start: datetime, wanted: lifecycle.Details, form: DetailsForm
) -> HttpResponse:
    try:
        booking = spreading.confirm_with_any(
            wish,
            start,
            visitor=visit.visitor,
            details=wanted,
            user=visit.user,
            key=form.cleaned_data["key"],
            came_from=session.way_of(visit.request),
        )
    except errors.SlotTakenError:
        return lost_page(visit, wish.choice, start)
    except errors.OpenCallError:
        return redirect("bookings:already")
    except errors.PersonGoneError:
        return redirect("accounts:deleted")
    except errors.PhoneMissingError:  # since the form was made, the coach calls
        return redirect("bookings:details")
    except errors.FormUsedError:
        words = _("This form was already used. Look over what you filled in and confirm once more.")
        form = details_form(visit, wish, start=start)
        return details_page(visit, wish, start, form, error=words, status=409)
    except errors.BusyError:
        return details_page(visit, wish, start, form, error=busy_words(), status=503)
    session.forget(visit.request)
    session.grant(visit.request, booking)
    session.tell_of_other_coach(visit.request, booking, wish)
    return redirect("bookings:done", booking.public_id)


def send_code(
    visit: Visit, wish: kinds.Wish, start: datetime, wanted: lifecycle.Details, form: DetailsForm
) -> HttpResponse:
    """Ask for the code once per form: the second click of a double click finds the page of the first."""
    request = visit.request
    filled_in = session.Waiting(start, wanted, form.cleaned_data["key"], names_of(wish))
    if session.pending(request, wanted.email) == filled_in and "account_login" in request.session:
        return redirect("account_confirm_login_code")
    waits = session.until_code(filled_in)
    try:
        return accounts.request_code(request, wanted.email, name=wanted.name, waits=waits)
    except ValidationError as refused:
        form.add_error("email", refused)
        return details_page(visit, wish, start, form, status=429)


# ---- when it went differently -----------------------------------------------------------------------
@login_not_required
@private
@require_safe
def lost(request: HttpRequest) -> HttpResponse:
    """The time that was wanted is gone: the three nearest, and nothing typed is lost."""
    visit = visit_of(request)
    if visit.wish is None or visit.start is None:
        return redirect("bookings:slots")
    return lost_page(visit, visit.wish.choice, visit.start)


@private
@require_safe
def already(request: HttpRequest) -> HttpResponse:
    """One open call a person: keep the first, or move it, with its own coach, to the time just chosen."""
    visit = visit_of(request)
    assert visit.user is not None
    existing, start = lifecycle.open_call_of(visit.user.email, times.now()), visit.start
    if existing is None or start is None:
        return redirect("bookings:slots")
    zone, host_zone = visit.zone_with(existing.host), existing.host.time_zone
    free = calendar.free_with_any([existing.call_type], own=[existing], visitor=visit.visitor)
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
