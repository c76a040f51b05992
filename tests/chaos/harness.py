"""Real processes to hurt: Redis, Celery worker and beat, gunicorn, and a mail server that misbehaves.

Child processes use the test database. Only processes started here are ever signalled.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connection

from portal.local.places import free_port
from portal.local.processes import signal_group, wait_until
from portal.local.redis import Redis

ROOT = Path(__file__).resolve().parents[2]

ACCEPT = "accept"
HANG = "hang"  # takes the message and never answers
CLOSE = "close"  # takes the message and hangs up without a word
KILL = "kill"  # takes the message, then calls `Sink.before_answer`, then accepts

SHORT_LEASE = 3  # seconds: for scenarios in which a worker dies, so that it is found out soon

__all__ = [
    "ACCEPT",
    "CLOSE",
    "HANG",
    "KILL",
    "SHORT_LEASE",
    "Chaos",
    "Process",
    "Sink",
    "free_port",
    "smtp_at",
    "wait_until",
]


@dataclass
class Received:
    recipient: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)  # type: ignore[return-value]

    @property
    def outbox_id(self) -> str:
        return str(self.message["X-Outbox-Id"])


def smtp_at(port: int) -> dict[str, Any]:
    """settings.SMTP for a server on this machine."""
    return {**settings.SMTP, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port}


class Sink:
    """An SMTP server in a thread. `rules` decide per message: the first that knows the recipient answers.

    A rule is called with (recipient, how often it was offered before) and returns ACCEPT, HANG, CLOSE, KILL,
    an answer such as "451 4.7.1 Come back later", or None to leave it to the next rule.
    """

    def __init__(self, **session: Any) -> None:
        """`session` goes to aiosmtpd: what it wants of whoever sends."""
        self.port = free_port()
        self.session = session
        self.received: list[Received] = []  # everything whose DATA was kept, acknowledged or not
        self.offered: dict[str, int] = {}
        self.connections = 0
        self.rules: list[Callable[[str, int], str | None]] = []
        self.before_answer: Callable[[], None] = lambda: None
        self.answers_after = 0.0  # seconds
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._stopped: asyncio.Event | None = None

    def __enter__(self) -> Sink:
        self._thread.start()
        assert self._ready.wait(30), "The mail sink did not start."
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._stopped is not None:
            self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)

    def rule(self, func: Callable[[str, int], str | None]) -> None:
        self.rules.append(func)

    def copies(self) -> dict[str, int]:
        """How often each outbox row arrived."""
        found: dict[str, int] = {}
        for mail in list(self.received):
            found[mail.outbox_id] = found.get(mail.outbox_id, 0) + 1
        return found

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stopped = asyncio.Event()
        server = await self._loop.create_server(self._session, "127.0.0.1", self.port)
        self._ready.set()
        await self._stopped.wait()
        server.close()

    def _session(self) -> SMTP:
        self.connections += 1
        return SMTP(_Handler(self), hostname="localhost", loop=self._loop, **self.session)

    def decide(self, recipient: str) -> str:
        before = self.offered.get(recipient, 0)
        self.offered[recipient] = before + 1
        return next((found for rule in self.rules if (found := rule(recipient, before))), ACCEPT)


class _Handler:
    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        recipient = envelope.rcpt_tos[0]
        verdict = self.sink.decide(recipient)
        if self.sink.answers_after:
            await asyncio.sleep(self.sink.answers_after)
        if verdict[0].isdigit():
            return verdict
        content = envelope.content
        assert isinstance(content, bytes)
        self.sink.received.append(Received(recipient, content))
        if verdict == HANG:
            await asyncio.sleep(60)
        if verdict == KILL:
            self.sink.before_answer()
        if verdict == CLOSE and server.transport is not None:
            server.transport.close()
        return "250 2.0.0 Kept"


@dataclass
class Process:
    """A child in its own session, so that its whole group can be killed, stopped and continued."""

    name: str
    argv: list[str]
    env: dict[str, str]
    log: Path
    popen: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> Process:
        with self.log.open("ab") as output:
            self.popen = subprocess.Popen(
                self.argv,
                env={**os.environ, **self.env},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    @property
    def pid(self) -> int:
        assert self.popen is not None
        return self.popen.pid

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def signal(self, number: signal.Signals) -> None:
        signal_group(self.pid, number)

    def kill(self) -> None:
        """kill -9 of the whole group, as a power cut would."""
        if self.popen is None:
            return
        self.signal(signal.SIGKILL)
        self.popen.wait(10)

    def says(self, words: str, seconds: float = 60) -> Process:
        """Wait until its log holds these words."""
        said = wait_until(lambda: words in self.output, seconds)
        assert said, f"{self.name} never said {words!r}:\n{self.output}"
        return self


@dataclass
class Chaos:
    """The parts of one scenario. Everything started through it is stopped at its end."""

    state: Path
    sink: Sink
    redis_server: Redis
    lease_seconds: float = 45  # as in production: with less, a slow worker is taken for a dead one
    sweep_seconds: float = 1
    processes: list[Process] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def clock(self) -> Path:
        return self.state / "clock_offset"

    @property
    def env(self) -> dict[str, str]:
        return {
            "DATABASE_URL": test_database_url(),
            "REDIS_URL": self.redis_server.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}",
            "LOCAL_MODE": "true",
            "OUTBOX_LEASE_SECONDS": str(self.lease_seconds),
            "OUTBOX_SWEEP_SECONDS": str(self.sweep_seconds),
            "CLOCK_OFFSET_FILE": str(self.clock),
            **self.extra,
        }

    def run(self, name: str, *argv: str, **env: str) -> Process:
        """Start a Python program of this checkout."""
        log = self.state / f"{name}-{len(self.processes)}.log"
        process = Process(name, [sys.executable, *argv], self.env | env, log)
        self.processes.append(process)
        return process.start()

    def start_worker(self, *, beats: bool = False, **env: str) -> Process:
        return self.begin_worker(beats=beats, **env).says(" ready.")

    def begin_worker(self, *, beats: bool = False, **env: str) -> Process:
        """Not waited for, so that others can come up beside it. With `beats` it has beat in a child of its own,
        which comes up sooner than a program."""
        beat = ["--beat", f"--schedule={self.state / f'beat-{len(self.processes)}'}"] if beats else []
        return self.run(
            "worker", "-m", "celery", "-A", "portal", "worker", "--concurrency=2", "--loglevel=info",
            f"--hostname=w{len(self.processes)}@localhost", "--without-gossip", "--without-mingle", *beat, **env,
        )  # fmt: skip

    def keep_up(self, process: Process) -> None:
        """Start it again if it ended, as every supervisor does. A worker of Celery 5.7 ends when its broker goes
        while it has a message that is not acknowledged: it wants to give it back to whom it just lost."""
        assert process.popen is not None
        if process.popen.poll() is not None:
            process.start()

    def start_beat(self, **env: str) -> Process:
        schedule = self.state / f"beat-{len(self.processes)}"
        return self.run(
            "beat", "-m", "celery", "-A", "portal.celery:clock", "beat", f"--schedule={schedule}", **env
        )

    def start_drain(self, **env: str) -> Process:
        return self.run("drain", "manage.py", "drain_outbox", "--loop", **env)

    def start_web(self, *, workers: int = 1, threads: int = 4, **env: str) -> tuple[Process, str]:
        """gunicorn as in production, with one worker unless more are asked for: each takes a second to start.
        Returns it with its address."""
        port = free_port()
        web = self.run(
            "web", "-m", "gunicorn", "portal.wsgi", f"--bind=127.0.0.1:{port}", f"--workers={workers}",
            f"--threads={threads}", "--timeout=60", **env,
        )  # fmt: skip
        web.says("Booting worker")
        return web, f"http://127.0.0.1:{port}"

    def start_everything(self, **web: Any) -> tuple[Process, Process, str]:
        """Worker, beat and web, coming up side by side. Returns web, worker and the address of the site."""
        worker = self.begin_worker()
        self.start_beat()
        served, site = self.start_web(**web)
        return served, worker.says(" ready."), site

    def hang_redis(self) -> None:
        assert self.redis_server.child.process is not None
        signal_group(self.redis_server.child.process.pid, signal.SIGSTOP)

    def wake_redis(self) -> None:
        assert self.redis_server.child.process is not None
        signal_group(self.redis_server.child.process.pid, signal.SIGCONT)

    def move_clock(self, seconds: float) -> None:
        """Move the business clock of every child; one rename, so that nobody reads half a number."""
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.rename(self.clock)

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.kill()
        self.wake_redis()
        self.redis_server.stop()


@contextmanager
def chaos(state: Path) -> Iterator[Chaos]:
    """Redis and a mail sink, running; workers and the rest on demand."""
    (state / "run").mkdir(parents=True, exist_ok=True)
    (state / "log").mkdir(exist_ok=True)
    redis_server = Redis(state)
    redis_server.start()
    with Sink() as sink:
        scenario = Chaos(state, sink, redis_server)
        try:
            yield scenario
        finally:
            scenario.stop()


def test_database_url() -> str:
    """The address of the database that this test writes into, for child processes."""
    options = connection.settings_dict
    user, password = quote(options["USER"]), quote(options["PASSWORD"], safe="")
    return f"postgres://{user}:{password}@{options['HOST']}:{options['PORT']}/{options['NAME']}"


def timed(func: Callable[[], object]) -> float:
    started = time.monotonic()
    func()
    return time.monotonic() - started
