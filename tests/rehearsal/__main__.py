"""`make rehearse`: a clean Debian 12, docs/install.md followed to the letter in it, and what must hold then.

This program starts itself once more in lists of mounts and processes of its own; what those hold ends with it, however
it ends. Only the folder var/rehearsal stays: the packages, for the next time, the logs and the report.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
import time

from portal.local.places import VAR, try_lock
from tests.rehearsal import steps
from tests.rehearsal.system import RehearsalError, missing

HOME = VAR / "rehearsal"
ALONE = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.rehearsal", description=__doc__)
    parser.add_argument("--only", choices=list(steps.STEPS), nargs="*", help="leave the others out")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.alone:
        return inside(chosen.only)
    if sentence := missing():
        print(sentence, file=sys.stderr)
        return 1
    HOME.mkdir(parents=True, exist_ok=True)
    lock = try_lock(HOME / "lock")
    if lock is None:
        print("A rehearsal runs here already.", file=sys.stderr)
        return 1
    with lock:
        return outside(sys.argv[1:])


def outside(arguments: list[str]) -> int:
    began = time.monotonic()
    signal.signal(signal.SIGTERM, _stop)
    sweep()
    child = subprocess.Popen([*ALONE, sys.executable, "-m", "tests.rehearsal", "--alone", *arguments])
    try:
        code = child.wait()
    except KeyboardInterrupt:
        code = 130
    finally:
        child.kill()  # the whole rehearsal goes with it
        child.wait()
        sweep()
    print(f"{'The rehearsal failed' if code else 'All of it holds'}, after {time.monotonic() - began:.0f} s.")
    return code


def inside(only: list[str] | None) -> int:
    try:
        steps.rehearse(HOME, only)
    except RehearsalError as error:
        print(f"FAILED  {error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def sweep() -> None:
    """The folder of the system; its mounts went with those who saw them."""
    for folder in (HOME / "system", HOME / "fresh"):
        shutil.rmtree(folder, ignore_errors=True)


def _stop(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
