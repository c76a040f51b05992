"""Whose hold a row is. A row has a digest of the browser's session; whose that is follows from who was told "held"."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from tests.reliability.checker.calendar import COMMIT
from tests.reliability.checker.reading import BOOKING, Op, Run, Version, span


@dataclass
class Owners:
    """Rows by person: those that are surely theirs, and those that may be (nobody heard an answer)."""

    sure: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    maybe: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def own(self, process: str) -> frozenset[int]:
        return frozenset(self.sure[process])

    def perhaps_own(self, process: str) -> frozenset[int]:
        return frozenset(self.sure[process] | self.maybe[process])

    def of(self, row: int) -> str:
        return next((name for name, rows in self.sure.items() if row in rows), "")


def owners_of(run: Run) -> Owners:
    held = [
        one for rows in run.rows(BOOKING) for one in rows if one.row["status"] == "held" and not one.is_gone
    ]
    digests: dict[str, set[str]] = defaultdict(set)
    perhaps: dict[str, set[str]] = defaultdict(set)
    for op in run.asked("hold"):
        found = {one.row["visitor"] for one in held if is_made_by(one, op)} - {""}
        if op.outcome == "ok" and len(found) == 1:
            digests[op.process] |= found
        elif op.outcome != "fail":
            perhaps[op.process] |= found
    owners = Owners()
    for one in held:
        for process, known in digests.items():
            if one.row["visitor"] in known:
                owners.sure[process].add(one.row["id"])
        for process, known in perhaps.items():
            if one.row["visitor"] in known:
                owners.maybe[process].add(one.row["id"])
    return owners


def is_made_by(one: Version, op: Op) -> bool:
    is_start = op.start is None or span(one.row["period"])[0] == op.start
    return one.row["offer_id"] is None and is_start and op.at <= one.at <= op.done_until + COMMIT
