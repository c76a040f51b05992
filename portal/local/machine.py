"""What this checkout's programs need: PostgreSQL, Redis, a mail sink, and variables to find them.

A part whose variable the operator already set is not started.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Protocol

from portal.local.places import (
    ROOT,
    THROWAWAY_PREFIX,
    VAR,
    LocalError,
    free_port,
    is_root,
    is_set,
    kept_secret,
    make_private,
    new_throwaway,
    require_free_disk,
    throwaway_home,
    try_lock,
)
from portal.local.postgres import Postgres
from portal.local.processes import Child, stop_orphan
from portal.local.redis import Redis

ENVIRONMENT = Path("run/environment.json")


class Service(Protocol):
    @property
    def child(self) -> Child: ...

    def start(self) -> None: ...


@dataclass
class Program:
    child: Child

    def start(self) -> None:
        self.child.start()


@dataclass
class Machine:
    state: Path
    environment: dict[str, str] = field(default_factory=dict)
    services: list[Service] = field(default_factory=list)

    def start(self, service: Service) -> None:
        self.services.append(service)
        service.start()

    def program(self, name: str, *argv: str, **environment: str) -> Program:
        log = self.state / "log" / f"{name}.log"
        if log.exists() and log.stat().st_size > 5_000_000:
            log.replace(log.with_suffix(".old.log"))
        return Program(
            Child(
                name=name,
                argv=[sys.executable, *argv],
                log=log,
                pid_file=self.state / "run" / f"{name}.pid",
                env=self.environment | environment,
                cwd=ROOT,
            )
        )

    def stop(self) -> None:
        programs = [service.child for service in self.services if isinstance(service, Program)]
        for child in programs:
            child.ask_to_stop()
        for child in programs:
            child.stop()
        for service in reversed(self.services):
            service.child.stop()


@contextmanager
def machine(
    state: Path, *, durable: bool, site_port: int = 8000, before_start: Callable[[], None] = lambda: None
) -> Iterator[Machine]:
    """Start what the operator did not name, yield the machine, and stop everything however the block ends.

    Raises LocalError when another process uses `state`. `before_start` is called once the state is ours and
    what a killed run left on it has been stopped.
    """
    state = open_state(state)
    lock = try_lock(state / "run" / "lock")
    if lock is None:
        raise LocalError(f"Draagkracht already runs on {state}; stop that one first (Ctrl-C in its window).")
    this = Machine(state=state)
    with lock:
        try:
            stop_orphans(state)
            before_start()
            this.environment.update(own_variables(state, site_port))
            if not is_set("DATABASE_URL"):
                postgres = Postgres(state, durable=durable)
                this.start(postgres)
                this.environment["DATABASE_URL"] = postgres.url
            if not is_set("REDIS_URL"):
                redis = Redis(state)
                this.start(redis)
                this.environment["REDIS_URL"] = redis.url
            if not is_set("EMAIL_URL"):
                port = free_port()
                this.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
                this.start(this.program("sink", "-m", "portal.local.sink", str(port), str(state / "mail")))
            write_environment(this)
            yield this
        finally:
            ignore_signals()
            this.stop()
            (state / ENVIRONMENT).unlink(missing_ok=True)


@contextmanager
def throwaway_machine() -> Iterator[Machine]:
    """Yield a machine with empty services of its own; nothing of it is left afterwards."""
    sweep_throwaways()
    state = new_throwaway()
    try:
        with machine(state, durable=False) as this:
            yield this
    finally:
        throw_away(state)


def open_state(state: Path) -> Path:
    """Make the directories below `state`, closed to other users except for root's PostgreSQL user."""
    require_free_disk(state, 300)
    state = state.resolve()
    state.mkdir(parents=True, exist_ok=True)
    state.chmod(0o711 if is_root() else 0o700)
    for name in ("log", "mail", "run"):
        make_private(state / name)
    return state


def own_variables(state: Path, site_port: int) -> dict[str, str]:
    """Return the variables that stand for this machine, except those the operator set."""
    ours = {
        "SITE_URL": f"http://localhost:{site_port}",
        "LOCAL_MODE": "true",
        "LOCAL_STATE_DIR": str(state),
        "POSTGRES_LOG": str(state / "log" / "postgres.log"),
        "PYTHONDONTWRITEBYTECODE": "",  # else every program that starts translates the whole house anew: 2 s each
    }
    if not is_set("SECRET_KEY"):
        ours["SECRET_KEY"] = kept_secret(state / "secret_key")
    # These two are this process's own, whatever an outer one exported.
    own = {"LOCAL_STATE_DIR", "PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in ours.items() if name in own or not is_set(name)}


def write_environment(this: Machine) -> None:
    path = this.state / ENVIRONMENT
    path.touch(mode=0o600)
    path.write_text(json.dumps(this.environment))


def running_environment(state: Path) -> dict[str, str] | None:
    """Return the variables of the machine that another process runs on `state`, or None when none does."""
    if not (state / ENVIRONMENT).exists():
        return None
    lock = try_lock(state / "run" / "lock")
    if lock is not None:
        lock.close()
        return None
    return dict(json.loads((state / ENVIRONMENT).read_text()))


def sweep_throwaways() -> None:
    for state in Path(throwaway_home()).glob(f"{THROWAWAY_PREFIX}*"):
        if state.is_symlink() or not state.is_dir() or state.stat().st_uid != os.geteuid():
            continue
        if not (state / "run" / "lock").exists():
            continue
        lock = try_lock(state / "run" / "lock")
        if lock is None:
            continue
        with lock:
            stop_orphans(state)
            throw_away(state)


def stop_orphans(state: Path) -> None:
    """Stop what a killed supervisor left running on `state`; PostgreSQL last, by a fast shutdown."""
    pid_files = sorted((state / "run").glob("*.pid"), key=lambda path: path.stem == "postgres")
    for pid_file in pid_files:
        stop_orphan(pid_file, stop_signal=signal.SIGINT if pid_file.stem == "postgres" else signal.SIGTERM)


def clean() -> int:
    state = open_state(VAR)
    lock = try_lock(state / "run" / "lock")
    if lock is None:
        raise LocalError("Draagkracht is running here; stop it first (Ctrl-C in its window).")
    with lock:
        stop_orphans(state)
        throw_away(state)
    return 0


def throw_away(state: Path) -> None:
    elsewhere = state / "postgres" / "elsewhere"
    if elsewhere.exists():
        shutil.rmtree(elsewhere.read_text().strip(), ignore_errors=True)
    shutil.rmtree(state, ignore_errors=True)


def stop_on_signals() -> None:
    """Let Ctrl-C, a plain kill and a closed terminal all end the program the same, tidy way."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
