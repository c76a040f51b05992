"""A small run in which all went well, made in code: three people, a coach, a killed worker, a jump of the clock."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.reliability.checker.reading import (
    BLOCK,
    BOOKING,
    MAIL,
    RULE,
    Map,
    Run,
    mail_of,
    operations,
    versions_of,
)

BEGIN = datetime(2026, 12, 1, 12, tzinfo=UTC)
KIND: Map = {
    "id": 1,
    "host_id": 1,
    "slug": "impactcall",
    "is_active": True,
    "duration_minutes": 30,
    "slot_interval_minutes": 30,
    "buffer_before_minutes": 0,
    "buffer_after_minutes": 15,
    "minimum_notice_minutes": 120,
    "horizon_days": 30,
    "first_on": None,
    "last_on": None,
    "max_per_day": None,
    "max_per_week": None,
}
COACH = "jet@voorbeeld.example"


def at(day: int, clock: str) -> datetime:
    """A start in that December, by the clock of Amsterdam (an hour later than UTC)."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 12, day, hour - 1, minute, tzinfo=UTC)


def span_of(start: datetime, after: int = 0) -> str:
    return f'["{start}","{start + timedelta(minutes=30 + after)}")'


@dataclass
class Story:
    """What a folder of a run holds, as lines; `second` is how far the run is."""

    second: float = 0.0
    offset: float = 0.0
    history: list[Map] = field(default_factory=list)
    versions: list[Map] = field(default_factory=list)
    mails: list[Map] = field(default_factory=list)
    events: list[Map] = field(default_factory=list)
    searched: list[Map] = field(default_factory=list)
    calls: dict[int, Map] = field(default_factory=dict)
    outbox: dict[int, Map] = field(default_factory=dict)
    ops: int = 0
    seconds_to_drain: float | None = 4.0

    # ---- what happens -------------------------------------------------------------------------------------------
    def now(self) -> str:
        return (BEGIN + timedelta(seconds=self.second)).isoformat()

    def business(self) -> datetime:
        return BEGIN + timedelta(seconds=self.second + self.offset)

    def _line(self, process: str, kind: str, f: str, op: int, value: Map) -> None:
        index = len(self.history)
        line = {"index": index, "time": int(self.second * 1e9), "at": self.now(), "process": process}
        self.history.append(line | {"type": kind, "f": f, "op": op, "value": value})

    def ask(self, process: str, f: str, **value: Any) -> int:
        self.ops += 1
        self.second += 0.5
        self._line(process, "invoke", f, self.ops, value)
        return self.ops

    def answer(self, op: int, kind: str, **value: Any) -> None:
        self.second += 0.5
        asked = next(line for line in self.history if line["op"] == op)
        self._line(asked["process"], kind, asked["f"], op, value)

    def version(self, table: str, op: str, row: Map) -> None:
        self.second += 0.1
        at_business = self.business().isoformat()
        self.versions.append(
            {"at": self.now(), "business_at": at_business, "op": op, "table": table, "row": dict(row)}
        )

    def held(self, pk: int, start: datetime, digest: str) -> None:
        self.calls[pk] = {
            "id": pk,
            "public_id": f"call-{pk}",
            "host_id": 1,
            "call_type_id": 1,
            "status": "held",
            "period": span_of(start),
            "footprint": span_of(start, 15),
            "expires_at": (self.business() + timedelta(minutes=10)).isoformat(),
            "visitor": digest,
            "offer_id": None,
            "email": "",
            "ics_uid": f"uid-{pk}",
            "sequence": 0,
        }
        self.version(BOOKING, "INSERT", self.calls[pk])

    def change(self, pk: int, **fields: Any) -> None:
        self.calls[pk] |= fields
        self.version(BOOKING, "UPDATE", self.calls[pk])

    def confirmed(self, pk: int, email: str, *, killed: bool = False) -> None:
        self.change(pk, status="confirmed", expires_at=None, visitor="", email=email)
        self.mail(pk, "bookings/confirmation", email, "REQUEST", killed=killed)
        self.mail(pk, "bookings/coach_booked", COACH)

    def mail(self, pk: int, message: str, to: str, method: str = "", *, killed: bool = False) -> None:
        """A row, which a worker claims, sends and marks, unless it is `killed` before it could: then another does."""
        row = {
            "id": len(self.outbox) + 1,
            "public_id": f"mail-{len(self.outbox) + 1}",
            "status": "queued",
            "kind": "service",
            "message": message,
            "about": f"booking:call-{pk}",
            "sequence": self.calls[pk]["sequence"],
            "maybe_duplicate": False,
            "due_at": self.business().isoformat(),
            "to_email": to,
        }
        self.outbox[row["id"]] = row
        self.version(MAIL, "INSERT", row)
        for is_killed in (True, False) if killed else (False,):
            self.version(MAIL, "UPDATE", row | {"status": "leased"})
            self.arrives(row, method)
            if is_killed:
                self.answer(self.ask("nemesis", "kill", what="worker", point="before_mark"), "ok")
                self.second += 3
                row["maybe_duplicate"] = True
        row["status"] = "sent"
        self.version(MAIL, "UPDATE", row)

    def arrives(self, row: Map, method: str = "", *, acknowledged: bool = True) -> None:
        self.second += 0.1
        has_file = (
            {"uid": f"uid-{row['about'].partition('call-')[2]}", "sequence": row["sequence"]}
            if method
            else {}
        )
        self.mails.append(
            {
                "at": self.now(),
                "outbox_id": row["public_id"],
                "message_id": f"<{row['public_id']}@voorbeeld.example>",
                "to": row["to_email"],
                "subject": row["message"],
                "method": method,
                "acknowledged": acknowledged,
                "killed": not acknowledged,
                **has_file,
            }
        )

    # ---- as the checker reads it --------------------------------------------------------------------------------
    def state(self) -> Map:
        return {
            "business_at": self.business().isoformat(),
            "seconds_to_drain": self.seconds_to_drain,
            "bookings": list(self.calls.values()),
            "outbox": list(self.outbox.values()),
            "hosts": [{"id": 1, "time_zone": "Europe/Amsterdam"}],
            "call_types": [KIND],
        }

    def run(self) -> Run:
        return Run(
            name="a story",
            ops=operations(iter(enumerate(self.history, start=1))),
            versions=versions_of(iter(enumerate(self.versions, start=1))),
            mails=[mail_of(number, line) for number, line in enumerate(self.mails, start=1)],
            state=self.state(),
            events=self.events,
            searched=self.searched,
        )

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, lines in (("history", self.history), ("versions", self.versions), ("mails", self.mails)):
            (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        kept = {"state": self.state(), "caldav": self.events, "searched": self.searched, "points": {}}
        for name, whole in kept.items():
            (folder / f"{name}.json").write_text(json.dumps(whole))
        return folder


FIRST, SECOND, THIRD, CLOSED = at(3, "09:00"), at(3, "10:00"), at(4, "11:00"), at(7, "14:00")
NOOR, BRAM, SAAR = "noor@voorbeeld.example", "bram@voorbeeld.example", "saar@voorbeeld.example"


def went_well() -> Story:
    story = Story()
    for weekday in range(1, 6):
        hours = {
            "id": weekday,
            "host_id": 1,
            "weekday": weekday,
            "start_time": "09:00:00",
            "end_time": "17:00:00",
        }
        story.version(RULE, "INSERT", hours)
    noor_books(story)
    bram_hears_no_answer(story)
    the_coach_closes_a_day(story)
    noor_moves_and_bram_cancels(story)
    saar_lets_a_time_go(story)
    a_day_later(story)
    return story


def noor_books(story: Story) -> None:
    asked = story.ask("person-1", "list")
    story.answer(asked, "ok", listed=[FIRST.isoformat(), SECOND.isoformat(), CLOSED.isoformat()])
    asked = story.ask("person-1", "hold", start=FIRST.isoformat())
    story.held(1, FIRST, "noor")
    story.answer(asked, "ok", start=FIRST.isoformat())
    asked = story.ask("person-2", "hold", start=FIRST.isoformat(), typed={"name": "Bram"})
    story.answer(asked, "fail", why="taken", kept={"name": "Bram"})
    typed = {"name": "Noor", "email": NOOR}
    asked = story.ask("person-1", "confirm", start=FIRST.isoformat(), key="key-1", email=NOOR, typed=typed)
    story.confirmed(1, NOOR)
    story.answer(asked, "ok", booking="call-1", start=FIRST.isoformat())


def bram_hears_no_answer(story: Story) -> None:
    """His answer is lost, and his mail comes twice, for the worker is killed before it could note that it left."""
    asked = story.ask("person-2", "hold", start=SECOND.isoformat())
    story.held(2, SECOND, "bram")
    story.answer(asked, "ok", start=SECOND.isoformat())
    form = {
        "start": SECOND.isoformat(),
        "key": "key-2",
        "email": BRAM,
        "typed": {"name": "Bram", "email": BRAM},
    }
    lost = story.ask("person-2", "confirm", **form)
    story.confirmed(2, BRAM, killed=True)
    story.answer(lost, "info", status=None)
    again = story.ask("person-2", "confirm", **form)
    story.answer(again, "ok", booking="call-2", start=SECOND.isoformat())


def the_coach_closes_a_day(story: Story) -> None:
    asked = story.ask(
        "coach", "block", start=CLOSED.isoformat(), end=(CLOSED + timedelta(hours=2)).isoformat()
    )
    closed = f'["{CLOSED}","{CLOSED + timedelta(hours=2)}")'
    story.version(BLOCK, "INSERT", {"id": 1, "host_id": 1, "period": closed})
    story.answer(asked, "ok")
    asked = story.ask("person-3", "hold", start=CLOSED.isoformat())
    story.answer(asked, "fail", why="taken")


def noor_moves_and_bram_cancels(story: Story) -> None:
    asked = story.ask("person-1", "move", booking="call-1", start=THIRD.isoformat())
    story.change(1, period=span_of(THIRD), footprint=span_of(THIRD, 15), sequence=1)
    story.mail(1, "bookings/moved", NOOR, "REQUEST")
    story.answer(asked, "ok", booking="call-1")
    asked = story.ask("person-2", "cancel", booking="call-2")
    story.change(2, status="cancelled", sequence=1)
    story.mail(2, "bookings/cancelled", BRAM, "CANCEL")
    story.answer(asked, "ok", booking="call-2")


def saar_lets_a_time_go(story: Story) -> None:
    """Her hold runs out while the clock jumps, and another's visit clears it away."""
    asked = story.ask("person-3", "hold", start=FIRST.isoformat())
    story.held(3, FIRST, "saar")
    story.answer(asked, "ok", start=FIRST.isoformat())
    jump = story.ask("clock", "jump", offset=86400)
    story.offset = 86400
    story.answer(jump, "ok")
    story.version(BOOKING, "DELETE", story.calls.pop(3))
    asked = story.ask("person-3", "erase", email=SAAR)
    story.answer(asked, "ok")
    looked = {"dump": 900, "redis": 0, "sink": 1, "logs": 4}
    story.searched.append({"process": "person-3", "words": [SAAR], "looked": looked, "hits": []})


def a_day_later(story: Story) -> None:
    story.mail(1, "bookings/reminder_invitee", NOOR)
    event = {"uid": "uid-1", "start": THIRD.isoformat(), "end": (THIRD + timedelta(minutes=30)).isoformat()}
    story.events.append(event)
