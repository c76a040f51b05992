"""One run of one seed: everything up, people and faults at once, healing, draining, and a folder for the checker."""

from __future__ import annotations

import json
import logging
import platform
import resource
import shutil
import subprocess
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from portal.local.redis import server as redis_server
from tests.reliability import ending, history
from tests.reliability.browser import Browser, Gate
from tests.reliability.coach import Coach
from tests.reliability.faults import Clock, Nemesis
from tests.reliability.machine import ROOT, Machine
from tests.reliability.people import Visitor
from tests.reliability.plan import Plan, plan

WHOSE = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
LONGEST = 200.0  # seconds that people go on; whatever they still wanted is left undone

LAST = 25.0  # seconds of them in which whoever wants to go does so
BY_THEN = 0.75  # part of them after which all of the plan has begun


class Run:
    """What those who act in a run share."""

    database_gone = (psycopg.OperationalError, psycopg.InterfaceError)

    def __init__(self, chosen: Plan, folder: Path, machine: Machine) -> None:
        self.plan, self.folder, self.machine = chosen, folder, machine
        self.history = history.History(folder)
        self.held: deque[str] = deque(maxlen=4)
        self.freed: deque[str] = deque(maxlen=4)
        self.kills_left: dict[
            str, list[str]
        ] = {}  # of steps that came to nothing, for the next of the same kind
        self.hits: list[dict[str, str]] = []
        self.troubles: list[str] = []
        self.clock_lock = threading.Lock()
        self.clock, self.gate = Clock(self), Gate()
        self.ends_at = float("inf")

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.ends_at

    def is_time(self, after: int) -> bool:
        """Whether so many operations were asked for; on a slow machine, whether they should have been by now."""
        passed = 1 - (self.ends_at - time.monotonic()) / LONGEST
        return self.history.asked >= after or passed / BY_THEN >= after / self.plan.size

    @property
    def is_late(self) -> bool:
        return time.monotonic() > self.ends_at - LAST

    def wanted_by_others(self, pick: float) -> str:
        """At times a start that somebody gave back a moment ago, or one that somebody else holds."""
        wanted = self.freed if pick > 0.8 else self.held if 0.5 < pick < 0.62 else None
        return wanted[-1] if wanted else ""

    def noted_hit(self, point: str, operation: str) -> None:
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        self.hits.append({"at": at, "point": point, "operation": operation})

    def looks_well(self, site: str) -> bool:
        return Browser(site).get("/healthz").status == 200

    def go(self) -> dict[str, float]:
        """Returns how many seconds each part took."""
        took = {"start": timed(lambda: self.machine.start())}
        self.ends_at = time.monotonic() + LONGEST
        nemesis, coach = Nemesis(self), Coach(self)
        visitors = [Visitor(self, person) for person in self.plan.people]
        members = [self.thread(one.sign_in) for one in visitors if one.person.is_member]
        took["sign-in"] = timed(lambda: [one.join() for one in members])
        hurt = threading.Event()

        def hurting() -> None:
            """A server ends with the thread that started it (`portal.local.processes`), so this one stays."""
            try:
                nemesis.live()
            finally:
                hurt.set()
                threading.Event().wait()

        self.thread(hurting)
        moving = self.thread(self.clock.live)
        acting = [self.thread(one.live) for one in (*visitors, coach)]
        took["people"] = timed(lambda: [one.join() for one in acting])
        self.ends_at = 0.0  # nothing more goes wrong from here
        hurt.wait()
        moving.join()
        took["heal"] = timed(nemesis.heal)
        healed_at = datetime.now(UTC).isoformat(timespec="microseconds")
        drained: list[float | None] = []
        took["drain"] = timed(lambda: drained.append(ending.drain(self)))
        self.history.close()
        took |= {f"cpu of {name}": seconds for name, seconds in self.machine.cpu().items()}
        took["dump"] = timed(lambda: ending.write_down(self, drained[0], healed_at))
        return took

    def thread(self, live: Callable[[], None]) -> threading.Thread:
        def guarded() -> None:
            try:
                live()
            except Exception:  # of ours: the run says so, and is none
                self.troubles.append(traceback.format_exc())

        one = threading.Thread(target=guarded, daemon=True)
        one.start()
        return one


def timed(func: Callable[[], object]) -> float:
    began = time.monotonic()
    func()
    return round(time.monotonic() - began, 2)


def run(seed: int, folder: Path, template: Path, mutant: str = "") -> list[str]:
    """Run this seed and leave its folder. Returns what went wrong with the run itself, of which nothing should."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    logging.disable(logging.WARNING)  # of the servers in this process; what they did stands in the history
    chosen = plan(seed)
    login = tuple(json.loads((template / "login.json").read_text()))
    began = time.monotonic()
    state = folder / "machine"
    machine = Machine(state, template, login, mutant)
    machine.offset = (chosen.start_at - datetime.now(UTC)).total_seconds()
    this = Run(chosen, folder, machine)
    about = {"mutant": mutant, "began_at": datetime.now(UTC).isoformat(), "versions": versions(machine)}
    history.write_json(folder / history.PLAN, chosen.as_json() | about)
    try:
        took = this.go()
    except Exception:  # of ours again
        this.troubles.append(traceback.format_exc())
        took = {}
    finally:
        machine.stop()
    took["all"] = round(time.monotonic() - began, 2)
    cpu = sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, WHOSE))
    history.write_json(folder / "took.json", took | {"operations": this.history.asked, "cpu": round(cpu, 1)})
    (folder / "troubles.txt").write_text("\n".join(this.troubles))
    shutil.move(state / "log", folder / "log")
    shutil.rmtree(state, ignore_errors=True)
    return this.troubles


def versions(machine: Machine) -> dict[str, str]:
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    postgres = first_line(str(machine.postgres.bin / "postgres"))
    return {
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "postgresql": postgres,
        "redis": first_line(redis_server()),
        "system": f"{platform.system()} {platform.machine()}",
    }


def first_line(program: str) -> str:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return said.stdout.strip().partition("\n")[0]
