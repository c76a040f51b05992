"""What a sign-in, a code, a sign-out and an erasure mean for a booking under way, and how its fields read
on a form that is sent again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from datetime import date

from django.contrib import messages
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments import summary as scans
from bookings import errors
from bookings.availability import kinds
from bookings.calls import erasure, holds, lifecycle, spreading
from bookings.fields import StartField
from bookings.visitor import session
from portal.accounts import waiting
from portal.accounts.hooks import EraseLaterError
from portal.accounts.models import User
from portal.common import times
from portal.resending import Row


def confirm_pending(request: HttpRequest, user: User) -> str | None:
    erasure.adopt(user)
    form = session.pending(request, user.email)
    if form is None:
        return _once_more(request, user)
    asked = kinds.find_wish(**asdict(form.wanted))
    if asked is None:
        return None
    try:
        booking = spreading.confirm_with_any(
            asked,
            form.start,
            visitor=session.visitor_of(request),
            details=form.details.proven(user),
            user=user,
            key=form.key,
            came_from=session.way_of(request),
        )
    except errors.OpenCallError:
        return reverse("bookings:already")
    except errors.SlotTakenError:
        return reverse("bookings:lost")
    except errors.BookingError:
        return reverse("bookings:details")
    session.forget(request)
    session.tell_of_other_coach(request, booking, asked)
    return reverse("bookings:done", args=[booking.public_id])


def has_call_ahead(user: User) -> bool:
    return lifecycle.has_open_call(user.email, times.now())


def _once_more(request: HttpRequest, user: User) -> str | None:
    """Where somebody goes on who filled in the details without their code: they are shown again to whom they
    belong, and are gone for whoever proved another address."""
    is_own = session.has_typed_for(request, user.email)
    if is_own is False:
        session.forget_typed(request)
    if is_own is None or holds.held_by(session.visitor_of(request)) is None:
        return None
    if is_own:
        messages.info(request, _("Your call is not confirmed yet. Look over what you filled in and confirm."))
    else:
        messages.info(
            request, _("What you filled in was for another address. Fill it in for this one and confirm.")
        )
    return reverse("bookings:details")


def erase(user: User) -> None:
    try:
        erasure.erase(user)
    except errors.BusyError as busy:
        raise EraseLaterError from busy


def outlive_code(request: HttpRequest) -> None:
    holds.renew_hold(session.visitor_of(request))


def ask_again(request: HttpRequest) -> str | None:
    """A code for a call that is over is asked for anew where its details stand."""
    if not waiting.is_waiting(request, session.PENDING) or not session.typed_before(request):
        return None
    if not len(get_messages(request)):  # three wrong tries have words of their own
        words = _("That code no longer works. Ask for a new one; what you filled in is still there.")
        messages.warning(request, words)
    return reverse("bookings:details")


def let_go(request: HttpRequest, response: HttpResponse) -> None:
    holds.release_hold(session.visitor_of(request))


def read_fields(request: HttpRequest) -> list[Row]:
    sent = request.POST
    share = {"yes": _("Yes, share my result"), "no": _("No, I will talk about it myself")}
    return [
        Row(_("Time"), _moment(request)),
        Row(_("Until"), _day(sent.get("until_on", ""))),
        Row(_("Phone number"), sent.get("phone", "")),
        Row(_("About"), _topics(sent.getlist("topics"))),
        Row(_("Result shared"), share.get(sent.get("share", ""), "")),
        Row(_("Remark"), sent.get("remark", "")),
    ]


def _topics(slugs: list[str]) -> str:
    """The names of the keys; nothing while the database is away, and they go along unread."""
    with suppress(DatabaseError):
        names = scans.key_names(get_language() or "nl") if slugs else {}
        return ", ".join(names[slug] for slug in slugs if slug in names)
    return ""


def _moment(request: HttpRequest) -> str:
    try:
        start = StartField().clean(request.POST.get("start"))
    except ValidationError:
        return ""
    zone = request.POST.get("zone") or ""
    if not zone:
        with suppress(DatabaseError):  # the clock is named beside the time, whichever it is
            zone = session.recall(request, "zone") or ""
    zone = zone if times.is_zone(zone) else times.HOST_ZONE
    return f"{times.long_date(start, zone)}, {times.clock(start, zone)}, {times.zone_label(start, zone)}"


def _day(text: str) -> str:
    try:
        return date_format(date.fromisoformat(text), "l j F Y")
    except ValueError:
        return text
