"""Runs a program of the portal as it is, with this run's ears in it.

Nothing of it stands in the portal. At a point that is armed (a file in ARMED) the process kills itself, or loses its
connection to the database, and says so in `hits.jsonl`. Waits that production counts in minutes are shortened, and the
calendar server is found on this machine. With CHAOS_MUTANT the program is one of those that must be caught.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import socket
import ssl
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
import psycopg
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

ARMED, CALDAV_PORT, CALDAV_CERTIFICATE, MUTANT = (
    "CHAOS_ARMED",
    "CHAOS_CALDAV_PORT",
    "CHAOS_CALDAV_PEM",
    "CHAOS_MUTANT",
)
PUBLIC = "93.184.215.14"
SMTP_SECONDS, SEND_SECONDS = 2, 4.0  # both below the lease of a run, as in production
BEAT_SECONDS = 5  # in the place of every minute
HURRIED = ("release-lapsed-holds", "visit-calendars")


def armed() -> Path:
    return Path(os.environ[ARMED])


def reached(point: str) -> str:
    """What this point is armed for, if it is: for the request at hand, or for whoever comes first. Only once."""
    from portal import request_ids

    for name in (f"{point}.{request_ids.current()}", point):
        try:
            file = armed() / name
            operation = file.read_text()
            file.unlink()
        except (FileNotFoundError, NotADirectoryError):
            continue
        return operation or operation_of(sys._getframe(2)) or "-"
    return ""


def operation_of(frame: Any) -> str:
    """The mail, or the copy of a call, that the frames above have in hand."""
    while frame is not None:
        if (mail := frame.f_locals.get("mail")) is not None and hasattr(mail, "message"):
            return str(mail.message)
        if "due" in frame.f_locals and hasattr(frame.f_locals["due"], "writes"):
            return "calendar written" if frame.f_locals["due"].writes else "calendar read"
        frame = frame.f_back
    return ""


def note(point: str, operation: str) -> None:
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    line = json.dumps({"at": at, "point": point, "operation": operation, "pid": os.getpid()}) + "\n"
    with (armed().parent / "hits.jsonl").open("a") as file:
        file.write(line)


def die(point: str, operation: str) -> None:
    note(point, operation)
    os.kill(os.getpid(), signal.SIGKILL)


class Points:
    """Stands in settings.KILL_POINT, with which the portal compares the names of its points."""

    def __eq__(self, name: object) -> bool:
        if not isinstance(name, str) or not name:
            return False
        if operation := reached(name):
            note(name, operation)
            return True
        return False

    __hash__ = None  # type: ignore[assignment]


# ---- between the lock and the commit ------------------------------------------------------------------------
def note_the_lock(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    result = execute(sql, params, many, context)
    if "FOR NO KEY UPDATE" in sql and '"bookings_host"' in sql:
        context["connection"].chaos_has_lock = True
    return result


def listen(connection: Any, **_kwargs: Any) -> None:
    if note_the_lock not in connection.execute_wrappers:
        connection.execute_wrappers.append(note_the_lock)


def listen_to_commits() -> None:
    commit = BaseDatabaseWrapper._commit
    rollback = BaseDatabaseWrapper._rollback

    def committing(self: Any) -> Any:
        if self.__dict__.pop("chaos_has_lock", False):
            if operation := reached("in_lock"):
                die("in_lock", operation)
            if operation := reached("cut_in_lock"):
                note("cut_in_lock", operation)
                cut(self)
        return commit(self)

    def rolling_back(self: Any) -> Any:
        self.__dict__.pop("chaos_has_lock", None)
        return rollback(self)

    BaseDatabaseWrapper._commit = committing  # type: ignore[method-assign]
    BaseDatabaseWrapper._rollback = rolling_back  # type: ignore[method-assign]
    connection_created.connect(listen)


def cut(connection: Any) -> None:
    """End this very connection, from outside."""
    params = connection.get_connection_params()
    named = {name: params[name] for name in ("host", "port", "user", "password", "dbname")}
    with psycopg.connect(**named) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])


# ---- the rest -----------------------------------------------------------------------------------------------
def listen_to_answers() -> None:
    from django.core.handlers.wsgi import WSGIHandler

    answer = WSGIHandler.get_response

    def answering(self: Any, request: Any) -> Any:
        response = answer(self, request)
        asked = request.headers.get("X-Request-ID", "")
        file = armed() / f"before_answer.{asked}"
        if asked and file.exists():
            operation = file.read_text()
            file.unlink()
            die("before_answer", operation)
        return response

    WSGIHandler.get_response = answering  # type: ignore[method-assign]


def find_the_calendar() -> None:
    from portal.common import reaching

    port, pem = int(os.environ[CALDAV_PORT]), os.environ[CALDAV_CERTIFICATE]

    def connect(_address: str, timeout: float) -> socket.socket:
        return socket.create_connection(("127.0.0.1", port), timeout=timeout)

    def context() -> ssl.SSLContext:
        return ssl.create_default_context(cafile=pem)

    reaching.Network.__init__.__defaults__ = (lambda _host: [PUBLIC], connect, context, 4.0)  # type: ignore[misc]


def hurry() -> None:
    from portal.local import templates
    from portal.mail import delivery

    templates.LOOK_EVERY = float("inf")  # nobody edits one meanwhile
    settings.SMTP_TIMEOUT, delivery.SEND = SMTP_SECONDS, SEND_SECONDS


def main(module: str) -> None:
    settings.KILL_POINT = Points()
    for name in HURRIED:
        settings.CELERY_BEAT_SCHEDULE[name]["schedule"] = BEAT_SECONDS
    if "beat" not in sys.argv:
        django.setup()
        listen_to_commits()
        listen_to_answers()
        find_the_calendar()
        hurry()
        if mutant := os.environ.get(MUTANT):
            from tests.reliability import mutants

            mutants.apply(mutant)
    runpy.run_module(module, run_name="__main__", alter_sys=True)
