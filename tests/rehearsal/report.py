"""`python -m tests.rehearsal.report`: the figures of the last rehearsal, written into docs/reliability.md."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.local.places import ROOT, VAR

FIGURES = VAR / "rehearsal" / "report.json"
DOCUMENT = ROOT / "docs" / "reliability.md"
PLACE = re.compile(r"(<!-- rehearsal.*?-->\n).*?(<!-- /rehearsal -->)", re.DOTALL)
RESTART = (
    "seconds",
    "requests",
    "calls booked",
    "errors of a server",
    "told to press again",
    "slowest answer, seconds",
)
CROWD = (
    "requests", "calls booked", "moved", "cancelled", "refused, rightly", "errors of a server", "told to press again",
    "slowest answer, seconds", "95th of 100, seconds",
)  # fmt: skip
Figures = dict[str, Any]


def write(figures: Figures, document: Path) -> None:
    text = "\n".join(lines(figures))
    whole, count = PLACE.subn(lambda found: f"{found[1]}{text}\n{found[2]}", document.read_text())
    if count != 1:
        raise ValueError(f"{document} has no place for the figures of a rehearsal.")
    document.write_text(whole)


def lines(figures: Figures) -> Iterator[str]:
    """Of the steps that there are figures of."""
    rolls = {"Caddy": figures.get("rolling"), "nginx": figures.get("rolling-nginx")}
    yield from ("Everything anew, one by one, while people book:", "")
    yield from restarts({proxy: found["one by one"] for proxy, found in rolls.items() if found})
    yield from ("", "PostgreSQL anew (then an error is right, and whoever tries again is served):", "")
    yield from restarts({proxy: found["the database"] for proxy, found in rolls.items() if found})
    if upgraded := figures.get("upgraded"):
        yield from ("", "From 0.1.0 to this version:", "")
        yield from upgrade(upgraded)
    if saved := figures.get("saved"):
        yield from ("", "A backup under load, and what came back of it in a second cluster:", "")
        yield from table(["what", ""], [[name, value] for name, value in saved.items()])
    if memory := figures.get("memory"):
        yield from ("", "Memory under load (PSS):", "")
        rows = [[name, value] for name, value in memory["MiB"].items()]
        yield from table(["part", "MiB"], [*rows, ["all together", memory["MiB in all"]]])


def restarts(crowds: dict[str, Figures]) -> Iterator[str]:
    rows = [
        [proxy, name, *(found.get(key, 0) for key in RESTART)]
        for proxy, crowd in crowds.items()
        for name, found in crowd["restarts"].items()
    ]
    yield from table(["behind", "restarted", *RESTART], rows)
    yield ""
    yield from table(
        ["behind", *CROWD],
        [[proxy, *(crowd.get(key, 0) for key in CROWD)] for proxy, crowd in crowds.items()],
    )


def upgrade(found: Figures) -> Iterator[str]:
    stopped = found["stopped half-way"]
    rows = [
        [
            "`setup` killed after migration",
            ", ".join(f"{one['killed after']} of {one['of']}" for one in stopped),
        ]
    ]
    rows += [["what the doctor said then", one["the doctor"]] for one in stopped[:1]]
    rows += [["`setup` to its end, seconds", found["setup, seconds"]]]
    pages = found["old pages on new tables"]
    rows += [
        [
            "pages of 0.1.0 on the new tables",
            f"{pages['opened and erased']}; that fail: {len(pages['that fail'])}",
        ]
    ]
    yield from table(["what", ""], rows)
    yield ""
    yield from restarts({found["behind"]: found["in all"] | {"restarts": found["restarts"]}})


def table(head: list[str], rows: list[list[Any]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(str(cell) for cell in row)} |"


if __name__ == "__main__":
    if not FIGURES.exists():
        sys.exit("There was no rehearsal yet: make rehearse.")
    write(json.loads(FIGURES.read_text()), DOCUMENT)
