"""The page of the webhook: where it goes, its secret, what was told."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from portal.common import times
from portal.common.sealing import SealBrokenError
from portal.common.sight import seen_by
from portal.webhook import registry, switching
from portal.webhook.announcing import body_of
from portal.webhook.forms import WebhookForm
from portal.webhook.models import OutboundEvent, OutboundEventQuerySet, Webhook

PAGE_SIZE = 50
PAGE = "admin:webhook_webhook_changelist"
View = Callable[..., HttpResponse]


def may_change(view: View) -> View:
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("webhook.change_webhook"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapper


@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: HttpRequest) -> HttpResponse:
    changes = request.user.has_perm("webhook.change_webhook")
    if not (changes if request.method == "POST" else request.user.has_perm("webhook.view_webhook")):
        raise PermissionDenied
    hook = Webhook.objects.first() or Webhook()
    if request.method != "POST":
        return webhook_page(request, hook, WebhookForm(hook=hook))
    form = WebhookForm(request.POST, hook=hook)
    if not form.is_valid():
        return webhook_page(request, hook, form, 422)
    switching.set_up(**form.cleaned_data)
    said = _("Saved. The webhook is on.") if form.cleaned_data["is_on"] else _("Saved. The webhook is off.")
    messages.success(request, said)
    return redirect(PAGE)


def webhook_page(request: HttpRequest, hook: Webhook, form: WebhookForm, status: int = 200) -> HttpResponse:
    events = shown(request)
    found = Paginator(events, PAGE_SIZE).get_page(request.GET.get("page"))
    changes = request.user.has_perm("webhook.change_webhook")
    context = {
        "hook": hook,
        "form": form,
        "may_change": changes,
        "secret": secret_of(hook) if changes else "",
        "old_secret_until": said(hook.old_secret_until) if works_still(hook) else "",
        "kinds": [{"event": event, "sample": sample_of(event)} for event in registry.events()],
        "page": found,
        "rows": [row_of(event) for event in found],
        "zone": times.zone_label(times.now(), times.HOST_ZONE),
        "missed": events.not_arrived().can_go_again().count() if found else 0,
        "failing_since": said(hook.failing_since) if hook.is_on and hook.failing_since else "",
    }
    return page(request, "page", str(_("Webhook")), status=status, **context)


@may_change
@require_http_methods(["GET", "HEAD", "POST"])
def new_secret(request: HttpRequest) -> HttpResponse:
    """Asks first: whoever checks the signature has a day to follow."""
    hook = get_object_or_404(Webhook.objects.exclude(sealed_secret=""))
    if request.method == "POST":
        switching.renew_secret()
        messages.success(request, _("There is a new secret. The old one works for another 24 hours."))
        return redirect(PAGE)
    ends = said(hook.old_secret_until) if works_still(hook) else ""
    return page(request, "new_secret", str(_("Make a new secret")), old_secret_until=ends)


@may_change
@require_POST
def send_test(request: HttpRequest) -> HttpResponse:
    if Webhook.objects.filter(is_on=True).exists():
        switching.send_test()
        messages.success(request, _("The test is on its way. Below you see within a minute what came of it."))
    else:
        messages.error(request, _("Switch the webhook on first; nothing was sent."))
    return redirect(PAGE)


@may_change
@require_POST
def send_again(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """One event, or all that did not arrive."""
    events = shown(request)
    wanted = events.filter(public_id=public_id) if public_id else events.not_arrived()
    if not Webhook.objects.filter(is_on=True).exists():
        messages.error(request, _("Switch the webhook on first; nothing was sent."))
    elif count := switching.send_again(wanted):
        words = ngettext("%(count)d event is sent again.", "%(count)d events are sent again.", count)
        messages.success(request, words % {"count": count})
    else:
        messages.warning(request, _("Nothing was sent: it waits already, or what it told was erased."))
    return redirect(PAGE)


# ---- what stands on it ----------------------------------------------------------------------------------
def shown(request: HttpRequest) -> OutboundEventQuerySet:
    return seen_by(request.user, OutboundEvent.objects.all())


def row_of(event: OutboundEvent) -> dict[str, Any]:
    waits = event.status == OutboundEvent.Status.WAITING
    return {
        "event": event,
        "words": _("a test") if event.type == switching.TEST else registry.words_of(event.type),
        "at": times.short_moment(event.occurred_at, times.HOST_ZONE),
        "next": times.short_moment(event.send_after, times.HOST_ZONE) if waits and event.attempts else "",
        "body": pretty(event.body) if event.body else "",
        "can_go_again": bool(event.body) and not waits,
    }


def sample_of(event: registry.Event) -> str:
    return pretty(body_of(event.type, times.now(), event.sample))


def pretty(body: str) -> str:
    return json.dumps(json.loads(body), ensure_ascii=False, indent=2)


def said(at: Any) -> str:
    return f"{times.short_moment(at, times.HOST_ZONE)}, {times.zone_label(at, times.HOST_ZONE)}" if at else ""


def works_still(hook: Webhook) -> bool:
    return hook.old_secret_until is not None and times.now() < hook.old_secret_until


def secret_of(hook: Webhook) -> str:
    try:
        return hook.secret
    except SealBrokenError:
        return ""


def page(
    request: HttpRequest, template: str, title: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    shared = {**admin.site.each_context(request), "opts": Webhook._meta, "title": title}
    return render(request, f"admin/webhook/{template}.html", shared | context, status=status)
