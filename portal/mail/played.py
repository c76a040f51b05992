"""Mail of the demo that was due some time ago: written and marked as a worker would have done, and handed to nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q

from portal.common import times
from portal.common.demo import AT
from portal.mail import delivery, smtp
from portal.mail.models import OutboundEmail

DEMO_MAIL = Q(to_email__endswith=AT) | Q(reply_to__endswith=AT)  # to them, and about them to the coach
LEAVES_AFTER = timedelta(seconds=20)  # a worker needs a moment
Status = OutboundEmail.Status


def let_leave(mails: Q, *, until: datetime) -> int:
    """All of these that were due by then, each at its own moment. What waits longer stays planned."""
    gone = 0
    while mail := _next(mails, until):
        with times.as_of(mail.send_after + LEAVES_AFTER):
            claimed = OutboundEmail.objects.filter(pk=mail.pk).claim(
                status=Status.LEASED, attempts=F("attempts") + 1
            )
            if claimed is not None and delivery.prepare(claimed) is not None:
                delivery.mark(claimed, smtp.Sent())
                gone += 1
    return gone


def _next(mails: Q, until: datetime) -> OutboundEmail | None:
    due = OutboundEmail.objects.unsent().filter(mails, send_after__lte=until - LEAVES_AFTER)
    return due.order_by("send_after", "pk").first()
