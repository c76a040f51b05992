"""Answers that several of these pages give."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from portal.common.http import View

P = ParamSpec("P")


def post_or(page: str) -> Callable[[View[P]], View[P]]:
    """Act on a POST only; whoever merely opens the address, after an error or in the other language, is led
    to the page it belongs to."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            query = request.GET.urlencode()
            return redirect(reverse(page, args=args, kwargs=kwargs) + (f"?{query}" if query else ""))

        return wrapper

    return decorate


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """The address stands in calendars, which are shared: it opens for whoever proves the mailbox."""
    target = request.path if request.method != "POST" else reverse("accounts:account")
    return redirect(f"{reverse('account_request_login_code')}?{urlencode({'next': target})}")


def busy_words() -> str:
    return _("We are busy for a moment; your time was not confirmed yet. Try again.")


def busy_again_words() -> str:
    return _("We are busy for a moment; nothing was changed. Try again.")


def too_late_words() -> str:
    return _("This call can no longer be changed here. Write or call us and we will find a way together.")


def too_many_words() -> str:
    return _("Three times are held from your network already. Wait a few minutes, or confirm one of them.")
