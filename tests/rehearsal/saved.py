"""A backup while people book, and what comes back of it in a second cluster: every call of which somebody heard
"Bevestigd" before it, nobody who was erased after it, and no mail that may have left already."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg

from portal.local.processes import wait_until
from tests.chaos.harness import HANG
from tests.rehearsal import invariants
from tests.rehearsal.rolling import SHOWN, expect_calls, settled
from tests.rehearsal.stack import Stack
from tests.rehearsal.system import RehearsalError
from tests.rehearsal.traffic import Traffic, traffic

FOLDER = "/var/backups/draagkracht"
PORT = 5433  # of the second cluster
BEFORE, AFTER = 12, 6  # calls
ERASE = """from portal.accounts import services
from portal.accounts.models import User
services.erase(User.objects.filter(email='{0}').first() or services.ensure_user('{0}'))"""
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
STILL_WAITING = """SELECT count(*) FROM mail_outboundemail WHERE status = 'leased'
OR (status IN ('queued', 'retry') AND send_after <= now())"""
IN_HAND = "SELECT id FROM mail_outboundemail WHERE to_email = %s AND status = 'leased'"

Say = Callable[[str], None]


def rehearse(stack: Stack, say: Say) -> dict[str, object]:
    with psycopg.connect(stack.database_url) as database:
        invariants.open_calendar(database)
    with traffic(stack, "saved-") as crowd:
        expect_calls(crowd, BEFORE)
        stuck, mail = hold_a_mail(stack, crowd)
        before, began = dict(crowd.accepted), time.monotonic()
        file = backed_up(stack)
        seconds = round(time.monotonic() - began, 1)
        stack.sink.rules.clear()
        expect_calls(crowd, AFTER)
    say(
        f"  {file}, in {seconds} s, with a mail in a worker's hands; {len(before)} calls were booked before it"
    )
    figures = settled(crowd, say)
    erased = next(email for email in before if email not in crowd.moved and email != stuck)
    erase(stack, erased)
    with second_cluster(stack) as there:
        said = stack.run_manage("restore", file, variables={"DATABASE_URL": there}).stdout
        say(f"  {next(line for line in said.splitlines() if 'erased since' in line).strip()}")
        with psycopg.connect(there) as database:
            faults = faults_of(database, crowd, set(before) - {erased}, erased, mail)
            rows = database.execute("SELECT count(*) FROM bookings_booking WHERE status <> 'held'").fetchone()
    if faults:
        raise RehearsalError(f"What came back is not true:\n  {chr(10).join(faults[:SHOWN])}")
    assert rows
    return {
        "seconds": seconds,
        "calls before the backup": len(before),
        "calls in it": rows[0],
        "booked while it was tried": figures["calls booked"],
        "mail that a worker had in hand": "perhaps sent",
        "people erased after it": "stayed erased",
    }


def hold_a_mail(stack: Stack, crowd: Traffic) -> tuple[str, int]:
    """Let the mail server take the next mail of a visitor, say nothing, and do so again.

    Returns whose it is and its row, once a worker has it in hand."""
    stuck: list[str] = []

    def take_one(recipient: str, _before: int) -> str | None:
        if recipient.startswith(crowd.name) and not stuck:
            stuck.append(recipient)
        return HANG if recipient in stuck else None

    stack.sink.rule(take_one)
    if not wait_until(lambda: bool(stuck), 60):
        raise RehearsalError("No mail left for a minute.")
    with psycopg.connect(stack.database_url) as database:
        row = database.execute(IN_HAND, stuck).fetchone()
    if row is None:
        raise RehearsalError(f"No worker has the mail to {stuck[0]} in hand.")
    return stuck[0], row[0]


def backed_up(stack: Stack) -> str:
    said = stack.run_manage("backup", folder(stack)).stdout
    found = re.search(r"(/\S+\.backup)", said)
    if found is None:
        raise RehearsalError(f"`backup` does not say where it is: {said}")
    return found[1]


def folder(stack: Stack) -> str:
    return stack.variables().get("BACKUP_DIR") or FOLDER


def erase(stack: Stack, email: str) -> None:
    """After the backup; the list of erasures is what knows of it."""
    stack.run_manage("shell", "-c", ERASE.format(email))
    stack.run_manage("erasures", folder(stack))


@contextmanager
def second_cluster(stack: Stack) -> Iterator[str]:
    """An empty database in a cluster of its own, beside the one that runs."""
    own = urlsplit(stack.database_url)
    stack.run("pg_createcluster", "15", "second", "--port", str(PORT), "--start")
    try:
        role = f"CREATE ROLE {own.username} LOGIN PASSWORD '{own.password}'"
        as_postgres = ("runuser", "-u", "postgres", "--")
        stack.run(*as_postgres, "psql", "--quiet", "--port", str(PORT), input=role)
        stack.run(
            *as_postgres, "createdb", "--port", str(PORT), "--owner", str(own.username), "--encoding", "UTF8",
            "--locale", "C.UTF-8", "--template", "template0", "draagkracht",
        )  # fmt: skip
        yield f"postgres://{own.username}:{own.password}@127.0.0.1:{PORT}/draagkracht"
    finally:
        stack.run("pg_dropcluster", "--stop", "15", "second", check=False)


def faults_of(
    database: psycopg.Connection, crowd: Traffic, booked: Collection[str], erased: str, mail: int
) -> list[str]:
    wrong = [
        *invariants.no_overlap(database),
        *invariants.nothing_lost(database, booked),
        *invariants.no_ghosts(database),
        *invariants.told_once(database, booked),
    ]
    emails = "SELECT DISTINCT email FROM bookings_booking WHERE status <> 'held' AND email LIKE %s"
    found = {one for (one,) in database.execute(emails, [f"{crowd.name}%"]).fetchall()}
    wrong += [f"{one} has a call and never heard “Bevestigd”" for one in sorted(found - set(crowd.accepted))]
    mails = "SELECT status FROM mail_outboundemail WHERE id = %s"
    if (status := database.execute(mails, [mail]).fetchall()) != [("uncertain",)]:
        wrong.append(f"The mail that a worker had in hand is {status}, not perhaps sent.")
    if (waiting := database.execute(STILL_WAITING).fetchone()) != (0,):
        wrong.append(f"{waiting} mails would leave again.")
    return wrong + [f"{table} still knows {erased}" for table in tables_with(database, erased)]


def tables_with(database: psycopg.Connection, words: str) -> list[str]:
    tables = [name for (name,) in database.execute(TABLES).fetchall()]
    hits = {
        name: database.execute(
            f'SELECT count(*) FROM public."{name}" t WHERE t::text ILIKE %s',
            [f"%{words}%"],  # type: ignore[arg-type]
        ).fetchone()
        for name in tables
    }
    return [name for name, hit in hits.items() if hit != (0,)]
