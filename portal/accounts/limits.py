"""Rate limits that hold across processes: one atomic upsert in PostgreSQL per hit."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import connection

from portal.accounts.models import RateCounter
from portal.common import times


def hit(what: str, who: str, *, limit: int, period: timedelta) -> bool:
    """Count one and say whether it is still within `limit` per fixed `period`.

    `who` (an address, an IP address) is stored as a digest only.
    """
    seconds = int(period.total_seconds())
    now = times.now()
    bucket = int(now.timestamp()) // seconds
    digest = hashlib.sha256(who.encode()).hexdigest()[:32]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {RateCounter._meta.db_table} AS c (key, count, expires_at) VALUES (%s, 1, %s)"  # noqa: S608 - the table's own name
            " ON CONFLICT (key) DO UPDATE SET count = c.count + 1 RETURNING count",
            [f"{what}:{digest}:{bucket}", now + period],
        )
        row = cursor.fetchone()
    return bool(row and row[0] <= limit)
