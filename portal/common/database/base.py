"""One request waits for one answer of the database for `patience.ANSWER_SECONDS`, and then asks nothing more.

libpq has no such bound: a server that stands still, with its sockets open, keeps whoever asked for ever. Jobs
and commands have none here either; their statements end by `statement_timeout`, and tasks by their own limit.
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import OperationalError
from django.db.backends.postgresql import base
from psycopg.errors import _WaitTimeout

from portal.common import patience


class Connection(psycopg.Connection):
    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        """Wait for the end of what was asked. Raises OperationalError, and is closed for good, when it does
        not come: the answer may still arrive, and would be taken for that of the next question."""
        seconds = patience.seconds_for_an_answer()
        if seconds is None or args or kwargs:
            return super().wait(gen, *args, **kwargs)
        try:
            return super().wait(gen, timeout=seconds)
        except _WaitTimeout as error:
            self.close()
            patience.give_up()
            raise psycopg.OperationalError(f"No answer within {seconds:.0f} seconds.") from error


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.__class__ = Connection  # Django has no setting for it
        return connection

    def ensure_connection(self) -> None:
        """Raises OperationalError for a request that gave up: it would only wait once more."""
        if patience.has_given_up():
            raise OperationalError("This request asks nothing more of the database.")
        super().ensure_connection()
