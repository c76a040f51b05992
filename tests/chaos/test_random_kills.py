"""R10 and I10: web and mail workers are killed where it hurts while people book, and start by themselves."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from itertools import count
from time import sleep

import pytest

from bookings.models import Booking
from portal.local.processes import group_of
from tests.chaos.booking import assert_nothing_lost_or_doubled, free_starts, held, open_calendar
from tests.chaos.harness import KILL, SHORT_LEASE, Chaos, Process, wait_until

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
GROUP = 4  # people at once
WEB_KILLS = 3  # one in each group
MAIL_KILLS = 3  # a longer run by hand is for a release
PEOPLE = GROUP * WEB_KILLS


def kill_children(parent: Process) -> None:
    for pid in set(group_of(parent.pid)) - {parent.pid}:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kill_web_between_commit_and_answer(chaos: Chaos, web: Process, seconds: float) -> None:
    """Redis hangs, so the first whose call is committed hears of it half a second later, while the others
    queue; in that time, after so many seconds, all of them lose their answer."""
    confirmed = Booking.objects.filter(status="confirmed")
    before = confirmed.count()
    chaos.hang_redis()
    assert wait_until(lambda: confirmed.count() > before, 40, step=0.005)
    sleep(seconds)
    kill_children(web)
    chaos.wake_redis()


def test_nothing_is_lost_doubled_or_used_twice_while_processes_are_killed(chaos: Chaos) -> None:
    call_type = open_calendar()
    chaos.lease_seconds = SHORT_LEASE
    web, worker, site = chaos.start_everything(workers=1, TRUSTED_PROXY_COUNT="1")
    dice = random.Random(20261130)
    doomed, number = set(dice.sample(range(2 * PEOPLE), MAIL_KILLS)), count()
    chaos.sink.rule(lambda _to, _before: KILL if next(number) in doomed else None)
    chaos.sink.before_answer = lambda: kill_children(worker)  # the server has the message, nobody hears so
    free = free_starts(call_type)
    visitors = held(site, PEOPLE)
    accepted = []
    for first in range(0, PEOPLE, GROUP):
        with ThreadPoolExecutor(GROUP) as pool:
            settled = {one: pool.submit(one.settle) for one in visitors[first : first + GROUP]}
            kill_web_between_commit_and_answer(chaos, web, dice.uniform(0, 0.2))
            accepted += [one for one, answer in settled.items() if answer.result()]
    assert_nothing_lost_or_doubled(chaos, [one.visitor.email for one in accepted], kills=MAIL_KILLS)
    # I10: every try has one outcome, and what is gone from the calendar was accepted.
    tries = sum((one.answers for one in visitors), Counter[str]())
    assert tries.total() == sum(len(one.heard) for one in visitors)
    assert tries["accepted"] == len(accepted) == PEOPLE
    taken = {datetime.fromisoformat(one.start) for one in accepted}
    assert free - free_starts(call_type) == taken
    assert Booking.objects.filter(status="held").count() == 0
    # The kills hit somebody.
    assert tries["unknown"] > 0
    assert sum(copies - 1 for copies in chaos.sink.copies().values()) >= MAIL_KILLS
