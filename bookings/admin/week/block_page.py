"""Blocked time dragged in the week: saved at once when no call is in the way, else asked first."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from psycopg.types.range import Range

from bookings import errors
from bookings.admin.base import back_or
from bookings.admin.forms.blocks import MoveBlockForm
from bookings.availability import blocks, obstacles
from bookings.models import BlockedTime
from portal.common import times
from portal.common.sight import own

UNDO_SALT = "bookings.move_block"
UNDO_SECONDS = 3600


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a blocked time from `seen_start`-`seen_end` to `start`-`end`; `sure`: also over calls."""
    if not request.user.has_perm("bookings.change_blockedtime"):
        raise PermissionDenied
    if pk >= 2**63:
        raise Http404
    block = get_object_or_404(own(request.user, BlockedTime.objects.select_related("host")), pk=pk)
    form = MoveBlockForm(request.POST, zone=block.host.time_zone)
    if not form.is_valid():
        return refuse(request, block, form.trouble)
    period, seen, sure = (form.cleaned_data[name] for name in ("period", "seen", "sure"))
    try:
        moved = blocks.move_block(block, period, seen=seen, even_over_calls=sure)
    except errors.CallsInTheWayError as met:
        return ask(request, block, form, met)
    except errors.BlockChangedError:
        return refuse(request, block, _("This blocked time changed in the meantime. Look at it once more."))
    except errors.BusyError:
        return refuse(
            request, block, _("Somebody else is changing this calendar right now. Try again in a moment.")
        )
    target = back_or(request, week_of(moved))
    return redirect(f"{target}{'&' if '?' in target else '?'}undo={undo_token(moved, seen)}")


def ask(
    request: HttpRequest, block: BlockedTime, form: MoveBlockForm, met: errors.CallsInTheWayError
) -> HttpResponse:
    zone = block.host.time_zone
    context = {
        **admin.site.each_context(request),
        "title": _("There are calls in this time"),
        "opts": BlockedTime._meta,
        "blocked": block,
        "was": obstacles.span(block.period, zone),
        "to": obstacles.span(form.cleaned_data["period"], zone),
        "calls": [(call, obstacles.name_of(call, zone)) for call in met.calls],
        "zone": times.zone_label(block.start_at, zone),
        "sent": [(name, form.data[name]) for name in ("start", "end", "seen_start", "seen_end")],
        "back": back_or(request, week_of(block)),
    }
    return render(request, "admin/bookings/move_block.html", context, status=409)


def refuse(request: HttpRequest, block: BlockedTime, words: str) -> HttpResponse:
    messages.error(request, words)
    return redirect(back_or(request, week_of(block)))


# ---- taking it back ------------------------------------------------------------------------------------
def undo_token(block: BlockedTime, was: Range[Any]) -> str:
    """What the button in the week needs to put it back, so that nothing has to be kept."""
    edges = [edge.isoformat() for edge in (block.start_at, block.end_at, *obstacles.edges_of(was))]
    return signing.dumps([block.pk, *edges], salt=UNDO_SALT)


def undo_of(request: HttpRequest) -> dict[str, Any] | None:
    token = request.GET.get("undo", "")
    try:
        pk, start, end, was_start, was_end = signing.loads(token, salt=UNDO_SALT, max_age=UNDO_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    block = own(request.user, BlockedTime.objects.filter(pk=pk)).select_related("host").first()
    if block is None or [block.start_at.isoformat(), block.end_at.isoformat()] != [start, end]:
        return None
    return {
        "path": reverse("admin:bookings_blockedtime_move", args=[pk]),
        "title": block.title,
        "span": obstacles.span(block.period, block.host.time_zone),
        "sent": [("start", was_start), ("end", was_end), ("seen_start", start), ("seen_end", end)],
    }


def week_of(block: BlockedTime, *, view: str = "") -> str:
    on = times.local(block.start_at, block.host.time_zone).date()
    day = "&view=day" if view == "day" else ""
    return f"{reverse('admin:bookings_booking_week')}?day={on}&host={block.host.slug}{day}"
