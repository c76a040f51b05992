"""One log line a request, with an id that its other lines and its tasks carry too.

It says no more of anybody than the site's own address: no query, no network address, no browser.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal import request_ids

logger = logging.getLogger("portal.requests")

LONGEST = 200  # signs of an address
MACHINES = {"healthz", "readyz", "operations:metrics", "operations:probe"}  # every few seconds: DEBUG only
_left_out: set[str] = set()


def leave_out(*views: str) -> None:
    """Views of which not even the moment may be kept: where few can have been there, it tells who was."""
    _left_out.update(views)


def note_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        with request_ids.following(request_ids.accepted(request.headers.get(request_ids.HEADER, ""))):
            response = get_response(request)
            response.headers[request_ids.HEADER] = request_ids.current()
            note(request, response, round((time.perf_counter() - began) * 1000))
        return response

    return middleware


def note(request: HttpRequest, response: HttpResponse, milliseconds: int) -> None:
    view = request.resolver_match.view_name if request.resolver_match else ""
    if view in _left_out or request.path.startswith(settings.STATIC_URL):
        return
    facts = {
        "method": str(request.method)[:20],
        "path": request.path[:LONGEST],
        "view": view,
        "status": response.status_code,
        "milliseconds": milliseconds,
    }
    logger.log(
        logging.DEBUG if view in MACHINES else logging.INFO,
        "%(method)s %(path)s %(status)d in %(milliseconds)d ms, view %(view)s",
        facts,
        extra={"facts": facts},
    )
