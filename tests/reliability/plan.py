"""What a run will try, from its seed alone: people, what they do in order, and what goes wrong meanwhile.

Processes are real, so two runs of one plan differ in who comes first; what is tried is the same. Points at which a
process is killed go round over the seeds, so that each meets each operation about equally often.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

PEOPLE, MEMBERS = (
    12,
    4,
)  # members are signed in: they may wait for a time, take an offer, and erase themselves
STEPS, COACH_STEPS = 12, 14
VISITING = ("list", "hold", "fill", "release", "confirm", "move", "cancel", "wait", "take-offer", "erase")
COACHING = ("block", "hours", "book", "outcome", "unblock")

# Where the process that serves is killed (or loses its connection), and for which operations there is such a place.
IN_LOCK, CUT, BEFORE_WAKE, BEFORE_ANSWER = (
    "in_lock",
    "cut_in_lock",
    "after_commit_before_wake",
    "before_answer",
)
LOCKED = ("hold", "confirm", "move", "cancel", "take-offer", "erase", "book", "outcome", "block")
WAKING = ("confirm", "move", "cancel", "take-offer", "book")
WEB_POINTS = (
    *((IN_LOCK, f) for f in LOCKED),
    *((CUT, f) for f in LOCKED),
    *((BEFORE_WAKE, f) for f in WAKING),
    *((BEFORE_ANSWER, f) for f in (*LOCKED, "wait")),
)
WEB_KILLS = 11  # a run
# Where a worker is killed: before a mail is sent, after it, before it is marked, between DATA and 250; at a calendar.
WORKER_POINTS = ("after_claim", "after_send", "before_mark", "data", "in_visit", "after_put")
WORKER_KILLS = 3
FAULTS: dict[str, tuple[str, ...]] = {
    "kill": ("web-child", "web", "worker", "worker-child", "beat"),
    "stop": ("redis", "postgres"),
    "hang": ("redis", "caldav"),
    "flush": ("redis",),
    "smtp": ("451", "550", "hang", "close"),
    "caldav": ("503", "lose"),
    "second-beat": ("beat",),
    "skew": ("worker",),
}
ROUND = tuple((f, what) for f, kinds in FAULTS.items() for what in kinds)
A_RUN = 5  # of these, besides the kills at points
HOUR, DAY = 3600, 86400
# Friday mornings before the two nights in which the clocks of Amsterdam change.
STARTS = (datetime(2027, 3, 26, 7, tzinfo=UTC), datetime(2027, 10, 29, 6, tzinfo=UTC))
# A hold gets older; holds lapse; reminders come due; the clocks change, and Monday's first calls are over; some more.
JUMPS = (6 * 60, 20 * 60, 26 * HOUR, 51 * HOUR, 90 * 60)
NAMES = ("Noor", "Bram", "Saar", "Teun", "Fleur", "Joris", "Lotte", "Mees", "Roos", "Sem", "Tess", "Wout")
SURNAMES = ("Kwispelaar", "Zonderland", "Vlinderhof", "Appelboom", "Duizendschoon", "Grutterink")
LETTERS = "abcdefghijkl"
ZONES = ("Europe/Amsterdam", "Europe/Amsterdam", "America/New_York", "Asia/Kathmandu")


@dataclass(frozen=True)
class Step:
    """`pick` chooses among what is there then, as a part of it. `kill` is the point at which the process that serves
    this is killed; with `lose` the browser goes before the answer comes."""

    f: str
    pick: float
    pause: float
    kill: str = ""
    lose: bool = False
    again: bool = False  # never planned: the second try, with what the refusal offered


@dataclass(frozen=True)
class Person:
    number: int
    name: str
    email: str
    remark: str
    zone: str
    is_member: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Fault:
    """It begins when so many operations were asked for, and ends by itself after so many seconds."""

    after: int
    f: str
    what: str
    seconds: float


@dataclass(frozen=True)
class Jump:
    after: int
    seconds: int


@dataclass(frozen=True)
class Plan:
    seed: int
    start_at: datetime
    people: tuple[Person, ...]
    coach: tuple[Step, ...]
    jumps: tuple[Jump, ...]
    faults: tuple[Fault, ...]

    @property
    def size(self) -> int:
        return sum(len(person.steps) for person in self.people) + len(self.coach)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"start_at": self.start_at.isoformat()}


@dataclass
class _Script:
    """Steps of one person, so that one follows from the other: nobody confirms what was never held."""

    dice: random.Random
    steps: list[str] = field(default_factory=list)

    def book(self) -> None:
        if self.dice.random() < 0.15:
            self.steps += ["list", "hold", "release"]
        between = ["fill"] if self.dice.random() < 0.4 else []
        self.steps += ["list", "hold", *between, "confirm"]

    def change(self) -> None:
        self.steps += [self.dice.choice(["move", "move", "cancel", "list"])]

    def wait(self) -> None:
        self.steps += ["wait", "take-offer"]


def plan(seed: int) -> Plan:
    dice = random.Random(seed)
    people = tuple(_person(dice, seed, number) for number in range(PEOPLE))
    coach = tuple(_step(dice, f) for f in _shuffled(dice, (COACHING * COACH_STEPS)[:COACH_STEPS]))
    people, coach = _with_kills(dice, seed, people, coach)
    size = sum(len(person.steps) for person in people) + len(coach)
    return Plan(
        seed=seed,
        start_at=STARTS[seed % len(STARTS)],
        people=people,
        coach=coach,
        jumps=tuple(Jump(int(size * (n + 1) / (len(JUMPS) + 1)), by) for n, by in enumerate(JUMPS)),
        faults=_faults(dice, seed, size),
    )


def _person(dice: random.Random, seed: int, number: int) -> Person:
    is_member = number < MEMBERS
    script = _Script(dice)
    if number % 3 or is_member is False:
        script.book()
    while len(script.steps) < STEPS:
        act = dice.choice(
            [script.book, script.change, script.change, *([script.wait] * 2 if is_member else [])]
        )
        act()
    leaves = number == MEMBERS - 1 or (number == 0 and seed % 2 == 0)
    steps = [*script.steps[: STEPS - leaves], *(["erase"] if leaves else [])]
    name = f"{NAMES[number]} {dice.choice(SURNAMES)}"
    return Person(
        number=number,
        name=f"{name}-{seed}{LETTERS[number]}",  # nobody's words are in anybody else's
        email=f"{NAMES[number].lower()}.{seed}@voorbeeld.example",
        remark=f"Over de overlegcultuur bij vestiging {seed}{LETTERS[number]}",
        zone=dice.choice(ZONES),
        is_member=is_member,
        steps=tuple(_step(dice, f, lose=dice.random() < 0.06) for f in steps),
    )


def _step(dice: random.Random, f: str, *, lose: bool = False) -> Step:
    return Step(
        f, round(dice.random(), 4), round(dice.uniform(0, 0.25), 3), lose=lose and f not in ("list", "erase")
    )


def _with_kills(
    dice: random.Random, seed: int, people: tuple[Person, ...], coach: tuple[Step, ...]
) -> tuple[tuple[Person, ...], tuple[Step, ...]]:
    """Put this seed's points at steps of the operation they are for, as far as it has such steps."""
    steps: dict[tuple[int, int], Step] = {
        (person.number, n): step for person in people for n, step in enumerate(person.steps)
    } | {(PEOPLE, n): step for n, step in enumerate(coach)}
    for point, f in _turn(WEB_POINTS, seed, WEB_KILLS):
        open_ = [at for at, step in steps.items() if step.f == f and not step.kill]
        if open_:
            at = dice.choice(open_)
            steps[at] = Step(f, steps[at].pick, steps[at].pause, kill=point)
    again = tuple(
        Person(
            **{**_fields(person), "steps": tuple(steps[person.number, n] for n in range(len(person.steps)))}
        )
        for person in people
    )
    return again, tuple(steps[PEOPLE, n] for n in range(len(coach)))


def _fields(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in Person.__dataclass_fields__}


def _faults(dice: random.Random, seed: int, size: int) -> tuple[Fault, ...]:
    found = [("point", point) for point in _turn(WORKER_POINTS, seed, WORKER_KILLS)] + _turn(
        ROUND, seed, A_RUN
    )
    found = _shuffled(dice, found)
    places = [int(size * (n + 0.5) / len(found)) for n in range(len(found))]
    return tuple(
        Fault(after, f, what, round(dice.uniform(0.5, 2.0), 2))
        for after, (f, what) in zip(places, found, strict=True)
    )


def _turn(all_: Any, seed: int, count: int) -> list[Any]:
    """This seed's part of a list that is gone round, in one order that is the same for all seeds."""
    order = _shuffled(random.Random(0), all_)
    return [order[(seed * count + n) % len(order)] for n in range(count)]


def _shuffled(dice: random.Random, all_: Any) -> list[Any]:
    found = list(all_)
    dice.shuffle(found)
    return found
