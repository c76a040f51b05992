"""Rate limits that hold across processes: one atomic upsert in PostgreSQL for each that is taken."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils.crypto import salted_hmac

from portal.accounts.models import RateCounter
from portal.common import times


def take(what: str, who: str, *, limit: int, period: timedelta) -> datetime | None:
    """Take one of the `limit` that `who` has in any `period`. None when it was taken.

    Otherwise nothing is counted, and the instant is returned at which there is one again. `who` (an address,
    a network) is kept as a keyed digest only.
    """
    now = times.now()
    table, key = RateCounter._meta.db_table, _key(what, who)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS c (key, hits, expires_at)"  # noqa: S608 - the table's own name
            " VALUES (%(key)s, ARRAY[%(now)s], %(expires_at)s)"
            " ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at,"
            " hits = ARRAY(SELECT hit FROM unnest(c.hits) AS hit WHERE hit > %(since)s) || excluded.hits"
            " WHERE (SELECT count(*) FROM unnest(c.hits) AS hit WHERE hit > %(since)s) < %(limit)s"
            " RETURNING key",
            {"key": key, "now": now, "since": now - period, "limit": limit, "expires_at": now + period},
        )
        if cursor.fetchone():
            return None
    hits = _hits(key, now - period)
    return hits[-limit] + period if len(hits) >= limit else now


def taken(what: str, who: str, *, period: timedelta) -> int:
    return len(_hits(_key(what, who), times.now() - period))


def give_back(what: str, who: str) -> None:
    """Undo the newest `take`: it turned out not to count."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {RateCounter._meta.db_table}"  # noqa: S608 - the table's own name
            " SET hits = trim_array(hits, 1) WHERE key = %s AND cardinality(hits) > 0",
            [_key(what, who)],
        )


def forget(what: str, who: str) -> None:
    RateCounter.objects.filter(key=_key(what, who)).delete()


def _hits(key: str, since: datetime) -> list[datetime]:
    counter = RateCounter.objects.filter(key=key).first()
    return sorted(hit for hit in counter.hits if hit > since) if counter else []


def _key(what: str, who: str) -> str:
    return f"{what}:{salted_hmac('accounts.limits', who, algorithm='sha256').hexdigest()}"
