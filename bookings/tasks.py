from __future__ import annotations

import logging

from celery import shared_task

from bookings import services

log = logging.getLogger(__name__)


@shared_task(name="bookings.release_lapsed_holds")
def release_lapsed_holds() -> None:
    if released := services.release_lapsed_holds():
        log.info("Released %d lapsed holds", released)
