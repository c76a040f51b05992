"""What one run has for itself: a database server, Redis, a mail server, a calendar server, and the programs."""

from __future__ import annotations

import io
import logging
import os
import shutil
import signal
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import psycopg
import radicale.app
import radicale.config

from portal.local.places import free_port
from portal.local.postgres import Postgres
from portal.local.processes import group_of, signal_group, wait_until
from portal.local.redis import Redis
from tests.chaos.harness import ROOT, Process, Received, Sink
from tests.reliability import child
from tests.reliability.nursery import Nursery, Program

LEASE_SECONDS, SWEEP_SECONDS = 15, 3
START_SECONDS = 90  # of a program, on a busy machine too


@dataclass
class Mail(Received):
    """What arrived, and when; `verdict` is what the server did with it."""

    at: str = ""
    verdict: str = ""


class KeepingSink(Sink):
    """Keeps every mail with its moment. `refusals` counts what it did not take."""

    def __init__(self) -> None:
        super().__init__()
        self.received = _Stamped(self)  # type: ignore[assignment]
        self.verdict = ""
        self.rules.append(self._ruled)
        self.wanted: str = ""  # a verdict for the next mails
        self.left = 0
        self.told: list[str] = []  # verdicts given that are not "accept"

    def rule_next(self, verdict: str, count: int) -> None:
        self.wanted, self.left = verdict, count

    def clear(self) -> None:
        self.wanted, self.left = "", 0

    def _ruled(self, _recipient: str, _before: int) -> str | None:
        if self.left <= 0:
            return None
        self.left -= 1
        self.told.append(self.wanted)
        return self.wanted

    def decide(self, recipient: str) -> str:
        self.verdict = super().decide(recipient)
        return self.verdict


class _Stamped(list[Mail]):
    def __init__(self, sink: KeepingSink) -> None:
        super().__init__()
        self.sink = sink

    def append(self, mail: Received) -> None:
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        super().append(Mail(mail.recipient, mail.content, at, self.sink.verdict))


# ---- a calendar server --------------------------------------------------------------------------------------
class Calendars:
    """Radicale in threads of this process, behind TLS. `mode`: "" works, "503" refuses, "hang" does not answer while
    it lasts, "lose" does what was asked and answers nothing."""

    def __init__(self, folder: Path, pem: Path, login: tuple[str, str]) -> None:
        users = folder / "users"
        users.write_text(":".join(login) + "\n", encoding="utf-8")
        options: dict[str, dict[str, str]] = {
            "auth": {
                "type": "htpasswd",
                "htpasswd_filename": str(users),
                "htpasswd_encryption": "plain",
                "delay": "0",
            },
            "storage": {"filesystem_folder": str(folder / "data")},
            "logging": {"level": "critical"},
        }
        logging.getLogger("radicale").setLevel(logging.CRITICAL)
        configuration = radicale.config.load()
        configuration.update(options, "run", privileged=True)
        self.application = radicale.app.Application(configuration)
        self.folder, self.mode = folder, ""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self.port = free_port()
        self.server = make_server("127.0.0.1", self.port, self.answer, _Threaded, _Quiet)
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if self.mode == "503":
            start("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]
        until = time.monotonic() + 10
        while self.mode == "hang" and time.monotonic() < until:
            time.sleep(0.05)
        if self.mode == "lose" and environ["REQUEST_METHOD"] in ("PUT", "DELETE"):
            list(self.application(environ, lambda *_: None))
            raise ConnectionAbortedError
        return self.application(environ, start)

    def files(self) -> dict[str, str]:
        """Every event by its path."""
        found = (self.folder / "data" / "collection-root").rglob("*.ics")
        return {
            str(path): path.read_bytes().decode().replace("\r\n ", "").replace("\n ", "")
            for path in found
            if ".Radicale" not in str(path)
        }

    def stop(self) -> None:
        self.server.shutdown()


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever was killed while it asked is no matter here."""


class _Quiet(WSGIRequestHandler):
    timeout = 15

    def log_message(self, *_args: Any) -> None: ...

    def get_stderr(self) -> Any:
        return io.StringIO()  # an answer that was lost on purpose is nothing to report


# ---- all of it ----------------------------------------------------------------------------------------------
@dataclass
class Machine:
    """Everything started through it is stopped at its end."""

    state: Path
    template: Path
    login: tuple[str, str]
    mutant: str = ""
    processes: list[Process] = field(default_factory=list)
    offset: float = 0.0
    skew: float = 0.0
    closing: bool = False

    def __post_init__(self) -> None:
        for name in ("log", "run", "armed", "caldav"):
            (self.state / name).mkdir(parents=True, exist_ok=True)
        for folder in (self.state, *list(self.state.parents)[:3]):
            if os.geteuid() == 0:
                folder.chmod(0o711)
        self.nursery = Nursery()  # before there are threads
        self.postgres = Postgres(self.state, durable=False)
        self.redis = Redis(self.state)
        self.sink = KeepingSink()
        self.web_port = free_port()

    def start(self) -> None:
        for name in ("static", "sheets"):
            (self.state / name).symlink_to(self.template.parent / name)
        copy_cluster(Postgres(self.template, durable=False), self.postgres)
        self.postgres.start()
        if self.mutant:
            self.unguard()
        self.redis.start()
        self.sink.__enter__()
        shutil.copytree(self.template / "caldav", self.state / "caldav", dirs_exist_ok=True)
        self.calendars = Calendars(self.state / "caldav", self.pem, self.login)
        self.move_clock(self.offset)
        self.begin_web()
        self.begin_worker()
        self.begin_beat()
        self.web.says("Booting worker", START_SECONDS)
        self.worker.says(" ready.", START_SECONDS)

    def unguard(self) -> None:
        from tests.reliability import mutants

        with self.ask() as asking:
            for statement in mutants.statements(self.mutant):
                asking.execute(statement)

    @property
    def pem(self) -> Path:
        return self.state / "caldav" / "server.pem"

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def env(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}",
            "LOCAL_STATE_DIR": str(self.state),
            "OUTBOX_LEASE_SECONDS": str(LEASE_SECONDS),
            "OUTBOX_SWEEP_SECONDS": str(SWEEP_SECONDS),
            "TRUSTED_PROXY_COUNT": "1",
            child.ARMED: str(self.state / "armed"),
            child.CALDAV_PORT: str(self.calendars.port),
            child.CALDAV_CERTIFICATE: str(self.pem),
            **({child.MUTANT: self.mutant} if self.mutant else {}),
        }

    def program(self, name: str, *argv: str) -> Process:
        log = self.state / "log" / f"{name}.log"
        env = self.env | {"CLOCK_OFFSET_FILE": str(self.clock(name))}
        process = Program(name, [*argv], env, log)
        process.nursery = self.nursery
        self.processes.append(process)
        return process.start()

    def begin_web(self) -> None:
        self.web = self.program(
            "web", "gunicorn", "portal.wsgi", f"--bind=127.0.0.1:{self.web_port}", "--workers=2", "--threads=4",
            "--timeout=60", "--no-control-socket",
        )  # fmt: skip

    def begin_worker(self) -> None:
        self.worker = self.program(
            "worker", "celery", "-A", "portal", "worker", "--concurrency=2", "--loglevel=info",
            f"--hostname=w{len(self.processes)}@localhost", "--without-gossip", "--without-mingle",
        )  # fmt: skip

    def begin_beat(self) -> None:
        self.beat = self.second_beat()

    def second_beat(self) -> Process:
        schedule = self.state / "run" / f"beat-{len(self.processes)}"
        return self.program(
            "beat", "celery", "-A", "portal.celery:clock", "beat", f"--schedule={schedule}", "--pidfile="
        )

    def keep_up(self) -> None:
        """Start again what ended by itself, as every supervisor does."""
        for process in (self.web, self.worker, self.beat):
            if process.popen is not None and process.popen.poll() is not None and not self.closing:
                process.start()

    # ---- the clock ------------------------------------------------------------------------------------------
    def clock(self, name: str) -> Path:
        return self.state / "run" / ("clock-worker" if name == "worker" else "clock")

    def move_clock(self, offset: float, skew: float = 0.0) -> None:
        """Move the business clock of every program; the worker's stands `skew` seconds beside the others'."""
        self.offset, self.skew = offset, skew
        for name, seconds in (("web", offset), ("worker", offset + skew)):
            fresh = self.clock(name).with_suffix(".new")
            fresh.write_text(str(seconds))
            fresh.rename(self.clock(name))
        with self.ask() as asking:
            asking.execute("UPDATE chaos.clock SET seconds = %s", [offset])

    def now(self) -> datetime:
        """What the portal's clock says."""
        return datetime.now(UTC) + timedelta(seconds=self.offset)

    # ---- from outside ---------------------------------------------------------------------------------------
    def ask(self) -> psycopg.Connection:
        return psycopg.connect(self.postgres.url.replace("postgres://", "postgresql://"), autocommit=True)

    def kill_children(self, parent: Process) -> list[int]:
        killed = []
        for pid in sorted(set(group_of(parent.pid)) - {parent.pid}):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            killed.append(pid)
        return killed

    def crash_postgres(self) -> None:
        """An immediate stop, as after a power cut."""
        server = self.postgres.child.process
        assert server is not None
        signal_group(server.pid, signal.SIGQUIT)
        server.wait(15)

    def hang_redis(self, *, wake: bool = False) -> None:
        if self.redis.child.process is not None:
            signal_group(self.redis.child.process.pid, signal.SIGCONT if wake else signal.SIGSTOP)

    def answers(self) -> bool:
        return all(
            one.popen is not None and one.popen.poll() is None for one in (self.web, self.worker, self.beat)
        )

    def cpu(self) -> dict[str, float]:
        """Seconds of processor time that each part used, its children that ended included."""
        parts = {process.name: process.pid for process in (self.web, self.worker, self.beat)}
        for name, child_ in (("postgres", self.postgres.child), ("redis", self.redis.child)):
            if child_.process is not None:
                parts[name] = child_.process.pid
        return {name: round(sum(map(seconds_of, group_of(pid))), 1) for name, pid in parts.items()}

    def stop(self) -> None:
        self.closing = True
        for process in reversed(self.processes):
            process.kill()
        self.nursery.close()
        self.hang_redis(wake=True)
        self.redis.stop()
        self.sink.__exit__()
        if hasattr(self, "calendars"):
            self.calendars.stop()
        self.postgres.stop()
        shutil.rmtree(self.postgres.home, ignore_errors=True)
        shutil.rmtree(self.state / "postgres", ignore_errors=True)


def copy_cluster(template: Postgres, to: Postgres) -> None:
    """The same tables and rows, in a server of its own."""
    subprocess.run(["cp", "-a", f"{template.home}/.", str(to.home)], check=True)
    (to.home / "elsewhere").unlink(missing_ok=True)
    if to.home != to.state / "postgres":
        (to.state / "postgres").mkdir(exist_ok=True)
        (to.state / "postgres" / "elsewhere").write_text(f"{to.home}\n")


def seconds_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def started(func: Callable[[], bool], seconds: float = START_SECONDS) -> bool:
    return wait_until(func, seconds, step=0.1)


__all__ = ["ROOT", "KeepingSink", "Machine", "copy_cluster", "started"]
