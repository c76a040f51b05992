"""`python -m tests.reliability.teeth`: runs each mutant, seed after seed, until the checker finds it; at most twenty.

Leaves `teeth.json` in its folder, for the report. Exit code 1 when a mutant was not found. The findings that count are
those of the rules that are meant for it: a run that fails for another reason proves nothing about the mutant.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from portal.local.places import VAR
from tests.reliability.checker.__main__ import LAST
from tests.reliability.checker.judging import judge
from tests.reliability.checker.reading import read
from tests.reliability.mutants import BY_NAME, Mutant

MOST_SEEDS = 20


@dataclass
class Caught:
    """`seeds` is how many it took; 0 when so many as were tried found nothing."""

    name: str
    words: str
    seeds: int
    tried: int
    rules: list[str]
    says: str


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.teeth", description=__doc__)
    parser.add_argument("--mutant", choices=BY_NAME, help="this one only")
    parser.add_argument("--from", type=int, default=1, dest="first", help="the first seed")
    parser.add_argument("--seeds", type=int, default=MOST_SEEDS, help="how many seeds at most")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument(
        "--folder", type=Path, default=VAR / "chaos" / f"teeth-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    )
    options = parser.parse_args(arguments)
    results = []
    for name in [options.mutant] if options.mutant else BY_NAME:
        results.append(hunt(BY_NAME[name], options.folder, options.first, options.seeds, options.at_once))
        sys.stdout.write(f"{name}: {said(results[-1])}\n")
        sys.stdout.flush()
        (options.folder / "teeth.json").write_text(
            json.dumps([asdict(one) for one in results], indent=1) + "\n"
        )
    return 0 if all(one.seeds for one in results) else 1


def hunt(mutant: Mutant, folder: Path, first: int, most: int, at_once: int) -> Caught:
    """Runs that did not come to their end do not count."""
    tried = 0
    for seed in range(first, first + most, at_once):
        seeds = range(seed, min(seed + at_once, first + most))
        run(mutant, folder / mutant.name, seeds, at_once)
        for one in seeds:
            ended = folder / mutant.name / f"{mutant.name}-{one}"
            if not (ended / LAST).exists():
                continue
            tried += 1
            rules, says = found(mutant, ended)
            if rules:
                return Caught(mutant.name, mutant.words, tried, tried, rules, says)
    return Caught(mutant.name, mutant.words, 0, tried, [], "")


def run(mutant: Mutant, folder: Path, seeds: range, at_once: int) -> None:
    options = ["--mutant", mutant.name, "--from", seeds[0], "--seeds", len(seeds), "--at-once", at_once]
    argv = [sys.executable, "-m", "tests.reliability", *map(str, options), "--folder", str(folder)]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "said.txt").open("a") as output:
        subprocess.run(
            argv, stdout=output, stderr=subprocess.STDOUT, check=False
        )  # what it says is judged here


def found(mutant: Mutant, folder: Path) -> tuple[list[str], str]:
    """The rules meant for this mutant that found something, and what the first of them says."""
    findings = [one for one in judge(read(folder)) if one.rule in mutant.found_by]
    return sorted({one.rule for one in findings}), str(findings[0]) if findings else ""


def said(one: Caught) -> str:
    if not one.seeds:
        return f"NOT found in {one.tried} seeds"
    return f"found by seed {one.seeds} of those that were run, by {', '.join(one.rules)}: {one.says}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
