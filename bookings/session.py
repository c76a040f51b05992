"""What one browser's session remembers of a booking under way, and which bookings it may manage."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from bookings.models import Booking
from bookings.services import Details
from portal.common import times
from portal.common.http import client_address

KEY = "booking"
RIGHTS = "bookings"
PENDING = timedelta(minutes=40)  # a form that waits for its code; later, somebody else may sign in here


def recall(request: HttpRequest, name: str) -> Any:
    return request.session.get(KEY, {}).get(name)


def remember(request: HttpRequest, **values: Any) -> None:
    request.session[KEY] = request.session.get(KEY, {}) | values


def forget(request: HttpRequest, *names: str) -> None:
    """Forget these, or with no names everything but the zone."""
    kept = request.session.get(KEY, {})
    gone = names or tuple(name for name in kept if name != "zone")
    if any(name in kept for name in gone):
        request.session[KEY] = {name: value for name, value in kept.items() if name not in gone}


def visitor_of(request: HttpRequest) -> str:
    """The digest under which this browser holds a time; empty while it never held one."""
    token = recall(request, "visitor")
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def new_visitor(request: HttpRequest) -> str:
    if not recall(request, "visitor"):
        remember(request, visitor=secrets.token_urlsafe(32))
    return visitor_of(request)


def client_of(request: HttpRequest) -> str:
    """A digest of the network address, keyed so that nobody can try all addresses against it."""
    return salted_hmac("bookings.client", client_address(request), algorithm="sha256").hexdigest()


def chosen_start(request: HttpRequest) -> datetime | None:
    start = recall(request, "start")
    return datetime.fromisoformat(start) if start else None


def await_code(request: HttpRequest, start: datetime, details: Details, key: str) -> None:
    """Keep a form that was fine until its mailbox is proven."""
    kept = {**details.__dict__, "topics": list(details.topics)}
    at = times.now().timestamp()
    remember(request, pending={"start": start.isoformat(), "details": kept, "key": key, "at": at})


def pending(request: HttpRequest) -> tuple[datetime, Details, str] | None:
    kept = recall(request, "pending")
    if not kept or times.now().timestamp() - kept["at"] > PENDING.total_seconds():
        return None
    details = Details(**{**kept["details"], "topics": tuple(kept["details"]["topics"])})
    return datetime.fromisoformat(kept["start"]), details, kept["key"]


def grant(request: HttpRequest, booking: Booking) -> None:
    """Let this browser manage the booking, as long as its links are of this generation."""
    request.session[RIGHTS] = request.session.get(RIGHTS, {}) | {booking.public_id: booking.manage_generation}


def is_granted(request: HttpRequest, booking: Booking) -> bool:
    return bool(request.session.get(RIGHTS, {}).get(booking.public_id) == booking.manage_generation)
