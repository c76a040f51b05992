from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url

from portal.common.practice import practice

LANGUAGE_NAMES = (("nl", "Nederlands"), ("en", "English"))


def site(request: HttpRequest) -> dict[str, Any]:
    """`site`, `canonical_url` and `alternates` (code, own name, path) for every page."""
    path = request.path
    return {
        "site": practice(),
        "practice": practice(),  # allauth's pages put their own `site` over ours
        "canonical_url": settings.SITE_URL + path,
        "alternates": [(code, name, translate_url(path, code)) for code, name in LANGUAGE_NAMES],
        "site_origin": settings.SITE_URL,
    }
