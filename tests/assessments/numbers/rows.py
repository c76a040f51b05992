"""Scans as the calculator reads them, without a database or a process of its own."""

from __future__ import annotations

import struct
from typing import Any

from assessments.numbers.calculator import Scans, Task, read, work_out
from assessments.numbers.models import Figures
from tests.assessments import demo
from tests.factories.numbers import FEW, FiguresFactory

KEYS = demo.instrument().keys
ITEMS = [item for key in KEYS for item in key.items]
NOW, DAY = 1_800_000_000.0, 86400
TASK = Task(
    keys=[(key.slug, [item.id for item in key.items], [item.reverse for item in key.items]) for key in KEYS],
    versions=[0, 1],
    as_of=NOW,
    since={},
)
Sheet = dict[str, int | None]


def copied(sheets: list[Sheet], **facts: Any) -> bytes:
    """As PostgreSQL copies them out in binary; `facts`: a list for each, or one for all."""
    usual = {"version": 1, "language": 0, "person": 0, "done_at": NOW - DAY, "seconds": 420.0} | facts
    data = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
    for place, sheet in enumerate(sheets):
        one = {name: value[place] if isinstance(value, list) else value for name, value in usual.items()}
        data += struct.pack(">h", 5 + len(ITEMS))
        data += struct.pack(">ihihiqidid", 2, one["version"], 2, one["language"], 8, one["person"],
                            8, one["done_at"], 8, one["seconds"])  # fmt: skip
        for item in ITEMS:
            data += struct.pack(">ih", 2, sheet.get(item.id) or 0)
    return data + struct.pack(">h", -1)


def scans(sheets: list[Sheet], **facts: Any) -> Scans:
    return read(copied(sheets, **facts), TASK)


def figures_of(sheets: list[Sheet], *, languages: tuple[str, ...] = ("",), **facts: Any) -> Figures:
    """The rows that are put away of these scans, in each of these languages; the whole of them is the answer."""
    found = work_out(TASK, scans(sheets, **facts))
    rows = []
    for language in languages:
        content = {**found["versions"]["1"][language], "reached": FEW["reached"], "rescans": found["rescans"]}
        norm = content.pop("norm")
        rows.append(FiguresFactory(language=language, used=content["used"], content=content, norm=norm))
    return rows[0]
