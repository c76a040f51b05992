"""System checks for settings that would harm somebody."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Advice

from portal.practice.facts import still_demo
from portal.practice.known import known

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
                "JITSI_URL must be an https address: it stands in mails and on pages.",
                hint="Set JITSI_URL=https://meet.jit.si, or the address of a server of your own.",
                id="portal.E004",
            )
        )
    return found


@register(Tags.security, deploy=True)
def practice_is_real(**kwargs: Any) -> list[Error]:
    """Who runs this must be said truly before anybody is asked for anything (3:15d BW, GDPR 13)."""
    if settings.LOCAL_MODE:
        return []
    found = [
        Error(
            f"{variable} is the demo value, or empty: visitors would read who does not run this site.",
            hint=f"Set {variable} before the first `setup`, or fill it in under ‘Practice’ in the admin.",
            id="portal.E005",
        )
        for variable in still_demo()
    ]
    workers = known().values.get("processors", settings.PROCESSORS)
    told = all(isinstance(one, dict) and {"name", "purpose", "country"} <= one.keys() for one in workers)
    if not workers or not told:
        found.append(
            Error(
                "PROCESSORS names nobody who keeps data for this practice, or not what for and where.",
                hint='Name hosting and mail at least: [{"name": "…", "purpose": "…", "country": "NL"}].',
                id="portal.E006",
            )
        )
    return found


@register(Tags.security, deploy=True)
def mail_that_comes_back_is_seen(**kwargs: Any) -> list[CheckMessage]:
    if settings.LOCAL_MODE or settings.BOUNCE_MAILBOX:
        return []
    return [
        Advice(
            "BOUNCE_MAILBOX is empty: nobody sees that a confirmation came back, and it goes on to dead addresses.",
            hint="Set it to the mailbox of DEFAULT_FROM_EMAIL: imaps://user:password@host:993/INBOX.",
            id="portal.W001",
        )
    ]
