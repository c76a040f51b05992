"""The mark of a browser in which somebody signed in before: a signed, HttpOnly cookie.

Whoever has it is not kept out by what others ask for (`codes`). It opens nothing by itself, holds keyed
digests of addresses instead of addresses, and is the same in every browser of one person.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from portal.common.privacy import Cookie

SALT = "accounts.known"
MAX_AGE = timedelta(days=365)
MAX_ADDRESSES = 5


def cookie_name() -> str:
    return "__Host-known" if settings.HTTPS else "known"


def described() -> Cookie:
    words = _("So that nobody else can keep you out by asking for many codes. Your address is not in it.")
    return Cookie(cookie_name(), words, MAX_AGE)


def is_known(request: HttpRequest, email: str) -> bool:
    return _digest(email) in _digests(request)


def remember(request: HttpRequest, response: HttpResponse, email: str) -> None:
    own = _digest(email)
    others = [other for other in _digests(request) if other != own]
    response.set_cookie(
        cookie_name(),
        signing.dumps([own, *others][:MAX_ADDRESSES], salt=SALT),
        max_age=MAX_AGE,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(cookie_name(), samesite="Lax")


def _digests(request: HttpRequest) -> list[str]:
    value = request.COOKIES.get(cookie_name(), "")
    try:
        digests = signing.loads(value, salt=SALT, max_age=MAX_AGE) if value else []
    except signing.BadSignature:
        return []
    return [digest for digest in digests if isinstance(digest, str)]


def _digest(email: str) -> str:
    return salted_hmac(SALT, email.lower(), algorithm="sha256").hexdigest()[:32]
