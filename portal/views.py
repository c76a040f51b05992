"""Pages of the platform itself: privacy, errors, health, robots."""

from __future__ import annotations

import sys
from datetime import timedelta

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import away, resending
from portal.common import privacy as privacy_facts
from portal.common import retention
from portal.common.privacy import Cookie
from portal.leads import consent
from portal.mail import health
from portal.practice.facts import processors


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Made from the settings, and from what is registered and connected, so that it cannot drift."""
    kept = [(rule.words, retention.span(rule.period)) for rule in retention.rules() if rule.words]
    kept.append(
        (_("What the machine notes about visits, in logs"), retention.span(settings.RETENTION["logs"]))
    )
    language = get_language() or "nl"
    context = {
        "kept": kept,
        "processors": processors(language),
        "recipients": privacy_facts.recipients(),
        "cookies": [
            (cookie.name, cookie.words, retention.span(cookie.life) if cookie.life else "")
            for cookie in [*own_cookies(), *privacy_facts.cookies()]
        ],
        **{f"{purpose}_text": consent.text(purpose, language) for purpose in consent.PURPOSES},
    }
    return render(request, "portal/privacy.html", context)


def own_cookies() -> list[Cookie]:
    session = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    signed_in = retention.span(timedelta(seconds=settings.MEMBER_SESSION_SECONDS))
    words = _("That you are signed in, for %(span)s at the most, or which time is held for you.")
    form = timedelta(seconds=settings.CSRF_COOKIE_AGE)
    return [
        Cookie(settings.SESSION_COOKIE_NAME, words % {"span": signed_in}, session),
        Cookie(settings.CSRF_COOKIE_NAME, _("That a form really came from this site."), form),
        Cookie("messages", _("A notice for the next page, such as ‘Saved’."), None),
    ]


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and mail is not stuck: 503 when a due message waits for more than two minutes."""
    is_ready, said = health.readiness()
    return JsonResponse(said, status=200 if is_ready else 503)


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Allow: /", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's own page reads the form once more for its CSRF token, and fails on what was unreadable."""
    return HttpResponse(render_to_string("400.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_at_desk(request):
        return render(request, "admin/403.html", admin.site.each_context(request), status=403)
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """At the desk it is the same page whether something is gone or a colleague's."""
    if is_at_desk(request):
        return render(request, "admin/404.html", admin.site.each_context(request), status=404)
    return defaults.page_not_found(request, exception)


def is_at_desk(request: HttpRequest) -> bool:
    """Somebody who works here, in the admin: the menu stays, so that there is a way on."""
    return request.path.startswith(reverse("admin:index")) and admin.site.has_permission(request)


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
