"""How somebody came here goes along to the form that asks for it, put in as a page leaves: there, and in its links.

So a page that is kept for all holds nothing of it (decision 0033).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from portal import sitemaps
from portal.common import came_from

# As templates write them; what people type is escaped, so it never looks like this.
FIELD = f'<input type="hidden" name="{came_from.FIELD}" value="">'  # components/came_from.html
LINK = re.compile(r'(?<= href=")(/[^"?#]*|(?=\?))(\?[^"#]*)?(#[^"]*)?(?=")')


def carry(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method in {"GET", "HEAD"} and is_page(response):
            token = came_from.token(came_from.of(request))
            response.content = filled_in(response.text, request.path, token) if token else response.content
        return response

    return middleware


def is_page(response: HttpResponse) -> bool:
    return not response.streaming and response.headers.get("Content-Type", "").startswith("text/html")


def filled_in(text: str, here: str, token: str) -> str:
    def link(found: re.Match[str]) -> str:
        path, query, place = found[1] or here, found[2] or "", found[3] or ""
        goes_along = path in public_paths() or (not found[1] and FIELD in text)
        if not goes_along or f"{came_from.VIA}=" in query:
            return found[0]
        if place and path == here and not query:
            return place
        joined = f"{query}&amp;" if query else "?"
        return f"{found[1]}{joined}{came_from.VIA}={token}{place}"

    return LINK.sub(link, text.replace(FIELD, FIELD.replace('value=""', f'value="{token}"')))


@cache  # the routes never change while a process runs
def public_paths() -> frozenset[str]:
    """The pages that search engines know, and those on the way to a form that asks for it, in every language."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {reverse(name, kwargs=kwargs) for name, kwargs in sitemaps.PAGES}
            found |= {reverse(name) for name in came_from.ALONG}
    return frozenset(found)
