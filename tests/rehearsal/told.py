"""What a person who waits for it likes to read: a line for each step, with how long it took."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Told:
    report: Path
    figures: dict[str, Any] = field(default_factory=dict)

    def say(self, line: str) -> None:
        print(line, flush=True)

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        began = time.monotonic()
        self.say(f"   …  {words}")
        yield
        seconds = round(time.monotonic() - began, 1)
        self.figures.setdefault("seconds", {})[words] = seconds
        self.say(f"  ok  {words} ({seconds:.0f} s)")

    def keep(self, name: str, figures: Any) -> None:
        self.figures[name] = figures
        self.report.write_text(json.dumps(self.figures, indent=2, default=str) + "\n")
