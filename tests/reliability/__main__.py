"""`python -m tests.reliability --seeds 5`: chaos runs, each checked at once; exit code 1 with what was found.

Every run is a folder in var/chaos/, which says all there is to know about it:
`python -m tests.reliability.checker FOLDER` judges it again.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import django

from portal.local.machine import own_variables, stop_on_signals
from portal.local.places import VAR, say
from portal.local.postgres import Postgres

PORT = 8330  # nobody listens there: what stands in a link


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="how many runs")
    parser.add_argument("--from", type=int, default=1, dest="first", help="the first seed")
    parser.add_argument("--seed", type=int, help="this one only")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--mutant", default="", help="a portal with a fault that must be caught")
    parser.add_argument("--folder", type=Path, help="where the runs go; var/chaos/<now> unless said")
    options = parser.parse_args()
    stop_on_signals()
    seeds = (
        [options.seed]
        if options.seed is not None
        else list(range(options.first, options.first + options.seeds))
    )
    folder = options.folder or VAR / "chaos" / f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    folder.mkdir(parents=True, exist_ok=True)
    template = folder / "template"
    try:
        make_ready(folder, template)
        return run_all(seeds, folder, template, options.mutant, options.at_once)
    finally:
        throw_away(template)


def make_ready(folder: Path, template: Path) -> None:
    """What all runs of this process share: the first database, and a portal that is read already."""
    os.environ.update(own_variables(folder, PORT) | {"DJANGO_SETTINGS_MODULE": "portal.settings"})
    prepare(template)
    os.environ |= {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    django.setup()
    read_all()


def prepare(template: Path) -> None:
    """The cluster that each run copies: made once, stopped, and never written again."""
    for name in ("log", "run", "caldav"):
        (template / name).mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        for one in (template, *list(template.parents)[:2]):
            one.chmod(0o711)
    server = Postgres(template, durable=False)
    server.start()
    try:
        env = os.environ | {"DATABASE_URL": server.url, "REDIS_URL": "redis://127.0.0.1:1/0"}
        subprocess.run(
            [sys.executable, "-m", "tests.reliability.prepare", str(template)], env=env, check=True
        )
    finally:
        server.stop()


def read_all() -> None:
    """What every program of the portal reads when it starts: once for all."""
    from tests.reliability import nursery

    nursery.read_all()


def run_all(seeds: list[int], folder: Path, template: Path, mutant: str, at_once: int) -> int:
    """So many side by side. Each is a process of its own, forked from this one, which has read all of the portal."""
    spawn = multiprocessing.get_context("fork")
    waiting, going, failed = list(seeds), {}, []
    while waiting or going:
        while waiting and len(going) < at_once:
            seed = waiting.pop(0)
            process = spawn.Process(target=run_one, args=(seed, folder, template, mutant), daemon=True)
            process.start()
            going[seed] = process
        for seed, process in list(going.items()):
            process.join(0.1)
            if process.exitcode is not None:
                del going[seed]
                failed += [seed] if process.exitcode else []
        time.sleep(0.1)
    say(f"{len(seeds) - len(failed)} of {len(seeds)} runs without a finding. Folder: {folder}")
    return 1 if failed else 0


def run_one(seed: int, folder: Path, template: Path, mutant: str) -> None:
    from tests.reliability.run import run

    name = f"{mutant}-{seed}" if mutant else str(seed)
    troubles = run(seed, folder / name, template, mutant)
    if troubles:
        say(f"Seed {seed}: the run itself failed.\n" + "\n".join(troubles))
        sys.exit(2)
    sys.exit(judge(seed, folder / name, mutant))


def judge(seed: int, folder: Path, mutant: str) -> int:
    """The checker, in a process of its own as anybody would start it."""
    said = subprocess.run(
        [sys.executable, "-m", "tests.reliability.checker", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    again = f"make chaos SEED={seed}" + (f" MUTANT={mutant}" if mutant else "")
    verdict = (
        "nothing found" if said.returncode == 0 else f"FOUND (again: {again})\n{said.stdout}{said.stderr}"
    )
    say(f"Seed {seed}: {verdict}")
    return said.returncode


def throw_away(template: Path) -> None:
    elsewhere = template / "postgres" / "elsewhere"
    with contextlib.suppress(OSError):
        shutil.rmtree(elsewhere.read_text().strip(), ignore_errors=True)
    shutil.rmtree(template, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
