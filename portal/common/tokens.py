"""Secret links without stored secrets.

A token is an HMAC over purpose, public id and generation, so the database never holds a usable one. In text
that is stored (the outbox) a placeholder stands in its place; delivery fills it in. A placeholder carries a
check of its own: one that a visitor types into a remark stays the text it is.
"""

from __future__ import annotations

import base64
import re

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

PLACEHOLDER = re.compile(r"~~token:([a-z._]+):([0-9A-Za-z]+):(\d+):([\w-]+)~~", re.ASCII)
IN_STORED_TEXT = "placeholder."


def make(purpose: str, public_id: str, generation: int = 0) -> str:
    """A URL-safe token of 256 bits. A new generation makes the old ones worthless."""
    return _make(purpose, public_id, generation, settings.SECRET_KEY)


def is_valid(token: str, purpose: str, public_id: str, generation: int = 0) -> bool:
    """Compare in constant time, with the current key and the fallbacks."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(
        constant_time_compare(token.encode("utf-8", "replace"), _make(purpose, public_id, generation, key))
        for key in keys
    )


def placeholder(purpose: str, public_id: str, generation: int = 0) -> str:
    check = make(IN_STORED_TEXT + purpose, public_id, generation)
    return f"~~token:{purpose}:{public_id}:{generation}:{check}~~"


def fill_in(text: str) -> str:
    return PLACEHOLDER.sub(_token_for, text)


def hide(text: str) -> str:
    """For whoever may read the words and not use the links."""
    return PLACEHOLDER.sub("…", text)


def _token_for(match: re.Match[str]) -> str:
    purpose, public_id, generation, check = match[1], match[2], int(match[3]), match[4]
    if not is_valid(check, IN_STORED_TEXT + purpose, public_id, generation):
        return match[0]
    return make(purpose, public_id, generation)


def _make(purpose: str, public_id: str, generation: int, key: str) -> str:
    digest = salted_hmac(
        f"portal.link.{purpose}", f"{public_id}:{generation}", secret=key, algorithm="sha256"
    ).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
