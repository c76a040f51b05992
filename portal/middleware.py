"""What holds for every request and every page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from csp.utils import build_policy
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from portal import resending
from portal.common import patience

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def patient(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let all waiting of one request for others count together, so that each answers in time."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with patience.counted():
            return get_response(request)

    return middleware


def headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Add the policies of every page, and `no-store` plus `noindex` wherever the page is a person's own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", content_policy())
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        session = getattr(request, "session", None)
        if session is not None and session.accessed and request.user.is_authenticated:  # else nobody's own
            response.headers["Cache-Control"] = "no-store"
        if "no-store" in response.headers.get("Cache-Control", ""):
            response.headers.setdefault("X-Robots-Tag", "noindex")
        return response

    return middleware


@cache
def content_policy() -> str:
    """Of the settings: no page has one of its own, so that it need not be put together for each answer."""
    return str(build_policy())


class SignInFirst(LoginRequiredMiddleware):
    """Lead whoever is not signed in to the door; what was filled in before a session ended is kept."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """A view that is open to everybody asks who it is when it needs to, under its own lock perhaps."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]  # it need not be a redirect
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponse:
        if resending.can_be_sent_again(request):
            return resending.page(request, is_signed_out=True)
        if request.method == "GET" and was_ended(request):
            messages.info(
                request, _("You are signed out: your session is over, or what you may do here has changed.")
            )
        return super().handle_no_permission(request, view_func)


def was_ended(request: HttpRequest) -> bool:
    """This browser names a session that is there no more."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.is_empty()


def without_nul(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Read a NUL in an address or a cookie as U+FFFD, as HTML does.

    PostgreSQL takes none, so each would be a 500; what is typed in a form is refused by its field.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.path = request.path.replace("\0", "\ufffd")
        request.path_info = request.path_info.replace("\0", "\ufffd")
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "%EF%BF%BD")
        request.COOKIES = {name: value.replace("\0", "\ufffd") for name, value in request.COOKIES.items()}
        return get_response(request)

    return middleware
