"""What goes wrong in a run: processes die, servers stop or hang, answers get lost, clocks move. And then it heals."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import redis

from tests.chaos.harness import CLOSE, HANG, KILL
from tests.reliability.history import INFO
from tests.reliability.machine import started
from tests.reliability.plan import Fault, Jump

if TYPE_CHECKING:
    from tests.reliability.run import Run

LOOK_EVERY = 0.05  # seconds
SMTP = {
    "451": ("451 4.3.0 Come back later", 4),
    "550": ("550 5.1.1 No such mailbox", 1),
    "hang": (HANG, 1),
    "close": (CLOSE, 2),
}
LONG_JUMP = 3600  # seconds
PATIENCE = 6.0
SKEW = 600.0  # seconds between the clocks of the worker and the web


class Nemesis:
    """Works through the faults of the plan, one after another; each begins when its turn comes and ends by itself."""

    def __init__(self, run: Run) -> None:
        self.run, self.machine, self.history = run, run.machine, run.history
        self.arms = {"redis": self.machine.redis.start, "postgres": self.machine.postgres.start}

    def live(self) -> None:
        for fault in self.run.plan.faults:
            while not self.run.is_time(fault.after) and not self.run.is_over:
                self.machine.keep_up()
                time.sleep(LOOK_EVERY)
            if self.run.is_over:
                return
            acts: dict[str, Callable[[Fault], None]] = {
                "kill": self.kill, "stop": self.stop, "hang": self.hang, "flush": self.flush, "smtp": self.smtp,
                "caldav": self.caldav, "second-beat": self.second_beat, "skew": self.skew, "point": self.point,
            }  # fmt: skip
            acts[fault.f](fault)
            self.machine.keep_up()

    def note(self, f: str, **value: Any) -> Callable[..., None]:
        op = self.history.invoke("nemesis", f, **value)
        return lambda **more: self.history.answer(op, "nemesis", INFO, f, **(value | more))

    # ---- processes ------------------------------------------------------------------------------------------
    def kill(self, fault: Fault) -> None:
        what, machine = fault.what, self.machine
        done = self.note("kill", what=what, point="")
        if what == "web-child":
            done(pids=machine.kill_children(machine.web))
        elif what == "worker-child":
            done(pids=machine.kill_children(machine.worker))
        else:
            process = {"web": machine.web, "worker": machine.worker, "beat": machine.beat}[what]
            pid = process.pid
            process.kill()
            process.start()
            done(pids=[pid])
        self.run.noted_hit("random", what)

    def point(self, fault: Fault) -> None:
        """The next worker that comes there dies there."""
        done = self.note("arm", what="worker", point=fault.what)
        if fault.what == "data":
            self.machine.sink.before_answer = self.kill_between_data_and_answer
            self.machine.sink.rule_next(KILL, 1)
        else:
            (self.machine.state / "armed" / fault.what).touch()
        done()

    def kill_between_data_and_answer(self) -> None:
        mail = self.machine.sink.received[-1]
        done = self.note("kill", what="worker-child", point="data", outbox_id=mail.outbox_id)
        done(pids=self.machine.kill_children(self.machine.worker))
        self.run.noted_hit("data", mail.outbox_id)

    def second_beat(self, fault: Fault) -> None:
        done = self.note("second-beat", what="beat")
        other = self.machine.second_beat()
        time.sleep(fault.seconds + 2)
        other.kill()
        done()

    # ---- servers --------------------------------------------------------------------------------------------
    def stop(self, fault: Fault) -> None:
        done = self.note("stop", what=fault.what)
        if fault.what == "redis":
            self.machine.redis.stop()
        else:
            self.machine.crash_postgres()
        time.sleep(fault.seconds)
        self.arms[fault.what]()
        done()

    def hang(self, fault: Fault) -> None:
        done = self.note("hang", what=fault.what)
        if fault.what == "redis":
            self.machine.hang_redis()
        else:
            self.machine.calendars.mode = "hang"
        time.sleep(fault.seconds)
        self.machine.hang_redis(wake=True)
        self.machine.calendars.mode = ""
        done()

    def flush(self, fault: Fault) -> None:
        done = self.note("flush", what=fault.what)
        with suppress(redis.RedisError), redis.Redis.from_url(self.machine.redis.url) as client:
            client.flushall()
        done()

    def smtp(self, fault: Fault) -> None:
        verdict, count = SMTP[fault.what]
        done = self.note("smtp", rule=fault.what, count=count)
        self.machine.sink.rule_next(verdict, count)
        done()

    def caldav(self, fault: Fault) -> None:
        done = self.note("caldav", rule=fault.what)
        self.machine.calendars.mode = fault.what
        time.sleep(fault.seconds)
        self.machine.calendars.mode = ""
        done()

    def skew(self, fault: Fault) -> None:
        """The worker's clock goes ten minutes ahead or behind, while the others' stay."""
        by = SKEW if fault.seconds > 1.2 else -SKEW
        for seconds in (by, 0.0):
            done = self.note("skew", web=0, worker=seconds)
            self.run.clock.move(skew=seconds)
            done()
            if seconds:
                time.sleep(fault.seconds)

    # ---- and then -------------------------------------------------------------------------------------------
    def heal(self) -> None:
        machine = self.machine
        done = self.note("heal")
        machine.sink.clear()
        machine.calendars.mode = ""
        for file in (machine.state / "armed").iterdir():
            file.unlink(missing_ok=True)
        machine.hang_redis(wake=True)
        if not machine.redis.child.is_running:
            machine.redis.start()
        if not machine.postgres.child.is_running:
            machine.postgres.start()
        machine.keep_up()
        started(lambda: self.run.looks_well(machine.site))
        done(at=datetime.now(UTC).isoformat(timespec="microseconds"))


class Clock:
    """Moves the business clock of every program, when so many operations were asked for."""

    def __init__(self, run: Run) -> None:
        self.run, self.machine = run, run.machine

    def live(self) -> None:
        for jump in self.run.plan.jumps:
            while not self.run.is_time(jump.after) and not self.run.is_over:
                time.sleep(LOOK_EVERY)
            if self.run.is_over:
                return
            self.jump(jump)

    def jump(self, jump: Jump) -> None:
        offset = self.machine.offset + jump.seconds
        op = self.run.history.invoke("clock", "jump", offset=offset, by=jump.seconds)
        if jump.seconds < LONG_JUMP:
            self.move(offset=offset)
        else:
            with self.run.gate.closed(PATIENCE):  # nobody's request lasts for hours
                self.move(offset=offset)
        self.run.history.answer(
            op, "clock", INFO, "jump", offset=offset, by=jump.seconds, now=str(self.machine.now())
        )

    def move(self, *, offset: float | None = None, skew: float | None = None) -> None:
        """While the database is away this waits for it: its versions bear the business time too."""
        with self.run.clock_lock:
            machine = self.machine
            offset = machine.offset if offset is None else offset
            skew = machine.skew if skew is None else skew

            def moved() -> bool:
                try:
                    machine.move_clock(offset, skew)
                except self.run.database_gone:
                    return False
                return True

            started(moved)


def hits(lines: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in lines.splitlines()]
