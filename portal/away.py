"""The page for when the database cannot be had: it is away, full or read-only, or others keep it too busy.

It says so, keeps what was sent, and does without a session, a person or a query: each would only fail again,
after another wait.
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from portal import resending
from portal.common import patience
from portal.context_processors import site

RETRY_SECONDS = 10
READ_ONLY = "25006"


def is_away(error: BaseException | None) -> bool:
    """Whether trying again helps: the database itself is the reason, not what was asked of it."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError):
            return True
        if getattr(error, "sqlstate", None) == READ_ONLY:
            return True
        error = error.__cause__
    return False


def page(request: HttpRequest) -> HttpResponse:
    """503, in the language of the request; a form of ours with what was filled in and one button."""
    patience.give_up()
    request.user = AnonymousUser()
    if hasattr(request, "session"):
        request.session.modified = False
        # Whoever reads in it now, or on the way out, would wait again.
        request.session._session_cache = {}  # type: ignore[attr-defined]  # the stubs leave it out
    response = _json() if _is_for_a_program(request) else _html(request)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def _html(request: HttpRequest) -> HttpResponse:
    can_be_sent_again = _has_our_token(request) or resending.can_be_sent_again(request)
    context = {
        **site(request),
        **(resending.sent(request) if can_be_sent_again else {}),
        "can_be_sent_again": can_be_sent_again,
        "csrf_token": get_token(request) if can_be_sent_again else "",
        "here_again": request.get_full_path() if request.method in {"GET", "HEAD"} else "",
        "noindex": True,
    }
    return HttpResponse(render_to_string("503.html", context), status=503)


def _has_our_token(request: HttpRequest) -> bool:
    """Whether the token was checked and right, so that the form came from a page of ours, whatever browser
    sent it."""
    return getattr(request, "csrf_processing_done", False) and resending.is_filled_in(request)


def _json() -> HttpResponse:
    words = _("We cannot reach our records for a moment. Please try again shortly.")
    return JsonResponse({"error": words, "retry_after": RETRY_SECONDS}, status=503)


def _is_for_a_program(request: HttpRequest) -> bool:
    if request.content_type == "application/json":
        return True
    return request.accepts("application/json") and not request.accepts("text/html")
