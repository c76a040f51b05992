"""Programs of the portal, forked from a process that has read it already: a start costs a moment, not two seconds.

What runs is what the command line would run, in a process group of its own, with the settings of its own environment.
The nursery itself has one thread and does nothing else, so that a fork of it is whole.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import connections
from django.urls import get_resolver

from portal import celery
from portal import settings as settings_module
from portal.local.processes import birth, dies_with_parent
from tests.chaos.harness import Process
from tests.reliability import child

STEP = 0.02  # seconds


class Nursery:
    """To be made while this process has one thread."""

    def __init__(self) -> None:
        self.mine, theirs = socket.socketpair()
        bound = dies_with_parent(signal.SIGKILL)
        self.pid = os.fork()
        if self.pid == 0:
            bound()
            self.mine.close()
            serve(theirs)
        theirs.close()
        self.lines = self.mine.makefile("rw", encoding="utf-8")

    def spawn(self, argv: list[str], env: dict[str, str], log: Path) -> int:
        self.lines.write(json.dumps({"argv": argv, "env": env, "log": str(log)}) + "\n")
        self.lines.flush()
        return int(self.lines.readline())

    def close(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


class Forked:
    """As much of a Popen as is asked for here."""

    def __init__(self, pid: int) -> None:
        self.pid, self.born = pid, birth(pid)

    def poll(self) -> int | None:
        return None if self.born and birth(self.pid) == self.born else -1

    def wait(self, seconds: float) -> int:
        end = time.monotonic() + seconds
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("", seconds)
            time.sleep(STEP)
        return -1


class Program(Process):
    nursery: Nursery

    def start(self) -> Process:
        self.log.touch()  # it is read at once
        self.popen = Forked(self.nursery.spawn(self.argv, self.env, self.log))  # type: ignore[assignment]
        return self


# ---- in the nursery, and below it ---------------------------------------------------------------------------
def serve(line: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for what ends
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    with line.makefile("rw", encoding="utf-8") as lines:
        bound = dies_with_parent(signal.SIGKILL)
        for text in lines:
            pid = os.fork()
            if pid == 0:
                bound()
                line.close()
                become(**json.loads(text))
            lines.write(f"{pid}\n")
            lines.flush()
    os._exit(0)


def become(argv: list[str], env: dict[str, str], log: str) -> None:
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for number in (1, 2):
            os.dup2(output, number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.update(env)
        logging.disable(logging.NOTSET)
        read_settings()
        sys.argv = argv
        child.main(argv[0])
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # whatever it was, this process is nobody's frame to go back to
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def read_settings() -> None:
    """Once more, with this environment; what was made of the old ones is forgotten."""
    module = importlib.reload(settings_module)
    for name in dir(module):
        if name.isupper():
            setattr(settings, name, getattr(module, name))
    handlers: list[Any] = [connections, caches]
    for handler in handlers:
        for alias in list(handler.settings):
            if hasattr(handler._connections, alias):
                del handler[alias]
        handler.__dict__.pop("settings", None)
        handler._settings = None
    for app in (celery.app, celery.clock):
        if app.configured:
            app.conf.broker_url = settings.REDIS_URL
            app.conf.beat_schedule = settings.CELERY_BEAT_SCHEDULE


def read_all() -> None:
    """Before anything is forked: the views of every page."""
    _ = get_resolver().url_patterns
