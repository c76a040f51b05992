"""The platform's own figures: mail, the webhook, and who was last seen at work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Min

from portal.mail import health
from portal.mail.models import OutboundEmail
from portal.operations import signs
from portal.operations.measures import Measure, Sample, by_state, one
from portal.webhook.models import OutboundEvent


def of_platform(at: datetime) -> Sequence[Measure]:
    """Four queries, each by an index of its own."""
    return [*_mail(at), *_webhook(at), _seen()]


def _mail(at: datetime) -> list[Measure]:
    due = OutboundEmail.objects.unsent().filter(send_after__lte=at)
    waiting = due.order_by().aggregate(count=Count("pk"), oldest=Min("send_after"))
    states = [*OutboundEmail.UNDELIVERED, OutboundEmail.Status.UNCERTAIN]
    found = dict(health.failed_lately().order_by().values_list("status").annotate(Count("pk")))
    return [
        one("portal_mail_due", "Mails that may leave now and have not.", waiting["count"]),
        one(
            "portal_mail_oldest_due_seconds",
            "How long the oldest of them waits.",
            _age(at, waiting["oldest"]),
        ),
        by_state(
            "portal_mail_not_delivered",
            "Mails of the last seven days that failed, came back or perhaps left.",
            {str(state): found.get(state, 0) for state in states},
        ),
    ]


def _webhook(at: datetime) -> list[Measure]:
    due = OutboundEvent.objects.waiting().filter(due_at__lte=at)
    waiting = due.order_by().aggregate(count=Count("pk"), oldest=Min("due_at"))
    return [
        one(
            "portal_webhook_waiting", "Events that the webhook's receiver has not got yet.", waiting["count"]
        ),
        one(
            "portal_webhook_oldest_seconds", "How long the oldest of them waits.", _age(at, waiting["oldest"])
        ),
    ]


def _seen() -> Measure:
    """Who was never seen has no line: an age of nothing would be a lie."""
    samples = [Sample(age, {"process": who}) for who, age in sorted(signs.ages().items())]
    return Measure("portal_seen_seconds_ago", "When beat and a worker were last seen at work.", samples)


def _age(at: datetime, oldest: datetime | None) -> float:
    return (at - oldest).total_seconds() if oldest else 0.0
