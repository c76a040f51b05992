from __future__ import annotations

import logging

from celery import shared_task

from bookings.calls import holds
from bookings.connected import visiting
from bookings.waitlist import entries

log = logging.getLogger(__name__)


@shared_task(name="bookings.release_lapsed_holds")
def release_lapsed_holds() -> None:
    if released := holds.release_lapsed_holds():
        log.info("Released %d lapsed holds", released)
    entries.lapse_entries()


@shared_task(name="bookings.visit_calendar")
def visit_calendar() -> None:
    visiting.visit_next()
