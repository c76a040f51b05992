"""How somebody came here: the words of the link, and the site before it. No cookie holds it (decision 0033).

It travels signed: in the hidden field of the form that asks for it, and as `via` on our own links to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from portal.common.names import clean_line

FIELD, VIA = "came_from", "via"
WORDS = ("van", "utm_source", "utm_medium", "utm_campaign")
REFERRER = "referrer"
NAMES = (*WORDS, REFERRER, "utm_content", "utm_term")  # what matters most comes first
MAX_SIGNS = 100  # of each
MAX_TOKEN = 2000  # signs: an address of 4094 is the longest that a server takes
LIFE = timedelta(days=1)
SALT = "portal.came_from"
ALONG: list[str] = []  # names of pages that are in no sitemap and lead to a form that asks for it


def go_along_to(*names: str) -> None:
    """To these pages too. Apps say so in `AppConfig.ready()`."""
    ALONG.extend(names)


def of(request: HttpRequest) -> dict[str, str]:
    """A link with words, or a site elsewhere, is coming anew; whoever goes on here brings along what was."""
    asked = {name: request.GET.get(name) for name in NAMES if name != REFERRER}
    along = request.GET.get(VIA) or request.GET.get(FIELD, "")  # by a link, or by a form that only looks
    return cleaned({**asked, REFERRER: site_before(request)}) or read(along)


def site_before(request: HttpRequest) -> str:
    """The scheme and host of another site that led here; never its page."""
    try:
        before = urlsplit(request.headers.get("Referer", ""))
        host = before.netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
    own = {request.get_host().lower(), urlsplit(settings.SITE_URL).netloc.lower()}
    return (
        f"{before.scheme}://{host}" if before.scheme in {"http", "https"} and host not in own | {""} else ""
    )


def cleaned(said: Mapping[str, Any]) -> dict[str, str]:
    """The names that are known, each one line of so many signs, without control and bidirectional ones."""
    lines = {name: said[name] for name in NAMES if isinstance(said.get(name), str)}
    short = {name: clean_line(text[: 10 * MAX_SIGNS])[:MAX_SIGNS].strip() for name, text in lines.items()}
    return {name: text for name, text in short.items() if text}


def token(came_from: Mapping[str, str]) -> str:
    """Signed; empty for nothing. What matters least is left out where it would get too long for an address."""
    left = dict(came_from)
    while left:
        signed = signing.dumps(left, salt=SALT, compress=True)
        if len(signed) <= MAX_TOKEN:
            return signed
        left.popitem()
    return ""


def read(signed: str) -> dict[str, str]:
    """Nothing when it was altered, is too old or was signed elsewhere."""
    try:
        said = signing.loads(signed, salt=SALT, max_age=LIFE)
    except signing.BadSignature:
        return {}
    return cleaned(said) if isinstance(said, dict) else {}


def source(touch: Mapping[str, str]) -> str:
    """In a word or two by which way: what the link says, else the name of the site before it."""
    site = touch.get(REFERRER, "").partition("://")[2].removeprefix("www.")
    return (touch.get("van") or touch.get("utm_source") or site).lower()


def sent(request: HttpRequest) -> dict[str, str]:
    """What a form brought along."""
    return read(request.POST.get(FIELD, ""))
