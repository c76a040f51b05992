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
from django.utils.translation import get_language

from bookings import services, session
from portal.common import times
from portal.common.http import View, is_member

P = ParamSpec("P")

MINUTE = 60
IN_THE_KEY = {"zone", "asked_kind", "asked_coach", "only"}  # of what a browser's session remembers
# As Django writes it; what people type is escaped, so it never looks like this.
TOKEN = re.compile(r'(?<=<input type="hidden" name="csrfmiddlewaretoken" value=")[^"]*')


def shared(view: View[P]) -> View[P]:
    """Write a page once for all who would see the same, until the calendar changes or the minute ends.

    The state is asked first: a page that is newer than its state does no harm, an older one would list a time
    that is gone. Whoever holds a time, is signed in or has a message waiting gets a page of their own.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if _has_something_own(request):
            return view(request, *args, **kwargs)
        key, pages = _key(request), caches["pages"]
        if parts := pages.get(key):
            return HttpResponse(get_token(request).join(parts) if parts[1:] else parts[0])
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            pages.set(key, TOKEN.split(response.text), MINUTE)
        return response

    return wrapper


def _has_something_own(request: HttpRequest) -> bool:
    remembered = session.everything(request).keys()
    return is_member(request) or bool(remembered - IN_THE_KEY) or len(get_messages(request)) > 0


def _key(request: HttpRequest) -> str:
    """Everything such a page depends on, besides the code and the settings of this process."""
    now = times.now()
    minute = now.replace(second=0, microsecond=0)
    remembered = sorted(session.everything(request).items())
    parts = (
        services.calendar_state(now),
        minute.isoformat(),
        get_language(),
        request.get_full_path(),
        remembered,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()
