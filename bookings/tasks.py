from __future__ import annotations

import logging

from celery import shared_task

from bookings import services
from bookings.calendars import copying, importing
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


@shared_task(name="bookings.import_calendars")
def import_calendars() -> None:
    """Each calendar in a task of its own: a slow one keeps nobody waiting."""
    for pk in importing.due_ids(times.now()):
        import_calendar.delay(pk)


@shared_task(name="bookings.import_calendar")
def import_calendar(pk: int) -> None:
    importing.import_source(pk)


@shared_task(name="bookings.write_calendars")
def write_calendars() -> None:
    """What a lost wake-up left, and what is to be tried again; each calendar in a task of its own."""
    for pk in copying.due_sources(times.now()):
        write_calendar.delay(pk)


@shared_task(name="bookings.write_calendar")
def write_calendar(pk: int) -> None:
    copying.write_source(pk)
