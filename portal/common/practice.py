"""The practice as settings know it; pages and mails show the same."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import get_language


def practice(language: str | None = None) -> dict[str, Any]:
    values = dict(settings.PRACTICE)
    values["coach_bio"] = values[f"coach_bio_{language or get_language() or 'nl'}"]
    values["phone_href"] = "tel:" + "".join(c for c in values["phone"] if c.isdigit() or c == "+")
    values["url"] = settings.SITE_URL
    return values
