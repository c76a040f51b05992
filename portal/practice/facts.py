"""The practice as pages and mails show it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, pgettext

from portal.practice.known import known

DEMO = {  # what the portal ships with, and what of it may not reach a visitor: by the variable of its first value
    "PRACTICE_NAME": ("practice_name", "Voorbeeldpraktijk"),
    "COACH_NAME": ("coach_name", "Jet van Dalen"),
    "PRACTICE_EMAIL": ("email", "@voorbeeld.nl"),
    "PRIVACY_EMAIL": ("privacy_email", "@voorbeeld.nl"),
    "PRACTICE_PHONE": ("phone", "020 123 45 67"),
    "PRACTICE_ADDRESS": ("address", "Voorbeeldstraat"),
    "PRACTICE_KVK": ("kvk", "00000000"),
    "PRACTICE_VAT_ID": ("vat_id", "NL000000000B00"),
}
NEEDED = ("practice_name", "coach_name", "email", "privacy_email", "address", "kvk")


def practice(language: str | None = None) -> dict[str, Any]:
    language = language or get_language() or "nl"
    now = known()
    values = settings.PRACTICE | dict(now.values)
    if now.coach_name:
        values["coach_name"] = now.coach_name
        values["coach_is_demo"] &= now.coach_name == settings.PRACTICE["coach_name"]
    values["privacy_email"] = values["privacy_email"] or values["email"]
    values["price"] = values.get(f"price_{language}") or free(language)
    values["phone_href"] = "tel:" + "".join(c for c in values["phone"] if c.isdigit() or c == "+")
    values["url"] = settings.SITE_URL
    if now.portrait_digest:
        values["portrait"] = reverse("practice:portrait", args=[now.portrait_digest])
    return values


def free(language: str) -> str:
    """What a call costs unless the coach says otherwise, in the middle of a sentence."""
    with translation.override(language):
        return pgettext("price", "free")


def processors(language: str) -> list[dict[str, str]]:
    """Who keeps data for the practice: name, purpose in that language, country."""
    found = known().values.get("processors", settings.PROCESSORS)
    return [
        one | {"purpose": one.get("purpose_en") or one["purpose"] if language == "en" else one["purpose"]}
        for one in found
    ]


def still_demo() -> list[str]:
    """The variables whose values are those of the demo still, or empty where the law wants something."""
    values = practice()
    return [
        variable
        for variable, (name, demo) in DEMO.items()
        if demo in values[name] or (name in NEEDED and not values[name].strip())
    ]
