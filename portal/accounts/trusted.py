"""Browsers in which the second step is not asked for, for RETENTION["trusted_browsers"] after it was taken there.

The cookie holds a random token, the row its digest. A browser is trusted for one person at a time. Trust spares
a code when signing in and counts for nothing else: what asks for the second step again asks here too.
"""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import TrustedBrowser, TrustedBrowserQuerySet, User
from portal.accounts.sessions import device_of
from portal.common import times
from portal.common.privacy import Cookie

MOST = 10  # for one person; then the one that was used longest ago is trusted no more
CAME_BY, MADE = "trusted", "trusting"  # in a session: the row by which it came in, and the one it made


def cookie_name() -> str:
    return "__Host-trusted" if settings.HTTPS else "trusted"


def described() -> Cookie:
    words = _(
        "Only when you asked for it at the second step of signing in: so that it is not asked here again."
    )
    return Cookie(cookie_name(), words, settings.RETENTION["trusted_browsers"])


@transaction.atomic
def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Trust this browser from now on. Whoever presses twice has trusted it once: a session makes one row."""
    token = secrets.token_urlsafe(32)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two browsers at once: one after the other
    TrustedBrowser.objects.filter(digest=digest(request.COOKIES.get(cookie_name(), ""))).delete()
    user.trusted_browsers.filter(public_id=request.session.get(MADE, "")).delete()
    kept = user.trusted_browsers.values_list("pk", flat=True)[: MOST - 1]
    user.trusted_browsers.exclude(pk__in=list(kept)).delete()
    row = TrustedBrowser.objects.create(user=user, digest=digest(token), **device_of(request))
    request.session[MADE] = row.public_id
    response.set_cookie(
        cookie_name(),
        token,
        max_age=settings.RETENTION["trusted_browsers"],
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def use(request: HttpRequest, user: User) -> bool:
    """Whether this browser is trusted for this person; notes that the trust was used."""
    token = request.COOKIES.get(cookie_name(), "")
    row = user.trusted_browsers.trusted().filter(digest=digest(token)).first() if token else None
    if row is None:
        return False
    user.trusted_browsers.filter(pk=row.pk).update(used_at=times.now())
    request.session[CAME_BY] = row.public_id
    return True


@transaction.atomic
def withdraw(rows: TrustedBrowserQuerySet, user: User, *, but: str = "") -> int:
    """Trust these no more, and sign out where trust let somebody in; not in the session with the key `but`."""
    ids = set(rows.values_list("public_id", flat=True))
    for session in user.sessions.exclude(session_key=but):
        kept = session.get_decoded()
        if ids & {kept.get(CAME_BY), kept.get(MADE)}:
            session.delete()
    count, _by_model = user.trusted_browsers.filter(public_id__in=ids).delete()
    return count


def digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
