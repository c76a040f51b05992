"""A page that says the same to everybody who has nothing of their own on it."""

from __future__ import annotations

import hashlib
import re
from functools import wraps
from typing import ParamSpec

from django.contrib.messages import get_messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token

from bookings.availability import changes
from bookings.visitor import session
from portal.common import times
from portal.common.http import View, is_member

P = ParamSpec("P")

MINUTE = 60
# As Django writes it; what people type is escaped, so it never looks like this.
TOKEN = re.compile(r'(?<=<input type="hidden" name="csrfmiddlewaretoken" value=")[^"]*')


def shared(view: View[P]) -> View[P]:
    """Write a page once for all who would see the same, until the calendar changes or the minute ends.

    The state is asked first: a page that is newer than its state does no harm, an older one would list a time
    that is gone. Whoever is signed in or has a message waiting gets a page of their own.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if _has_something_own(request):
            return view(request, *args, **kwargs)
        key, pages = _key(request), caches["pages"]
        if parts := pages.get(key):
            return HttpResponse(get_token(request).join(parts) if parts[1:] else parts[0])
        response = view(request, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200:
            pages.set(key, TOKEN.split(response.text), MINUTE)
        return response

    return wrapper


def _has_something_own(request: HttpRequest) -> bool:
    return is_member(request) or len(get_messages(request)) > 0


def _key(request: HttpRequest) -> str:
    """Everything such a page depends on, besides the code and the settings of this process."""
    now = times.now()
    parts = (
        changes.calendar_state(now),
        now.replace(second=0, microsecond=0).isoformat(),
        request.get_full_path(),  # the language too
        sorted(session.everything(request).items()),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()
