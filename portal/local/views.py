"""Pages of this machine only: the mail that was caught, and the coach's one-time sign-in link."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from pathlib import Path
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.allauth_internals import note_second_factor
from portal.accounts.models import User
from portal.common.http import private
from portal.local import mailbox, sign_in

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

logger = logging.getLogger(__name__)

# Each proxy has a name of its own for whom it asks for; what browsers send of themselves is known.
OF_A_BROWSER = re.compile(
    r"Host|User-Agent|Connection|(Accept|Sec|If)(-[\w-]+)?|Content-(Length|Type)|Cookie|Origin|Referer"
    r"|Cache-Control|Pragma|Range|TE|Priority|Upgrade-Insecure-Requests|Dnt|Save-Data|(X-)?Purpose|X-Moz",
    re.IGNORECASE,
)
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
)


def this_machine_only(view: View[P]) -> View[P]:
    """Open the page to anybody on this machine, to nobody else; the browser keeps no copy."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        is_from_here = ip_address(request.META["REMOTE_ADDR"]).is_loopback
        if not is_from_here or came_through_a_proxy(request):
            raise Http404
        return view(request, *args, **kwargs)

    return login_not_required(private(wrapper))


def came_through_a_proxy(request: HttpRequest) -> bool:
    """A proxy on this machine asks from here for somebody elsewhere. It adds a header, or speaks the HTTP of
    1996 as no browser does; the settings allow no host but this machine's own."""
    added = [name for name in request.headers if not OF_A_BROWSER.fullmatch(name)]
    if added:
        logger.warning("Closed to what sends %.60s: no browser on this machine does.", added[0])
    return bool(added) or request.META["SERVER_PROTOCOL"] == "HTTP/1.0"


@this_machine_only
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    return render(request, "local/mail_list.html", {"mails": mailbox.newest(mail_folder()), "noindex": True})


@this_machine_only
@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "local/mail.html", {"mail": mail_or_404(name), "noindex": True})


@this_machine_only
@require_safe
@xframe_options_sameorigin
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    content = f'<base target="_top">{mail_or_404(name).html}'
    return HttpResponse(content, headers={"Content-Security-Policy": MAIL_POLICY})


@this_machine_only
@require_safe
def mail_raw(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(mail_or_404(name).raw, content_type="text/plain; charset=utf-8")


@this_machine_only
@require_safe
def mail_attachment(request: HttpRequest, name: str, number: int) -> HttpResponse:
    found = next((item for item in mail_or_404(name).attachments if item.number == number), None)
    if found is None:
        raise Http404
    response = HttpResponse(found.content, content_type=found.content_type)
    response.headers["Content-Disposition"] = "attachment"
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


@this_machine_only
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    state = settings.LOCAL_STATE_DIR
    coach = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if request.method == "POST" and coach is not None and sign_in.use(state, token):
        login(request, coach, backend="django.contrib.auth.backends.ModelBackend")
        note_second_factor(request, coach, kind="local")
        return redirect("admin:index")
    is_valid = request.method != "POST" and coach is not None and sign_in.is_valid(state, token)
    context = {"is_valid": is_valid, "coach": coach, "noindex": True}
    return render(request, "local/sign_in.html", context, status=200 if is_valid else 410)


def mail_or_404(name: str) -> mailbox.Message:
    message = mailbox.read(mail_folder(), name)
    if message is None:
        raise Http404
    return message


def mail_folder() -> Path:
    return Path(settings.LOCAL_STATE_DIR) / "mail"
