"""Start, recognise and stop child processes, so that none outlives its supervisor."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from portal.local.places import LocalError

PR_SET_PDEATHSIG = 1  # Linux: the signal a child gets when its parent dies, even by kill -9
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass
class Child:
    name: str
    argv: list[str]
    log: Path
    pid_file: Path
    env: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    user: pwd.struct_passwd | None = None
    cwd: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        identity = (
            {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        )
        with self.log.open("ab") as output:
            try:
                self.process = subprocess.Popen(
                    self.argv,
                    env={**os.environ, **self.env},
                    cwd=self.cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=dies_with_parent(self.stop_signal),
                    **identity,  # type: ignore[call-overload]  # only these three keywords
                )
            except (OSError, subprocess.SubprocessError) as error:
                raise LocalError(f"Could not start {self.name} ({error}).") from None
        self.pid_file.write_text(f"{self.process.pid} {birth(self.process.pid)}")

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.process is not None and self.is_running:
            signal_group(self.process.pid, self.stop_signal)

    def stop(self, seconds: float = 10) -> None:
        """Ask, wait, insist; then sweep what is left of the process group."""
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            signal_group(self.process.pid, signal.SIGQUIT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(2)
        signal_group(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.pid_file.unlink(missing_ok=True)


def dies_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """Return what a forked child runs before exec: ask Linux for `stop_signal` when the parent dies.

    Elsewhere the pid file finds the orphan at the next start.
    """
    parent = os.getpid()

    def before_exec() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(stop_signal))
            if os.getppid() != parent:
                os._exit(1)

    return before_exec


def birth(pid: int) -> str:
    """Return a text that tells this process from a later one with the same pid; empty when there is none."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        # The name, in brackets, may hold spaces; the start time is the 20th field after it.
        fields = stat.read_text().rpartition(")")[2].split()
    except OSError:
        if Path("/proc/self/stat").exists():
            return ""
        shown = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return shown.stdout.strip()
    return "" if fields[0] in "ZX" else fields[19]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    except OSError:
        if Path("/proc/self/cmdline").exists():
            return ""
        shown = subprocess.run(
            ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return shown.stdout.strip()


def stop_orphan(pid_file: Path, *, stop_signal: signal.Signals = signal.SIGTERM, seconds: float = 10) -> None:
    """Stop the process that `pid_file` names if it is still the very process we started; forget the file."""
    try:
        number, _, born = pid_file.read_text().partition(" ")
        pid = int(number)
    except (OSError, ValueError):
        pid_file.unlink(missing_ok=True)
        return
    for attempt in (stop_signal, signal.SIGQUIT, signal.SIGKILL):
        if not born or birth(pid) != born:
            break
        signal_group(pid, attempt)
        wait_until(lambda: birth(pid) != born, seconds)
    end_group(pid, marker=f"LOCAL_STATE_DIR={pid_file.parents[1]}")
    pid_file.unlink(missing_ok=True)


def end_group(leader: int, *, marker: str) -> None:
    """Kill what a dead leader left of its process group, on Linux: web workers would still hold the port.

    Only processes whose environment has `marker` are ours; the number alone may be another program's by now.
    """
    left = [pid for pid in group_of(leader) if marker in environment_of(pid)]
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(birth(pid) for pid in left), 5)


def group_of(leader: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (folder / "stat").read_text().rpartition(")")[2].split()[2] == str(leader):
                found.append(int(folder.name))
    return found


def environment_of(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/environ").read_text(errors="replace").split("\0")
    except OSError:
        return []


def signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def wait_until(is_done: Callable[[], bool], seconds: float, step: float = 0.05) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_done():
            return True
        time.sleep(step)
    return is_done()
