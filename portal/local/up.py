"""`make up`: the whole portal on this machine, kept running until Ctrl-C."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from portal.local import sign_in
from portal.local.machine import Machine, Program, Service, machine
from portal.local.places import VAR, LocalError, last_lines, require_free_disk, require_free_port, say
from portal.local.processes import wait_until

START_SECONDS = 60
CALM_SECONDS = 60  # a program that ran this long starts again at once when it stops
LONGEST_PAUSE = 30  # seconds
NEEDED_MEGABYTES = 500


def up() -> int:
    """Start everything, say where it is, keep it running. Ends by KeyboardInterrupt."""
    port, state = site_port(), kept_state()
    require_free_disk(state, NEEDED_MEGABYTES)
    port_check = partial(require_free_port, port)
    with machine(state, durable=True, site_port=port, before_start=port_check) as this:
        prepare(this)
        for program in programs(this, port):
            this.start(program)
        wait_for_site(this, port)
        tell(this)
        keep_running(this)
    return 0


def setup() -> int:
    require_free_disk(kept_state(), NEEDED_MEGABYTES)
    with machine(kept_state(), durable=True, site_port=site_port()) as this:
        prepare(this)
    return 0


def kept_state() -> Path:
    return Path(os.environ.get("LOCAL_STATE_DIR") or VAR)


def site_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65_536:
        raise LocalError(f"PORT is {text}; it must be a number from 1 to 65535.")
    return int(text)


def prepare(this: Machine, *arguments: str) -> None:
    log = this.state / "log" / "setup.log"
    log.unlink(missing_ok=True)
    program = this.program("setup", "manage.py", "setup", *arguments)
    program.start()
    assert program.child.process is not None
    try:
        code = program.child.process.wait()
    finally:
        program.child.stop(seconds=5)
    if code:
        raise LocalError(f"The set-up failed: {last_lines(log, 1)} (see {log}).")


def programs(this: Machine, port: int) -> list[Program]:
    celery = ("-m", "celery", "-A")
    return [
        this.program(
            "web",
            *("-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"),
            *("--graceful-timeout", "5"),
        ),
        this.program("worker", *celery, "portal", "worker", "--loglevel", "INFO"),
        this.program(
            "beat",
            *(*celery, "portal.celery:clock", "beat"),
            *("--schedule", str(this.state / "run" / "beat"), "--pidfile="),
        ),
    ]


def wait_for_site(this: Machine, port: int) -> None:
    web = next(service.child for service in this.services if service.child.name == "web")
    if wait_until(lambda: answers(port) or not web.is_running, START_SECONDS, step=0.1) and web.is_running:
        return
    raise LocalError(f"The web server did not start: {last_lines(web.log)} (see {web.log}).")


def answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def tell(this: Machine) -> None:
    site = (os.environ.get("SITE_URL") or this.environment["SITE_URL"]).rstrip("/")
    token = sign_in.mint(this.state)
    say(
        f"\n  Draagkracht    {site}/\n"
        f"  Local mail     {site}/local/mail/\n"
        f"  Admin sign-in  {site}/local/sign-in/{token}/   (once, within 24 hours)\n"
        f"  Logs           {this.state / 'log'}\n\n"
        "  Ctrl-C stops everything.\n"
    )


@dataclass
class Watch:
    service: Service
    started: float
    failures: int = 0
    due: float | None = None


def keep_running(this: Machine) -> None:
    """Start again what stops, with a growing pause, until the operator interrupts."""
    watches = [Watch(service, time.monotonic()) for service in this.services]
    while True:
        time.sleep(0.5)
        for watch in watches:
            look_after(watch, time.monotonic())


def look_after(watch: Watch, now: float) -> None:
    child = watch.service.child
    if watch.due is None:
        if child.is_running:
            return
        watch.failures = 0 if now - watch.started > CALM_SECONDS else watch.failures + 1
        pause = min(2**watch.failures, LONGEST_PAUSE)
        code = child.process.returncode if child.process else None
        say(f"{child.name} stopped (exit code {code}); starts again in {pause} s. See {child.log}")
        child.stop()  # nothing of its process group may stay behind
        watch.due = now + pause
    elif now >= watch.due:
        watch.due, watch.started = None, now
        try:
            watch.service.start()
        except LocalError as error:
            say(str(error))
