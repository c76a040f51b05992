"""A clean Debian in a folder, and how to run something in it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


class RehearsalError(Exception):
    """Something went wrong, in a sentence; no traceback is shown."""


@dataclass
class System:
    root: Path
    log: Path  # all that its commands said

    error = RehearsalError

    def run(
        self,
        *argv: str,
        check: bool = True,
        input: str | None = None,
        env: dict[str, str] | None = None,
        timeout: float = 900,
    ) -> subprocess.CompletedProcess[str]:
        """A command as root of the clean system. Raises RehearsalError, with its last lines, when it fails."""
        done = subprocess.run(
            ["chroot", str(self.root), *argv],
            env=self.environment | (env or {}),
            input=input if input is not None else "",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=timeout,
        )
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(argv)}\n{done.stdout}{done.stderr}")
        if check and done.returncode:
            last = " | ".join((done.stdout + done.stderr).strip().splitlines()[-5:])
            raise RehearsalError(f"`{' '.join(argv)}` ended with code {done.returncode}: {last} (see {self.log})")
        return done

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
        }
