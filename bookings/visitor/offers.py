"""A time that is held for one person: the link of the mail, taking it, declining it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings import errors
from bookings.calls import lifecycle, taking
from bookings.domain.phones import likely_regions
from bookings.models import Booking, Offer
from bookings.visitor import session, waitlist_session
from bookings.visitor.answers import busy_words, post_or, sign_in_first, too_late_words
from bookings.visitor.waitlist_forms import TakeForm
from bookings.waitlist import emails
from bookings.waitlist.offers import let_lapse_before
from bookings.words import places, starts
from portal.accounts.models import User
from portal.common import times, tokens
from portal.common.http import is_member, private
from portal.common.names import first_name


@login_not_required
@private
@require_safe
def offer_link(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """The link of a mail: its right moves into the session, and the address becomes a clean one."""
    found = Offer.objects.filter(public_id=public_id).first()
    is_genuine = tokens.is_valid(token, emails.OFFER, public_id, found.generation if found else 0)
    if found is None or not is_genuine:
        return render(request, "bookings/offer_over.html", {"is_broken": True}, status=404)
    waitlist_session.grant(request, found)
    chosen = request.GET.get("start", "")[:40]
    target = reverse("bookings:offer", args=[public_id])
    return redirect(f"{target}?{urlencode({'start': chosen})}" if chosen else target)


@login_not_required
@private
@require_safe
def offer(request: HttpRequest, public_id: str) -> HttpResponse:
    found = own_offer(request, public_id)
    if found is None:
        return sign_in_first(request)
    if found.status == Offer.Status.TAKEN and (booking := taking.call_of_offer(found)):
        session.grant(request, booking)
        return redirect("bookings:done", booking.public_id)
    if not found.is_open(times.now()):
        return over_page(request, found)
    return offer_page(request, found)


@login_not_required
@private
@post_or("bookings:offer")
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    found = own_offer(request, public_id)
    if found is None:
        return sign_in_first(request)
    if found.status == Offer.Status.TAKEN or not found.is_open(times.now()):
        return redirect("bookings:offer", public_id)  # the second half of a double click, or too late
    form = take_form(found, existing_call(found), request.POST)
    if not form.is_valid():
        return offer_page(request, found, form=form, status=422)
    start = form.cleaned_data["start"]
    details = {name: form.cleaned_data.get(name, "") for name in ("name", "phone")}
    try:
        booking = taking.take_offer(found, start, language=get_language() or "nl", **details)
    except errors.BusyError:
        return offer_page(request, found, form=form, error=busy_words(), status=503)
    except errors.BookingError as refused:
        return refuse(request, found, form, refused)
    session.grant(request, booking)
    return redirect("bookings:done", booking.public_id)


def refuse(request: HttpRequest, found: Offer, form: TakeForm, refused: errors.BookingError) -> HttpResponse:
    if isinstance(refused, errors.OfferOverError):
        return redirect("bookings:offer", found.public_id)
    if isinstance(refused, errors.TooLateError):
        return offer_page(request, found, form=form, error=too_late_words(), status=409)
    if isinstance(refused, errors.OpenCallError):
        return offer_page(request, found, form=form, status=409)  # the page says what is planned
    if isinstance(refused, errors.PhoneMissingError):
        return ask_phone(request, found)
    words = _("That is not a time from this page. Choose one of the times.")
    return offer_page(request, found, form=form, error=words, status=409)


def ask_phone(request: HttpRequest, found: Offer) -> HttpResponse:
    """The call that was to move is off, or the coach calls since a moment: ask what the form did not ask."""
    found.call_type.refresh_from_db()
    known = take_form(found, None).initial
    form = take_form(found, None, {**known, **request.POST.dict()})
    words = _(
        "Something changed just now: this becomes a new call, and the coach calls you. On which number?"
    )
    if phone := form.fields.get("phone"):
        phone.error_messages["required"] = words
    return offer_page(request, found, form=form, error=words if form.is_valid() else "", status=422)


@login_not_required
@private
@post_or("bookings:offer")
def decline(request: HttpRequest, public_id: str) -> HttpResponse:
    found = own_offer(request, public_id)
    if found is None:
        return sign_in_first(request)
    if found.status != Offer.Status.OPEN:
        return redirect("bookings:offer", public_id)
    try:
        found = taking.decline_offer(found)
    except errors.BusyError:
        return offer_page(request, found, error=busy_words(), status=503)
    if found.status != Offer.Status.DECLINED:
        return redirect("bookings:offer", public_id)  # it lapsed at this very moment
    words = _("Thank you for telling us. The time goes to somebody else.")
    if found.reason == Offer.Reason.FREED:
        words = _("Thank you for telling us. The time goes to whoever is next; you stay on the list.")
    messages.success(request, words)
    return redirect("bookings:slots")


# ---- what these pages share -------------------------------------------------------------------------
def own_offer(request: HttpRequest, public_id: str) -> Offer | None:
    """This person's offer, by account or by a link that was followed in this browser.

    None for an anonymous visitor, who may still sign in; 404 for anybody else, whether it exists or not.
    """
    offers = Offer.objects.select_related("call_type__host", "entry", "missed", "user")
    found = offers.filter(public_id=public_id).first()
    if found is not None:
        if isinstance(request.user, User) and found.user_id == request.user.pk:
            return found
        if waitlist_session.is_granted(request, found):
            return found
    if is_member(request):
        raise Http404
    return None


def existing_call(found: Offer) -> Booking | None:
    return lifecycle.open_call_of(found.email, times.now())


def take_form(found: Offer, existing: Booking | None, data: Any = None) -> TakeForm:
    call_type, language = found.call_type, get_language() or "nl"
    zones = (found.time_zone, call_type.host.time_zone)
    return TakeForm(
        data,
        initial={
            "name": found.name or (found.user.name if found.user else ""),
            "phone": found.missed.phone if found.missed else "",
        },
        moves=existing is not None,
        phone_regions=likely_regions(language, *zones) if call_type.asks_phone else (),
    )


def offer_page(
    request: HttpRequest,
    found: Offer,
    *,
    form: TakeForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    existing = existing_call(found)
    chosen = form.data.get("start", "") if form else request.GET.get("start", "")
    form = form or take_form(found, existing)
    context: dict[str, Any] = offer_context(found) | {
        "first_name": first_name(form.initial["name"]),
        "starts": [choice(found, start, chosen) for start in found.starts],
        "existing": existing,
        "existing_moment": times.short_moment(existing.start_at, found.time_zone) if existing else "",
        "may_take": existing is None or may_move(existing, found),
        "form": form,
        "error": error,
    }
    return render(request, "bookings/offer.html", context, status=status)


def offer_context(found: Offer) -> dict[str, Any]:
    zone = found.time_zone
    return {
        "here": "book",
        "offer": found,
        "host": found.call_type.host,
        "button_moment": starts.day_and_clock(found.starts[0], zone),
        "until": times.short_moment(found.expires_at, zone),
        "until_zone": times.zone_label(found.expires_at, zone),
        "place": places.place_ahead(found.call_type, get_language() or "nl"),
    }


def may_move(existing: Booking, found: Offer) -> bool:
    """Whether the planned call can become the one at a held time."""
    return existing.call_type_id == found.call_type_id and existing.can_change(times.now())


def choice(found: Offer, start: datetime, chosen: str) -> dict[str, Any]:
    values = [one.isoformat() for one in found.starts]
    return {
        "value": start.isoformat(),
        "moments": emails.offered_moments(found, start),
        "is_chosen": start.isoformat() == (chosen if chosen in values else values[0]),
    }


def over_page(request: HttpRequest, found: Offer) -> HttpResponse:
    context = {
        "offer": found,
        "was_until": times.short_moment(found.ended_at or found.expires_at, found.time_zone),
        "still_waits": bool(found.entry and found.entry.ended_at is None)
        and not (found.status == Offer.Status.OPEN and let_lapse_before(found)),  # about to end
    }
    return render(request, "bookings/offer_over.html", context, status=410)
