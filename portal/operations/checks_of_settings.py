"""What `check` says of the variables of this room."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from portal.operations.heartbeat import problem_of

SHORTEST_TOKEN = 20


@register()
def operators_settings_are_safe(**kwargs: Any) -> list[Error]:
    found = []
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        found.append(
            Error(
                f"METRICS_TOKEN has fewer than {SHORTEST_TOKEN} signs, so it can be guessed.",
                hint="Make one with `openssl rand -hex 20`.",
                id="portal.E007",
            )
        )
    if re.search(r"[^!-~]", settings.METRICS_TOKEN):
        found.append(
            Error(
                "METRICS_TOKEN has blanks or signs beyond ASCII, which no header carries.",
                hint="Make one with `openssl rand -hex 20`.",
                id="portal.E010",
            )
        )
    if settings.BACKUP_DIR and not Path(settings.BACKUP_DIR).is_absolute():
        found.append(
            Error(
                "BACKUP_DIR is not a whole path, so each program would look somewhere else.",
                hint="Set BACKUP_DIR=/var/backups/draagkracht.",
                id="portal.E011",
            )
        )
    if settings.HEARTBEAT_URL and (problem := problem_of(settings.HEARTBEAT_URL)):
        found.append(Error(problem, id="portal.E008"))
    if settings.ERROR_MAIL and not _is_address(settings.ERROR_MAIL):
        found.append(
            Error("ERROR_MAIL is no address.", hint="Set ERROR_MAIL=beheer@voorbeeld.nl.", id="portal.E009")
        )
    return found


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
