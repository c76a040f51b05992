"""A clean Debian in a folder, how it is made, and how to run something in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

RELEASE = "bookworm"
NEEDED = {  # program -> Debian's package
    "debootstrap": "debootstrap", "unshare": "util-linux", "chroot": "coreutils", "mount": "mount",
    "tar": "tar", "git": "git", "ip": "iproute2",
}  # fmt: skip
NEEDED_MEGABYTES = 4000
# What every Debian has beside the bare minimum, and what stands in the place of systemd here.
INCLUDED = "adduser,ca-certificates,runit,systemd"
DEFAULT_MIRROR = "http://deb.debian.org/debian"
WAY_OUT = ("http_proxy", "https_proxy", "no_proxy")  # of whoever runs this


class RehearsalError(Exception):
    """Something went wrong, in a sentence; no traceback is shown."""


def missing() -> str:
    """What keeps this machine from a rehearsal, in a sentence; empty when nothing does."""
    if sys.platform != "linux":
        return "The rehearsal makes a Debian in a folder, which only Linux can run."
    if os.geteuid() != 0:
        return "The rehearsal makes a Debian in a folder, and a network of its own; only root may: sudo make rehearse"
    packages = sorted({package for program, package in NEEDED.items() if not shutil.which(program)})
    if packages:
        return f"The rehearsal needs more of this machine: apt-get install {' '.join(packages)}"
    return ""


@dataclass
class System:
    root: Path
    log: Path  # all that its commands said

    error = RehearsalError

    def run(
        self,
        *argv: str,
        check: bool = True,
        input: str = "",
        env: dict[str, str] | None = None,
        timeout: float = 900,
    ) -> subprocess.CompletedProcess[str]:
        """A command as root of the clean system. Raises RehearsalError, with its last lines, when it fails."""
        try:
            done = subprocess.run(
                ["chroot", str(self.root), *argv],
                env=environment() | (env or {}),
                input=input,
                capture_output=True,
                text=True,
                check=False,
                timeout=timeout,
            )
        except subprocess.TimeoutExpired:
            raise RehearsalError(f"`{' '.join(argv)}` took longer than {timeout:.0f} seconds.") from None
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(argv)}\n{done.stdout}{done.stderr}")
        if check and done.returncode:
            last = " | ".join((done.stdout + done.stderr).strip().splitlines()[-5:])
            raise RehearsalError(
                f"`{' '.join(argv)}` ended with code {done.returncode}: {last} (see {self.log})"
            )
        return done

    def write(self, path: str, text: str, mode: int = 0o644) -> Path:
        """A file below the root."""
        there = self.root / path
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(text, encoding="utf-8")
        there.chmod(mode)
        return there


class Shell:
    """One shell of root in the clean system, which stops at the first thing that fails, and what was typed there."""

    def __init__(self, system: System) -> None:
        self.system, self.log = system, system.log
        self.begin()

    def begin(self) -> None:
        answers, theirs = os.pipe()
        self.answers = os.fdopen(answers)
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                ["chroot", str(self.system.root), "/bin/bash", "-euo", "pipefail"],
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
                pass_fds=[theirs],
            )
        os.close(theirs)
        self.answer = f"echo done >&{theirs}"

    def move(self) -> None:
        """Go on in the network that this program is in by now; a shell stays in the one where it began."""
        self.type('export -p > /root/moved; echo "cd $(printf %q "$PWD")" >> /root/moved')
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)
        self.begin()
        self.type(". /root/moved")

    def type(self, text: str) -> None:
        """Raises RehearsalError, with the last lines, when something in it fails."""
        with self.log.open("a") as log:
            log.write("".join(f"# {line}\n" for line in text.splitlines()))
        assert self.process.stdin is not None
        # the lines that follow are no input of a program among them
        self.process.stdin.write(f"{{\n{text}\n}} < /dev/null\n{self.answer}\n")
        self.process.stdin.flush()
        if not self.answers.readline():
            last = " | ".join(self.log.read_text(errors="replace").strip().splitlines()[-5:])
            raise RehearsalError(f"The page was followed, and it failed: {last} (see {self.log})")


def environment() -> dict[str, str]:
    """Of a shell of root on a fresh machine, and the way to the network of whoever runs this."""
    out = {name: os.environ[name] for name in (*WAY_OUT, *map(str.upper, WAY_OUT)) if name in os.environ}
    return out | {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "DEBIAN_FRONTEND": "noninteractive",
    }
