"""What happened in a run, in Jepsen's words: who asked for what (`invoke`), and what came of it.

`ok` was done and seen; `fail` was certainly not done, and `why` says for what reason; of `info` nobody knows: the
answer was lost, came too late, or was a 5xx. One JSON object a line, in order of time, so that anybody can read it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

INVOKE, OK, FAIL, INFO = "invoke", "ok", "fail", "info"
HISTORY, VERSIONS, MAILS = "history.jsonl", "versions.jsonl", "mails.jsonl"
PLAN, STATE, CALENDAR, SEARCHED, POINTS = (
    "plan.json",
    "state.json",
    "caldav.json",
    "searched.json",
    "points.json",
)


@dataclass(frozen=True)
class Event:
    """One line. `time` is of this machine's monotonic clock, in nanoseconds; `at` of its real clock, in UTC."""

    index: int
    time: int
    at: str
    process: str
    type: str
    f: str
    op: int
    value: dict[str, Any] = field(default_factory=dict)

    @property
    def instant(self) -> datetime:
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True)
class Operation:
    """An invoke and its answer. `answer` is missing of what was still under way when the run ended."""

    invoke: Event
    answer: Event | None

    @property
    def outcome(self) -> str:
        return self.answer.type if self.answer else INFO


class History:
    """Written while many act at once: a line is whole, and its time is that of its place in the file."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._file: IO[str] = (folder / HISTORY).open("w", encoding="utf-8")
        self._index = self._op = 0

    def invoke(self, process: str, f: str, **value: Any) -> int:
        """Returns the number that joins this to its answer."""
        with self._lock:
            self._op += 1
            self._write(process, INVOKE, f, self._op, value)
            return self._op

    def answer(self, op: int, process: str, outcome: str, f: str, **value: Any) -> None:
        with self._lock:
            self._write(process, outcome, f, op, value)

    def _write(self, process: str, kind: str, f: str, op: int, value: dict[str, Any]) -> None:
        event = Event(
            self._index,
            time.monotonic_ns(),
            datetime.now(UTC).isoformat(timespec="microseconds"),
            process,
            kind,
            f,
            op,
            value,
        )
        self._index += 1
        self._file.write(json.dumps(asdict(event), ensure_ascii=False) + "\n")
        self._file.flush()

    @property
    def asked(self) -> int:
        """How many operations were asked for so far."""
        return self._op

    def close(self) -> None:
        self._file.close()


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def read(folder: Path) -> list[Event]:
    return [Event(**line) for line in read_lines(folder / HISTORY)]


def operations(events: list[Event]) -> list[Operation]:
    """In the order in which they were asked for."""
    answers = {event.op: event for event in events if event.type != INVOKE}
    return [Operation(event, answers.get(event.op)) for event in events if event.type == INVOKE]


def write_lines(path: Path, lines: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")


def write_json(path: Path, content: Any) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1, default=str)
    path.write_text(text + "\n", encoding="utf-8")
