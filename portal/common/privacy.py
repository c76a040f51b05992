"""What apps tell the privacy page beside periods: their cookies, and who else gets to see something.

They register in `AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise


@dataclass(frozen=True)
class Cookie:
    """`life` is how long a browser keeps it; None until the browser closes."""

    name: str
    words: str | Promise
    life: timedelta | None


@dataclass(frozen=True)
class Recipient:
    """A service outside this portal that gets something of somebody who visits. `country` may be unknown."""

    name: str
    words: str | Promise
    country: str | Promise = ""


_cookies: list[Callable[[], Cookie]] = []
_recipients: list[Callable[[], Iterable[Recipient]]] = []


def register_cookie(func: Callable[[], Cookie]) -> None:
    _cookies.append(func)


def register_recipients(func: Callable[[], Iterable[Recipient]]) -> None:
    """`func` is asked when the page is shown, so that it follows what is connected at that moment."""
    _recipients.append(func)


def cookies() -> list[Cookie]:
    return [func() for func in _cookies]


def recipients() -> list[Recipient]:
    return [one for func in _recipients for one in func()]
