"""What must be true of a database after all that happened: the first of the invariants of docs/reliability.md, as
questions to PostgreSQL. Each answers with sentences; none is well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

import psycopg

OVERLAPS = """SELECT a.public_id, b.public_id FROM bookings_booking a
JOIN bookings_booking b ON a.host_id = b.host_id AND a.id < b.id AND a.footprint && b.footprint
WHERE a.status IN ('held', 'confirmed') AND b.status IN ('held', 'confirmed')"""
CALLS = (
    "SELECT email, count(*) FROM bookings_booking WHERE status <> 'held' AND email = ANY(%s) GROUP BY email"
)
TOLD = """SELECT b.email, count(m.id) FILTER (WHERE m.message = 'bookings/confirmation'),
count(m.id) FILTER (WHERE m.message = 'bookings/coach_booked')
FROM bookings_booking b LEFT JOIN mail_outboundemail m
ON m.about = 'booking:' || b.public_id AND m.sequence = 0
WHERE b.status <> 'held' AND b.email = ANY(%s) GROUP BY b.email"""
GHOSTS = """SELECT m.key FROM mail_outboundemail m WHERE m.about LIKE 'booking:%%' AND NOT EXISTS (
SELECT FROM bookings_booking b WHERE m.about = 'booking:' || b.public_id AND m.sequence <= b.sequence)"""
DOUBLED = """SELECT about, message, sequence, to_email FROM mail_outboundemail
WHERE about LIKE 'booking:%%' AND message NOT LIKE 'bookings/reminder%%'
GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"""
WAITING = """SELECT count(*) FROM mail_outboundemail WHERE status = 'leased'
OR (status IN ('queued', 'retry') AND send_after <= now())"""


def no_overlap(database: psycopg.Connection) -> list[str]:
    """I1: no two live calls or holds of a coach share a minute, buffers included."""
    return [f"I1: {one} and {other} overlap." for one, other in database.execute(OVERLAPS).fetchall()]


def nothing_lost(
    database: psycopg.Connection, accepted: Collection[str], refused: Iterable[str] = ()
) -> list[str]:
    """I2: who heard "Bevestigd" has exactly one call, whatever became of it; who was refused has none."""
    refused = set(refused) - set(accepted)
    found = dict(database.execute(CALLS, [[*accepted, *refused]]).fetchall())
    lost = [one for one in accepted if found.get(one) != 1]
    wrong = [f"I2: {one} heard “Bevestigd” and has {found.get(one, 0)} calls." for one in lost]
    return wrong + [
        f"I2: {one} was refused and has {found[one]} calls." for one in sorted(refused & set(found))
    ]


def no_ghosts(database: psycopg.Connection, arrived: Iterable[str] = ()) -> list[str]:
    """I3: each mail about a call has its call, and each mail that arrived (`X-Outbox-Id`) has its row."""
    rows = {str(one) for (one,) in database.execute("SELECT public_id FROM mail_outboundemail").fetchall()}
    strange = [f"I3: the mail {one} arrived and has no row." for one in sorted(set(arrived) - rows)]
    return strange + [f"I3: {key} is about no call." for (key,) in database.execute(GHOSTS).fetchall()]


def told_once(database: psycopg.Connection, accepted: Collection[str]) -> list[str]:
    """I4 and I5: for each call one mail for the visitor and one for the coach, and no matter told twice."""
    told = {one: mails for one, *mails in database.execute(TOLD, [list(accepted)]).fetchall()}
    wrong = [
        f"I5: {one} has {told.get(one)} mails, not one and one."
        for one in accepted
        if told.get(one) != [1, 1]
    ]
    return wrong + [f"I4: told twice: {row}." for row in database.execute(DOUBLED).fetchall()]


def no_more_copies(database: psycopg.Connection, arrived: Iterable[str]) -> list[str]:
    """I4: what arrived more than once says in its row that it may have."""
    twice = [one for one, count in Counter(arrived).items() if count > 1]
    marked = (
        "SELECT public_id::text FROM mail_outboundemail WHERE maybe_duplicate AND public_id::text = ANY(%s)"
    )
    known = {one for (one,) in database.execute(marked, [twice]).fetchall()}
    return [f"I4: {one} arrived twice and its row does not say so." for one in sorted(set(twice) - known)]


def waiting_mails(database: psycopg.Connection) -> int:
    """Due, or with a worker."""
    row = database.execute(WAITING).fetchone()
    assert row
    return int(row[0])


def open_calendar(database: psycopg.Connection) -> None:
    """A call type whose one POST confirms, open all week: each call takes exactly one start. On the tables of 0.1.0
    and of today."""
    database.execute(
        """UPDATE bookings_calltype SET needs_code = false, max_per_day = NULL, max_per_week = NULL,
        buffer_before_minutes = 0, buffer_after_minutes = 0, duration_minutes = 15, slot_interval_minutes = 15,
        horizon_days = 60, location_kind = 'text', location_nl = 'Online', location_en = 'Online'"""
    )
    database.execute("DELETE FROM bookings_availabilityrule")
    database.execute(
        """INSERT INTO bookings_availabilityrule (host_id, weekday, start_time, end_time)
        SELECT id, day, '08:00', '20:00' FROM bookings_host, generate_series(1, 7) day"""
    )
    database.commit()
