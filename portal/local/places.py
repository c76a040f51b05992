"""Where the local machine keeps things, and the one error its commands may end with."""

from __future__ import annotations

import fcntl
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
THROWAWAY_PREFIX = "draagkracht-"
CHOSEN_PORTS = range(
    15_000, 32_000
)  # Linux gives connections a port above 32,767 by itself, others above 49,151
SHARED_BY_ROOT = Path(
    "/var/lib/draagkracht"
)  # used when root's checkout lies where its PostgreSQL cannot come


class LocalError(Exception):
    """Something the operator can mend. The text is one sentence that says how; no traceback is shown."""


def is_root() -> bool:
    return os.geteuid() == 0


def make_private(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def require_free_disk(path: Path, megabytes: int) -> None:
    while not path.exists():
        path = path.parent
    free = shutil.disk_usage(path).free // 1_000_000
    if free < megabytes:
        raise LocalError(
            f"The disk is full: {free} MB is free at {path} and {megabytes} MB is needed; "
            "make room and try again."
        )


def require_free_port(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise LocalError(
                f"Port {port} needs more rights; choose one from 1024: make up PORT=8001"
            ) from None
        except OSError:
            raise LocalError(
                f"Port {port} on 127.0.0.1 is taken; stop what uses it or choose another: "
                f"make up PORT={port + 1}"
            ) from None


def free_port() -> int:
    """One that no system hands out by itself: whoever starts on it a moment later, or again, finds it free."""
    for port in secrets.SystemRandom().sample(
        CHOSEN_PORTS, len(CHOSEN_PORTS)
    ):  # tests begin alike, so `random` would too
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise LocalError(
        f"No port is free between {CHOSEN_PORTS.start} and {CHOSEN_PORTS.stop}; stop what uses them."
    )


def kept_secret(path: Path) -> str:
    """Return the secret kept in `path`, made at first use, readable by its owner only."""
    if not path.exists():
        fresh = path.with_name(path.name + ".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        fresh.rename(path)
    return path.read_text().strip()


def try_lock(path: Path) -> IO[str] | None:
    """Return an open, locked file, or None when another living process holds it.

    The lock goes with the process, however it dies. Children do not inherit it.
    """
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def new_throwaway() -> Path:
    path = Path(tempfile.mkdtemp(prefix=THROWAWAY_PREFIX, dir=throwaway_home()))
    if is_root():
        path.chmod(0o711)
    return path


def throwaway_home() -> str:
    return "/tmp" if is_root() else tempfile.gettempdir()  # noqa: S108  mkdtemp below it is private


def unprivileged_user() -> pwd.struct_passwd | None:
    """Return the user that PostgreSQL runs as when we are root (it refuses root), else None."""
    if not is_root():
        return None
    for name in ("nobody", "daemon"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        if user.pw_uid != 0:
            return user
    raise LocalError(
        "PostgreSQL refuses to run as root and there is no user 'nobody' to run it as; "
        "run make as an ordinary user or set DATABASE_URL."
    )


def can_enter(path: Path, user: pwd.struct_passwd) -> bool:
    probe = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(path)],
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        cwd="/",
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return probe.returncode == 0


def is_set(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def last_lines(log: Path, count: int = 3) -> str:
    """Return the end of a log on one line, for an error sentence."""
    if not log.exists():
        return "no log was written"
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return " | ".join(lines[-count:]) or "its log is empty"


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
