from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes
from django.utils.translation import get_language

from portal.practice.facts import practice

LANGUAGE_NAMES = (("nl", "Nederlands"), ("en", "English"))


def site(request: HttpRequest) -> dict[str, Any]:
    """`site`, `canonical_url` and `alternates` (code, own name, path) for every page."""
    # As it must stand in an address: `//elsewhere/` would be another site, `/\elsewhere/` too in a browser.
    path = escape_leading_slashes(escape_uri_path(request.path))
    return {
        "site": practice(),
        "practice": practice(),  # allauth's pages put their own `site` over ours
        "canonical_url": settings.SITE_URL + path,
        "alternates": _alternates(path, get_language()),
        "site_origin": settings.SITE_URL,
    }


@lru_cache(maxsize=512)  # the routes never change while a process runs
def _alternates(path: str, _current: str | None) -> tuple[tuple[str, str, str], ...]:
    """A path is read in the language of this moment, so that is part of the question."""
    return tuple((code, name, translate_url(path, code)) for code, name in LANGUAGE_NAMES)
