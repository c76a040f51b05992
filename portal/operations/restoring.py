"""A backup put back into an empty database: checked whole first, then in one transaction, then made true again."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from portal.common import steps, times
from portal.operations import after_restore, erasure_list, manifest, programs
from portal.operations.errors import OperationError
from portal.operations.manifest import Manifest

Say = Callable[[str], None]
RELATIONS = """SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('information_schema', 'pg_catalog') AND n.nspname NOT LIKE 'pg\\_%'
AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"""
OTHERS = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
AND backend_type = 'client backend'"""
HALF = "Nothing may run on this database: throw it away, make an empty one, and restore again."


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the operator said. `erasures` is None when there is no list and that was said too."""

    erasures: Path | None
    other_key: bool = False
    stopped_at: datetime | None = None


def restore(path: Path, asked: Wishes, say: Say) -> None:
    """Raises OperationError; before the first row is written, unless it says otherwise."""
    kept = manifest.read(path)
    say(
        f"{path.name}: of {kept.site}, {kept.made_at[:16].replace('T', ' ')} UTC, portal {kept.portal}. It is whole."
    )
    erased = erasure_list.read(asked.erasures) if asked.erasures else None
    refuse_other_key(kept, asked, say)
    refuse_newer(kept)
    try:
        refuse_database(kept)
    except DatabaseError as error:
        raise OperationError(f"The database does not answer: {first_line(error)}") from None
    put_back(path, kept)
    try:
        compare(kept, say)
        call_command("migrate", verbosity=0)
        make_true(kept, asked, erased, say)
    except OperationError as error:
        raise OperationError(f"{error} {HALF}") from error
    except Exception as error:
        raise OperationError(f"The rows are back, but not yet true: {first_line(error)} {HALF}") from error


# ---- what is refused ----------------------------------------------------------------------------------
def refuse_other_key(kept: Manifest, asked: Wishes, say: Say) -> None:
    missing = [key for key in kept.keys if key not in manifest.own_keys()]
    if not missing:
        return
    what = (
        "The SECRET_KEY of this backup is another: addresses of connected calendars, links in mails and second "
        "factors of then cannot be read or used."
    )
    if not asked.other_key:
        raise OperationError(
            f"{what} Set SECRET_KEY or SECRET_KEY_FALLBACKS to it ({', '.join(missing)}), or say --other-key."
        )
    say(what)


def refuse_newer(kept: Manifest) -> None:
    known = MigrationLoader(None, ignore_no_migrations=True)
    ours = set(known.disk_migrations) | {
        old for one in known.disk_migrations.values() for old in one.replaces
    }
    newer = [
        f"{app}.{name}" for app, names in kept.migrations.items() for name in names if (app, name) not in ours
    ]
    if newer:
        raise OperationError(
            f"This backup was made by a newer version ({kept.portal}; this is {manifest.version()}): it has run "
            f"{newer[0]}, which this code does not know. Restore it with that version."
        )


def refuse_database(kept: Manifest) -> None:
    here = server_major()
    with connection.cursor() as cursor:
        if here < kept.postgres:
            raise OperationError(
                f"This backup is of PostgreSQL {kept.postgres} and this database of an older one "
                f"({here}): restore it into {kept.postgres} or newer."
            )
        cursor.execute(RELATIONS)
        (count,) = cursor.fetchone()
        if count:
            raise OperationError(
                f"The database {connection.settings_dict['NAME']} is not empty. Nothing is written over: make a new "
                "one (createdb), let DATABASE_URL name it, and restore into that."
            )
        cursor.execute(OTHERS)
        (count,) = cursor.fetchone()
        if count:
            raise OperationError(
                "Other programs are connected to this database: stop web, worker and beat first."
            )


def server_major() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        return int(cursor.fetchone()[0])


# ---- what is done -------------------------------------------------------------------------------------
def put_back(path: Path, kept: Manifest) -> None:
    """All rows or none: pg_restore in one transaction."""
    at_least = max(kept.dumped_by, server_major())
    program, _number = programs.find("pg_restore", at_least=at_least)
    database = connection.settings_dict
    argv = [program, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    argv.append(f"--dbname={database['NAME']}")
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
            env=programs.environment(database),
        )
        assert child.stdin
        try:
            with suppress(BrokenPipeError):
                for chunk in manifest.dump_of(path, kept.size):
                    child.stdin.write(chunk)
            with suppress(BrokenPipeError):
                child.stdin.close()
            ended = child.wait()
        finally:
            child.kill()
            child.wait()
        if ended:
            said.seek(0)
            reason = programs.complaint(said.read().decode(errors="replace"))
            raise OperationError(
                f"Nothing was restored, and the database is as it was; pg_restore said: {reason}"
            )


def compare(kept: Manifest, say: Say) -> None:
    """Count each table, and say it beside what was counted when the backup was made."""
    wrong = 0
    with connection.cursor() as cursor:
        for table, there in kept.rows.items():
            cursor.execute(sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table)))
            (here,) = cursor.fetchone()
            wrong += here != there
            if here or there:
                say(f"  {table:40} {here:>9} of {there}")
    if wrong:
        raise OperationError(f"{wrong} tables do not have the rows that they had.")
    say(f"  left out, as said: {', '.join(kept.left_out)}")


@transaction.atomic
def make_true(kept: Manifest, asked: Wishes, erased: erasure_list.ErasureList | None, say: Say) -> None:
    settled = after_restore.settle_mail(asked.stopped_at or times.now())
    say(f"{settled} mails are ‘perhaps sent’: none of them goes again by itself.")
    if erased:
        if erased.written_at < kept.at:
            say(
                "The list of erasures is older than the backup: whoever was erased after it must be erased again."
            )
        since = kept.at
        say(f"{after_restore.refuse_again(erased.lines, since)} addresses get no mail, as was said since.")
        say(f"{after_restore.withdraw_again(erased.lines, since)} times a yes was taken back since.")
        say(f"{after_restore.erase_again(erased.lines, since)} people were erased since, and are again.")
        say(f"The list is of {erased.written_at:%Y-%m-%d %H:%M} UTC; later ones are not in it.")
    else:
        say(
            "No list of erasures: whoever was erased since the backup is back, and must be erased again by hand."
        )
    for words, func in steps.RESTORED:
        say(f"{func()} {words}.")


def first_line(error: Exception) -> str:
    """Without the row that PostgreSQL quotes below it."""
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"[:300]
