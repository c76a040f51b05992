"""The tables of docs/benchmarks.md, gathered while a run measures."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import django
from django.conf import settings

REPORT: list[str] = []


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], note: str = "") -> None:
    lines = [f"## {title}", *([note] if note else []), "", "| " + " | ".join(columns) + " |"]
    lines.append("|" + "|".join("---" for _ in columns) + "|")
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    REPORT.extend([*lines, ""])
    print("\n".join(lines))  # noqa: T201 - this is a program that prints


def write() -> None:
    head = [
        "# Figures of one run",
        "",
        "Written by `make bench`; do not edit. Times are milliseconds on the machine below, best of several",
        "rounds where it says so. They are there to compare with each other and with the next run.",
        "",
        f"- {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()},"
        f" Django {django.get_version()}",
        f"- Load average of the last five minutes: {os.getloadavg()[1]:.1f}. Above the number of cores,"
        " compare shares and not times.",
        "",
    ]
    path = Path(settings.BASE_DIR) / "docs" / "benchmarks.md"
    path.write_text("\n".join(head + REPORT).rstrip() + "\n", encoding="utf-8")


def best(call: Callable[[], object], rounds: int) -> float:
    measured = []
    for _ in range(rounds):
        began = perf_counter()
        call()
        measured.append((perf_counter() - began) * 1000)
    return min(measured)
