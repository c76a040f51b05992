"""The lock under which a host's calendar changes.

Whoever changes it first locks the host's row, so that people wait in line instead of running into each other;
the exclusion constraint is the backstop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import DatabaseError, connection, transaction

from bookings.errors import BusyError, CrossedError, SlotTakenError
from bookings.models import Host
from portal.common import patience

TAKEN_STATES = {"23P01"}  # exclusion violation
CROSSED_STATES = {"40P01", "40001"}  # deadlock, serialization failure
BUSY_STATES = {"55P03", "57014"}  # lock timeout, statement timeout


@contextmanager
def host_locked(host_id: int) -> Iterator[Host]:
    """One short transaction in which nobody else changes this host's calendar."""
    calendar = f"host {host_id}"
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(patience.waiting_statement(calendar))
                # not against rows that merely point to this host: at their commit they would wait in a circle
                host = Host.objects.select_for_update(of=("self",), no_key=True).get(pk=host_id)
                cursor.execute(patience.working_statement())
            yield host
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "")
        if state in TAKEN_STATES:
            raise SlotTakenError from error
        if state in CROSSED_STATES:
            raise CrossedError from error
        if state in BUSY_STATES:
            patience.in_vain(calendar)
            raise BusyError from error
        raise


@contextmanager
def every_host_locked() -> Iterator[None]:
    """All calendars, in one order, for what may touch any of them. Raises BusyError."""
    with ExitStack() as stack:
        for host_id in Host.objects.order_by("pk").values_list("pk", flat=True):
            stack.enter_context(host_locked(host_id))
        yield


def in_line_for(*names: str) -> None:
    """Wait for whoever does something for the same person in another coach's calendar; inside `host_locked`.

    Always after the host's lock and never before another, first for persons and then for the waitlist, so
    that nobody waits in a circle.
    """
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"bookings:{name}"])
