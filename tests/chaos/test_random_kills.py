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
from tests.chaos.booking import (
    LOST,
    Insisting,
    assert_nothing_lost_or_doubled,
    free_starts,
    held,
    open_calendar,
)
from tests.chaos.harness import Chaos, Process, wait_until
from tests.chaos.visitor import Visitor

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
PEOPLE = 16
KILLS = 6  # a longer run by hand is for a release


class Killer(threading.Thread):
    """Half a second to one and a half after the site answers again, a child of one of these dies; they start
    another. Not sooner: on a busy machine nobody would ever be served."""

    def __init__(self, site: str, *parents: Process) -> None:
        super().__init__()
        self.site, self.parents, self.kills = site, parents, 0

    def run(self) -> None:
        dice = random.Random(20261130)
        for number in range(KILLS):
            time.sleep(dice.uniform(0.5, 1.5))
            parent = self.parents[number % len(self.parents)]
            children = sorted(set(group_of(parent.pid)) - {parent.pid})
            if children:
                with suppress(ProcessLookupError):
                    os.kill(dice.choice(children), signal.SIGKILL)
                    self.kills += 1
            wait_until(self.answers, 30)

    def answers(self) -> bool:
        try:
            return Visitor(self.site, 199).open("/healthz")[0] == 200
        except LOST:
            return False


def test_nothing_is_lost_doubled_or_used_twice_while_processes_are_killed(chaos: Chaos) -> None:
    call_type = open_calendar()
    web, site = chaos.start_web(TRUSTED_PROXY_COUNT="1")
    worker = chaos.start_worker()
    chaos.start_beat()
    free = free_starts(call_type)
    visitors = held(site, PEOPLE)
    killer = Killer(site, web, worker)
    killer.start()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(Insisting.settle, visitors))
    killer.join()
    worker.kill()
    chaos.start_worker()
    accepted = [one for one, is_accepted in zip(visitors, answers, strict=True) if is_accepted]
    assert killer.kills == KILLS
    assert_nothing_lost_or_doubled(chaos, [one.visitor.email for one in accepted], kills=killer.kills)
    # I10: every try has one outcome, and what is gone from the calendar was accepted.
    tries = sum((one.answers for one in visitors), Counter[str]())
    assert tries["accepted"] == len(accepted) == PEOPLE
    assert set(tries) <= {"accepted", "refused", "unknown"}
    taken = {datetime.fromisoformat(one.start) for one in accepted}
    assert free - free_starts(call_type) == taken
    assert Booking.objects.filter(status="held").count() == 0
