"""What is wrong with a run, in sentences that lead to the lines of its history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.reliability.checker.reading import Op, Run


@dataclass(frozen=True)
class Finding:
    rule: str
    says: str
    lines: tuple[int, ...] = ()

    def __str__(self) -> str:
        where = f" (history, line {' and '.join(map(str, self.lines))})" if self.lines else ""
        return f"{self.rule}: {self.says}{where}"


Rule = Callable[[Run], Iterator[Finding]]


def about(op: Op) -> str:
    """'person-3 asked to confirm 2026-12-03T09:00'."""
    start = f" {op.start:%Y-%m-%d %H:%M} UTC" if op.start else ""
    return f"{op.process} asked to {op.f}{start or (f' {op.booking}' if op.booking else '')}"
