"""System checks for settings that would harm somebody."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.checks import Error, register

JITSI = re.compile(r"https://[a-z0-9.-]+(:\d+)?(/[\w.-]+)*", re.IGNORECASE)


@register()
def settings_are_safe(**kwargs: Any) -> list[Error]:
    found = []
    if "*" in settings.ALLOWED_HOSTS:
        found.append(Error("ALLOWED_HOSTS must name hosts; '*' trusts everybody.", id="portal.E002"))
    if not settings.LOCAL_MODE and settings.COACH_EMAIL.endswith("@voorbeeld.nl"):
        found.append(
            Error(
                "COACH_EMAIL is the demo address, and that address becomes the first admin account.",
                hint="Set COACH_EMAIL to the coach's own mailbox.",
                id="portal.E003",
            )
        )
    if not JITSI.fullmatch(settings.JITSI_URL):
        found.append(
            Error(
                "JITSI_URL must be an https address: the link to a call stands in mails and on pages.",
                hint="Set JITSI_URL=https://meet.jit.si, or the address of a server of your own.",
                id="portal.E004",
            )
        )
    return found
