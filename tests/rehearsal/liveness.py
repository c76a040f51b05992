"""When a time was taken, by every booking there was: rows change, so a trigger writes down what they were.

For as long as the people of `traffic` are there; nothing of the portal sees it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg

WATCH = """
CREATE SCHEMA rehearsal;
CREATE TABLE rehearsal.taken (id bigserial, booking bigint, host bigint, footprint tstzrange, until timestamptz,
    is_live boolean, at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION rehearsal.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO rehearsal.taken (booking, host, footprint, until, is_live)
        VALUES (OLD.id, OLD.host_id, OLD.footprint, NULL, false);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO rehearsal.taken (booking, host, footprint, until, is_live)
        VALUES (NEW.id, NEW.host_id, NEW.footprint, NEW.expires_at, NEW.status IN ('held', 'confirmed'));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER rehearsal_taken AFTER INSERT OR UPDATE OR DELETE ON bookings_booking
    FOR EACH ROW EXECUTE FUNCTION rehearsal.note();
INSERT INTO rehearsal.taken (booking, host, footprint, until, is_live, at)
    SELECT id, host_id, footprint, expires_at, true, '-infinity' FROM bookings_booking
    WHERE status IN ('held', 'confirmed');
"""
FORGET = "DROP TRIGGER IF EXISTS rehearsal_taken ON bookings_booking; DROP SCHEMA IF EXISTS rehearsal CASCADE"
# A line holds until the next one of the same booking and time, or until a hold runs out; a second for what was not
# committed yet.
WAS_TAKEN = """
WITH spans AS (
    SELECT footprint, is_live, at, LEAST(until, lead(at) OVER (PARTITION BY booking, footprint ORDER BY id)) AS gone
    FROM rehearsal.taken
)
SELECT EXISTS (SELECT FROM spans WHERE is_live AND footprint && tstzrange(%(start)s, %(start)s::timestamptz + %(long)s)
    AND at <= %(until)s AND (gone IS NULL OR gone >= %(since)s::timestamptz - interval '1 second'))
"""


@contextmanager
def watched(database_url: str) -> Iterator[None]:
    forget(database_url)
    with psycopg.connect(database_url) as database:
        database.execute(WATCH)
    try:
        yield
    finally:
        forget(database_url)


def forget(database_url: str) -> None:
    with psycopg.connect(database_url) as database:
        database.execute(FORGET)


def was_taken(
    database: psycopg.Connection, start: datetime, minutes: int, since: datetime, until: datetime
) -> bool:
    """Whether something that overlapped this start was live at some moment between the two."""
    given = {"start": start, "long": f"{minutes} minutes", "since": since, "until": until}
    row = database.execute(WAS_TAKEN, given).fetchone()
    assert row
    return bool(row[0])
