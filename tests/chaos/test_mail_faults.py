"""What must hold when Redis, the worker or the mail server stops, hangs or is killed.

After healing, every committed row has exactly its mail; a copy exists only where a worker died after the
message left, and its row says so. The numbers R… are those of the table of failure modes.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.db import connection, transaction
from django.test import Client

from portal.common import times, waking
from portal.mail import outbox
from portal.mail.delivery import LAPSED, MAX_OWN_ERRORS
from portal.mail.models import OutboundEmail
from tests.chaos.harness import HANG, KILL, SHORT_LEASE, Chaos, timed, wait_until
from tests.chaos.visitor import PROMISE
from tests.factories.mail import OutboundEmailFactory

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

Status = OutboundEmail.Status
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def _publisher(chaos: Chaos, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is the web process: it wakes the worker through the same Redis, breaker closed."""
    settings.REDIS_URL = chaos.redis_server.url  # type: ignore[attr-defined]
    monkeypatch.setattr(waking, "_closed_until", 0.0)


def commit_mail(**changed: object) -> OutboundEmail:
    """What a request does: write the row, commit, wake."""
    mail = OutboundEmailFactory.build(**changed)
    with transaction.atomic():
        outbox.enqueue(mail)
    return OutboundEmail.objects.get(key=mail.key)


def states() -> Counter[str]:
    return Counter(OutboundEmail.objects.values_list("status", flat=True))


def assert_soon(ask: Callable[[], object], expected: object, seconds: float = 60) -> None:
    """Compare what was seen last, and not what is there a moment later: processes go on meanwhile."""
    seen: list[object] = []

    def is_expected() -> bool:
        seen.append(ask())
        return seen[-1] == expected

    wait_until(is_expected, seconds)
    assert seen[-1] == expected


def assert_all_sent(seconds: float = 60) -> None:
    done = wait_until(lambda: set(states()) == {"sent"}, seconds, step=0.2)
    assert done, f"after {seconds} s: {dict(states())}"


def sent(mail: OutboundEmail) -> OutboundEmail:
    return OutboundEmail.objects.get(pk=mail.pk)


def tried(mail: OutboundEmail) -> tuple[str, int]:
    """Status and attempts of one moment: of two questions, the second may be answered by the next attempt."""
    return OutboundEmail.objects.values_list("status", "attempts").get(pk=mail.pk)


def test_without_beat_a_wake_up_delivers_and_what_became_due_is_found_when_it_is_back(
    chaos: Chaos, client: Client, settings: Any
) -> None:
    """R33: beat stands still for ten minutes."""
    settings.CLOCK_OFFSET_FILE = str(chaos.clock)
    chaos.start_worker()
    now = times.now()
    useful, late = (
        OutboundEmailFactory(due_at=now + 5 * MINUTE, expires_at=now + until) for until in (HOUR, 8 * MINUTE)
    )
    mail = commit_mail()
    assert_soon(lambda: chaos.sink.copies(), {str(mail.public_id): 1})
    chaos.move_clock(10 * 60)
    response = client.get("/readyz")
    assert (response.status_code, round(response.json()["oldest_due_seconds"] / 60)) == (503, 5)
    assert chaos.sink.copies() == {str(mail.public_id): 1}
    chaos.start_beat()
    assert_soon(lambda: (sent(useful).status, sent(late).status), ("sent", "cancelled"))
    assert client.get("/readyz").status_code == 200
    assert chaos.sink.copies() == {str(mail.public_id): 1, str(useful.public_id): 1}


def test_redis_stopped_costs_the_request_little_and_the_mail_nothing(chaos: Chaos) -> None:
    """R11 and R13: Redis forgets what it was told, then is down at commit; the sweep finds every row."""
    OutboundEmailFactory.create_batch(75)
    for _ in range(5):
        commit_mail()
    chaos.redis_server.stop()
    slowest = max(timed(commit_mail) for _ in range(20))
    assert slowest < PROMISE
    assert states() == {"queued": 100}
    chaos.redis_server.start()
    chaos.start_worker(beats=True)
    assert_all_sent()
    assert set(chaos.sink.copies().values()) == {1}
    assert len(chaos.sink.copies()) == 100


def test_redis_hung_costs_the_request_little_and_the_mail_nothing(chaos: Chaos) -> None:
    """R12: Redis takes connections and never answers."""
    chaos.hang_redis()
    durations = [timed(commit_mail) for _ in range(20)]
    assert max(durations) < PROMISE
    assert sum(durations) < 2 * PROMISE, "the breaker must spare every request but the first"
    assert states() == {"queued": 20}
    chaos.wake_redis()
    chaos.start_worker(beats=True)
    assert_all_sent()
    assert set(chaos.sink.copies().values()) == {1}


def test_redis_that_is_full_costs_the_request_little_and_the_mail_nothing(
    chaos: Chaos, caplog: pytest.LogCaptureFixture
) -> None:
    """R14: no more fits in, so every wake-up is refused: said once, and then not tried for a while. Drain
    delivers, and the sweep once there is room."""
    with redis.Redis.from_url(chaos.redis_server.url) as client:
        client.config_set("maxmemory", "1mb")
        with pytest.raises(redis.exceptions.ResponseError):
            client.set("anything", "x")
        slowest = max(timed(commit_mail) for _ in range(10))
        assert slowest < PROMISE
        assert [(one.name, one.levelname) for one in caplog.records] == [("portal.common.waking", "WARNING")]
        assert states() == {"queued": 10}
        drain = chaos.start_drain()
        assert_all_sent()
        drain.kill()
        commit_mail()
        client.config_set("maxmemory", "0")
        chaos.start_worker(beats=True)
        assert_all_sent()
    assert set(chaos.sink.copies().values()) == {1}


def test_redis_that_hangs_under_a_running_worker_heals_by_itself(chaos: Chaos) -> None:
    chaos.start_worker(beats=True)
    commit_mail()
    assert_all_sent()
    chaos.hang_redis()
    time.sleep(4)
    mails = [commit_mail() for _ in range(5)]
    chaos.wake_redis()
    assert_all_sent()
    assert len(chaos.sink.copies()) == 1 + len(mails)
    assert set(chaos.sink.copies().values()) == {1}


def test_mail_leaves_without_redis_by_the_drain_command(chaos: Chaos) -> None:
    chaos.redis_server.stop()
    commit_mail()
    chaos.start_drain()
    assert_all_sent()
    assert set(chaos.sink.copies().values()) == {1}


def test_a_worker_killed_between_claim_and_send_loses_nothing(chaos: Chaos) -> None:
    """R07: sent once, when the lease is over."""
    chaos.lease_seconds = SHORT_LEASE
    worker = chaos.start_worker(KILL_POINT="after_claim")
    mail = commit_mail()
    worker.says("SIGKILL")
    worker.kill()
    assert sent(mail).status == "leased"
    chaos.start_worker(beats=True)
    assert_all_sent()
    assert chaos.sink.copies() == {str(mail.public_id): 1}
    assert sent(mail).maybe_duplicate


def test_a_worker_killed_before_the_servers_250_sends_at_most_one_copy_and_says_so(chaos: Chaos) -> None:
    """R08: the server kept the message, the worker died before it heard so."""
    chaos.lease_seconds = SHORT_LEASE
    worker = chaos.start_worker()
    chaos.sink.rule(lambda _to, before: KILL if before == 0 else None)
    chaos.sink.before_answer = worker.kill
    mail = commit_mail()
    assert_soon(lambda: len(chaos.sink.received), 1)
    chaos.start_worker(beats=True)
    assert_all_sent()
    assert_one_marked_copy(chaos, mail)


def test_a_worker_killed_after_the_servers_250_sends_at_most_one_copy_and_says_so(chaos: Chaos) -> None:
    """R09: sent, but not written down."""
    chaos.lease_seconds = SHORT_LEASE
    worker = chaos.start_worker(KILL_POINT="after_send")
    mail = commit_mail()
    worker.says("SIGKILL")
    worker.kill()
    assert sent(mail).status == "leased"
    chaos.start_worker(beats=True)
    assert_all_sent()
    assert_one_marked_copy(chaos, mail)


def assert_one_marked_copy(chaos: Chaos, mail: OutboundEmail) -> None:
    assert chaos.sink.copies() == {str(mail.public_id): 2}
    assert len({received.content for received in chaos.sink.received}) == 1, "a copy is the same message"
    assert sent(mail).maybe_duplicate


def test_a_killed_worker_never_doubles_tips(chaos: Chaos) -> None:
    """R09 for tips: better none than two."""
    chaos.lease_seconds = SHORT_LEASE
    worker = chaos.start_worker(KILL_POINT="after_send")
    mail = commit_mail(tips=True)
    worker.says("SIGKILL")
    worker.kill()
    chaos.start_worker(beats=True)
    assert_soon(lambda: sent(mail).status, "uncertain")
    assert chaos.sink.copies() == {str(mail.public_id): 1}


def test_451_three_times_then_accepted_is_one_mail(chaos: Chaos) -> None:
    """R16, with the clock moved over the waiting."""
    chaos.sink.rule(lambda _to, before: "451 4.7.1 Come back later" if before < 3 else None)
    chaos.start_worker(beats=True)
    mail = commit_mail()
    for attempt in range(1, 4):
        assert_soon(lambda: tried(mail), ("retry", attempt))
        chaos.move_clock(attempt * 3600)
    assert_all_sent()
    assert (sent(mail).attempts, sent(mail).maybe_duplicate) == (4, False)
    assert chaos.sink.copies() == {str(mail.public_id): 1}


def test_550_for_one_recipient_fails_at_once_and_the_others_flow(chaos: Chaos) -> None:
    """R17."""
    chaos.sink.rule(lambda to, _before: "550 5.1.1 No such mailbox" if to == "weg@example.org" else None)
    chaos.start_worker()
    gone, coach = commit_mail(to_email="weg@example.org"), commit_mail(to_email="jet@voorbeeld.nl")
    assert_soon(lambda: (sent(gone).status, sent(coach).status), ("failed", "sent"))
    assert sent(gone).attempts == 1
    assert chaos.sink.copies() == {str(coach.public_id): 1}


def test_a_server_that_hangs_on_one_mail_does_not_hold_up_the_others(chaos: Chaos) -> None:
    """R18: one worker waits for its answer, the other goes on."""
    chaos.sink.rule(lambda to, _before: HANG if to == "traag@example.org" else None)
    chaos.start_worker(beats=True)
    commit_mail(to_email="traag@example.org")
    others = [commit_mail() for _ in range(10)]
    assert_soon(lambda: Counter(sent(mail).status for mail in others), {"sent": 10})


def test_a_poison_row_does_not_stop_the_others(chaos: Chaos) -> None:
    """R34."""
    poison = commit_mail(to_email="zoë@example.org")
    for _ in range(100):
        OutboundEmailFactory()
    worker = chaos.start_worker()
    outbox.wake()
    assert_soon(lambda: states()["sent"], 100)
    assert sent(poison).status == "retry"
    assert "SIGKILL" not in worker.output


ENDLESS = """
import time
import django; django.setup()
from celery.exceptions import SoftTimeLimitExceeded
from portal.celery import app
from portal.mail import render

def endless(mail):
    while True:
        try:
            time.sleep(120)
        except SoftTimeLimitExceeded:  # as code that catches everything
            pass

render.register_renderer("tests/endless", endless)
app.conf.update(task_soft_time_limit=3, task_time_limit=4)
app.worker_main(["worker", "--loglevel=info", "--without-gossip", "--without-mingle"])
"""


def test_a_mail_that_is_never_written_costs_one_child_and_no_other_mail(chaos: Chaos) -> None:
    """R35: the time limit ends the child, here after seconds; the row is given up at its last attempt."""
    chaos.lease_seconds = 5
    worker = chaos.run("worker", "-c", ENDLESS).says(" ready.")
    endless = OutboundEmailFactory(later=True, message="tests/endless", own_errors=MAX_OWN_ERRORS - 1)
    outbox.wake()
    assert_soon(lambda: sent(endless).status, "leased")
    others = [commit_mail() for _ in range(20)]
    assert_soon(lambda: Counter(sent(mail).status for mail in others), {"sent": 20})
    assert sent(endless).status == "leased"
    worker.says("Hard time limit (4s) exceeded")
    chaos.start_beat()
    assert_soon(lambda: (sent(endless).status, sent(endless).reason), ("failed", LAPSED))
    after = commit_mail()
    assert_soon(lambda: sent(after).status, "sent")
    assert set(chaos.sink.copies().values()) == {1}


def test_two_beats_three_workers_and_a_drain_send_no_copy(chaos: Chaos) -> None:
    """R32 over 500 rows."""
    chaos.sweep_seconds = 0.5
    for worker in [chaos.begin_worker() for _ in range(3)]:
        worker.says(" ready.")
    mails = OutboundEmailFactory.create_batch(500)
    chaos.start_beat()
    chaos.start_beat()
    chaos.start_drain()
    for _ in range(20):
        outbox.wake()
    assert_all_sent()
    assert len(chaos.sink.copies()) == len(mails)
    assert set(chaos.sink.copies().values()) == {1}
    assert not OutboundEmail.objects.filter(maybe_duplicate=True).exists()


def test_redis_holds_nothing_personal(chaos: Chaos) -> None:
    commit_mail(to_email="sanne@example.org", subject="Geheim onderwerp")
    client = redis.Redis.from_url(chaos.redis_server.url)
    words = b" ".join(client.dump(key) or b"" for key in client.keys("*"))
    assert b"mail.deliver" in words
    for secret in (b"sanne", b"Geheim", b"Vermeer"):
        assert secret not in words
    client.close()


def test_the_test_database_is_the_one_that_children_use(chaos: Chaos) -> None:
    assert chaos.env["DATABASE_URL"].endswith("/" + connection.settings_dict["NAME"])
