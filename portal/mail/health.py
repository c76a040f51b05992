"""Whether mail moves. Judged by the age of what waits: a consumer can be alive and do nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Count, Min

from portal.common import times
from portal.mail.models import OutboundEmail, OutboundEmailQuerySet

LONGEST = 120  # seconds that a due message may be left lying


@dataclass(frozen=True)
class Backlog:
    count: int
    oldest_minutes: int


def oldest_due_seconds() -> float:
    """How long the oldest row that may leave right now has been left lying; 0 when there is none."""
    at = times.now()
    oldest = OutboundEmail.objects.unsent().filter(send_after__lte=at).aggregate(at=Min("send_after"))["at"]
    return (at - oldest).total_seconds() if oldest else 0.0


def readiness() -> tuple[bool, dict[str, Any]]:
    """Whether the database answers and mail is not stuck, and what /readyz says of it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        oldest = oldest_due_seconds()
    except DatabaseError:
        return False, {"database": "away"}
    return oldest <= LONGEST, {"oldest_due_seconds": oldest}


def backlog() -> Backlog:
    at = times.now()
    # asked on every page of the admin: by an index, neither the log of a year nor all that is planned
    on_its_way = [*OutboundEmail.WAITING, OutboundEmail.Status.LEASED]
    waiting = OutboundEmail.objects.filter(status__in=on_its_way, due_at__lte=at)
    found = waiting.aggregate(count=Count("pk"), oldest=Min("due_at"))
    age = int((at - found["oldest"]).total_seconds() // 60) if found["oldest"] else 0
    return Backlog(count=found["count"], oldest_minutes=age)


def failed_lately() -> OutboundEmailQuerySet:
    states = [*OutboundEmail.UNDELIVERED, OutboundEmail.Status.UNCERTAIN]
    since = times.now() - timedelta(days=7)
    return OutboundEmail.objects.filter(status__in=states, due_at__gte=since)
