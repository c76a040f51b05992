"""Pages of the platform itself: privacy, errors, health, robots."""

from __future__ import annotations

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import away, resending
from portal.mail import health


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Generated from settings, so that it cannot drift from what the portal does."""
    context = {"retention": settings.RETENTION, "processors": settings.PROCESSORS}
    return render(request, "portal/privacy.html", context)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and mail is not stuck: 503 when a due message waits for more than two minutes."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        oldest = health.oldest_due_seconds()
    except DatabaseError:
        return JsonResponse({"database": "away"}, status=503)
    return JsonResponse({"oldest_due_seconds": oldest}, status=503 if oldest > 120 else 200)


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Allow: /", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's own page reads the form once more for its CSRF token, and fails on what was unreadable."""
    return HttpResponse(render_to_string("400.html"), status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """An old token on a form of our own is asked for once more; whatever else lacks its token is refused."""
    if resending.can_be_sent_again(request):
        return resending.page(request, reason)
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Every exception that nobody caught ends here, those of middleware too."""
    if away.is_away(sys.exc_info()[1]):
        return away.page(request)
    return defaults.server_error(request)
