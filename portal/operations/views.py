"""Addresses for machines of the operator."""

from __future__ import annotations

from hmac import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.common import times
from portal.common.http import nearest_address
from portal.operations import measures, probe

VERSION = "text/plain; version=0.0.4; charset=utf-8"


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus. Without a token there is no such address."""
    if not settings.METRICS_TOKEN:
        raise Http404
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not compare_digest(
        token.strip().encode(), settings.METRICS_TOKEN.encode()
    ):
        said = "Send METRICS_TOKEN of this portal as ‘Authorization: Bearer …’.\n"
        return _text(said, status=401, **{"WWW-Authenticate": "Bearer"})
    try:
        text = measures.as_text(measures.everything(times.now()))
    except DatabaseError:
        return _text("The database is away, and with it the figures.\n", status=503)
    return HttpResponse(text, content_type=VERSION)


@login_not_required
@require_safe
@never_cache
def probed(request: HttpRequest) -> HttpResponse:
    """How a request of the doctor arrived: whether as https, by how many who passed it on, and as whose."""
    if not probe.is_ticket(request.headers.get(probe.HEADER, "")):
        raise Http404
    hops = request.headers.get("X-Forwarded-For", "")
    return JsonResponse(
        {
            "is_secure": request.is_secure(),
            "passed_on": len(hops.split(",")) if hops else 0,
            "trusted": settings.ALLAUTH_TRUSTED_PROXY_COUNT,
            "counted_as": nearest_address(request),
        }
    )


def _text(said: str, *, status: int, **headers: str) -> HttpResponse:
    return HttpResponse(said, content_type="text/plain; charset=utf-8", status=status, headers=headers)
