"""The page where a code is typed, when the code was mailed for a call."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest

from bookings.availability import kinds
from bookings.visitor import session
from bookings.visitor.held_time import held_time
from bookings.visitor.requests import visit_of
from portal.common.panels import Panel


def code_page(request: HttpRequest, email: str) -> Panel | None:
    waiting = session.pending(request, email)
    wish = kinds.find_wish(**asdict(waiting.wanted)) if waiting else None
    if waiting is None or wish is None:
        return None
    return Panel("bookings/code.html", held_time(visit_of(request), wish.call_type, waiting.start))
