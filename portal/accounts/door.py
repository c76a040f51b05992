"""Serialising the requests of one browser while it signs in.

allauth keeps the pending code in the session, and Django reads a session once per request: two parallel
POSTs would both read it before either writes, so eight wrong tries could count as one and a right code
could log in twice. Here the requests of one session wait for each other, and each reads what the one before
wrote.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from portal.accounts import known, services, trusted
from portal.accounts.allauth_internals import proofs
from portal.accounts.models import User
from portal.accounts.sessions import SessionStore, send_cookie
from portal.common import patience
from portal.common.codes import SeveralCodesError, read_code

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def one_at_a_time(view: View[P]) -> View[P]:
    """Run the POSTs of one session one after the other, each in a transaction that holds the session too."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        # A session that the first click just ended has no key any more; its cookie still says which it was.
        key = request.session.session_key or request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if request.method != "POST" or not key:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(patience.lock_timeout_sql())
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
                cursor.execute(patience.after_lock_sql())
            reload_session(request, key)
            response = view(request, *args, **kwargs)
            settle(request, response, key)
        return response

    return wrapper


def reload_session(request: HttpRequest, key: str) -> None:
    """Read the session (and the person) anew: another request may have changed or ended it meanwhile."""
    request.session = SessionStore(key)
    request.user = SimpleLazyObject(lambda: auth.get_user(request))  # type: ignore[assignment]


def settle(request: HttpRequest, response: HttpResponse, old_key: str) -> None:
    """Save the session before the lock is released, and keep the middleware from saving it again afterwards:
    that would overwrite what the next request has changed already.

    A session that became empty is deleted: Django would only drop the cookie, and a browser that kept it
    would find the pending code again.
    """
    session = request.session
    if session.modified:
        if session.is_empty():
            session.flush()
        else:
            try:
                session.save()
            except UpdateError as error:  # ended meanwhile, from another browser or by us
                if response.headers.get("Location") != reverse("accounts:deleted"):
                    raise SessionInterrupted from error
    if session.session_key and session.session_key != old_key:
        send_cookie(session, response)
    session.modified = False


def accept_repeats(view: View[P]) -> View[P]:
    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        code = typed_code(request)
        old_key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if request.method == "POST" and code and old_key:
            if used := services.repeated_code(old_key, code):
                request.session = SessionStore(used.session_key)  # `settle` sends its cookie again
                again = redirect(used.redirect_to)
                if isinstance(user := auth.get_user(request), User):
                    known.remember(request, again, user.email)
                    if trusted.MADE in request.session:
                        trusted.remember(request, again, user)
                return again
            was_member = request.user.is_authenticated
            response = view(request, *args, **kwargs)
            if not was_member and request.user.is_authenticated and response.status_code == 302:
                request.session.save()
                services.remember_code(
                    request, old_session_key=old_key, code=code, redirect_to=response.headers["Location"]
                )
            return response
        return view(request, *args, **kwargs)

    return wrapper


def typed_code(request: HttpRequest) -> str:
    try:
        return read_code(request.POST.get("code", ""))
    except SeveralCodesError:
        return ""


def fresh_sign_in(view: View[P]) -> View[P]:
    """Ask for a new code when the last proof is older than ACCOUNT_REAUTHENTICATION_TIMEOUT seconds.

    allauth asks only people who have a password or a second factor already; a session left open on a borrowed
    machine must not be able to set up the first one.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        newest = max((proof["at"] for proof in proofs(request)), default=0.0)
        if time.time() - newest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return view(request, *args, **kwargs)
        target = request.get_full_path()
        auth.logout(request)
        return redirect(f"{reverse('account_request_login_code')}?{urlencode({'next': target})}")

    return wrapper
