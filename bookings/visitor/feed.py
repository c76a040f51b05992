"""The feed of a host's calls, for calendar programs: no cookies, no language, a token in the address."""

from __future__ import annotations

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from bookings.connected import feed
from bookings.models import Host
from portal.common import times


@login_not_required
@require_safe
def calls(request: HttpRequest, public_id: str, token: str) -> HttpResponseBase:
    """The calendar, or 304 to a program that has it already; 404 for every address that is not (any more)."""
    host = Host.objects.select_related("user").filter(public_id=public_id).first()
    if host is None or not feed.is_address_of(host, token):
        raise Http404
    body = feed.content(host, times.now())
    etag = f'"{hashlib.sha256(body).hexdigest()}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, max-age=300",
        "X-Robots-Tag": "noindex",
        "Content-Disposition": 'inline; filename="impactcalls.ics"',
    }
    answer = HttpResponse(body, content_type="text/calendar; charset=UTF-8", headers=headers)
    return get_conditional_response(request, etag=etag, response=answer) or answer
