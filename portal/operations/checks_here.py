"""What the doctor asks of this machine and of the servers behind it: database, Redis, worker, beat, disk, backups."""

from __future__ import annotations

import secrets
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu import Connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal.celery import app
from portal.common.waking import PUBLISHER, TIMEOUT
from portal.mail import health
from portal.operations import signs
from portal.operations.findings import Question, State, good, unknown, wrong

OLDEST_DATABASE = 14  # PostgreSQL's major versions before are no longer maintained
EXTENSIONS = {"btree_gist", "pg_trgm"}
LONGEST_SKEW = 2.0  # seconds
WAIT_FOR_WORKER = 2.5  # seconds; a question has three
LONGEST_SILENCE = 120.0  # seconds without a tick of beat, which comes every thirty
OLDEST_BACKUP = 26.0  # hours: one a day, and two for the time it takes
LEAST_SPACE = 1024**3  # bytes
LEAST_SHARE = 0.05
BACKUPS = "draagkracht-*.backup"

Found = tuple[State, str]


def database() -> Found:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extname FROM pg_extension")
            missing = EXTENSIONS - {name for (name,) in cursor.fetchall()}
            cursor.execute("SELECT current_setting('server_version_num')")
            version = int(cursor.fetchone()[0]) // 10000
    except DatabaseError as error:
        said = str(error).strip().splitlines() or [""]
        return wrong(f"It cannot be reached ({said[0][:200]}). Start PostgreSQL, or look at DATABASE_URL.")
    if version < OLDEST_DATABASE:
        return wrong(f"PostgreSQL {version} is too old: upgrade to {OLDEST_DATABASE} or newer.")
    if missing:
        names = "; ".join(f"CREATE EXTENSION {name}" for name in sorted(missing))
        return wrong(f"It lacks what it needs. As its owner: {names};")
    return good(f"PostgreSQL {version}, with {' and '.join(sorted(EXTENSIONS))}.")


def migrations() -> Found:
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        first = waiting[0][0]
        return wrong(
            f"{len(waiting)} not applied, first {first.app_label}.{first.name}: run `python manage.py setup`."
        )
    return good("All are applied.")


def clock() -> Found:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # connecting takes time of its own
        before = datetime.now(UTC)
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
    skew = (theirs - before - (datetime.now(UTC) - before) / 2).total_seconds()
    if abs(skew) > LONGEST_SKEW:
        side = "behind" if skew > 0 else "ahead of"
        return wrong(f"This machine is {abs(skew):.1f} s {side} the database: let both follow NTP.")
    return good(f"{abs(skew):.1f} s from the database's.")


def redis_server() -> Found:
    try:
        server = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0)
        )
        server.ping()
        policy = str(server.info("memory").get("maxmemory_policy", ""))
    except (redis.RedisError, OSError, ValueError) as error:
        said = str(error).replace(settings.REDIS_URL, "REDIS_URL")[:200]
        return wrong(
            f"It cannot be reached ({said}). Start Redis, or look at REDIS_URL; until then "
            "`python manage.py drain_outbox --loop` sends the mail."
        )
    if policy != "noeviction":
        return wrong(f"maxmemory-policy is {policy or 'unknown'}, so work may vanish: set it to noeviction.")
    return good("It answers, and throws nothing away.")


def worker(*, seconds: float = WAIT_FOR_WORKER) -> Found:
    nonce = secrets.token_hex(16)
    until = time.monotonic() + seconds
    signs.has_answered(nonce)  # a database that is away is the database's fault
    try:
        with Connection(settings.REDIS_URL, connect_timeout=TIMEOUT, transport_options=PUBLISHER) as line:
            app.send_task("portal.answer", args=[nonce], connection=line, retry=False, expires=10)
    except Exception as error:  # whatever Redis does
        return unknown(f"It could not be asked: {type(error).__name__} of Redis.")
    began = time.monotonic()
    while time.monotonic() < until:
        if signs.has_answered(nonce):
            return good(f"One answered after {time.monotonic() - began:.1f} s.")
        time.sleep(0.1)
    return wrong(
        f"None answered within {seconds:g} s: start `celery -A portal worker`, or more of them if all are at work."
    )


def beat() -> Found:
    age = signs.ages().get("beat")
    advice = "Start `celery -A portal.celery:clock beat`, and a worker."
    if age is None:
        return wrong(f"It was never seen. {advice}")
    if age > LONGEST_SILENCE:
        return wrong(f"It was last seen {age / 60:.0f} min ago. {advice}")
    return good(f"It was last seen {max(age, 0):.0f} s ago.")


def mail() -> Found:
    oldest = health.oldest_due_seconds()
    if oldest > health.LONGEST:
        return wrong(
            f"The oldest that may leave waits for {oldest / 60:.0f} min: see whether a worker answers, and "
            "whether the mail server does (EMAIL_URL)."
        )
    return good(f"The oldest that may leave waits for {oldest:.0f} s." if oldest else "None is left lying.")


def backup() -> Found:
    if not settings.BACKUP_DIR:
        return unknown("BACKUP_DIR is not set, so nobody here knows whether there is a backup.")
    folder = Path(settings.BACKUP_DIR)
    if not folder.is_dir():
        return wrong("BACKUP_DIR is no folder that can be read: make it, or set another.")
    times = [path.stat().st_mtime for path in folder.glob(BACKUPS)]
    if not times:
        return wrong("There is none in BACKUP_DIR: make one, and let cron make one every day.")
    hours = (time.time() - max(times)) / 3600
    if hours > OLDEST_BACKUP:
        return wrong(f"The last is {hours:.0f} hours old: see why the daily one stopped.")
    return good(f"The last is {max(hours, 0):.0f} hours old, of {len(times)}.")


def disk() -> Found:
    folders = [Path(settings.BASE_DIR), Path(settings.LOCAL_STATE_DIR)]
    folders += [Path(settings.BACKUP_DIR)] if settings.BACKUP_DIR else []
    found = {shutil.disk_usage(folder) for folder in folders if folder.is_dir()}
    least = min(found, key=lambda usage: usage.free)
    room = f"{least.free / 1024**3:.1f} GB is free"
    if least.free < LEAST_SPACE or least.free < least.total * LEAST_SHARE:
        return wrong(f"Only {room}: make room before the database or a backup finds none.")
    return good(f"{room}.")


QUESTIONS = [
    Question("Database", database),
    Question("Migrations", migrations),
    Question("Clock", clock),
    Question("Redis", redis_server),
    Question("Worker", worker),
    Question("Beat", beat),
    Question("Mail", mail),
    Question("Backup", backup),
    Question("Disk", disk),
]
