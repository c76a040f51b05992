"""The database that every run begins with: `python -m tests.reliability.prepare FOLDER`, with DATABASE_URL set.

One coach, mornings of half hours with a quarter of an hour around each, so few that people get in each other's way, and
a calendar elsewhere that gets the calls. Triggers of our own keep every version that a row ever had.
"""

from __future__ import annotations

import json
import sys
from datetime import time
from pathlib import Path
from typing import Any

import django

HOURS = (time(9), time(13))
HORIZON_DAYS = 5
WATCHED = (
    "bookings_booking",
    "bookings_blockedtime",
    "bookings_dateoverride",
    "bookings_overridewindow",
    "bookings_availabilityrule",
    "bookings_busytime",
    "bookings_offer",
    "bookings_waitlistentry",
)
# Deferred, so that it runs at the commit: `at` is when others can see it. Of mails nobody's words are kept.
MAIL_COLUMNS = (
    "id", "public_id", "key", "status", "message", "kind", "about", "sequence", "maybe_duplicate", "due_at",
    "send_after", "expires_at", "attempts", "sent_at", "is_withdrawn", "lease_until",
)  # fmt: skip
SCHEMA = """
CREATE SCHEMA chaos;
CREATE TABLE chaos.clock (seconds double precision NOT NULL);
INSERT INTO chaos.clock VALUES (0);
CREATE TABLE chaos.versions (
    id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), business_at timestamptz NOT NULL,
    op text NOT NULL, "table" text NOT NULL, "row" jsonb NOT NULL
);
CREATE FUNCTION chaos.keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE kept jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
BEGIN
    IF TG_NARGS > 0 THEN
        SELECT jsonb_object_agg(key, value) INTO kept FROM jsonb_each(kept) WHERE key = ANY (TG_ARGV);
    END IF;
    INSERT INTO chaos.versions (business_at, op, "table", "row")
    SELECT clock_timestamp() + make_interval(secs => seconds), TG_OP, TG_TABLE_NAME, kept FROM chaos.clock;
    RETURN NULL;
END $$;
"""


def main(folder: Path) -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bookings.models import AvailabilityRule, CallType, Host
    from tests.bookings.world import make_certificate
    from tests.factories.bookings import PASSWORD, USER, CalDavSourceFactory, first_coach

    call_command("setup", verbosity=0)
    first_coach()
    host = Host.objects.get()
    AvailabilityRule.objects.filter(host=host).update(start_time=HOURS[0], end_time=HOURS[1])
    CallType.objects.update(
        needs_code=False, max_per_day=None, duration_minutes=30, slot_interval_minutes=30,
        buffer_before_minutes=15, buffer_after_minutes=15, minimum_notice_minutes=60, horizon_days=HORIZON_DAYS,
        cancel_notice_minutes=60,
    )  # fmt: skip
    calendar = folder / "caldav" / "data" / "collection-root" / USER / "werk"
    calendar.mkdir(parents=True)
    (calendar / ".Radicale.props").write_text(json.dumps({"tag": "VCALENDAR", "D:displayname": "werk"}))
    make_certificate(folder / "caldav")
    CalDavSourceFactory(host=host, collection=f"https://agenda.example.org/{USER}/werk/", writes=True)
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        for table in WATCHED:
            watch(cursor, table)
        watch(cursor, "mail_outboundemail", *MAIL_COLUMNS)
    (folder / "login.json").write_text(json.dumps([USER, PASSWORD]))


def watch(cursor: Any, table: str, *columns: str) -> None:
    """Keep what is there, and every version from now on; with `columns` no more than those."""
    cursor.execute(
        f"CREATE CONSTRAINT TRIGGER chaos AFTER INSERT OR UPDATE OR DELETE ON {table} DEFERRABLE INITIALLY DEFERRED"
        f" FOR EACH ROW EXECUTE FUNCTION chaos.keep({', '.join(repr(name) for name in columns)})"
    )
    if not columns:
        cursor.execute(
            f'INSERT INTO chaos.versions (business_at, op, "table", "row")'
            f" SELECT clock_timestamp(), 'INSERT', '{table}', to_jsonb(t) FROM {table} t"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
