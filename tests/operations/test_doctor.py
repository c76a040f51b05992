"""What the doctor says: a line each, OK or what to do, however much is down."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from portal import tasks
from portal.common import times
from portal.local.places import ROOT
from portal.mail.models import OutboundEmail
from portal.operations import checks_here, checks_outside, doctor, probe, signs
from portal.operations.findings import Question, State, answers, good, wrong
from tests.factories.mail import OutboundEmailFactory

GOOD, WRONG, UNKNOWN = State.GOOD, State.WRONG, State.UNKNOWN
CLOSED = "redis://127.0.0.1:1/0"


def states(*questions: Callable[[], tuple[State, str]]) -> list[State]:
    return [ask()[0] for ask in questions]


# ---- how it asks ----------------------------------------------------------------------------------------
@pytest.mark.real_clock
def test_one_that_hangs_or_fails_keeps_no_other_from_answering() -> None:
    hung = threading.Event()

    def hang() -> tuple[State, str]:
        hung.wait(30)
        return good("late")

    def fail() -> tuple[State, str]:
        raise RuntimeError("sanne@voorbeeld.nl")

    def away() -> tuple[State, str]:
        raise OperationalError

    questions = [Question(name, ask) for name, ask in (
        ("hangs", hang), ("fails", fail), ("away", away), ("well", lambda: good("It is well."))
    )]  # fmt: skip
    began = time.monotonic()
    found = list(answers([*questions, questions[0]], seconds=0.3))
    assert time.monotonic() - began < 10  # two that hang for thirty
    hung.set()
    assert [one.state for one in found] == [WRONG, WRONG, UNKNOWN, GOOD, WRONG]
    assert found[0].words == "No answer within 0.3 seconds: it hangs, or cannot be reached."
    assert found[1].words == "RuntimeError: ***@voorbeeld.nl"
    assert found[2].words == "The database does not answer."


def test_the_command_says_a_line_each_and_ends_with_one_when_something_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(checks_outside, "QUESTIONS", [])
    monkeypatch.setattr(checks_here, "QUESTIONS", [Question("Redis", lambda: good("It answers."))])
    call_command("doctor")
    assert capsys.readouterr().out == "OK           Redis: It answers.\n"
    checks_here.QUESTIONS.append(Question("Beat", lambda: wrong("Start it.")))
    with pytest.raises(SystemExit) as ended:
        call_command("doctor")
    assert ended.value.code == 1
    assert capsys.readouterr().out.endswith("WRONG        Beat: Start it.\n")


@pytest.mark.real_clock
def test_with_everything_down_it_says_a_line_of_each_and_no_traceback() -> None:
    """A real program, with nothing behind any of its addresses."""
    down = {
        "DATABASE_URL": "postgres://u:geheim@127.0.0.1:1/weg", "REDIS_URL": CLOSED, "SITE_URL": "http://127.0.0.1:1",
        "EMAIL_URL": "smtp://127.0.0.1:1", "BACKUP_DIR": "/nergens", "LOCAL_MODE": "true",
    }  # fmt: skip
    argv = [sys.executable, "manage.py", "doctor", "--mail", "jet@voorbeeld.nl"]
    done = subprocess.run(
        argv, env={**os.environ, **down}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "Traceback" in done.stdout + done.stderr) == (1, False)
    lines = done.stdout.splitlines()
    questions = [one.what for one in (*checks_here.QUESTIONS, *checks_outside.QUESTIONS)]
    assert [line[13:].partition(":")[0] for line in lines] == [*questions, "A mail to jet@voorbeeld.nl"]
    is_well = [line[13:].partition(":")[0] for line in lines if line.startswith("OK")]
    assert set(is_well) <= {"Disk"}
    assert "geheim" not in done.stdout


@pytest.mark.parametrize("address", ["beheer", "a@b\n", "x" * 10_000])
def test_a_mail_to_nowhere_is_refused_before_anything_is_asked(address: str) -> None:
    with pytest.raises(CommandError, match="is no address"):
        call_command("doctor", mail=address)


# ---- this machine ---------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.real_clock
def test_a_database_that_is_well_is_said_to_be() -> None:
    assert states(checks_here.database, checks_here.migrations, checks_here.clock) == [GOOD] * 3


@pytest.mark.django_db
def test_what_the_database_lacks_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks_here, "EXTENSIONS", {"btree_gist", "postgis"})
    assert checks_here.database() == (
        WRONG, "It lacks what it needs. As its owner: CREATE EXTENSION postgis;"
    )  # fmt: skip
    monkeypatch.setattr(checks_here, "OLDEST_DATABASE", 99)
    assert "is too old: upgrade to 99" in checks_here.database()[1]
    MigrationRecorder(connection).migration_qs.filter(app="mail").order_by("-name")[:1].get().delete()
    assert "not applied, first mail." in checks_here.migrations()[1]


@pytest.mark.django_db
def test_a_clock_that_is_off_is_named_with_its_side(clock: Any) -> None:
    clock.move_to(timezone.now() - timedelta(days=4000))
    state, words = checks_here.clock()
    assert state is WRONG
    assert " s behind the database: let both follow NTP." in words


def test_a_database_that_is_away_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("connection refused\nmore")

    monkeypatch.setattr(connection, "cursor", away)
    assert checks_here.database()[1] == (
        "It cannot be reached (connection refused). Start PostgreSQL, or look at DATABASE_URL."
    )


def test_redis_is_asked_for_what_it_throws_away(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks_here.redis_server()[0] is GOOD
    monkeypatch.setattr(checks_here.redis.Redis, "info", lambda *_args: {"maxmemory_policy": "allkeys-lru"})
    assert "maxmemory-policy is allkeys-lru" in checks_here.redis_server()[1]
    settings.REDIS_URL = CLOSED
    state, words = checks_here.redis_server()
    assert state is WRONG
    assert "drain_outbox --loop" in words


@pytest.mark.django_db
@pytest.mark.real_clock
def test_a_worker_is_asked_and_waited_for_only_so_long(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(checks_here.app, "send_task", lambda name, args, **_named: sent.append(args[0]))
    assert "None answered within 0.2 s" in checks_here.worker(seconds=0.2)[1]
    monkeypatch.setattr(checks_here.app, "send_task", lambda name, args, **_named: tasks.answer(*args))
    assert checks_here.worker()[0] is GOOD
    assert not signs.has_answered(sent[0])
    monkeypatch.undo()
    settings.REDIS_URL = CLOSED
    assert checks_here.worker()[0] is UNKNOWN


@pytest.mark.django_db
def test_beat_is_known_by_its_last_tick(clock: Any) -> None:
    assert checks_here.beat()[1].startswith("It was never seen.")
    tasks.tick()
    assert checks_here.beat() == (GOOD, "It was last seen 0 s ago.")
    clock.shift(timedelta(minutes=10))
    assert checks_here.beat()[1].startswith("It was last seen 10 min ago.")
    signs.note("worker")  # that a worker is alive says nothing of beat
    assert signs.ages() == {"beat": 600, "worker": 0}


@pytest.mark.django_db
def test_a_sign_of_life_that_cannot_be_noted_stops_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_named: object) -> None:
        raise DatabaseError

    said: list[str] = []
    monkeypatch.setattr(signs, "_said_at", -100.0)
    monkeypatch.setattr(signs.time, "monotonic", lambda: 0.0)
    monkeypatch.setattr(signs, "cache", SimpleNamespace(set=lambda key, *_args, **_named: said.append(key)))
    signs.note_work()
    signs.note_work()
    assert said == ["operations:seen:worker"]
    monkeypatch.setattr(signs, "cache", SimpleNamespace(set=away))
    signs.note("worker")


@pytest.mark.django_db
def test_mail_that_is_stuck_is_wrong(clock: Any) -> None:
    assert checks_here.mail() == (GOOD, "None is left lying.")
    OutboundEmailFactory(due_at=times.now(), send_after=times.now())
    clock.shift(timedelta(minutes=3))
    assert checks_here.mail()[1].startswith("The oldest that may leave waits for 3 min")


@pytest.mark.real_clock
def test_the_last_backup_has_an_age(settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_DIR = ""
    assert checks_here.backup()[0] is UNKNOWN
    settings.BACKUP_DIR = str(tmp_path / "nowhere")
    assert "is no folder" in checks_here.backup()[1]
    settings.BACKUP_DIR = str(tmp_path)
    (tmp_path / "other").touch()
    assert "There is none" in checks_here.backup()[1]
    old = tmp_path / "draagkracht-20261101T030000Z.backup"
    old.touch()
    assert checks_here.backup()[0] is GOOD
    os.utime(old, (time.time() - 72 * 3600,) * 2)
    assert checks_here.backup()[1].startswith("The last is 72 hours old")


def test_a_disk_that_is_nearly_full_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = checks_here.shutil.disk_usage(".")
    monkeypatch.setattr(
        checks_here.shutil, "disk_usage", lambda _folder: usage._replace(total=10**12, free=10**11)
    )
    assert checks_here.disk()[0] is GOOD
    monkeypatch.setattr(
        checks_here.shutil, "disk_usage", lambda _folder: usage._replace(total=10**13, free=10**11)
    )
    assert checks_here.disk()[0] is WRONG


# ---- the world ------------------------------------------------------------------------------------------
def seen(
    passed_on: int, trusted: int, counted_as: str = "192.0.2.1", is_secure: bool = True
) -> dict[str, object]:
    return {"passed_on": passed_on, "trusted": trusted, "counted_as": counted_as, "is_secure": is_secure}


@pytest.mark.parametrize(
    ("plain", "forged", "said"),
    [
        (seen(1, 1), seen(2, 1), "1 in front, and no address can be made up."),
        (seen(0, 0), seen(1, 0), "0 in front, and no address can be made up."),
        (seen(0, 1), seen(1, 1, checks_outside.MADE_UP), "Set TRUSTED_PROXY_COUNT=0."),
        (seen(1, 0), seen(2, 0), "set TRUSTED_PROXY_COUNT=1, or"),
        (seen(1, 1, is_secure=False), seen(2, 1), "let the proxy set X-Forwarded-Proto."),
    ],
)
def test_the_number_of_proxies_is_judged_by_what_arrives(
    settings: Any, plain: Any, forged: Any, said: str
) -> None:
    settings.HTTPS = True
    assert said in checks_outside.judged(plain, forged)[1]


def test_how_a_request_arrives_is_told_to_nobody_but_the_doctor(
    client: Client, settings: Any, clock: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    ticket = probe.ticket()
    for wrong_one in ("", "x", ticket[:-1], ticket.replace(":", ";")):
        assert client.get("/probe", headers={probe.HEADER: wrong_one}).status_code == 404
    found = client.get("/probe", headers={probe.HEADER: ticket, "X-Forwarded-For": "192.0.2.9, 192.0.2.1"})
    assert found.json() == seen(2, 1, is_secure=False)
    clock.shift(timedelta(seconds=31))
    assert client.get("/probe", headers={probe.HEADER: ticket}).status_code == 404


@pytest.fixture
def site(live_server: Any, settings: Any) -> Iterator[Any]:
    settings.SITE_URL, settings.HTTPS = live_server.url, False
    return live_server


def test_the_site_is_asked_over_its_own_address(site: Any, settings: Any) -> None:
    assert states(checks_outside.site, checks_outside.proxies) == [GOOD, GOOD]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert "Anybody can make up an address" in checks_outside.proxies()[1]
    settings.SITE_URL = "http://127.0.0.1:1"
    assert states(checks_outside.site, checks_outside.proxies) == [WRONG, UNKNOWN]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (["v=spf1 -all", "other"], "voorbeeld.nl has it."),
        ([], "voorbeeld.nl has no such record."),
        (["v=spf1 a", "v=spf1 b"], "voorbeeld.nl has 2 of them, which counts as none: leave one."),
        (None, "No DNS server answered."),
    ],
)
def test_the_records_of_the_mail_domain_are_looked_up(
    settings: Any, monkeypatch: pytest.MonkeyPatch, found: list[str] | None, said: str
) -> None:
    def lookup(name: str, *, seconds: float) -> list[str]:
        if found is None:
            raise checks_outside.txt_records.NoAnswerError
        return found

    settings.LOCAL_MODE, settings.DEFAULT_FROM_EMAIL = False, "Jet <agenda@voorbeeld.nl>"
    monkeypatch.setattr(checks_outside.txt_records, "lookup", lookup)
    assert said in checks_outside.spf()[1]
    settings.DKIM_SELECTOR = ""
    assert checks_outside.dkim()[0] is UNKNOWN
    settings.LOCAL_MODE = True
    assert states(checks_outside.spf, checks_outside.dmarc) == [UNKNOWN, UNKNOWN]


@pytest.mark.real_clock
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("sent", "The mail server took it"),
        ("failed", "It was not sent: 550 no"),
        ("queued", "It still waits"),
    ],
)
def test_a_mail_is_sent_and_waited_for(monkeypatch: pytest.MonkeyPatch, status: str, said: str) -> None:
    def send(*mails: OutboundEmail) -> None:
        for mail in mails:
            mail.status, mail.reason = status, "550 no"
            mail.sent_at = times.now() if status == "sent" else None
            mail.save()

    monkeypatch.setattr(checks_outside.outbox, "enqueue", send)
    (found,) = examined(monkeypatch, "jet@voorbeeld.nl")
    assert found.words.startswith(said)
    assert found.state is (GOOD if status == "sent" else WRONG)


def examined(monkeypatch: pytest.MonkeyPatch, to: str) -> list[Any]:
    monkeypatch.setattr(checks_here, "QUESTIONS", [])
    monkeypatch.setattr(checks_outside, "QUESTIONS", [])
    mail_arrives = checks_outside.mail_arrives
    monkeypatch.setattr(checks_outside, "mail_arrives", lambda address: mail_arrives(address, seconds=0.1))
    return list(doctor.examine(mail_to=to))
