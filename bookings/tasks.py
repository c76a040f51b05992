from __future__ import annotations

import logging

from celery import shared_task

from bookings import services
from bookings.calendars import visiting
from portal.common import times

log = logging.getLogger(__name__)


@shared_task(name="bookings.release_lapsed_holds")
def release_lapsed_holds() -> None:
    if released := services.release_lapsed_holds():
        log.info("Released %d lapsed holds", released)
    services.lapse_entries()
    services.forget_changes()


@shared_task(name="bookings.forget_past")
def forget_past() -> None:
    services.forget_past(times.now())


@shared_task(name="bookings.visit_calendar")
def visit_calendar() -> None:
    """One calendar elsewhere, to be read or written; the visit wakes the next."""
    visiting.visit_next()
