"""What the platform does by itself."""

from __future__ import annotations

import logging

from celery import shared_task

from portal.common import retention, times
from portal.operations import heartbeat, signs

logger = logging.getLogger(__name__)


@shared_task(name="portal.clean_up")
def clean_up() -> None:
    for rule, count in retention.carry_out(times.now()):
        if count:
            logger.info("Retention: %s, %d", rule.name, count)


@shared_task(name="portal.tick")
def tick() -> None:
    """Beat sent it, and a worker had time for it: both are well."""
    signs.note("beat")
    signs.note("worker")


@shared_task(name="portal.send_heartbeat")
def send_heartbeat() -> None:
    heartbeat.send()


@shared_task(name="portal.answer")
def answer(nonce: str) -> None:
    """The doctor asks."""
    signs.answer(nonce)
