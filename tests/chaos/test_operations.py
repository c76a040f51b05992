"""What an operator sees of real processes: the doctor's worker, beat's tick, and one id from a request to its tasks."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from portal.operations import signs
from tests.chaos.harness import ROOT, Chaos, wait_until

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

GIVEN = "0123456789abcdef0123456789abcdef"
SEND = f"""
import django; django.setup()
from portal import request_ids
from portal.common.waking import wake
with request_ids.following({GIVEN!r}):
    wake("mail.sweep", 7)  # takes no argument, so it fails and says so
"""


def test_the_doctor_knows_whether_a_worker_and_beat_are_there(chaos: Chaos) -> None:
    doctor = chaos.run("doctor", "manage.py", "doctor").says("Disk:", 60)
    doctor.says("WRONG        Worker: None answered").says("WRONG        Beat: It was never seen.")
    worker = chaos.start_worker(beats=True)
    assert wait_until(lambda: "beat" in signs.ages(), 60)
    chaos.run("doctor", "manage.py", "doctor").says("OK           Worker:").says("OK           Beat:")
    command = [sys.executable, "-c", SEND]
    env = {**os.environ, **chaos.env, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    subprocess.run(command, env=env, cwd=ROOT, check=True, timeout=60)
    worker.says(f"[{GIVEN}]")
    failed = [line for line in worker.output.splitlines() if GIVEN in line]
    assert [line for line in failed if "mail.sweep" not in line] == []
