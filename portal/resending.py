"""A form of our own that came with an old token, or after its session ended, is shown again, to be sent once
more by one press.

Signing in changes the token, while the other tabs of the browser still hold the old one. Nothing typed there
may be lost; nothing may be sent either without a press on a page that says what goes and as whom. So this
holds only for forms that come from a page of this very site, and it never sends by itself.

Whoever is signed out signs in in another tab. The page that waits cannot know who that was: it is asked for
anew, by again.js on coming back or else by its button. Then it says who, and the next press sends.

Which words belong to the fields of a form is known by its app; it registers a reader in `AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import CharField, TextField
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal.common.http import is_member

MAX_SIGNS = 64_000  # names and values together; what people type is far below it
FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}
TOKEN_FIELD = "csrfmiddlewaretoken"  # noqa: S105 - a name
SECRETS = {"address", "password", "secret"}  # sent along, never shown


@dataclass(frozen=True)
class Row:
    """One thing that was filled in, as a person reads it. `about` is the question, where it is long."""

    label: str
    words: str
    about: str = ""


Reader = Callable[[HttpRequest], list[Row]]
_readers: list[Reader] = []


def register_reader(func: Reader) -> None:
    """Let `func` say what was filled in, for the forms it knows; it gets every form, and shows no secret."""
    _readers.append(func)


def can_be_sent_again(request: HttpRequest) -> bool:
    return _origin(request) == f"{request.scheme}://{request.get_host()}" and is_filled_in(request)


def is_filled_in(request: HttpRequest) -> bool:
    return (
        request.method == "POST"
        and request.content_type in FORM_TYPES
        and sum(len(name) + len(value) for name, value in _fields(request)) <= MAX_SIGNS
    )


def page(request: HttpRequest, reason: str = "", *, is_signed_out: bool = False) -> HttpResponse:
    """What was filled in, and one button. `is_signed_out`: first somebody has to sign in, in another tab."""
    context = {
        **sent(request),
        "is_signed_out": is_signed_out,
        "has_no_cookie": reason == REASON_NO_CSRF_COOKIE,
        "noindex": True,
    }
    response = render(request, "send_again.html", context, status=403)
    response.headers["Cache-Control"] = "no-store"
    return response


def sent(request: HttpRequest) -> dict[str, Any]:
    return {"fields": _fields(request), "rows": _rows(request), "has_files": bool(request.FILES)}


def _rows(request: HttpRequest) -> list[Row]:
    rows: list[Row] = []
    for row in (row for read in _readers for row in read(request)):
        if row.words.strip() and not any((row.label, row.words) == (one.label, one.words) for one in rows):
            rows.append(row)
    return rows


def _origin(request: HttpRequest) -> str:
    """Where the form says it was sent from; 'null' and another site are never this one."""
    if "Origin" in request.headers:
        return request.headers["Origin"]
    try:
        referrer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    return f"{referrer.scheme}://{referrer.netloc}"


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    lists = request.POST.lists()
    return [(name, str(value)) for name, values in lists if name != TOKEN_FIELD for value in values]


def read_person(request: HttpRequest) -> list[Row]:
    """Name and address: the fields that have the same name on every page. Whoever is signed in keeps the
    proven address, whatever was typed before; the page names it."""
    rows = [Row(_("Name"), request.POST.get("name", ""))]
    is_of_admin = request.resolver_match is not None and request.resolver_match.namespace == "admin"
    if is_of_admin or not is_member(request):
        rows.append(Row(_("E-mail address"), request.POST.get("email", "")))
    return rows


def read_model(request: HttpRequest) -> list[Row]:
    """What was typed in a form of the admin, by the names its model gives; a choice is not typed."""
    admin = getattr(request.resolver_match.func if request.resolver_match else None, "model_admin", None)
    fields = admin.model._meta.get_fields() if admin else []
    return [
        Row(str(field.verbose_name), request.POST.get(field.name, ""))
        for field in fields
        if isinstance(field, CharField | TextField) and not field.choices and field.name not in SECRETS
    ]
