"""The database stands still, its sockets open: neither an answer nor an error comes of it.

libpq waits for ever then. People are told within seconds, and nothing but the database has to wake.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import psycopg
import pytest

from portal.common.patience import ANSWER_SECONDS
from portal.local.postgres import Postgres
from portal.local.processes import wait_until
from tests.chaos.booking import held
from tests.chaos.harness import Chaos
from tests.chaos.test_database_faults import PROXY, call_type, own_postgres  # noqa: F401 - fixtures
from tests.chaos.visitor import Visitor

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
SOON = 3 * ANSWER_SECONDS  # a bound for a busy machine; without an end to the wait it is never
EVERYTHING = "SELECT pid FROM pg_stat_activity"  # the server's own helpers too
OF_THE_SITE = EVERYTHING + " WHERE datname = current_database() AND pid <> pg_backend_pid()"


def outside(server: Postgres) -> psycopg.Connection:
    return psycopg.connect(server.url, autocommit=True)


def pids(server: Postgres, query: str) -> set[int]:
    with outside(server) as asking:
        return {pid for (pid,) in asking.execute(query)}


@contextmanager
def frozen(server: Postgres, *, is_main_only: bool = False) -> Iterator[None]:
    """The server's main process, and unless `is_main_only` all that it started, stand still in this block."""
    assert server.child.process is not None
    main = server.child.process.pid
    others = set() if is_main_only else pids(server, EVERYTHING)
    stopped = []
    try:
        for pid in (main, *others):
            try:
                os.kill(pid, signal.SIGSTOP)
            except ProcessLookupError:  # the one that answered just now
                continue
            stopped.append(pid)
        yield
    finally:
        for pid in reversed(stopped):  # the main process last: it clears away those that ended meanwhile
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def test_whoever_asks_a_database_that_stands_still_is_told_so_and_loses_nothing(
    chaos: Chaos,
    own_postgres: Postgres,  # noqa: F811
) -> None:
    _web, site = chaos.start_web(workers=1, threads=2, **PROXY)
    [first] = held(site, 1)
    time.sleep(2.2)  # the form knows that a person needs two seconds
    before = pids(own_postgres, OF_THE_SITE)
    assert before
    with frozen(own_postgres):
        form = first.visitor.form | {
            "csrfmiddlewaretoken": first.visitor.token,
            "name": "Sanne Vermeer",
            "email": first.visitor.email,
            "remark": "Liever na de lunch",
            "topics": "naming",
        }
        status, _url, text = first.visitor.open("/impactcall/bevestigen/", form, patience=SOON)
        assert (status, "Even geduld." in text, "Liever na de lunch" in text) == (503, True, True)
        assert 'name="topics" value="naming"' in text
        # both threads, also the one whose connection is as old as the freeze, are there again
        for number in range(2, 6):
            status, _url, text = Visitor(site, number).open(f"/en/?{number}", patience=SOON)
            assert (status, "One moment, please." in text) == (503, True)
        assert Visitor(site, 6).open("/readyz", patience=SOON)[0] == 503
        assert Visitor(site, 7).open("/healthz", patience=SOON)[0] == 200
    assert wait_until(lambda: Visitor(site, 8).open("/readyz")[0] == 200, 40)
    assert first.settle()
    assert wait_until(lambda: not before & pids(own_postgres, OF_THE_SITE), 40)  # none is used again
    with outside(own_postgres) as asking:
        assert asking.execute("SELECT email FROM bookings_booking WHERE status = 'confirmed'").fetchall() == [
            (first.visitor.email,)
        ]


def test_a_freeze_in_the_midst_of_a_booking_is_settled_by_the_same_form(
    chaos: Chaos,
    own_postgres: Postgres,  # noqa: F811
) -> None:
    """The answer was on its way: it must not be taken for that of the next question on this connection."""
    _web, site = chaos.start_web(workers=1, threads=1, **PROXY)
    [first] = held(site, 1)
    [before] = pids(own_postgres, OF_THE_SITE)
    with psycopg.connect(own_postgres.url) as other, ThreadPoolExecutor(1) as pool:
        other.execute("LOCK TABLE mail_outboundemail IN EXCLUSIVE MODE")
        answer = pool.submit(first.visitor.confirm, patience=SOON)
        waiting = f"SELECT 1 FROM pg_stat_activity WHERE pid = {before} AND wait_event_type = 'Lock'"
        assert wait_until(lambda: other.execute(waiting).fetchone() is not None, 40)
        with frozen(own_postgres):
            assert answer.result(60)[0] == 503
        other.rollback()
    assert wait_until(lambda: before not in pids(own_postgres, OF_THE_SITE), 40)
    assert first.settle()
    assert first.settle()  # and once more
    with outside(own_postgres) as asking:
        confirmed = "SELECT count(*) FROM bookings_booking WHERE status = 'confirmed'"
        assert asking.execute(confirmed).fetchone() == (1,)


def test_a_server_that_lets_nobody_in_serves_whoever_is_in(
    chaos: Chaos,
    own_postgres: Postgres,  # noqa: F811
) -> None:
    """Its main process stands still: a thread with a connection goes on, one without says so."""
    _web, site = chaos.start_web(workers=1, threads=1, **PROXY)
    assert Visitor(site, 1).open("/healthz")[0] == 200
    with frozen(own_postgres, is_main_only=True):
        assert Visitor(site, 1).open("/", patience=SOON)[0] == 503
    assert wait_until(lambda: Visitor(site, 1).open("/")[0] == 200, 40)
    with frozen(own_postgres, is_main_only=True):
        assert Visitor(site, 1).open("/readyz", patience=SOON)[0] == 200
