"""The lock under which a host's calendar changes.

Whoever changes a calendar first locks the host's row, so that writers queue instead of deadlocking on the
exclusion constraint, which is the backstop.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import DatabaseError, connection, transaction

from bookings.errors import BusyError, DeadlockError, SlotTakenError
from bookings.models import Host
from portal.common import patience

TAKEN_STATES = {"23P01"}  # exclusion violation
DEADLOCK_STATES = {"40P01", "40001"}  # deadlock, serialization failure
BUSY_STATES = {"55P03", "57014"}  # lock timeout, statement timeout


@contextmanager
def host_locked(host_id: int) -> Iterator[None]:
    """One short transaction in which nobody else changes this host's calendar.

    Raises BusyError when the lock is not had in time, DeadlockError, and SlotTakenError when the exclusion
    constraint refuses what was written.
    """
    calendar = f"host {host_id}"
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(patience.lock_timeout_sql(calendar))
                # FOR NO KEY UPDATE: rows that merely point to this host would deadlock at their commit
                Host.objects.select_for_update(no_key=True).only("pk").get(pk=host_id)
                cursor.execute(patience.after_lock_sql())
            yield
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "")
        if state in TAKEN_STATES:
            raise SlotTakenError from error
        if state in DEADLOCK_STATES:
            raise DeadlockError from error
        if state in BUSY_STATES:
            patience.note_timeout(calendar)
            raise BusyError from error
        raise


@contextmanager
def every_host_locked() -> Iterator[None]:
    """All calendars, in one order, for what may touch any of them. Raises BusyError."""
    with ExitStack() as stack:
        for host_id in Host.objects.order_by("pk").values_list("pk", flat=True):
            stack.enter_context(host_locked(host_id))
        yield


def take_advisory_locks(*names: str) -> None:
    """Advisory locks, until the transaction ends, on persons (across all calendars) or on the waitlist.

    Inside `host_locked`. The order is fixed, which rules out deadlocks: the host's row, then persons, then the
    waitlist, and never another host after one of these.
    """
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"bookings:{name}"])
