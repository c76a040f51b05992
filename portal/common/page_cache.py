"""Pages that say the same to everybody who has nothing of their own on them, kept for a moment (decision 0021)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import ParamSpec

from django.contrib.messages import get_messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.translation import get_language

from portal.common import times
from portal.common.http import View, is_member

P = ParamSpec("P")
Chosen = Callable[[HttpRequest], object]

SECONDS = 5
CAMPAIGN = re.compile(r"utm_\w+|fbclid|gclid|van")  # where somebody came from changes no page
# As Django writes it; what people type is escaped, so it never looks like this.
TOKEN = re.compile(r'(?<=<input type="hidden" name="csrfmiddlewaretoken" value=")[^"]*')


def nothing(request: HttpRequest) -> object:
    return ()


def kept(chosen: Chosen = nothing) -> Callable[[View[P]], View[P]]:
    """Write a page once for all who would see the same within these SECONDS.

    For views that read the address and what `chosen` gives of this browser, and nothing else of a person; None
    says that this browser's page is its own. So is the page of whoever is signed in or has a message waiting.
    The token of a form is cut out of what is kept, and everybody's own is put in its place.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if is_member(request) or len(get_messages(request)) or (own := chosen(request)) is None:
                return view(request, *args, **kwargs)
            key, pages = _key(request, own), caches["pages"]
            if page := pages.get(key):
                parts, headers = page
                text = get_token(request).join(parts) if parts[1:] else parts[0]
                return HttpResponse(text, headers=headers)
            response = view(request, *args, **kwargs)
            if request.method == "GET" and response.status_code == 200 and not response.cookies:
                pages.set(key, (TOKEN.split(response.text), dict(response.headers)), SECONDS)
            return response

        return wrapper

    return decorate


def _key(request: HttpRequest, chosen: object) -> str:
    """Everything such a page depends on. The moments divide the minute, on which notice and dates turn."""
    asked = [(name, values) for name, values in request.GET.lists() if not CAMPAIGN.fullmatch(name)]
    moment = int(times.now().timestamp()) // SECONDS
    return sha256(repr((request.path, asked, get_language(), chosen, moment)).encode()).hexdigest()
