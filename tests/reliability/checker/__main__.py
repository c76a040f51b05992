"""`python -m tests.reliability.checker FOLDER…`: judges the folders of runs again, and says what is wrong with them.

Exit code 1 when anything is. A folder that holds folders of runs stands for all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.reliability.checker.judging import judge
from tests.reliability.checker.reading import read

LAST = "points.json"  # what a run writes near its end


def main(names: list[str]) -> int:
    folders = [run for name in names for run in runs_in(Path(name))]
    if not folders:
        sys.stderr.write("Name the folder of a run, such as var/chaos/20261201T140000Z/17.\n")
        return 2
    wrong = 0
    for folder in folders:
        if not (folder / LAST).exists():
            wrong += 1
            sys.stdout.write(f"{folder.name}: this run did not come to its end\n")
            continue
        run = read(folder)
        findings = judge(run)
        wrong += len(findings)
        looked = sum(run.looked.values())
        sys.stdout.write(
            f"{run.name}: {len(run.ops)} operations, {looked} judgements, {len(findings)} findings\n"
        )
        sys.stdout.writelines(f"  {finding}\n" for finding in findings)
    return 1 if wrong else 0


def runs_in(folder: Path) -> Iterator[Path]:
    if (folder / "history.jsonl").exists():
        yield folder
    else:
        yield from sorted(path.parent for path in folder.glob("**/history.jsonl"))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
