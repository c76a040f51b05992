"""`make bench`: what the whole of `make up` takes of memory, after people and the clock were there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from time import sleep

import pytest

from portal.local.machine import new_throwaway, stop_orphans, throw_away
from tests.bench.figures import PUBLIC
from tests.bench.pss import family, share
from tests.bench.report import table
from tests.local.test_up import Portal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Only Linux divides shared memory")
WEB, ALL = 150, 450  # MiB
VISITS = 20  # of every page, so that both web processes and all threads had theirs


@pytest.fixture
def running() -> Iterator[Portal]:
    state = new_throwaway()
    portal = Portal(state)
    portal.start()
    yield portal
    portal.process.kill()
    portal.process.wait()
    stop_orphans(state)
    throw_away(state)


def test_memory_of_the_local_stack(running: Portal) -> None:
    for _ in range(VISITS):
        for path in PUBLIC.values():
            assert running.get(path) == 200
    sleep(15)  # a sweep and the tasks of every minute ran in the worker
    rows: list[list[object]] = []
    for name, pid in sorted(running.pids.items()):
        pids = family(pid)
        rows.append([name, len(pids), round(sum(map(share, pids)), 1)])
    pids = family(running.process.pid)
    whole = sum(map(share, pids))
    rows.append(["all, with what watches them", len(pids), round(whole, 1)])
    note = f"PSS: what several share counts for each in part. Aim: web at most {WEB}, all at most {ALL}."
    table("Memory of `make up` after visits to every page", ["what", "processes", "MiB"], rows, note)
    found = {row[0]: row[2] for row in rows}
    assert found["web"] <= WEB  # type: ignore[operator]
    assert whole <= ALL
