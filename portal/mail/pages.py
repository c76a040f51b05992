"""One mail in the admin: what it says, why it would not leave, stopping it and sending it now."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import SELF
from csp.utils import build_policy
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.common import times
from portal.common.sight import seen_by
from portal.mail import names, outbox, preview, refused, shown
from portal.mail.models import OutboundEmail
from portal.mail.reasons import plain_reason

PAGE = "admin:mail_outboundemail_change"
MAY = "mail.change_outboundemail"
# Of the mail itself: it shows its own style, and can do nothing at all.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
View = Callable[..., HttpResponse]


def find(request: HttpRequest, pk: Any) -> OutboundEmail | None:
    if not str(pk).isdecimal() or len(str(pk)) > 18:
        return None
    found: OutboundEmail | None = seen_by(request.user, OutboundEmail.objects.all()).filter(pk=pk).first()
    return found


def acts(view: View) -> View:
    """For who may stop and send mail."""

    @wraps(view)
    def checked(request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm(MAY):
            raise PermissionDenied
        mail = find(request, pk)
        if mail is None:
            raise Http404
        return view(request, mail)

    return checked


def show(request: HttpRequest, mail: OutboundEmail) -> HttpResponse:
    can_change = can_be_changed(mail)
    seen = preview.of(mail)
    path = names.people(request.user, [mail.to_email]).get(mail.to_email.lower(), "")
    context: dict[str, Any] = {
        "preview": seen,
        "until": times.short_moment(seen.until, times.HOST_ZONE) if seen.until else "",
        "person_path": path,
        "matter": names.matters(request.user, [mail]).get(mail.pk),
        "moment": shown.moment(mail),
        "state": shown.state(mail),
        "explanation": explanation(mail),
        "in_language": dict(settings.LANGUAGES).get(mail.language, "–"),
        "waits": mail.status in OutboundEmail.WAITING,
        "can_change": can_change and request.user.has_perm(MAY),
        "can_send": can_change and seen.can_leave,
        "can_send_again": request.user.has_perm(MAY) and may_try_again(mail),
    }
    response = page(request, mail, "mail", **context)
    # the frame below shows the mail
    response.headers["Content-Security-Policy"] = build_policy(replace={"frame-src": [SELF]})
    return response


@require_safe
@xframe_options_sameorigin
def as_html(request: HttpRequest, pk: int) -> HttpResponse:
    mail = find(request, pk)
    html = preview.of(mail).html if mail else ""
    if not html:
        raise Http404
    return HttpResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})


@require_http_methods(["GET", "HEAD", "POST"])
@acts
def stop(request: HttpRequest, mail: OutboundEmail) -> HttpResponse:
    """Asks first, with what it means."""
    if request.method != "POST":
        if not can_be_changed(mail):
            return redirect(PAGE, mail.pk)
        means = names.name_of(mail.message).if_stopped
        return page(
            request, mail, "stop", title=_("Do not send"), moment=shown.moment(mail), if_stopped=means
        )
    if not outbox.stop(mail, by=str(request.user)):
        mail.refresh_from_db()
        words = _("This mail cannot be stopped any more: %(state)s.")
        messages.warning(request, words % {"state": shown.state(mail)})
        return redirect(PAGE, mail.pk)
    note(request, mail, "stopped")
    mail.refresh_from_db()
    if mail.status == OutboundEmail.Status.LEASED:
        messages.warning(
            request, _("It was being sent at this moment, so it may still arrive. It is not tried again.")
        )
    else:
        messages.success(request, _("Stopped. It is not sent, and not planned again."))
    return redirect(PAGE, mail.pk)


@require_POST
@acts
def send_now(request: HttpRequest, mail: OutboundEmail) -> HttpResponse:
    seen = preview.of(mail)
    if mail.status not in OutboundEmail.WAITING or mail.erase_body:
        words = _("This mail does not wait any more: %(state)s.")
        messages.warning(request, words % {"state": shown.state(mail)})
    elif not seen.can_leave:
        messages.error(request, _("It does not leave now. %(reason)s") % {"reason": seen.why_not})
    elif outbox.send_now(mail):
        note(request, mail, "sent now")
        messages.success(request, _("It leaves within a minute."))
    return redirect(PAGE, mail.pk)


@require_POST
@acts
def send_again(request: HttpRequest, mail: OutboundEmail) -> HttpResponse:
    """What did not arrive, the same once more; whoever sends it asks again whether it may leave."""
    if reason := refused.why_not(mail):
        messages.error(request, _("It does not leave now. %(reason)s") % {"reason": _(reason)})
    elif outbox.send_again(mail):
        note(request, mail, "sent again")
        messages.success(request, _("It leaves within a minute."))
    else:
        messages.warning(
            request, _("This mail cannot be sent again: its time is over, or its words were erased.")
        )
    return redirect(PAGE, mail.pk)


def can_be_changed(mail: OutboundEmail) -> bool:
    """It has not left, and holds no code: that is asked for and used at once."""
    return mail.status in (*OutboundEmail.WAITING, OutboundEmail.Status.LEASED) and not mail.erase_body


def may_try_again(mail: OutboundEmail) -> bool:
    has_failed = mail.status in (*OutboundEmail.UNDELIVERED, OutboundEmail.Status.UNCERTAIN)
    return has_failed and bool(mail.text) and not mail.erase_body and not refused.why_not(mail)


def explanation(mail: OutboundEmail) -> str:
    if mail.status == OutboundEmail.Status.UNCERTAIN:
        return _("Perhaps it arrived. Tips are never sent twice by themselves; you may send it again.")
    return "" if mail.stopped_at else plain_reason(mail)


def note(request: HttpRequest, mail: OutboundEmail, done: str) -> None:
    """In the log of the admin: who did what, and of which row, never to whom."""
    admin.site._registry[OutboundEmail].log_change(request, mail, done)


def page(
    request: HttpRequest, mail: OutboundEmail, name: str, *, title: str = "", **context: Any
) -> HttpResponse:
    shared = {
        **admin.site.each_context(request),
        "title": title or OutboundEmail._meta.verbose_name,
        "subtitle": names.title(mail),
        "opts": OutboundEmail._meta,
        "mail": mail,
    }
    return render(request, f"admin/mail/{name}.html", shared | context)
