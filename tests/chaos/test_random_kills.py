"""R10 and I10: web workers and mail workers are killed at random while people book; then all is healed."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

import pytest

from bookings.models import Booking
from portal.local.processes import group_of
from tests.chaos.booking import assert_nothing_lost_or_doubled, free_starts, held, open_calendar
from tests.chaos.harness import Chaos, Process

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
PEOPLE = 24
SECONDS = 8  # of killing; a longer run by hand is for a release


class Killer(threading.Thread):
    """Every half to one and a half second a child of one of these dies; they start another."""

    def __init__(self, *parents: Process) -> None:
        super().__init__()
        self.parents, self.kills, self.is_over = parents, 0, threading.Event()

    def run(self) -> None:
        dice = random.Random(20261130)
        while not self.is_over.wait(dice.uniform(0.5, 1.5)):
            parent = dice.choice(self.parents)
            children = sorted(set(group_of(parent.pid)) - {parent.pid})
            if children:
                with suppress(ProcessLookupError):
                    os.kill(dice.choice(children), signal.SIGKILL)
                    self.kills += 1


def test_nothing_is_lost_doubled_or_used_twice_while_processes_are_killed(chaos: Chaos) -> None:
    call_type = open_calendar()
    web, site = chaos.start_web(TRUSTED_PROXY_COUNT="1")
    worker = chaos.start_worker()
    chaos.start_beat()
    free = free_starts(call_type)
    visitors = held(site, PEOPLE)
    killer = Killer(web, worker)
    killer.start()
    began = time.monotonic()
    try:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda one: one.settle(), visitors))
        time.sleep(max(0, SECONDS - (time.monotonic() - began)))
    finally:
        killer.is_over.set()
        killer.join()
    worker.kill()
    chaos.start_worker()
    accepted = [one for one, is_accepted in zip(visitors, answers, strict=True) if is_accepted]
    assert killer.kills >= 4
    assert_nothing_lost_or_doubled(chaos, [one.visitor.email for one in accepted], kills=killer.kills)
    # I10: every try has one outcome, and what is gone from the calendar was accepted.
    tries = sum((one.answers for one in visitors), Counter[str]())
    assert tries["accepted"] == len(accepted) == PEOPLE
    assert set(tries) <= {"accepted", "refused", "unknown"}
    taken = {datetime.fromisoformat(one.start) for one in accepted}
    assert free - free_starts(call_type) == taken
    assert Booking.objects.filter(status="held").count() == 0
