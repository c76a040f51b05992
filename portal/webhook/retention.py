"""How long events are kept, and what stays of them when a person is erased."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.common.retention import Rule
from portal.webhook.announcing import without_person
from portal.webhook.models import OutboundEvent, OutboundEventQuerySet

ERASED = {OutboundEvent: {"email": "", "body": "", "answer": ""}}
KEPT = {
    OutboundEvent: {
        "public_id": "random",
        "key": "of ids",
        "type": "which event, and of whom it says nothing",
    },
}


def finished(before: datetime) -> OutboundEventQuerySet:
    return OutboundEvent.objects.exclude(status=OutboundEvent.Status.WAITING).filter(due_at__lt=before)


def with_words(before: datetime) -> OutboundEventQuerySet:
    return finished(before).filter(~Q(body="") | ~Q(email="") | ~Q(answer=""))


def erase_words(events: QuerySet[OutboundEvent]) -> None:
    """Of an event stays that it was told, and when."""
    events.update(**ERASED[OutboundEvent])


RULES = (
    Rule(
        name="webhook_bodies",
        models=("webhook.OutboundEvent",),
        old=with_words,
        forget=erase_words,
        words=_("What another program of the coach was told about you"),
    ),
    Rule(
        name="webhook_log",
        models=("webhook.OutboundEvent",),
        old=finished,
        words=_("That something was told to it, without whom it was about"),
    ),
)


def forget_people(emails: Iterable[str]) -> None:
    """Erase people from every event, in the caller's transaction.

    What waits still tells what happened, without the person: that a call is off, say. What would tell of
    nothing but a person goes. One that a worker is sending at this moment may still arrive as it was.
    """
    named = OutboundEvent.objects.filter(email__in=list(emails))
    for event in named.waiting().select_for_update():
        event.body, event.email = without_person(event.body), ""
        if event.body:
            event.save(update_fields=["body", "email"])
        else:
            event.delete()
    erase_words(named)
