"""This browser's scan: a signed, HttpOnly cookie of its own, apart from the login session.

It only ever names a scan that belongs to nobody yet; a scan with an account opens for that account alone.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

SALT = "assessments.scan"
MAX_AGE = timedelta(days=30)


def cookie_name() -> str:
    return "__Host-scan" if settings.HTTPS else "scan"


def browser_scan(request: HttpRequest) -> str | None:
    """The public id in this browser's cookie; None when there is none, or it was altered or is too old."""
    value = request.COOKIES.get(cookie_name(), "")
    try:
        public_id = signing.loads(value, salt=SALT, max_age=MAX_AGE) if value else None
    except signing.BadSignature:
        return None
    return public_id if isinstance(public_id, str) else None


def remember(response: HttpResponse, public_id: str) -> None:
    response.set_cookie(
        cookie_name(),
        signing.dumps(public_id, salt=SALT),
        max_age=MAX_AGE,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def forget(request: HttpRequest, response: HttpResponse) -> None:
    """Drop the cookie, at sign-out."""
    response.delete_cookie(cookie_name(), samesite="Lax")
