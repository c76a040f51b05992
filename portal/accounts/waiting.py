"""What was ticked or typed for an address that is not proven yet.

It belongs to that address and to the code that was asked for with it: the next code of this browser takes its
place, and whoever signs in with another address finds nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from portal.accounts import typed

KEY = "waiting"  # of what is kept as typed


def keep(request: HttpRequest, email: str, waiting: Mapping[str, Any]) -> None:
    typed.keep(request, **{KEY: {"email": email, "for": dict(waiting)}})


def find(request: HttpRequest, email: str, name: str) -> Any:
    kept = typed.find(request, KEY)
    return kept["for"].get(name) if kept and kept["email"] == email else None


def is_waiting(request: HttpRequest, name: str) -> bool:
    """For whichever address."""
    kept = typed.find(request, KEY)
    return bool(kept and name in kept["for"])


def drop(request: HttpRequest, name: str = "") -> None:
    """Forget what waits, or only if it is this: its code was typed, or somebody thought better of it."""
    kept = typed.find(request, KEY)
    if kept and (not name or name in kept["for"]):
        typed.drop(request, KEY)
