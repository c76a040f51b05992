"""People who book all the time, and what they heard: nobody lost, nobody refused wrongly, no error of a server.

Some move their call, some cancel it. Whoever gets no answer, or that of a server in trouble, sends the same form
again, as a person does; what was heard before that counts all the same.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Protocol, TypeVar

import psycopg

from portal.local.processes import wait_until
from tests.chaos.harness import Sink
from tests.chaos.visitor import START, TOKEN
from tests.rehearsal import invariants, liveness
from tests.rehearsal.secure_visitor import CALL, LOST, Answer, SecureVisitor

MINUTES = 15  # of a call, as `invariants.open_calendar` has it
SETTLED = 90  # seconds until every mail has left, on a busy machine
CHOICE = 40  # of the starts on the page people take one of the first: so that some want the same
PATIENCE = 60  # seconds for which somebody sends the same again


T = TypeVar("T")


class Serving(Protocol):
    """What of the stack the people need."""

    site: str
    ca_file: Path
    database_url: str
    sink: Sink


@dataclass
class Attempt:
    """One start that somebody wanted, from the first press to the last answer about it."""

    email: str
    what: str  # hold, confirm or move
    start: datetime
    began: float
    ended: float = 0.0
    verdict: str = "unknown"  # accepted, refused or unknown


@dataclass
class Traffic:
    """Everything the people heard. `name` tells their addresses from those of another crowd."""

    stack: Serving
    name: str
    seed: int = 1
    answers: list[Answer] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    accepted: dict[str, str] = field(default_factory=dict)  # address -> public id of the call
    cancelled: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    odd: list[str] = field(default_factory=list)
    false_refusals: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    # ---- one person after the other -------------------------------------------------------------------
    def keep_booking(self) -> None:
        while not self.stopping.is_set():
            with self.lock:
                number = next(self.numbers)
            visitor = SecureVisitor(self.stack.site, number, self.stack.ca_file, self.name)
            visitor.answers = self.answers  # one list of all; appending to it is one step
            dice = random.Random(f"{self.seed}-{self.name}-{number}")  # so that who does what is repeatable
            try:
                self._one(visitor, dice)
            except LOST as error:
                self._note_odd(f"{visitor.email} gave up: {error!r}")
            except Exception as error:
                self._note_odd(f"{visitor.email} met a page that nobody expects: {error!r}")

    def _one(self, visitor: SecureVisitor, dice: random.Random) -> None:
        if not self._hold(visitor, dice):
            return
        if not self._confirm(visitor):
            return
        if dice.random() < 0.2:
            self._move(visitor, dice)
        if dice.random() < 0.15:
            self._cancel(visitor)

    def _hold(self, visitor: SecureVisitor, dice: random.Random) -> bool:
        starts = again(visitor.starts)
        if not starts:
            self._note_odd(f"{visitor.email} found no time")
            return False
        start = dice.choice(starts[:CHOICE])
        visitor.look_at_sheet()
        attempt = self._attempt(visitor, "hold", start)
        status = again(lambda: visitor.hold(start), lambda status: status < 500)
        self._settle(attempt, {200: "accepted", 409: "refused"}.get(status, "unknown"))
        return attempt.verdict == "accepted"

    def _confirm(self, visitor: SecureVisitor) -> bool:
        attempt = self._attempt(visitor, "confirm", visitor.form["start"])
        status, url = again(lambda: visitor.confirm(40), lambda found: found[0] < 500)
        found = CALL.search(url)
        self._settle(attempt, "accepted" if found else "refused" if status == 409 else "unknown")
        if found:
            with self.lock:
                self.accepted[visitor.email] = found[1]
        return found is not None

    def _move(self, visitor: SecureVisitor, dice: random.Random) -> None:
        path = f"/impactcall/{self.accepted[visitor.email]}/verplaatsen/"
        _status, _url, page = again(lambda: visitor.open(path), lambda found: found[0] < 500)
        start = dice.choice(START.findall(page)[:CHOICE])
        attempt = self._attempt(visitor, "move", start)
        form = {"csrfmiddlewaretoken": token(page), "start": start, "zone": "Europe/Amsterdam"}
        status, url, _text = again(lambda: visitor.open(path, form), lambda found: found[0] < 500)
        is_moved = status == 200 and not url.endswith("/verplaatsen/")
        self._settle(attempt, "accepted" if is_moved else "refused" if status == 409 else "unknown")
        if is_moved:
            with self.lock:
                self.moved.add(visitor.email)

    def _cancel(self, visitor: SecureVisitor) -> None:
        path = f"/impactcall/{self.accepted[visitor.email]}/annuleren/"
        _status, _url, page = again(lambda: visitor.open(path), lambda found: found[0] < 500)
        form = {"csrfmiddlewaretoken": token(page)}
        # Who is told that it is busy is led back to the page that asks.
        status, url, _text = again(
            lambda: visitor.open(path, form),
            lambda found: found[0] < 500 and not found[1].endswith("/annuleren/"),
        )
        if status != 200 or url.endswith("/annuleren/"):
            self._note_odd(f"{visitor.email} could not cancel: {status} {url}")
            return
        with self.lock:
            self.cancelled.add(visitor.email)

    # ---- what they heard ------------------------------------------------------------------------------
    def _attempt(self, visitor: SecureVisitor, what: str, start: str) -> Attempt:
        attempt = Attempt(visitor.email, what, datetime.fromisoformat(start), time.time())
        with self.lock:
            self.attempts.append(attempt)
        return attempt

    def _settle(self, attempt: Attempt, verdict: str) -> None:
        attempt.ended, attempt.verdict = time.time(), verdict

    def _note_odd(self, words: str) -> None:
        with self.lock:
            self.odd.append(words)

    def heard(self) -> list[Answer]:
        """So far."""
        return list(self.answers)

    # ---- afterwards -----------------------------------------------------------------------------------
    def faults(self, *, may_fail: bool = False) -> list[str]:
        """Sentences, none when all is well. `may_fail` when the database itself was away: an error was right then."""
        wrong = list(self.odd)
        unknown = [one for one in self.attempts if one.verdict == "unknown"]
        wrong += [f"{one.email} never heard what became of: {one.what}" for one in unknown]
        if not may_fail:
            wrong += [
                f"{one.who} heard {one.status or 'nothing'}: {one.what} {one.said}" for one in self.lost
            ]
        bare = [one for one in self.answers if "/static/" in one.what and one.status == 404]
        wrong += [f"{one.who} saw a page without its style sheet: {one.what}" for one in bare]
        return wrong + self.false_refusals + self._faults_in_rows()

    @property
    def lost(self) -> list[Answer]:
        return [one for one in self.answers if one.is_lost]

    def find_false_refusals(self) -> list[str]:
        wrong = []
        with psycopg.connect(self.stack.database_url) as database:
            for one in self.attempts:
                moments = (datetime.fromtimestamp(at, UTC) for at in (one.began, one.ended))
                if one.verdict == "refused" and not liveness.was_taken(
                    database, one.start, MINUTES, *moments
                ):
                    wrong.append(f"{one.email} was refused {one.start} ({one.what}), and it was nobody's")
        return wrong

    def _faults_in_rows(self) -> list[str]:
        refused = [one.email for one in self.attempts if one.what == "confirm" and one.verdict == "refused"]
        arrived = [mail.outbox_id for mail in self.stack.sink.received]
        with psycopg.connect(self.stack.database_url, autocommit=True) as database:
            waiting = wait_until(lambda: invariants.waiting_mails(database) == 0, SETTLED, step=0.5)
            wrong = [] if waiting else [f"{invariants.waiting_mails(database)} mails did not leave"]
            return [
                *wrong,
                *invariants.no_overlap(database),
                *invariants.nothing_lost(database, self.accepted, refused),
                *invariants.no_ghosts(database, arrived),
                *invariants.told_once(database, self.accepted),
                *invariants.no_more_copies(database, arrived),
                *self._never_arrived(),
            ]

    def _never_arrived(self) -> list[str]:
        told = Counter(mail.recipient for mail in self.stack.sink.received)
        return [f"I5: no mail reached {one}." for one in self.accepted if not told[one]]

    def figures(self) -> dict[str, object]:
        waits = sorted(one.seconds for one in self.answers)
        verdicts = Counter(f"{one.what} {one.verdict}" for one in self.attempts)
        return {
            "requests": len(self.answers),
            "calls booked": len(self.accepted),
            "moved": len(self.moved),
            "cancelled": len(self.cancelled),
            "refused, rightly": sum(one.verdict == "refused" for one in self.attempts),
            "errors of a server": len(self.lost),
            "told to press again": sum(one.is_busy for one in self.answers),
            "slowest answer, seconds": round(waits[-1], 2) if waits else 0,
            "95th of 100, seconds": round(waits[len(waits) * 95 // 100], 2) if waits else 0,
            "attempts": dict(sorted(verdicts.items())),
        }


@contextmanager
def traffic(stack: Serving, name: str, people: int = 6, seed: int = 1) -> Iterator[Traffic]:
    """So many people at once, until the block ends; then each finishes what it is at."""
    stack.sink.received.clear()  # of the crowd before, looked through at its end; its rows may be gone by now
    crowd = Traffic(stack, name, seed)
    threads = [threading.Thread(target=crowd.keep_booking, daemon=True) for _ in range(people)]
    with liveness.watched(stack.database_url):
        try:
            for thread in threads:  # the first books alone: processes that just started are slow at first
                thread.start()
                wait_until(lambda: bool(crowd.accepted), PATIENCE)
            yield crowd
        finally:
            crowd.stopping.set()
            for thread in threads:
                if thread.ident:
                    thread.join(2 * PATIENCE)
            crowd.false_refusals = crowd.find_false_refusals()


def again(ask: Callable[[], T], is_answer: Callable[[T], bool] = lambda _found: True) -> T:
    """Ask until there is an answer that settles it. Raises what was met last."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if is_answer(found := ask()) or time.monotonic() > end:
                return found
        except (*LOST, TypeError):  # the page of an error has no form
            if time.monotonic() > end:
                raise
        time.sleep(0.3)


def token(page: str) -> str:
    return TOKEN.search(page)[1]  # type: ignore[index]  # the page always has its form
