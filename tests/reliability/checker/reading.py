"""The folder of a run as Python sees it: what was asked and answered, what the rows were when, which mails arrived."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

Map = dict[str, Any]
LATE = timedelta(seconds=90)  # what got no answer may still be done so long after its caller gave up
END = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Op:
    """One thing that was asked for, and its answer. `outcome`: ok, fail (certainly not done) or info (nobody knows)."""

    number: int
    process: str
    f: str
    asked: Map
    at: datetime
    outcome: str
    answer: Map
    until: datetime
    lines: tuple[int, ...]

    @property
    def done_until(self) -> datetime:
        """When it was done at the latest, if it was done at all."""
        return self.until + LATE if self.outcome == "info" else self.until

    @property
    def why(self) -> str:
        return str(self.answer.get("why") or "")

    @property
    def booking(self) -> str:
        return str(self.answer.get("booking") or self.asked.get("booking") or "")

    @property
    def start(self) -> datetime | None:
        return instant(self.answer.get("start") or self.asked.get("start"))


@dataclass(frozen=True)
class Version:
    """A row as it was from `at` on, the moment of the commit; `business_at` is what the portal's clock said then."""

    line: int
    at: datetime
    business_at: datetime | None
    op: str
    table: str
    row: Map

    @property
    def is_gone(self) -> bool:
        return self.op == "DELETE"


@dataclass(frozen=True)
class Mail:
    line: int
    at: datetime
    outbox_id: str
    message_id: str
    to: str
    uid: str
    sequence: int | None
    method: str
    is_acknowledged: bool
    subject: str = ""


@dataclass(frozen=True)
class Hit:
    """A process was killed at this point, or at random; `about` is what it had in hand: an operation, or a mail."""

    at: datetime
    point: str
    about: str
    outbox_id: str = ""


@dataclass
class Run:
    name: str
    ops: list[Op]
    versions: list[Version]
    mails: list[Mail]
    state: Map
    events: list[Map] | None = None  # of the calendar server; None when the run had none
    searched: list[Map] = field(default_factory=list)
    plan: Map = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    looked: Counter[str] = field(default_factory=Counter)  # at how many things each rule looked

    @cached_property
    def began_at(self) -> datetime:
        return min((op.at for op in self.ops), default=END)

    @cached_property
    def histories(self) -> dict[tuple[str, int], list[Version]]:
        """All versions of each row, in order, by table and primary key."""
        found: dict[tuple[str, int], list[Version]] = {}
        for version in self.versions:
            found.setdefault((version.table, version.row["id"]), []).append(version)
        return found

    def rows(self, table: str) -> Iterator[list[Version]]:
        return (versions for (name, _pk), versions in self.histories.items() if name == table)

    @cached_property
    def bookings(self) -> dict[str, list[Version]]:
        """All versions of each booking by its public id."""
        return {versions[0].row["public_id"]: versions for versions in self.rows(BOOKING)}

    @cached_property
    def outbox(self) -> dict[str, Map]:
        """Every mail that was ever a row, as it was at the end, or last."""
        found = {versions[-1].row["public_id"]: versions[-1].row for versions in self.rows(MAIL)}
        return found | {row["public_id"]: row for row in self.state.get("outbox", [])}

    def asked(self, *names: str) -> Iterator[Op]:
        return (op for op in self.ops if op.f in names)


BOOKING, MAIL = "bookings_booking", "mail_outboundemail"
BLOCK, BUSY, RULE = "bookings_blockedtime", "bookings_busytime", "bookings_availabilityrule"
OVERRIDE, WINDOW = "bookings_dateoverride", "bookings_overridewindow"


def instant(text: Any) -> datetime | None:
    """An aware time in UTC of ISO text or of PostgreSQL's own, as in '2026-12-03 09:00:00+00'."""
    if not text:
        return None
    found = text if isinstance(text, datetime) else datetime.fromisoformat(str(text))
    return found.astimezone(UTC)


def moment(text: Any) -> datetime:
    found = instant(text)
    if found is None:
        raise ValueError("A line of the run has no time.")
    return found


def span(text: str) -> tuple[datetime, datetime]:
    """Both ends of a PostgreSQL range such as '["2026-12-03 09:00:00+00","2026-12-03 09:30:00+00")'."""
    lower, upper = text.strip("[]()").replace('"', "").split(",")
    return moment(lower), moment(upper)


def read(folder: Path) -> Run:
    return Run(
        name=f"{folder.parent.name}/{folder.name}",
        ops=operations(lines(folder / "history.jsonl")),
        versions=versions_of(lines(folder / "versions.jsonl")),
        mails=[mail_of(number, line) for number, line in lines(folder / "mails.jsonl")],
        state=whole(folder / "state.json") or {},
        events=whole(folder / "caldav.json"),
        searched=whole(folder / "searched.json") or [],
        plan=whole(folder / "plan.json") or {},
        hits=hits_of(whole(folder / "points.json") or {}),
    )


def lines(path: Path) -> Iterator[tuple[int, Map]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            yield number, json.loads(line)


def whole(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def operations(numbered: Iterator[tuple[int, Map]]) -> list[Op]:
    asked: dict[int, tuple[int, Map]] = {}
    answers: dict[int, tuple[int, Map]] = {}
    for number, line in numbered:
        (asked if line["type"] == "invoke" else answers)[line["op"]] = number, line
    return [operation(one, answers.get(op)) for op, one in asked.items()]


def operation(asked: tuple[int, Map], answer: tuple[int, Map] | None) -> Op:
    number, line = asked
    return Op(
        number=line["op"],
        process=line["process"],
        f=line["f"],
        asked=line.get("value") or {},
        at=moment(line["at"]),
        outcome=answer[1]["type"] if answer else "info",
        answer=(answer[1].get("value") or {}) if answer else {},
        until=moment(answer[1]["at"]) if answer else END - LATE,
        lines=(number, answer[0]) if answer else (number,),
    )


def versions_of(numbered: Iterator[tuple[int, Map]]) -> list[Version]:
    found = [
        Version(
            line=number,
            at=moment(line["at"]),
            business_at=instant(line.get("business_at")),
            op=line["op"],
            table=line.get("table", BOOKING),
            row=line["row"],
        )
        for number, line in numbered
    ]
    return sorted(found, key=lambda version: version.at)


def mail_of(number: int, line: Map) -> Mail:
    return Mail(
        line=number,
        at=moment(line["at"]),
        outbox_id=line.get("outbox_id") or "",
        message_id=line.get("message_id") or "",
        to=line["to"],
        uid=line.get("uid") or "",
        sequence=line.get("sequence"),
        method=line.get("method") or "",
        is_acknowledged=bool(line.get("acknowledged", True)) and not line.get("killed", False),
        subject=line.get("subject") or "",
    )


def hits_of(points: Map) -> list[Hit]:
    return [
        Hit(moment(one["at"]), one["point"], one["operation"], one.get("outbox_id") or "")
        for one in points.get("hits", [])
        if one.get("at")
    ]
