"""What one browser's session remembers of the waitlist, and which offers it may answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest

from bookings.models import Offer
from portal.common import times

PENDING = "waiting"
RIGHTS = "offers"
PENDING_LIFE = timedelta(minutes=40)  # as long as a booking waits for its code


def await_code(request: HttpRequest, wanted: dict[str, Any]) -> None:
    """Keep what was filled in until its mailbox is proven."""
    kept = wanted | {"until_on": wanted["until_on"].isoformat(), "at": times.now().timestamp()}
    request.session[PENDING] = kept


def pending(request: HttpRequest) -> dict[str, Any] | None:
    kept = request.session.get(PENDING)
    if not kept or times.now().timestamp() - kept["at"] > PENDING_LIFE.total_seconds():
        return None
    wanted = {name: value for name, value in kept.items() if name != "at"}
    return wanted | {"until_on": date.fromisoformat(wanted["until_on"])}


def forget(request: HttpRequest) -> None:
    request.session.pop(PENDING, None)


def grant(request: HttpRequest, offer: Offer) -> None:
    """Let this browser answer the offer, as long as its link is of this generation."""
    request.session[RIGHTS] = request.session.get(RIGHTS, {}) | {offer.public_id: offer.generation}


def is_granted(request: HttpRequest, offer: Offer) -> bool:
    return bool(request.session.get(RIGHTS, {}).get(offer.public_id) == offer.generation)
