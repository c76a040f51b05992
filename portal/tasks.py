"""What the platform does by itself."""

from __future__ import annotations

import logging

from celery import shared_task

from portal.common import retention, times

logger = logging.getLogger(__name__)


@shared_task(name="portal.clean_up")
def clean_up() -> None:
    for rule, count in retention.carry_out(times.now()):
        if count:
            logger.info("Retention: %s, %d", rule.name, count)
