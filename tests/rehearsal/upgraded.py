"""From 0.1.0 to this version, as docs/upgrading.md says it, while people book.

Old code serves while `setup` of the new brings the tables up to date, and is stopped half-way, more than once; then it
is run to its end, and one process after the other becomes a new one.
"""

from __future__ import annotations

import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from portal.local.processes import signal_group, wait_until
from tests.rehearsal import invariants
from tests.rehearsal.rolling import expect_calls, settled, while_booking
from tests.rehearsal.stack import BEAT, CURRENT, ENVIRONMENT, WEB, WORKER, Stack
from tests.rehearsal.system import RehearsalError, System, environment
from tests.rehearsal.traffic import SETTLED, Traffic, traffic

OLD, COMMIT = "/opt/draagkracht/0.1.0", "f89ae55f"
FETCH = f"""set -e
git clone --quiet --no-checkout /root/draagkracht.bundle {OLD}
cd {OLD}
git checkout --quiet {COMMIT}
python3 -m venv .venv
.venv/bin/pip install --quiet --require-hashes -r requirements.txt
.venv/bin/python -m compileall -q portal assessments bookings
chown -R draagkracht: locale
ln -s /etc/draagkracht/env .env"""
DATABASE = "upgraded"
STOPS = 3  # times `setup` is killed, each at another migration
APPLIED = "SELECT count(*) FROM django_migrations"

Say = Callable[[str], None]


def prepare(system: System) -> None:
    """While there is a network: 0.1.0 with an environment of its own, beside the version that is there."""
    system.run("sh", "-c", FETCH, timeout=1800)


def rehearse(stack: Stack, say: Say, seed: int = 1) -> dict[str, object]:
    new = stack.run("readlink", "-f", CURRENT).stdout.strip()
    begin_with_old(stack)
    say("  0.1.0 serves, with its demo")
    with psycopg.connect(stack.database_url) as database:
        before = database.execute("SELECT count(*) FROM bookings_booking WHERE status <> 'held'").fetchone()
    figures: dict[str, object] = {"behind": stack.proxy}
    with traffic(stack, "upgraded-") as crowd:
        expect_calls(crowd)
        figures["stopped half-way"] = stop_half_way(stack, new, crowd, random.Random(seed), say)
        began = time.monotonic()
        as_release(stack, new, "setup")
        figures["setup, seconds"] = round(time.monotonic() - began, 1)
        as_release(stack, new, "migrate", "--check")
        say(f"  then `setup` ran to its end, in {figures['setup, seconds']} s")
        expect_calls(crowd)
        figures["old pages on new tables"] = old_pages(stack, say)
        forget_mails_to_others(stack, crowd)
        stack.run("ln", "-sfn", new, CURRENT)
        figures["restarts"] = {
            name: while_booking(crowd, name, lambda name=name: stack.restart(name), say)  # type: ignore[misc]
            for name in (*WEB, WORKER, BEAT)
        }
    figures["in all"] = settled(crowd, say)
    expect_nothing_lost(stack, before)
    return figures


def begin_with_old(stack: Stack) -> None:
    """A database of 0.1.0 with its demo, and its processes on it."""
    for name in (*WEB, WORKER, BEAT):
        stack.stop(name)
    own = urlsplit(stack.database_url)
    stack.run(
        "runuser", "-u", "postgres", "--", "createdb", "--owner", str(own.username), "--encoding", "UTF8",
        "--locale", "C.UTF-8", "--template", "template0", DATABASE,
    )  # fmt: skip
    settings = stack.system.root / ENVIRONMENT
    fresh = urlunsplit(own._replace(path=f"/{DATABASE}"))
    settings.write_text(settings.read_text().replace(urlunsplit(own), fresh))
    stack.run("ln", "-sfn", OLD, CURRENT)
    as_release(stack, OLD, "setup")
    as_release(stack, OLD, "demo", LOCAL_MODE="true", SITE_URL="http://localhost:8000")
    with psycopg.connect(stack.database_url) as database:
        invariants.open_calendar(database)
    for name in (*WEB, WORKER, BEAT):
        stack.start(name)


# ---- setup, stopped half-way ----------------------------------------------------------------------------
def stop_half_way(
    stack: Stack, new: str, crowd: Traffic, dice: random.Random, say: Say
) -> list[dict[str, object]]:
    """SIGKILL once so many migrations were applied; people go on booking in between."""
    found: list[dict[str, object]] = []
    first = applied(stack)
    plan = as_release(stack, new, "showmigrations", "--plan").count("[ ]")
    for at in sorted(dice.sample(range(1, plan - 1), STOPS)):
        kill_setup_at(stack, new, first + at)
        expect_calls(crowd, 3)
        line = what_the_doctor_says(stack, new)
        found.append({"killed after": applied(stack) - first, "of": plan, "the doctor": line})
        say(f"  `setup` killed after {applied(stack) - first} of {plan} migrations; the doctor: {line}")
    return found


def what_the_doctor_says(stack: Stack, new: str) -> str:
    """Of migrations. It gives each question some seconds, which a busy machine may not have: asked twice at most."""
    said = ""
    for _ in range(2):
        said = as_release(stack, new, "doctor", check=False)
        if line := next((line for line in said.splitlines() if "not applied" in line), ""):
            return " ".join(line.split())
    raise RehearsalError(f"The doctor does not say that migrations are missing: {said}")


def kill_setup_at(stack: Stack, new: str, count: int) -> None:
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            release_argv(stack, new, "setup"),
            env=environment(), stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True,
        )  # fmt: skip
        try:
            with psycopg.connect(stack.database_url, autocommit=True) as database:
                wait_until(lambda: _count(database) >= count or child.poll() is not None, 180, step=0.005)
        finally:
            signal_group(child.pid, signal.SIGKILL)
            child.wait(30)
        if child.returncode != -signal.SIGKILL:
            said.seek(0)
            raise RehearsalError(f"`setup` ended before it was killed: {said.read().decode()[-800:]}")


def applied(stack: Stack) -> int:
    with psycopg.connect(stack.database_url) as database:
        return _count(database)


def _count(database: psycopg.Connection) -> int:
    row = database.execute(APPLIED).fetchone()
    assert row
    return int(row[0])


# ---- old code and new -----------------------------------------------------------------------------------
def old_pages(stack: Stack, say: Say) -> dict[str, object]:
    """What 0.1.0 cannot show on the new tables; nothing, or this is no upgrade while it serves."""
    script = Path(__file__).with_name("old_pages.py").read_text()
    said = as_release(stack, OLD, "shell", "-c", script)
    fails = [line for line in said.splitlines() if line.startswith("FAILS")]
    if fails or "OPENED" not in said:
        raise RehearsalError(f"0.1.0 on the new tables: {'; '.join(fails) or said[-500:]}")
    line = next(line for line in said.splitlines() if line.startswith("OPENED"))
    say(f"  0.1.0 on the new tables: {line.lower()}, none fails")
    return {"opened and erased": line.removeprefix("OPENED "), "that fail": fails}


def forget_mails_to_others(stack: Stack, crowd: Traffic) -> None:
    """Somebody of the demo was erased by it: what they and their coach were told of that has no row any more."""
    with psycopg.connect(stack.database_url, autocommit=True) as database:
        wait_until(lambda: invariants.waiting_mails(database) == 0, SETTLED, step=0.2)
    for mail in list(stack.sink.received):
        if not mail.recipient.startswith(crowd.name):
            stack.sink.received.remove(mail)


def expect_nothing_lost(stack: Stack, before: object) -> None:
    """Calls of the demo are there still."""
    with psycopg.connect(stack.database_url) as database:
        own = "SELECT count(*) FROM bookings_booking WHERE status <> 'held' AND email NOT LIKE 'upgraded-%'"
        after = database.execute(own).fetchone()
    if after != before:
        raise RehearsalError(f"There were {before} calls before the upgrade, and {after} of them after it.")


# ---- a management command of one version ----------------------------------------------------------------
def as_release(stack: Stack, folder: str, *arguments: str, check: bool = True, **variables: str) -> str:
    argv = release_argv(stack, folder, *arguments, **variables)
    done = subprocess.run(
        argv, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if check and done.returncode:
        raise RehearsalError(
            f"`{' '.join(arguments)[:60]}` in {folder}: {(done.stdout + done.stderr)[-800:]}"
        )
    return done.stdout


def release_argv(stack: Stack, folder: str, *arguments: str, **variables: str) -> list[str]:
    own = [f"{name}={value}" for name, value in variables.items()]
    command = [
        "runuser",
        "-u",
        "draagkracht",
        "--",
        "env",
        "-C",
        folder,
        *own,
        ".venv/bin/python",
        "manage.py",
    ]
    return ["chroot", str(stack.system.root), *command, *arguments]
