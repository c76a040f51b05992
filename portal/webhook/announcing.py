"""How the rest of the portal tells the webhook: a row in the caller's own transaction.

An event is told if and only if what it tells of happened. Sending it is somebody else's work (`delivery`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import transaction

from portal.common import times
from portal.common.waking import wake
from portal.webhook.models import OutboundEvent, Webhook

TASK = "webhook.deliver"


@dataclass(frozen=True)
class Told:
    """What an event says. A person stands under `contact` in `data` and nowhere else, and `email` is theirs."""

    data: Mapping[str, Any]
    email: str = ""


Tell = Callable[[], "Told | None"]


def announce(event_type: str, *, key: str, tell: Tell) -> None:
    """Tell the webhook of an event, frozen as it is now; `tell` is asked only while somebody wants to know.

    `key` is an idempotency key: an event whose key is there already is not told again. One query while the
    webhook is off. Raises RuntimeError outside a transaction.
    """
    announce_all(event_type, {key: tell})


def announce_all(event_type: str, tells: Mapping[str, Tell]) -> None:
    """As `announce`, of several events by their keys, with as many queries as for one."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(
            "An event is told in the transaction that causes it: call this inside transaction.atomic()."
        )
    if not tells or not is_wanted(event_type):
        return
    at = times.now()
    events = [
        OutboundEvent(
            key=key,
            type=event_type,
            email=told.email,
            body=body_of(event_type, at, told.data),
            occurred_at=at,
            due_at=at,
            send_after=at,
        )
        for key, tell in tells.items()
        if (told := tell()) is not None
    ]
    if events:
        OutboundEvent.objects.bulk_create(events, ignore_conflicts=True)
        transaction.on_commit(partial(wake, TASK), robust=True)


def is_wanted(event_type: str) -> bool:
    return Webhook.objects.filter(is_on=True, events__contains=[event_type]).exists()


def body_of(event_type: str, at: datetime, data: Mapping[str, Any]) -> str:
    payload = {"type": event_type, "timestamp": moment(at), "data": data}
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def moment(at: datetime) -> str:
    """'2026-11-23T12:00:00Z'."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def without_person(body: str) -> str:
    """The same event without the person; empty when nothing is left to tell."""
    payload = json.loads(body)
    payload["data"]["contact"] = None
    if not any(payload["data"].values()):
        return ""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
