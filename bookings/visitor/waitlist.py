"""Waiting for a time to come free: joining, seeing where one stands, stopping."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings import errors
from bookings.calls import lifecycle
from bookings.domain.daytime import DAY_BEGINS, DAY_ENDS
from bookings.models import CallType, Host, Offer, WaitlistEntry
from bookings.visitor import waitlist_session
from bookings.visitor.answers import post_or, sign_in_first
from bookings.visitor.forms import ChoiceForm, quick_words
from bookings.visitor.requests import visit_of
from bookings.visitor.waitlist_forms import WaitlistForm
from bookings.waitlist import entries, offers
from portal.accounts import services as accounts
from portal.accounts.door import one_at_a_time
from portal.accounts.models import User
from portal.common import times
from portal.common.http import is_member, private


@login_not_required
@private
@require_safe
def waitlist(request: HttpRequest) -> HttpResponse:
    """`?kind=` and `?coach=`: short names of a kind of call and of the one coach somebody wants."""
    if (call_type := wanted_type(request.GET)) is None:
        return redirect("bookings:slots")
    entry = entry_of(request, call_type)
    return waitlist_page(request, call_type, waitlist_form(request, call_type, entry), entry)


@login_not_required
@private
@post_or("bookings:waitlist")
@one_at_a_time
def join(request: HttpRequest) -> HttpResponse:
    """Join at once for whoever is signed in; mail everybody else a code, which joins when typed."""
    if (call_type := wanted_type(request.POST)) is None:
        return redirect("bookings:slots")
    entry = entry_of(request, call_type)
    form = waitlist_form(request, call_type, entry, request.POST)
    if not form.is_valid():
        return waitlist_page(request, call_type, form, entry, status=422)
    if form.is_quick and is_member(request):
        form.add_error(None, quick_words())
        return waitlist_page(request, call_type, form, entry, status=422)
    wanted = {
        "kind": call_type.slug,
        "until_on": form.cleaned_data["until_on"],
        "name": form.cleaned_data.get("name", ""),
        "language": get_language() or "nl",
        "time_zone": visit_of(request).zone_with(call_type.host),
    }
    coach = wanted_coach(request.POST)
    if isinstance(request.user, User):
        try:
            entries.join_waitlist(request.user, host=coach, **wanted)
        except errors.PersonGoneError:
            return redirect("accounts:deleted")
        return redirect("bookings:waitlist")
    return send_code(request, call_type, form, wanted | {"coach": coach.slug if coach else ""})


def send_code(
    request: HttpRequest, call_type: CallType, form: WaitlistForm, wanted: dict[str, Any]
) -> HttpResponse:
    """Ask for the code once per form: the second click of a double click finds the page of the first."""
    email = form.cleaned_data["email"]
    if waitlist_session.pending(request, email) == wanted and "account_login" in request.session:
        return redirect("account_confirm_login_code")
    waits = waitlist_session.until_code(wanted)
    try:
        return accounts.request_code(request, email, name=wanted["name"], waits=waits)
    except ValidationError as refused:
        form.add_error("email", refused)
        return waitlist_page(request, call_type, form, None, status=429)


@login_not_required
@private
def stop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stop waiting (POST); whoever merely opens the address is led to where it can be done."""
    if request.method != "POST":
        return redirect("bookings:waitlist")
    entry = own_entry(request, public_id)
    if entry is None:
        return sign_in_first(request)
    try:
        entries.stop_waiting(entry)
    except errors.BusyError:
        messages.error(request, _("We are busy for a moment; nothing was changed. Try again."))
    else:
        messages.success(request, _("You are no longer on the waitlist."))
    return redirect("bookings:slots")


# ---- what these pages share -------------------------------------------------------------------------
def wanted_type(data: QueryDict) -> CallType | None:
    types = CallType.objects.bookable()
    if coach := wanted_coach(data):
        types = types.filter(host=coach)
    kind = named(data, "kind")
    return (types.filter(slug=kind).first() if kind else None) or types.first()


def wanted_coach(data: QueryDict) -> Host | None:
    slug = named(data, "coach")
    return Host.objects.filter(slug=slug, is_active=True).first() if slug else None


def named(data: QueryDict, field: str) -> str:
    form = ChoiceForm(data)
    form.full_clean()
    return str(form.cleaned_data.get(field, ""))


def waitlist_form(
    request: HttpRequest, call_type: CallType, entry: WaitlistEntry | None, data: QueryDict | None = None
) -> WaitlistForm:
    today = times.local(times.now(), visit_of(request).zone_with(call_type.host)).date()
    name = request.user.name if isinstance(request.user, User) else ""
    coach = wanted_coach(request.GET)
    initial = {
        "until_on": entry.until_on if entry else call_type.last_bookable_on(today),
        "name": name,
        "kind": call_type.slug,
        "coach": coach.slug if coach else "",
    }
    return WaitlistForm(
        data, today=today, is_member=is_member(request), waits=entry is not None, initial=initial
    )


def entry_of(request: HttpRequest, call_type: CallType) -> WaitlistEntry | None:
    if not isinstance(request.user, User):
        return None
    return WaitlistEntry.objects.open().filter(user=request.user, kind=call_type.slug).first()


def own_entry(request: HttpRequest, public_id: str) -> WaitlistEntry | None:
    """This person's, by account or by the link of an offer that was followed in this browser. None for an
    anonymous visitor, who may still sign in; 404 for anybody else, whether it exists or not."""
    entry = WaitlistEntry.objects.filter(public_id=public_id).first()
    if entry is not None:
        if isinstance(request.user, User) and entry.user_id == request.user.pk:
            return entry
        if any(waitlist_session.is_granted(request, offer) for offer in entry.offers.all()):
            return entry
    if is_member(request):
        raise Http404
    return None


def waitlist_page(
    request: HttpRequest,
    call_type: CallType,
    form: WaitlistForm,
    entry: WaitlistEntry | None,
    *,
    status: int = 200,
) -> HttpResponse:
    now = times.now()
    offer = Offer.objects.open().filter(entry=entry).first() if entry else None
    planned = lifecycle.open_call_of(request.user.email, now) if isinstance(request.user, User) else None
    context = {
        "here": "book",
        "call_type": call_type,
        "form": form,
        "entry": entry,
        "until": formats.date_format(entry.until_on, "l j F Y") if entry else "",
        "offer": offer if offer and offer.is_open(now) else None,
        "planned": times.short_moment(planned.start_at, planned.time_zone) if planned else "",
        "needs_code": not is_member(request),
        "hours": offers.HELD_FREED.seconds // 3600,
        "night_from": f"{DAY_ENDS:%H:%M}",
        "night_until": f"{DAY_BEGINS:%H:%M}",
    }
    return render(request, "bookings/waitlist.html", context, status=status)
