from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language

LANGUAGE_NAMES = (("nl", "Nederlands"), ("en", "English"))


def practice(language: str | None = None) -> dict[str, Any]:
    """The practice as settings know it, in one language; pages and mails show the same."""
    values = dict(settings.PRACTICE)
    values["coach_bio"] = values[f"coach_bio_{language or get_language() or 'nl'}"]
    values["phone_href"] = "tel:" + "".join(c for c in values["phone"] if c.isdigit() or c == "+")
    values["url"] = settings.SITE_URL
    return values


def site(request: HttpRequest) -> dict[str, Any]:
    """`site`, `canonical_url` and `alternates` (code, own name, path) for every page."""
    path = request.path
    return {
        "site": practice(),
        "canonical_url": settings.SITE_URL + path,
        "alternates": [(code, name, translate_url(path, code)) for code, name in LANGUAGE_NAMES],
        "site_origin": settings.SITE_URL,
    }
