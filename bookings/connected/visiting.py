"""One visit to one calendar elsewhere at a time, of all workers together: no mail waits for a calendar.

A server that is slow, or never answers, keeps a worker's child for half a minute. So all that is done with
calendars elsewhere, reading and writing, is done under one lease, and the other children are free. A task
makes one visit and wakes the next; what a lost wake-up leaves, the next minute finds.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from bookings.connected import importing, writing
from bookings.connected.copies import TASK
from bookings.models import CalendarCopy, CalendarSource, CalendarVisit
from bookings.models.source import READ_EVERY
from portal.common import times
from portal.common.leases import NO_LEASE
from portal.common.reaching import Network
from portal.common.waking import kill_point, wake

AT_ONCE = datetime.min.replace(tzinfo=UTC)  # somebody who connects a calendar looks at the page
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Due:
    since: datetime
    source: int
    writes: bool


def visit_next(*, network: Network | None = None) -> bool:
    """Visit the calendar that waits longest. False when none waits, or while another worker has the lease:
    that one goes on until none is left."""
    turn = take()
    if turn is None:
        return False
    due = longest_waiting(times.now())
    try:
        if due:
            visit(due, turn, network)
    finally:
        give_back(turn)
    if longest_waiting(times.now()):  # also what came during our lease
        wake(TASK)
    return due is not None


def longest_waiting(now: datetime) -> Due | None:
    line = []
    copies = CalendarCopy.objects.due(now).order_by("next_try_at").values_list("next_try_at", "source")
    if copy := copies.first():
        line.append(Due(*copy, writes=True))
    if source := CalendarSource.objects.due(now).first():
        since = source.last_tried_at + READ_EVERY if source.last_tried_at else AT_ONCE
        line.append(Due(since, source.pk, writes=False))
    return min(line, key=lambda due: due.since, default=None)


def visit(due: Due, turn: CalendarVisit, network: Network | None) -> None:
    CalendarVisit.objects.leased_as(turn).update(source=due.source, writes=due.writes)
    kill_point("in_visit")
    if due.writes:
        writing.write_source(due.source, network=network)
    else:
        importing.import_source(due.source, network=network)


# ---- the lease --------------------------------------------------------------------------------------------
def take() -> CalendarVisit | None:
    """The lease, or None while another worker has it. It lasts longer than a task can."""
    CalendarVisit.objects.get_or_create(pk=CalendarVisit.ONLY)
    turn = CalendarVisit.objects.free().claim()
    if turn and (left := turn.source):
        log.warning("A worker stopped while it was at calendar %d", left.pk)
        (writing.set_back if turn.writes else importing.set_back)(left)
        CalendarVisit.objects.leased_as(turn).update(source=None)
    return turn


def give_back(turn: CalendarVisit) -> None:
    CalendarVisit.objects.leased_as(turn).update(source=None, **NO_LEASE)
