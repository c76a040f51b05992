"""`python -m tests.reliability.teeth`: runs each mutant, seed after seed, until the checker finds it; at most twenty.

Leaves `teeth.json` in its folder, for the report. Exit code 1 when a mutant was not found. The findings that count are
those of the rules that are meant for it: a run that fails for another reason proves nothing about the mutant.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.local.machine import stop_on_signals
from portal.local.places import VAR
from tests.reliability import __main__ as runs
from tests.reliability.checker.__main__ import LAST
from tests.reliability.checker.judging import judge
from tests.reliability.checker.reading import read
from tests.reliability.mutants import BY_NAME, Mutant

MOST_SEEDS = 20
FORK = multiprocessing.get_context("fork")


@dataclass
class Hunted:
    """A mutant and what came of it. Runs that did not come to their end do not count."""

    mutant: Mutant
    tried: int = 0
    seed: int = 0
    rules: list[str] = field(default_factory=list)
    says: str = ""

    def look_at(self, folder: Path, seed: int) -> None:
        if not (folder / LAST).exists():
            return
        self.tried += 1
        self.rules, self.says = found(self.mutant, folder)
        self.seed = seed if self.rules else 0
        words = f"found by {', '.join(self.rules)}: {self.says}" if self.rules else "not found"
        sys.stdout.write(f"{self.mutant.name}, seed {seed}: {words}\n")
        sys.stdout.flush()

    def as_map(self) -> dict[str, Any]:
        """`seeds` is how many it took; 0 when so many as were tried found nothing."""
        seeds = self.tried if self.rules else 0
        about = {"name": self.mutant.name, "words": self.mutant.words, "rules": self.rules, "says": self.says}
        return about | {"seeds": seeds, "tried": self.tried, "seed": self.seed}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.teeth", description=__doc__)
    parser.add_argument(
        "--mutant", action="append", choices=BY_NAME, help="this one only; may be said more than once"
    )
    parser.add_argument("--from", type=int, default=1, dest="first", help="the first seed")
    parser.add_argument("--seeds", type=int, default=MOST_SEEDS, help="how many seeds at most")
    parser.add_argument("--at-once", type=int, default=2, help="how many mutants side by side")
    parser.add_argument(
        "--folder", type=Path, default=VAR / "chaos" / f"teeth-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    )
    options = parser.parse_args(arguments)
    hunted = [Hunted(BY_NAME[name]) for name in options.mutant or BY_NAME]
    folder = options.folder.resolve()
    template = folder / "template"
    folder.mkdir(parents=True, exist_ok=True)
    stop_on_signals()
    runs.make_ready(folder, template)
    try:
        for seed in range(options.first, options.first + options.seeds):
            if left := [one for one in hunted if not one.rules]:
                run_seed(seed, left, folder, template, options.at_once)
            results = [one.as_map() for one in hunted]
            (folder / "teeth.json").write_text(json.dumps(results, indent=1) + "\n")
    finally:
        runs.throw_away(template)
    return 0 if all(one.rules for one in hunted) else 1


def run_seed(seed: int, hunted: list[Hunted], folder: Path, template: Path, at_once: int) -> None:
    """One seed with each mutant that was not found yet, so many side by side."""
    waiting, going = list(hunted), dict[str, tuple[Hunted, Any]]()
    while waiting or going:
        while waiting and len(going) < at_once:
            one = waiting.pop(0)
            process = FORK.Process(target=runs.run_one, args=(seed, folder, template, one.mutant.name))
            process.start()
            going[one.mutant.name] = one, process
        for name, (one, process) in list(going.items()):
            process.join(0.1)
            if process.exitcode is not None:
                del going[name]
                one.look_at(folder / f"{name}-{seed}", seed)


def found(mutant: Mutant, folder: Path) -> tuple[list[str], str]:
    """The rules meant for this mutant that found something, and what the first of them says."""
    findings = [one for one in judge(read(folder)) if one.rule in mutant.found_by]
    return sorted({one.rule for one in findings}), str(findings[0]) if findings else ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
