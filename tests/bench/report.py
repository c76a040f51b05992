"""The tables of docs/benchmarks.md, gathered while a run measures."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter

import django
from django.conf import settings

# By where it stands: the file of its own, or between two marks of docs/reliability.md, which a person wrote around it.
BENCHMARKS, YEARS, CARRIES = "benchmarks", "years", "carries"
REPORT: dict[str, list[str]] = {}


def table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    note: str = "",
    *,
    into: str = BENCHMARKS,
) -> None:
    mark = "##" if into == BENCHMARKS else "####"
    lines = [f"{mark} {title}", *([note] if note else []), "", "| " + " | ".join(columns) + " |"]
    lines.append("|" + "|".join("---" for _ in columns) + "|")
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    REPORT.setdefault(into, []).extend([*lines, ""])
    print("\n".join(lines))  # noqa: T201 - this is a program that prints


def write() -> None:
    for part, lines in REPORT.items():
        (_write_whole if part == BENCHMARKS else partial(_write_between, part))(lines)


def _machine() -> list[str]:
    return [
        f"- {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()},"
        f" Django {django.get_version()}",
        f"- Load average of the last five minutes: {os.getloadavg()[1]:.1f}. Above the number of cores,"
        " compare shares and not times.",
        "",
    ]


def _write_between(part: str, lines: Sequence[str]) -> None:
    path = Path(settings.BASE_DIR) / "docs" / "reliability.md"
    old = re.compile(rf"(<!-- {part}:[^>]*-->\n).*?(<!-- /{part} -->\n)", re.DOTALL)
    text = path.read_text(encoding="utf-8")
    assert old.search(text), f"{path} has no place for the figures of {part}."
    new = "\n".join([*_machine(), *lines])
    path.write_text(old.sub(lambda found: f"{found[1]}{new}{found[2]}", text), encoding="utf-8")


def _write_whole(lines: Sequence[str]) -> None:
    head = [
        "# Figures of one run",
        "",
        "Written by `make bench`; do not edit. Times are milliseconds on the machine below, best of several",
        "rounds where it says so. They are there to compare with each other and with the next run.",
        "",
        *_machine(),
    ]
    path = Path(settings.BASE_DIR) / "docs" / "benchmarks.md"
    path.write_text("\n".join([*head, *lines]).rstrip() + "\n", encoding="utf-8")


def best(call: Callable[[], object], rounds: int) -> float:
    measured = []
    for _ in range(rounds):
        began = perf_counter()
        call()
        measured.append((perf_counter() - began) * 1000)
    return min(measured)
