"""Make the virtual environment and install the pinned packages; do nothing when that was done before.

Run by the Makefile with the machine's own Python, which it found to be new enough: standard library only.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed"
LOG = ROOT / "var" / "install.log"
NEEDED_MEGABYTES = 1500


def main(kind: str) -> None:
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "install.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = fingerprint(kind)
        done = STAMP.read_text().splitlines() if STAMP.exists() and is_usable() else []
        # The tools' environment holds all that running needs.
        if wanted in done or fingerprint("dev") in done:
            return
        refuse_a_full_disk()
        make_environment()
        install(requirements(kind))
        STAMP.write_text(f"{wanted}\n")


def requirements(kind: str) -> Path:
    return ROOT / ("requirements-dev.txt" if kind == "dev" else "requirements.txt")


def fingerprint(kind: str) -> str:
    """Name everything that makes an installed environment out of date: the pins, and where it stands."""
    pins = hashlib.sha256(requirements(kind).read_bytes()).hexdigest()
    return f"{kind} {pins} {VENV}"


def is_usable() -> bool:
    """Tell whether the environment's Python still runs, is new enough and has pip. Checkouts move."""
    if not PYTHON.exists():
        return False
    probe = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


def refuse_a_full_disk() -> None:
    free = shutil.disk_usage(ROOT).free // 1_000_000
    if free < NEEDED_MEGABYTES:
        sys.exit(
            f"The disk is full: {free} MB is free at {ROOT} and {NEEDED_MEGABYTES} MB is needed; "
            "make room and try again."
        )


def make_environment() -> None:
    if is_usable():
        return
    print("Making the virtual environment .venv …", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if made.returncode or not is_usable():
        shutil.rmtree(VENV, ignore_errors=True)
        version = "{}.{}".format(*sys.version_info[:2])
        if "ensurepip" in made.stdout + made.stderr or "No module named venv" in made.stderr:
            sys.exit(
                f"This Python {version} cannot make virtual environments; install its venv module "
                f"(Debian, Ubuntu: apt install python{version}-venv) and run make again."
            )
        reason = " ".join((made.stderr or made.stdout).split()[-30:])
        sys.exit(f"Could not make the virtual environment .venv: {reason}")


def install(pins: Path) -> None:
    print(f"Installing the packages of {pins.name}; the first time takes a minute or two …", flush=True)
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    with LOG.open("w") as log:
        done = subprocess.run(
            [PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", pins],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        errors = [line.strip() for line in LOG.read_text().splitlines() if line.startswith("ERROR")]
        reason = errors[-1] if errors else f"pip ended with code {done.returncode}"
        sys.exit(f"The packages could not be installed, is there a network? {reason} (see {LOG})")


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "run")
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"The set-up stopped: {error}")
