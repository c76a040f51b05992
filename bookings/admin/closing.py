"""Changing hours in the admin: under the lock, and on to the calls that lie outside them afterwards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode

from django.contrib import messages
from django.db import IntegrityError, connection, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings import errors
from bookings.availability import lock, outside
from bookings.models import Host
from portal.common import times

Act = Callable[[], HttpResponse]
Again = Callable[[errors.CallsInTheWayError | None], HttpResponse]


class CollisionError(Exception):
    """The database refused twice what the form let through."""


def closing_time(request: HttpRequest, hosts: Collection[int], act: Act) -> HttpResponse:
    """Run `act`, which may close time, and lead on to calls that lie outside the hours only since then.

    Under the host's lock, so before or after a visitor who confirms: the visitor is refused, or the call is
    listed. When a constraint refuses, `act` runs once more: what it collided with is committed by then, so
    the form can name it. Raises BusyError, and CollisionError when it is refused again.
    """
    before = {one.booking.pk for one in outside.calls_outside(times.now(), hosts=hosts)}
    try:
        response = _locked(hosts, act)
    except (errors.SlotTakenError, IntegrityError):
        try:
            response = _locked(hosts, act)
        except (errors.SlotTakenError, IntegrityError) as error:
            raise CollisionError from error
    if response.status_code != 302:
        return response
    new = [one for one in outside.calls_outside(times.now(), hosts=hosts) if one.booking.pk not in before]
    return led_on(request, new) or response


def close_by_form(request: HttpRequest, host: Host, form: BaseForm, act: Act, again: Again) -> HttpResponse:
    """As `closing_time`; what stands in the way is shown `again` with all that was typed."""
    try:
        return closing_time(request, [host.pk], act)
    except errors.CallsInTheWayError as met:
        return again(met)
    except (errors.BusyError, CollisionError):
        form.add_error(None, busy_words())
        return again(None)


def led_on(request: HttpRequest, new: list[outside.OutsideCall]) -> HttpResponse | None:
    for one in new:
        if one.is_held and one.booking.expires_at:
            zone = one.booking.host.time_zone
            facts = {
                "moment": times.short_moment(one.booking.start_at, zone),
                "clock": times.clock(one.booking.expires_at, zone),
            }
            words = _("A visitor holds %(moment)s until %(clock)s, and may still confirm it.")
            messages.warning(request, words % facts)
    calls = [one.booking for one in new if not one.is_held]
    if not calls:
        return None
    if not request.user.has_perm("bookings.change_booking"):
        words = ngettext(
            "%(count)d call now lies outside the hours, and stays.",
            "%(count)d calls now lie outside the hours, and stay.",
            len(calls),
        )
        messages.warning(request, words % {"count": len(calls)})
        return None
    slugs = {call.host.slug for call in calls}
    return redirect(outside_path(slugs.pop() if len(slugs) == 1 else ""))


def outside_path(slug: str = "") -> str:
    path = reverse("admin:bookings_booking_outside")
    return f"{path}?{urlencode({'host': slug})}" if slug else path


# ---- the lock --------------------------------------------------------------------------------------------
def busy_words() -> str:
    return _("Somebody else is changing this calendar right now. Try again in a moment.")


def _locked(hosts: Collection[int], act: Act) -> HttpResponse:
    with calendars_locked(hosts):
        response = act()
        connection.check_constraints()  # here, where a refusal is understood, not at the commit
        return response


@contextmanager
def calendars_locked(hosts: Collection[int]) -> Iterator[None]:
    """One transaction in which nobody else changes these calendars; always locked in the same order."""
    with ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        for pk in Host.objects.filter(pk__in=set(hosts)).order_by("pk").values_list("pk", flat=True):
            stack.enter_context(lock.host_locked(pk))
        yield
