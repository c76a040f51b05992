"""docs/install.md as a program: its blocks, in order, and which of them are somebody's own to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "install.md"
FENCE = re.compile(r"```(.*)")
NOT_REHEARSED = "*Not rehearsed*"


@dataclass(frozen=True)
class Block:
    section: str
    text: str
    by_hand: bool
    introduced: str  # the paragraph above it


def blocks(document: str) -> list[Block]:
    found: list[Block] = []
    section = paragraph = kind = ""
    is_over = True
    lines: list[str] | None = None
    for line in document.splitlines():
        if fence := FENCE.fullmatch(line):
            if lines is None:
                kind, lines = fence[1], []
            else:
                found.append(Block(section, "\n".join(lines), kind == "sh by-hand", paragraph.strip()))
                lines, paragraph = None, ""
        elif lines is not None:
            lines.append(line)
        elif line.startswith("#"):
            section, paragraph = line.lstrip("# "), ""
        elif line:
            paragraph = f"{'' if is_over else paragraph} {line}"
            is_over = False
        else:
            is_over = True
    return found


def read() -> list[Block]:
    return blocks(DOCUMENT.read_text(encoding="utf-8"))
