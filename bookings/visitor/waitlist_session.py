"""What one browser's session remembers of the waitlist, and which offers it may answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest

from bookings.models import Offer
from portal.accounts import waiting

PENDING = "waitlist"
RIGHTS = "offers"


def until_code(wanted: dict[str, Any]) -> dict[str, Any]:
    return {PENDING: wanted | {"until_on": wanted["until_on"].isoformat()}}


def pending(request: HttpRequest, email: str) -> dict[str, Any] | None:
    kept = waiting.find(request, email, PENDING)
    return kept | {"until_on": date.fromisoformat(kept["until_on"])} if kept else None


def grant(request: HttpRequest, offer: Offer) -> None:
    """Let this browser answer the offer, as long as its link is of this generation."""
    request.session[RIGHTS] = request.session.get(RIGHTS, {}) | {offer.public_id: offer.generation}


def is_granted(request: HttpRequest, offer: Offer) -> bool:
    return bool(request.session.get(RIGHTS, {}).get(offer.public_id) == offer.generation)
