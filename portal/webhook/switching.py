"""What a person does with the webhook, and what it does by itself when nothing arrives any more."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from portal.common import times
from portal.common.waking import wake
from portal.webhook import emails
from portal.webhook.announcing import TASK, body_of
from portal.webhook.models import OutboundEvent, OutboundEventQuerySet, Webhook

TEST = "webhook.test"
Problem, Status = OutboundEvent.Problem, OutboundEvent.Status


@transaction.atomic
def set_up(*, address: str, events: Iterable[str], is_on: bool) -> Webhook:
    """Save what was filled in; an empty address leaves the one that is there. Switching it on begins afresh."""
    Webhook.objects.get_or_create(pk=Webhook.ONLY)
    hook = Webhook.objects.select_for_update().get()
    if address:
        hook.set_address(address)
    was_on, hook.is_on, hook.events = hook.is_on, is_on, list(events)
    if address or is_on != was_on:
        hook.off_reason, hook.failures, hook.failing_since, hook.paused_until = "", 0, None, None
    hook.save()
    if was_on and not is_on:
        cancel_waiting()
    if is_on:
        _wake()
    return hook


@transaction.atomic
def renew_secret() -> None:
    hook = Webhook.objects.select_for_update().get()
    hook.renew_secret(times.now())
    hook.save()


@transaction.atomic
def switch_off(*, because: Webhook.Off) -> None:
    """By itself, with a mail; whatever waits is kept to be sent again by hand."""
    hook = Webhook.objects.filter(is_on=True)
    if hook.update(is_on=False, off_reason=because):
        cancel_waiting()
        emails.send_off(because)


def cancel_waiting() -> None:
    OutboundEvent.objects.waiting().update(status=Status.CANCELLED, problem=Problem.OFF)


@transaction.atomic
def send_test() -> OutboundEvent:
    """One event that tells of nothing, so that somebody sees it arrive."""
    at = times.now()
    event = OutboundEvent(type=TEST, body=body_of(TEST, at, {"test": True}), occurred_at=at)
    event.key = f"test:{event.public_id}"
    event.save()
    _wake()
    return event


@transaction.atomic
def send_again(events: OutboundEventQuerySet) -> int:
    """Put finished events in line once more, as they were and with the same id. Returns how many."""
    at = times.now()
    again = events.can_go_again().update(
        status=Status.WAITING, attempts=0, problem="", answer="", status_code=None, due_at=at, send_after=at
    )
    _wake()
    return again


def _wake() -> None:
    transaction.on_commit(partial(wake, TASK), robust=True)
