"""What the addresses of the week ask for, and the addresses it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, time
from typing import TypeVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from bookings.fields import FIRST_YEAR, LAST_YEAR, DateField
from bookings.models import CallType, Host

Row = TypeVar("Row", Host, CallType)
OF_THE_WEEK = ("view", "with", "weekend")  # what another page has no use for


def chosen_of(rows: Sequence[Row], slug: str | None, usual: Sequence[Row]) -> Row | None:
    for row in rows:
        if row.slug == slug:
            return row
    return usual[0] if usual else None


def is_day(request: HttpRequest) -> bool:
    return request.GET.get("view") == "day"


def day_of(request: HttpRequest, name: str = "day") -> date | None:
    """As a link writes it, or as people do where a browser has no field for a date."""
    typed = request.GET.get(name, "")
    try:
        on = date.fromisoformat(typed[:10])
    except ValueError:
        with suppress(ValidationError):
            return DateField(required=False).clean(typed)
        return None
    return on if FIRST_YEAR <= on.year <= LAST_YEAR else None


def clock_of(request: HttpRequest, name: str) -> str:
    try:
        return f"{time.fromisoformat(request.GET.get(name, '')[:5]):%H:%M}"
    except ValueError:
        return ""


def weekend_of(request: HttpRequest) -> bool | None:
    """Whether both days of the weekend are asked for, or neither; None when nothing is asked."""
    return {"yes": True, "no": False}.get(request.GET.get("weekend", ""))


def known_in_links(
    request: HttpRequest,
    hosts: Sequence[Host],
    host: Host,
    types: Sequence[CallType],
    call_type: CallType,
    over: Host | None,
) -> dict[str, str]:
    """What every link of the week carries on; nothing there is no choice in."""
    known = {"host": host.slug} if len(hosts) > 1 else {}
    known |= {"type": call_type.slug} if len(types) > 1 else {}
    known |= {"with": over.slug} if over else {}
    return known | ({"weekend": request.GET["weekend"]} if weekend_of(request) is not None else {})


def path(on: date, **known: str) -> str:
    return f"{reverse('admin:bookings_booking_week')}?{urlencode({'day': on.isoformat(), **known})}"


def block_path(request: HttpRequest, host: Host, on: date) -> str:
    if not request.user.has_perm("bookings.add_blockedtime"):
        return ""
    facts = {"host": host.pk, "on": on.isoformat()}
    facts |= {"view": "day"} if is_day(request) else {}
    return f"{reverse('admin:bookings_blockedtime_add')}?{urlencode(facts)}"


def new_path(request: HttpRequest, known: dict[str, str], on: date | None, back: str) -> str:
    if not request.user.has_perm("bookings.change_booking"):
        return ""
    facts = {name: value for name, value in known.items() if name not in OF_THE_WEEK} | {"back": back}
    facts |= {"on": on.isoformat()} if on else {}
    return f"{reverse('admin:bookings_booking_new')}?{urlencode(facts)}"


def with_clock(page_path: str, **clocks: str) -> str:
    known = {name: clock for name, clock in clocks.items() if clock}
    return f"{page_path}&{urlencode(known, safe=':')}" if page_path else ""


def empty_path(to_both: str, block: str, new: str, clock: str) -> str:
    if block and new:
        return with_clock(to_both, **{"from": clock})
    return with_clock(block, **{"from": clock}) or with_clock(new, at=clock)
