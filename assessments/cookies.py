"""This browser's scans: a signed, HttpOnly cookie of its own, apart from the login session.

It only ever opens scans that belong to nobody yet; a scan with an account opens for that account alone. A
scan that was done again stays in the list beside the new one, so that no result is lost by starting over.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from portal.common.privacy import Cookie

SALT = "assessments.scan"
MAX_AGE = timedelta(days=30)
MAX_SCANS = 5
READ = "assessments.scans"  # in the environment of a request: its cookie is read once


def cookie_name() -> str:
    return "__Host-scan" if settings.HTTPS else "scan"


def described() -> Cookie:
    words = _("Which scan belongs to this browser, so that you can go on where you were.")
    return Cookie(cookie_name(), words, MAX_AGE)


def browser_scans(request: HttpRequest) -> list[str]:
    """Public ids, newest first; none when the cookie is missing, was altered or is too old."""
    if READ not in request.META:
        request.META[READ] = read(request.COOKIES.get(cookie_name(), ""))
    return list(request.META[READ])


def read(value: str) -> list[str]:
    try:
        public_ids = signing.loads(value, salt=SALT, max_age=MAX_AGE) if value else []
    except signing.BadSignature:
        return []
    return [public_id for public_id in public_ids if isinstance(public_id, str)]


def remember(request: HttpRequest, response: HttpResponse, public_id: str) -> None:
    """Put a scan first in this browser's list, and let the list live for another thirty days."""
    others = [other for other in browser_scans(request) if other != public_id]
    response.set_cookie(
        cookie_name(),
        signing.dumps([public_id, *others][:MAX_SCANS], salt=SALT),
        max_age=MAX_AGE,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def forget(request: HttpRequest, response: HttpResponse) -> None:
    response.delete_cookie(cookie_name(), samesite="Lax")
