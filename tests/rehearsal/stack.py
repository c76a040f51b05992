"""The running portal of a rehearsal, as its steps see it.

Everything runs in the clean system below `root`, in a network of its own: its ports are those of production, nothing
outside can come near, and this program, which is in that network too, reaches the site by its name.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from tests.chaos.harness import Sink
from tests.rehearsal.system import System

WEB_PORTS = (8001, 8002)
WEB = tuple(f"draagkracht-web@{port}" for port in WEB_PORTS)
WORKER, BEAT = "draagkracht-worker", "draagkracht-beat"
REDIS, POSTGRES = "redis-server", "postgresql"
CURRENT = "/opt/draagkracht/current"
ENVIRONMENT = "etc/draagkracht/env"  # below the root
START_SECONDS = 90


@dataclass
class Stack:
    """Web at two addresses, worker, beat, PostgreSQL, Redis and `proxy`, which is caddy or nginx."""

    system: System
    site: str  # https://…, without a slash at its end
    ca_file: Path  # of the CA that signed the certificate of the site
    sink: Sink  # all mail ends here
    proxy: str = "caddy"

    @property
    def names(self) -> tuple[str, ...]:
        """The services, called as systemd would call them."""
        return (*WEB, WORKER, BEAT, REDIS, POSTGRES, self.proxy)

    @property
    def database_url(self) -> str:
        """Good for programs in the clean system and for this one: it is in the same network."""
        return self.variables()["DATABASE_URL"]

    def variables(self) -> dict[str, str]:
        lines = (self.system.root / ENVIRONMENT).read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    def run(self, *argv: str, **options: object) -> subprocess.CompletedProcess[str]:
        """A command of the clean system, as its root; what it says is captured. Raises RehearsalError when it fails,
        unless `check=False`."""
        return self.system.run(*argv, **options)

    def run_manage(
        self, *arguments: str, check: bool = True, variables: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """A management command as an operator gives it; `variables` stand before those of the portal's file."""
        own = [f"{name}={value}" for name, value in (variables or {}).items()]
        return self.run("env", *own, "draagkracht", *arguments, check=check)

    def restart(self, name: str) -> None:
        """As `systemctl restart`: asks politely, waits, starts anew; then waits until it answers."""
        self.run("systemctl", "restart", name)
        self.wait_for(name)

    def stop(self, name: str) -> None:
        self.run("systemctl", "stop", name)

    def start(self, name: str) -> None:
        self.run("systemctl", "start", name)
        self.wait_for(name)

    def reload_proxy(self) -> None:
        self.run("systemctl", "reload", self.proxy)

    def wait_for(self, name: str) -> None:
        if name in WEB:
            port = WEB_PORTS[WEB.index(name)]
            self.wait_until(lambda: self.status(port, "/healthz") == 200, f"{name} answers")
        elif name == POSTGRES:
            self.wait_until(
                lambda: not self.run("pg_isready", "-q", "-h", "127.0.0.1", check=False).returncode,
                f"{name} answers",
            )
        elif name == REDIS:
            self.wait_until(
                lambda: self.run("redis-cli", "ping", check=False).stdout.strip() == "PONG",
                f"{name} answers",
            )

    def wait_until(self, is_done: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> None:
        end = time.monotonic() + seconds
        while not is_done():
            if time.monotonic() > end:
                raise self.system.error(f"It took longer than {seconds:.0f} seconds until {what}.")
            time.sleep(0.1)

    def status(self, port: int, path: str) -> int | None:
        """What one of the two addresses of web answers, without the proxy; None when it does not."""
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path, headers={"Host": urlsplit(self.site).hostname or ""})
            return connection.getresponse().status
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def pids(self) -> dict[str, list[int]]:
        """Of each service its process and all below it, as numbers of this program's /proc."""
        mains = json.loads(self.run("systemctl", "show-pids", *self.names).stdout)
        children: dict[int, list[int]] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(folder.name))
        return {name: _below(pid, children) for name, pid in mains.items()}


def _below(pid: int, children: dict[int, list[int]]) -> list[int]:
    return [pid, *(found for child in children.get(pid, []) for found in _below(child, children))]
