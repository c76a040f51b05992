"""The local PostgreSQL: a real server from the wheel, whatever the path is and whatever was killed before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal.local.machine import new_throwaway, open_state, stop_orphans, throw_away
from portal.local.places import ROOT
from portal.local.postgres import Postgres
from portal.local.processes import birth, wait_until

pytestmark = pytest.mark.local


@pytest.fixture
def state() -> Iterator[Path]:
    """A state directory whose path is 120 characters long: a unix socket below it would not fit."""
    top = new_throwaway()
    path = top / ("p" * (119 - len(str(top))))
    assert len(str(path)) == 120
    yield open_state(path)
    stop_orphans(path)
    throw_away(top)


def rows(postgres: Postgres) -> list[tuple[int]]:
    with psycopg.connect(postgres.url) as connection:
        return connection.execute("SELECT number FROM kept").fetchall()


def keep_a_row(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")


def pid_of(postgres: Postgres) -> int:
    assert postgres.child.process is not None
    return postgres.child.process.pid


def test_a_cluster_starts_below_a_long_path_and_keeps_its_rows(state: Path) -> None:
    first = Postgres(state, durable=False)
    first.start()
    keep_a_row(first)
    first.stop()
    assert not first.child.is_running
    second = Postgres(state, durable=False)
    second.start()
    assert rows(second) == [(7,)]
    second.stop()


def test_a_cluster_refuses_who_has_no_password(state: Path) -> None:
    postgres = Postgres(state, durable=False)
    postgres.start()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(
            host="127.0.0.1", port=postgres.port, user="postgres", password="guess", dbname="postgres"
        )
    postgres.stop()


def test_a_cluster_starts_again_after_kill_9(state: Path) -> None:
    first = Postgres(state, durable=False)
    first.start()
    keep_a_row(first)
    os.kill(pid_of(first), signal.SIGKILL)
    first.child.process.wait()
    assert (first.data / "postmaster.pid").exists()
    second = Postgres(state, durable=False)
    second.start()
    assert rows(second) == [(7,)]
    second.stop()


def test_a_pid_file_that_names_another_program_does_not_stop_a_start(state: Path) -> None:
    postgres = Postgres(state, durable=False)
    postgres.start()
    postgres.stop()
    (postgres.data / "postmaster.pid").write_text(f"{os.getppid()}\n{postgres.data}\n")
    postgres.start()
    assert birth(os.getppid())
    postgres.stop()


def test_an_orphan_of_a_killed_supervisor_is_stopped_before_the_next_start(state: Path) -> None:
    """Where the kernel does not end it together with its supervisor, the pid file finds it."""
    orphan = Postgres(state, durable=False)
    orphan.start()
    stop_orphans(state)
    assert wait_until(lambda: not orphan.child.is_running, 5)
    next_one = Postgres(state, durable=False)
    next_one.start()
    next_one.stop()


def test_a_pid_file_of_ours_with_another_birth_is_left_alone(state: Path) -> None:
    (state / "run" / "web.pid").write_text(f"{os.getppid()} 1")
    stop_orphans(state)
    assert birth(os.getppid())
    assert not (state / "run" / "web.pid").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_the_server_dies_with_a_supervisor_that_is_killed(state: Path) -> None:
    supervisor = f"""
import os, signal
from pathlib import Path
from portal.local.postgres import Postgres
postgres = Postgres(Path({str(state)!r}), durable=False)
postgres.start()
os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", supervisor], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    pid = int((state / "run" / "postgres.pid").read_text().split()[0])
    assert wait_until(lambda: not birth(pid), 10)
