"""Pages that say the same to everybody who sees the same, kept for a moment (decision 0021)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from hashlib import sha256
from typing import Any, ParamSpec

from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import get_language

from portal.common import times
from portal.common.http import View, is_member

P = ParamSpec("P")
Chosen = Callable[[HttpRequest], dict[str, Any] | None]

SECONDS = 5
CAMPAIGN = re.compile(r"utm_\w+|fbclid|gclid|van|via|came_from")  # where somebody came from changes no page
# As templates write them; what people type is escaped, so it never looks like this.
TOKEN = re.compile(r'(?<=<input type="hidden" name="csrfmiddlewaretoken" value=")[^"]*')
OWN_LINKS = "<!--own-->"  # components/own_links.html


def nothing(request: HttpRequest) -> dict[str, Any]:
    return {}


def kept(chosen: Chosen = nothing) -> Callable[[View[P]], View[P]]:
    """Write a page once for all who would see the same within these SECONDS.

    The view gets the request of nobody: no user, no cookies, and a session that holds what `chosen` gives of
    this browser; None says that this browser's page is its own. Everybody's own is put in as a page leaves:
    the token of a form, and the links of whoever is signed in.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            own = chosen(request)
            if own is None or len(get_messages(request)) > 0:
                return view(request, *args, **kwargs)
            key, pages = _key(request, own), caches["pages"]
            page = pages.get(key)
            if page is None:
                with _of_nobody(request, own):
                    made = view(request, *args, **kwargs)
                page = TOKEN.split(made.text), made.status_code, dict(made.headers)
                if made.status_code == 200:
                    pages.set(key, page, SECONDS)
            parts, status, headers = page
            return HttpResponse(_filled_in(request, parts), status=status, headers=headers)

        return wrapper

    return decorate


def _key(request: HttpRequest, own: dict[str, Any]) -> str:
    """Everything such a page depends on. The moments divide the minute, on which notice and dates turn."""
    asked = [(name, values) for name, values in request.GET.lists() if not CAMPAIGN.fullmatch(name)]
    moment = int(times.now().timestamp()) // SECONDS
    parts = (request.path, asked, get_language(), own, moment)
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@contextmanager
def _of_nobody(request: HttpRequest, own: dict[str, Any]) -> Iterator[None]:
    somebody = request.user, request.session, request.COOKIES
    request.user, request.session, request.COOKIES = AnonymousUser(), SessionBase(), {}
    request.session.update(own)
    try:
        yield
    finally:
        request.user, request.session, request.COOKIES = somebody


def _filled_in(request: HttpRequest, parts: list[str]) -> str:
    text = get_token(request).join(parts) if parts[1:] else parts[0]
    return text.replace(OWN_LINKS, _own_links(request)) if is_member(request) else text


def _own_links(request: HttpRequest) -> str:
    """The same for whoever is signed in, and kept as long as pages are."""
    links = caches["pages"].get_or_set(
        f"own_links.{get_language()}",
        lambda: render_to_string("components/own_links.html", {"user": request.user}),
        SECONDS,
    )
    return str(links)
