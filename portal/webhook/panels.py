"""The line on the admin's first page that says the webhook is off or gets no answer. Silent when all is well."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Q
from django.http import HttpRequest

from portal.common import times
from portal.common.panels import Panel
from portal.webhook.models import OutboundEvent, Webhook

FAILING_FOR = timedelta(hours=1)


def webhook_banner(request: HttpRequest) -> Panel | None:
    if not request.user.has_perm("webhook.view_webhook"):
        return None
    failing = Q(is_on=True, failing_since__lte=times.now() - FAILING_FOR)
    hook = Webhook.objects.filter(failing | ~Q(off_reason="")).first()
    if hook is None:
        return None
    waiting = OutboundEvent.objects.waiting().aggregate(count=Count("pk"))["count"]
    return Panel("admin/webhook/_banner.html", {"hook": hook, "waiting": waiting})
