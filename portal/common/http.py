"""Small helpers around requests and responses, used by every app."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def private(view: View[P]) -> View[P]:
    """Mark a page as somebody's own: never cached, never indexed."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return wrapper


def client_address(request: HttpRequest) -> str:
    """The visitor's network address behind TRUSTED_PROXY_COUNT proxies; allauth's function, for one truth."""
    return str(get_adapter(request).get_client_ip(request))


def absolute_url(path: str) -> str:
    """An address for mails: only ever from SITE_URL, never from the Host header."""
    return settings.SITE_URL + path


def absolute_reverse(name: str, *args: object) -> str:
    return absolute_url(reverse(name, args=args))


def is_member(request: HttpRequest) -> bool:
    return not isinstance(request.user, AnonymousUser) and request.user.is_authenticated
