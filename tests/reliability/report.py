"""`python -m tests.reliability.report FOLDER…`: writes the tables of docs/reliability.md from the folders of runs.

A folder that holds folders of runs stands for all of them; with a `teeth.json` in it, for a hunt for mutants.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.reliability.checker.__main__ import LAST, runs_in
from tests.reliability.checker.judging import RULES, judge, name_of
from tests.reliability.checker.mailbox import by_row
from tests.reliability.checker.reading import Run, read, whole

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
PROVEN = 20  # times that a point was hit while it served an operation
QUIET = ("heal", "wake", "start")  # ends of faults, and no faults
NONE_FOUND = "0"
MAIL_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass
class Total:
    """What all runs together say."""

    runs: int = 0
    unfinished: int = 0
    seeds: list[int] = field(default_factory=list)
    versions: Counter[tuple[str, ...]] = field(default_factory=Counter)
    days: set[str] = field(default_factory=set)
    operations: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    points: Counter[tuple[str, str]] = field(default_factory=Counter)
    looked: Counter[str] = field(default_factory=Counter)
    findings: list[tuple[str, str, str]] = field(default_factory=list)  # run, rule, words
    mails: int = 0
    copies: int = 0
    marked: int = 0
    drains: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, run: Run, folder: Path) -> None:
        self.runs += 1
        self.seeds.append(int(run.plan.get("seed", 0)))
        self.versions[tuple(run.plan.get("versions", {}).values())] += 1
        self.days.add(str(run.plan.get("began_at", ""))[:10])
        for op in run.ops:
            if op.process == "nemesis":
                self.faults.update([fault_of(op.f, op.asked)] if op.f not in QUIET else [])
            elif op.process == "clock":
                self.faults["the clock jumps"] += 1
            else:
                self.operations[op.f, op.outcome] += 1
                self.faults["the browser goes before the answer comes"] += (
                    op.asked.get("fault") == "lose-answer"
                )
        self.points.update((hit.point, words_for(hit.about)) for hit in run.hits)
        self.findings += [(run.name, one.rule, str(one)) for one in judge(run)]
        self.looked += run.looked
        arrived = by_row(run)
        copied = [name for name, mails in arrived.items() if len(mails) > 1]
        self.mails += len(run.mails)
        self.copies += len(run.mails) - len(arrived)
        self.marked += sum(bool(run.outbox.get(name, {}).get("maybe_duplicate")) for name in copied)
        self.drains += (
            [run.state["seconds_to_drain"]] if run.state.get("seconds_to_drain") is not None else []
        )
        took = whole(folder / "took.json") or {}
        self.seconds += [took["all"]] if "all" in took else []


def fault_of(f: str, asked: dict[str, Any]) -> str:
    words = {
        "arm": "a worker dies at a point",
        "kill": f"kill -9 of {asked.get('what')}",
        "stop": f"{asked.get('what')} stops at once, and comes back",
        "hang": f"{asked.get('what')} hangs",
        "flush": "Redis is emptied",
        "smtp": f"the mail server: {asked.get('rule')}",
        "caldav": f"the calendar server: {asked.get('rule')}",
        "second-beat": "two beats",
        "skew": "the worker's clock ten minutes beside the others",
    }
    return words.get(f, f)


# ---- in words and tables ----------------------------------------------------------------------------------------
def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    lines = [list(head), *[[str(cell) for cell in row] for row in rows]]
    marks = ["---"] + ["---:"] * (len(lines[0]) - 1)
    return "\n".join("| " + " | ".join(line) + " |" for line in [lines[0], marks, *lines[1:]])


def chaos_words(total: Total) -> str:
    parts = [
        introduction(total),
        verdict(total),
        "What was asked, and how it ended: *done* was seen, *refused* was certainly not done, *unknown* has no answer.",
        operations_table(total),
        "What went wrong meanwhile, on purpose.",
        table(("fault", "times"), sorted(total.faults.items())),
        "Where a process was killed (or lost its connection to the database), and what it had in hand. A place that was"
        f" hit fewer than {PROVEN} times is not proven by these runs.",
        points_table(total),
        "What the checker judged.",
        rules_table(total),
        mail_words(total),
    ]
    return "\n\n".join(parts)


def introduction(total: Total) -> str:
    seeds = sorted(total.seeds)
    which = (
        f"seeds {seeds[0]} to {seeds[-1]}"
        if seeds == list(range(seeds[0], seeds[-1] + 1))
        else f"{len(seeds)} seeds"
    )
    with_what = "; ".join(", ".join(part for part in one if part) for one in total.versions)
    operations = sum(total.operations.values())
    seconds = f", {sum(total.seconds) / len(total.seconds):.0f} s each" if total.seconds else ""
    return (
        f"{total.runs} runs ({which}{seconds}) on {' and '.join(sorted(total.days))}: {operations} operations of twelve"
        f" visitors and a coach, {sum(total.faults.values())} faults,"
        f" {sum(total.points.values())} processes killed or cut off,"
        f" {sum(total.looked.values())} judgements. Commit and programs: {with_what}."
        + (
            f" {total.unfinished} more did not come to their end, and count for nothing."
            if total.unfinished
            else ""
        )
    )


def verdict(total: Total) -> str:
    if total.findings:
        runs = len({run for run, _rule, _says in total.findings})
        rules = Counter(rule for _run, rule, _says in total.findings)
        words = ", ".join(f"{rule} ({count})" for rule, count in rules.most_common())
        return f"**The checker found something in {runs} of {total.runs} runs:** {words}."
    return (
        f"**The checker found nothing.** No failure in {total.runs} runs bounds the rate at which such runs fail: with"
        f" 95 % confidence it is below 3/{total.runs}, so {3 / total.runs:.1%} (rule of three: Hanley and Lippman-Hand,"
        ' "If nothing goes wrong, is everything all right?", JAMA 1983;249(13):1743-1745).'
    )


def operations_table(total: Total) -> str:
    names = sorted({f for f, _outcome in total.operations})
    rows = [(f, *(total.operations[f, outcome] for outcome in ("ok", "fail", "info"))) for f in names]
    sums = [sum(int(row[n]) for row in rows) for n in (1, 2, 3)]
    return table(("operation", "done", "refused", "unknown"), [*rows, ("**all**", *sums)])


def words_for(about: str) -> str:
    """What a process had in hand; of a mail that went with its person the id alone is left."""
    return "a mail of somebody who was erased" if MAIL_ID.fullmatch(about) else about


def points_table(total: Total) -> str:
    rows = [
        (f"`{point}`", about, times, "" if times >= PROVEN else "not proven")
        for (point, about), times in sorted(total.points.items())
    ]
    return table(("point", "in hand", "times", ""), rows)


def rules_table(total: Total) -> str:
    found = Counter(rule for _run, rule, _says in total.findings)
    rows = []
    for rule in RULES:
        words = " ".join((rule.__doc__ or "").split())
        rows.append(
            (f"{name_of(rule)}: {words}", total.looked[name_of(rule)], found[name_of(rule)] or NONE_FOUND)
        )
    return table(("rule", "judged", "findings"), rows)


def mail_words(total: Total) -> str:
    longest = f"{max(total.drains):.1f} s" if total.drains else "unknown"
    return (
        f"{total.mails} mails arrived, {total.copies} of them copies; of {total.marked} mails the row says that they"
        f" may have arrived twice. After healing, the longest wait until all that was due had left: {longest}"
        " (60 s are promised)."
    )


def teeth_words(caught: list[dict[str, Any]]) -> str:
    rows = [
        (
            f"`{one['name']}`: {one['words']}",
            one["seeds"] or f"**not found** in {one['tried']}",
            ", ".join(one["rules"]) or "-",
        )
        for one in caught
    ]
    return table(("mutant", "seeds it took", "found by"), rows)


# ---- the document -----------------------------------------------------------------------------------------------
def put(text: str, name: str, words: str) -> str:
    """The document with these words between the markers of that name."""
    pattern = re.compile(rf"(<!-- {name}[^>]*-->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{DOCUMENT.name} has no place for {name}.")
    return pattern.sub(lambda found: f"{found[1]}{words}\n{found[2]}", text)


def main(names: list[str], document: Path = DOCUMENT) -> int:
    folders = [Path(name) for name in names]
    text = document.read_text(encoding="utf-8")
    total, caught = Total(), list[dict[str, Any]]()
    for folder in folders:
        found = sorted(folder.glob("**/teeth.json"))
        if found:
            caught += [one for file in found for one in whole(file)]
            continue
        for one in runs_in(folder):
            if (one / LAST).exists():
                total.add(read(one), one)
            else:
                total.unfinished += 1
    if caught:
        text = put(text, "teeth", teeth_words(caught))
    if total.runs:
        text = put(text, "chaos", chaos_words(total))
    document.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{total.runs} runs, {len(total.findings)} findings: {document.name} is written.\n")
    for run, _rule, says in total.findings:
        sys.stdout.write(f"  {run}: {says}\n")
    return 0 if names else 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
