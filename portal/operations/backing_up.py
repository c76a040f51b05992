"""A backup: one file that holds the database as it was at one instant, and what that should be.

Left out is what a restored portal should not have: who was signed in, what was typed and never sent, counters.
There are no files beside the database: a portrait is a row.
"""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import IsolationLevel, sql

from portal.accounts.models import RateCounter, Session, TrustedBrowser, UsedLoginCode
from portal.common import times
from portal.operations import programs
from portal.operations.errors import OperationError
from portal.operations.manifest import CHUNK, Manifest, own_keys, sync, version, write_dump, write_end

STAMP = "%Y%m%dT%H%M%SZ"
NAMED = "draagkracht-*.backup"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
TABLES = """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1"""


@dataclass(frozen=True)
class Snapshot:
    """The database at one instant, for as long as the block lasts."""

    name: str
    postgres: int
    rows: dict[str, int]
    migrations: dict[str, list[str]]


def left_out() -> list[str]:
    models = [model._meta.db_table for model in (Session, UsedLoginCode, RateCounter, TrustedBrowser)]
    caches = (one for one in settings.CACHES.values() if str(one["BACKEND"]).endswith("DatabaseCache"))
    return sorted([*models, *(str(one["LOCATION"]) for one in caches)])


def make(folder: Path) -> tuple[Path, Manifest]:
    """Write a backup into the folder, under its name only when it is whole. Raises OperationError."""
    if not folder.is_dir():  # made here, it would fill the disk below one that is not mounted
        raise OperationError(f"There is no folder {folder}: make it, or mount its disk, and try again.")
    at = times.now().astimezone(UTC)
    path = folder / f"draagkracht-{at.strftime(STAMP)}.backup"
    unfinished = folder / f".{path.name}.unfinished"
    if path.exists():
        raise OperationError(f"{path} is there already: try again in a second.")
    try:
        forget_unfinished(folder)
        number = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(number, "wb") as file:
                manifest = _write(file, at)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
        finally:
            unfinished.unlink(missing_ok=True)
        sync(folder)
    except psycopg.Error:
        raise OperationError(
            "No backup was made: the database went away. Nothing is left of this try."
        ) from None
    except OSError as error:
        reason = str(error.strerror or error)
        if error.errno in FULL:
            reason = "the disk is full"
        elif isinstance(error, FileExistsError):
            reason = "another one is being made there this very second"
        raise OperationError(
            f"No backup was made in {folder}: {reason}. Nothing is left of this try."
        ) from None
    return path, manifest


def _write(file: Any, at: datetime) -> Manifest:
    with snapshot() as taken:
        program, number = programs.find("pg_dump", at_least=taken.postgres)
        sha256, size = write_dump(file, dump(program, taken), at)
    manifest = Manifest(
        made_at=at.isoformat(),
        site=settings.SITE_HOST,
        portal=version(),
        postgres=taken.postgres,
        dumped_by=number,
        migrations=taken.migrations,
        rows=taken.rows,
        left_out=left_out(),
        keys=list(own_keys()),
        sha256=sha256,
        size=size,
    )
    write_end(file, manifest)
    return manifest


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """What is counted and what is dumped are of one instant, whatever is booked meanwhile."""
    try:
        own = connection.get_new_connection(connection.get_connection_params())
    except psycopg.OperationalError as error:
        raise OperationError(
            f"No backup was made: the database does not answer ({' '.join(str(error).split())})."
        ) from None
    with own:
        own.autocommit = False
        own.isolation_level, own.read_only = IsolationLevel.REPEATABLE_READ, True
        for bound in (
            "statement_timeout",
            "idle_in_transaction_session_timeout",
        ):  # a large dump takes its time
            own.execute(f"SET LOCAL {bound} = 0")
        name = own.execute("SELECT pg_export_snapshot()").fetchone()[0]
        tables = [row[0] for row in own.execute(TABLES).fetchall() if row[0] not in left_out()]
        counted = sql.SQL("SELECT count(*) FROM public.{}")
        rows = {one: own.execute(counted.format(sql.Identifier(one))).fetchone()[0] for one in tables}
        if "django_migrations" not in rows:
            raise OperationError("No backup was made: this database is empty.")
        migrations: dict[str, list[str]] = {}
        for app, done in own.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2").fetchall():
            migrations.setdefault(app, []).append(done)
        yield Snapshot(name, own.info.server_version // 10000, rows, migrations)


def dump(program: str, taken: Snapshot) -> Iterator[bytes]:
    """What pg_dump says, while it says it. Raises OperationError when it did not come to its end."""
    argv = [program, "--format=custom", "--no-owner", "--no-privileges", "--no-comments"]
    argv += [f"--snapshot={taken.name}", *(f"--exclude-table-data=public.{table}" for table in left_out())]
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            argv, stdout=subprocess.PIPE, stderr=said, env=programs.environment(connection.settings_dict)
        )
        assert child.stdout
        try:
            while chunk := child.stdout.read(CHUNK):
                yield chunk
            ended = child.wait()
        finally:
            child.kill()
            child.stdout.close()
            child.wait()
        if ended:
            said.seek(0)
            reason = programs.complaint(said.read().decode(errors="replace"))
            raise OperationError(f"No backup was made; pg_dump said: {reason}")


def forget_unfinished(folder: Path) -> None:
    """What a try left that was killed; one that runs is younger than a day."""
    for path in folder.glob(f".{NAMED}.unfinished"):
        if path.stat().st_mtime < time.time() - 24 * 3600:
            path.unlink(missing_ok=True)


def forget_old(folder: Path, days: int, *, but: Path) -> list[Path]:
    """Throw away backups of ours from before so many days, by their names; never the one that was just made."""
    before = times.now() - timedelta(days=days)
    gone = []
    for path in sorted(folder.glob(NAMED)):
        try:
            made = datetime.strptime(path.name, f"draagkracht-{STAMP}.backup").replace(tzinfo=UTC)
        except ValueError:
            continue  # somebody's own
        if made < before and path != but:
            path.unlink()
            gone.append(path)
    return gone
