"""Taking due events to the receiver: lease the webhook, post outside any transaction, mark.

One worker at a time asks the receiver, so that one which hangs keeps one child and no more. After a failure it
is left alone for a while, at most five minutes unless it asks for longer, and each event is tried again by the
times of the Standard Webhooks specification; after a longer silence the first that gets through brings the
others forward. At least once, in no promised order: a worker that was killed between the answer and the mark
leaves an event that goes once more, with the same id.
"""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F

from portal.common import times
from portal.common.leases import NO_LEASE
from portal.common.reaching import Network, ReachError
from portal.common.sealing import SealBrokenError
from portal.common.waking import kill_point, wake
from portal.webhook import switching
from portal.webhook.announcing import TASK
from portal.webhook.models import OutboundEvent, Webhook
from portal.webhook.post import Answer, post

logger = logging.getLogger(__name__)

BATCH = 5.0  # seconds in which new events are taken; one takes 15 at most, and the task's soft limit is 30
DELAYS = [
    5,
    300,
    1800,
    7200,
    18000,
    36000,
    50400,
    72000,
    86400,
]  # seconds after each failure: three days in all
JITTER = 0.1
GIVE_UP_AFTER = timedelta(days=3)  # and after a try at each of these times
PAUSES = [5, 30, 60, 300]  # seconds without asking after so many failures in a row
LONGEST_PAUSE = timedelta(hours=6)  # that a receiver can ask for
OFF_AFTER = timedelta(days=5)
AWAY_AFTER = timedelta(minutes=5)  # of failures only; a shorter while is not worth bringing others forward

Problem, Status = OutboundEvent.Problem, OutboundEvent.Status


@dataclass(frozen=True)
class Outcome:
    problem: str = ""  # none: it arrived
    answer: Answer | None = None


def deliver_due(*, network: Network | None = None) -> int:
    """Send what is due, for some seconds. Returns how many were tried; 0 while another worker is at it."""
    started = time.monotonic()
    if not OutboundEvent.objects.due(times.now()).exists():
        return 0
    hook = take()
    if hook is None:
        return 0
    tried = 0
    try:
        while time.monotonic() - started < BATCH and (
            event := OutboundEvent.objects.due(times.now()).first()
        ):
            tried += 1
            if not deliver(hook, event, network):
                break
    finally:
        Webhook.objects.leased_as(hook).update(**NO_LEASE)
    if Webhook.objects.open(times.now()).exists() and OutboundEvent.objects.due(times.now()).exists():
        wake(TASK)  # for the rest, and for what came during our lease
    return tried


def take() -> Webhook | None:
    """The lease; None while another worker has it, or the webhook is off or left alone."""
    hook = Webhook.objects.open(times.now()).free().claim()
    if hook and hook.sending:
        logger.warning("A worker stopped while it sent event %s", hook.sending)
        left = OutboundEvent.objects.waiting().filter(public_id=hook.sending).first()
        if left:
            postpone(left, Outcome(Problem.STOPPED), maybe_duplicate=True)
        Webhook.objects.leased_as(hook).update(sending="")
        hook.sending = ""
    return hook


def deliver(hook: Webhook, event: OutboundEvent, network: Network | None) -> bool:
    """Send one event and mark it. False when the receiver is better left alone for now."""
    at = times.now()
    if not Webhook.objects.leased_as(hook).filter(is_on=True).update(sending=event.public_id):
        return False
    here = OutboundEvent.objects.waiting().filter(pk=event.pk)
    if not here.update(attempts=F("attempts") + 1, tried_at=at):  # erased or cancelled a moment ago
        return bool(Webhook.objects.leased_as(hook).update(sending=""))
    event.refresh_from_db(fields=["attempts", "tried_at", "body"])
    kill_point("before_post")
    outcome = attempt(hook, event, at, network)
    kill_point("after_post")
    return mark(hook, event, outcome)


def attempt(hook: Webhook, event: OutboundEvent, at: datetime, network: Network | None) -> Outcome:
    try:
        answer = post(
            hook.address, event.public_id, event.body.encode(), hook.secrets_at(at), at=at, network=network
        )
    except ReachError as error:
        return Outcome(error.problem)
    except SealBrokenError:
        return Outcome(Problem.SEALED)
    except SoftTimeLimitExceeded:
        return Outcome(Problem.SLOW)
    except Exception:  # whatever it was, it is tried again
        logger.exception("Event %s could not be sent", event.public_id)
        return Outcome(Problem.FAULT)
    if answer.is_good:
        return Outcome(answer=answer)
    return Outcome(Problem.MOVED if 300 <= answer.status < 400 else Problem.STATUS, answer)


# ---- marking ----------------------------------------------------------------------------------------------
def mark(hook: Webhook, event: OutboundEvent, outcome: Outcome) -> bool:
    """Write down what came of it, if the lease still stands. Returns whether to go on with the next."""
    with transaction.atomic():
        state = after_success() if not outcome.problem else after_failure(hook, outcome)
        if not Webhook.objects.leased_as(hook).update(sending="", **state):
            logger.warning("Event %s: the lease was over before its outcome was known", event.public_id)
            return False
        if outcome.problem:
            postpone(event, outcome)
            switch_off_when_hopeless(hook, outcome)
            return False
        code = outcome.answer.status if outcome.answer else None
        done = {"status": Status.SENT, "status_code": code, "problem": "", "answer": ""}
        OutboundEvent.objects.waiting().filter(pk=event.pk).update(**done)
        if hook.failing_since and times.now() - hook.failing_since >= AWAY_AFTER:
            OutboundEvent.objects.waiting().filter(attempts__gt=0).update(send_after=times.now())
        hook.failing_since, hook.failures = None, 0
    return True


def after_success() -> dict[str, Any]:
    return {"failing_since": None, "failures": 0, "paused_until": None}


def after_failure(hook: Webhook, outcome: Outcome) -> dict[str, Any]:
    at = times.now()
    hook.failing_since = hook.failing_since or at
    hook.failures += 1
    pause = timedelta(seconds=PAUSES[min(hook.failures, len(PAUSES)) - 1])
    asked = outcome.answer.retry_after if outcome.answer else None
    pause = max(pause, min(asked or pause, LONGEST_PAUSE))
    return {"failing_since": hook.failing_since, "failures": hook.failures, "paused_until": at + pause}


def postpone(event: OutboundEvent, outcome: Outcome, **fields: Any) -> None:
    """Say what is wrong and when it is tried again, or give it up."""
    at, answer = times.now(), outcome.answer
    fields |= {
        "problem": outcome.problem,
        "status_code": answer.status if answer else None,
        "answer": answer.words if answer else "",
    }
    if event.attempts > len(DELAYS) and at - event.due_at >= GIVE_UP_AFTER:
        fields |= {"status": Status.FAILED}
    else:
        fields |= {"send_after": at + delay(event.attempts)}
    OutboundEvent.objects.waiting().filter(pk=event.pk).update(**fields)


def delay(attempts: int) -> timedelta:
    seconds = DELAYS[min(max(attempts, 1), len(DELAYS)) - 1]
    return timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311 - not a secret


def switch_off_when_hopeless(hook: Webhook, outcome: Outcome) -> None:
    if outcome.answer and outcome.answer.status == 410:
        switching.switch_off(because=Webhook.Off.GONE)
    elif hook.failing_since and times.now() - hook.failing_since >= OFF_AFTER:
        switching.switch_off(because=Webhook.Off.FAILING)
