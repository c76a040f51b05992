"""What this process knows of the practice. Every page and mail says it, so it is read once in a few seconds, and shown
as it was while the database is away (decision 0039)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError

from portal.common import patience, times
from portal.common.page_cache import SECONDS
from portal.practice import coach
from portal.practice.models import OwnText, Practice


def _first_texts() -> dict[tuple[str, str], str]:
    return {("coach", code): settings.PRACTICE[f"coach_bio_{code}"] for code in ("nl", "en")}


@dataclass(frozen=True)
class Known:
    """Before the set-up has made a row: nothing, and the environment speaks."""

    values: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[tuple[str, str], str] = field(default_factory=_first_texts)  # by key and language
    coach_name: str = ""
    portrait_digest: str = ""
    is_set_up: bool = False
    hides_first_steps: bool = False


_known, _until = Known(), -math.inf  # until which of the moments of pages


def known() -> Known:
    moment = times.now().timestamp() // SECONDS
    if moment > _until:
        try:
            hold(_read(), moment)
        except DatabaseError:  # as it was, and asked again at the next moment
            hold(_known, moment)
            patience.give_up()  # whatever else this page asks would wait again
    return _known


def hold(what: Known, until: float = math.inf) -> None:
    global _known, _until
    _known, _until = what, until


def forget() -> None:
    """Something was changed by this process: its next page says so. Others follow within SECONDS."""
    hold(_known, -math.inf)
    caches["pages"].clear()


def _read() -> Known:
    row = Practice.objects.defer("portrait").first()
    if row is None:
        return Known(coach_name=coach.name())
    texts = {(one.key, code): one.text(code) for one in OwnText.objects.all() for code in ("nl", "en")}
    return Known(
        row.values, texts, coach.name(), row.portrait_digest, True, row.first_steps_hidden_at is not None
    )
