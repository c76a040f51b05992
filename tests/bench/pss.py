"""What processes take of memory, as Linux divides it."""

from __future__ import annotations

from pathlib import Path


def family(pid: int) -> list[int]:
    """This process and all that descend from it."""
    children = " ".join(file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/children"))
    return [pid, *(one for child in children.split() for one in family(int(child)))]


def share(pid: int) -> float:
    """MiB of one process, where memory that several have counts for each in part."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
