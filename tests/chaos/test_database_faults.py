"""Calls booked over HTTP while the database restarts, cuts off or only reads, or a web worker dies."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

import psycopg
import pytest
from django.db import connection
from django.urls import reverse

from assessments.models import Scan
from bookings.models import Booking, CallType, IdempotencyKey
from portal.common.ids import new_public_id
from portal.local.postgres import Postgres
from portal.local.processes import signal_group, wait_until
from portal.mail.models import OutboundEmail
from tests.chaos import harness
from tests.chaos.booking import (
    LOST,
    assert_nothing_lost_or_doubled,
    end_connections,
    held,
    is_host_locked,
    is_somebody_waiting,
    open_calendar,
    raw,
)
from tests.chaos.harness import SHORT_LEASE, Chaos
from tests.chaos.visitor import PATIENCE, TOKEN, Visitor

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
ANSWER = re.compile(r'<input[^>]*type="radio"[^>]*name="([^"]+)"')
PROXY = {"TRUSTED_PROXY_COUNT": "1"}


@pytest.fixture
def call_type(chaos: Chaos) -> CallType:
    return open_calendar()


@contextmanager
def caught_in_the_lock(visitor: Visitor) -> Iterator[Future[tuple[int, str]]]:
    """The visitor's confirming POST holds the calendar, and goes on only after this block."""
    with raw() as other, ThreadPoolExecutor(1) as pool:
        other.execute("LOCK TABLE mail_outboundemail IN EXCLUSIVE MODE")
        answer = pool.submit(visitor.confirm, PATIENCE)
        assert wait_until(is_somebody_waiting, 40)
        assert is_host_locked()
        yield answer
        other.rollback()


def test_a_web_worker_killed_in_the_lock_leaves_no_booking_and_no_lock(
    chaos: Chaos, call_type: CallType
) -> None:
    """R05."""
    web, site = chaos.start_web(**PROXY)
    [first] = held(site, 1)
    with caught_in_the_lock(first.visitor) as answer:
        web.kill()
    with pytest.raises(LOST):
        answer.result(60)
    assert wait_until(lambda: not is_host_locked(), 20)
    assert not Booking.objects.filter(status="confirmed").exists()
    assert not IdempotencyKey.objects.exists()
    assert not OutboundEmail.objects.exists()
    Booking.objects.all().delete()  # the hold of somebody who does not come back lapses
    _web, site = chaos.start_web(**PROXY)
    other = Visitor(site, 7)
    assert first.start in other.starts()
    assert other.hold(first.start) == 200
    assert "/bevestigd/" in other.confirm(PATIENCE)[1]


def test_a_web_process_that_is_told_to_end_finishes_what_it_has_in_hand(
    chaos: Chaos, call_type: CallType
) -> None:
    """R44: what every restart of a deployment does. It takes no further request, so nobody is led on here."""
    web, site = chaos.start_web(**PROXY)
    [first] = held(site, 1)
    cookies = [one for one in first.visitor.opener.handlers if isinstance(one, HTTPCookieProcessor)]
    first.visitor.opener = build_opener(*cookies, NotLedOn())
    with caught_in_the_lock(first.visitor) as answer:
        os.kill(web.pid, signal.SIGTERM)
        web.says("Handling signal: term")
    assert answer.result(60)[0] == 302
    assert web.popen is not None
    assert web.popen.wait(40) == 0
    assert Booking.objects.get().status == Booking.Status.CONFIRMED
    assert OutboundEmail.objects.count() == 4


class NotLedOn(HTTPRedirectHandler):
    def redirect_request(self, *_given: object) -> None:
        return None


def test_a_connection_cut_off_before_the_commit_is_settled_by_the_same_form(
    chaos: Chaos, call_type: CallType
) -> None:
    """R21: the answer is a 503 that keeps what was typed; the same form makes exactly one booking."""
    _web, site = chaos.start_web(**PROXY)
    [first] = held(site, 1)
    with caught_in_the_lock(first.visitor) as answer:
        end_connections(where="wait_event_type = 'Lock'")
        assert answer.result(60)[0] == 503
    assert not Booking.objects.filter(status="confirmed").exists()
    chaos.start_worker()
    assert first.settle()
    assert first.settle()  # and once more
    assert_nothing_lost_or_doubled(chaos, [first.visitor.email])


def test_a_database_that_only_reads_keeps_what_was_typed_and_no_half_rows(
    chaos: Chaos, call_type: CallType
) -> None:
    """R23."""
    _web, site = chaos.start_web(**PROXY)
    [first] = held(site, 1)
    with only_reading():
        form = first.visitor.form | {
            "csrfmiddlewaretoken": first.visitor.token,
            "name": "Sanne Vermeer",
            "email": first.visitor.email,
            "remark": "Liever na de lunch",
        }
        time.sleep(2.2)
        status, _url, text = first.visitor.open("/impactcall/bevestigen/", form)
        assert (status, "Liever na de lunch" in text, first.visitor.email in text) == (503, True, True)
        walker = Visitor(site, 8)
        _status, _url, page = walker.open("/")
        answer = {"csrfmiddlewaretoken": TOKEN.search(page)[1], ANSWER.search(page)[1]: "4"}  # type: ignore[index]
        status, _url, text = walker.open(reverse("assessments:start"), answer)
        assert (status, f'name="{ANSWER.search(page)[1]}" value="4"' in text) == (503, True)  # type: ignore[index]
    assert not Booking.objects.filter(status="confirmed").exists()
    assert not OutboundEmail.objects.exists()
    assert not IdempotencyKey.objects.exists()
    assert not Scan.objects.exists()
    assert first.settle()


@contextmanager
def only_reading() -> Iterator[None]:
    name = connection.settings_dict["NAME"]
    with raw(autocommit=True) as asking:
        try:
            asking.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
            end_connections(where=f"pid <> {asking.info.backend_pid}")
            yield
        finally:
            asking.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
            end_connections(where=f"pid <> {asking.info.backend_pid}")


# ---- a restart ------------------------------------------------------------------------------------------
@pytest.fixture
def own_postgres(chaos: Chaos, call_type: CallType) -> Iterator[Postgres]:
    """A server that may be stopped, with the tables and the coach of the test's own database."""
    state = chaos.state / "own"
    for name in ("log", "run"):
        (state / name).mkdir(parents=True)
    for folder in (chaos.state, state):
        folder.chmod(0o711)
    server = Postgres(state, durable=False)
    server.start()
    tables = [str(server.bin / "pg_dump"), "--no-owner", harness.test_database_url()]
    dump = subprocess.run(tables, capture_output=True, check=True)
    subprocess.run(
        [str(server.bin / "psql"), "--quiet", "-v", "ON_ERROR_STOP=1", server.url],
        input=dump.stdout, capture_output=True, check=True,
    )  # fmt: skip
    chaos.extra["DATABASE_URL"] = server.url
    try:
        yield server
    finally:
        for process in reversed(chaos.processes):
            process.kill()
        server.stop()


def crash(server: Postgres) -> None:
    """An immediate stop, as after a power cut."""
    assert server.child.process is not None
    signal_group(server.child.process.pid, signal.SIGQUIT)
    server.child.process.wait(10)


def who_has_a_call(watching: psycopg.Connection) -> list[str]:
    found = watching.execute("SELECT email FROM bookings_booking WHERE status = 'confirmed'").fetchall()
    watching.rollback()
    return [email for (email,) in found]


def answers_at_once(site: str) -> set[int]:
    """What twice as many people as there are threads get, who ask for these pages together."""
    addresses = ["/", "/inloggen/", "/impactcall/", "/readyz"] * 4
    pages = [f"{address}?{new_public_id()}" for address in addresses]  # none that is kept
    with ThreadPoolExecutor(len(pages)) as pool:
        return set(pool.map(lambda page: Visitor(site, 99).open(page)[0], pages))


def test_a_database_that_restarts_at_once_loses_nothing_and_the_site_heals_by_itself(
    chaos: Chaos, own_postgres: Postgres
) -> None:
    """R20: people who insist get their one call; nothing but the database is started again."""

    def ask() -> psycopg.Connection:
        return psycopg.connect(own_postgres.url.replace("postgres://", "postgresql://"))

    chaos.lease_seconds = SHORT_LEASE
    _web, _worker, site = chaos.start_everything(**PROXY)
    visitors = held(site, 8)
    chaos.hang_redis()  # so that half a second passes between the first commit and its answer
    with ThreadPoolExecutor(len(visitors)) as pool, ask() as watching:
        settled = [pool.submit(one.settle) for one in visitors]
        assert wait_until(lambda: who_has_a_call(watching) != [], 40, step=0.005)
        committed = who_has_a_call(watching)
        crash(own_postgres)
        chaos.wake_redis()
        status, _url, text = Visitor(site, 99).open("/")
        assert (status, "Even geduld." in text) == (503, True)
        between = [one for one in visitors if one.visitor.email in committed]  # their commit and its answer
        assert wait_until(lambda: all(one.heard for one in between), 40)
        own_postgres.start()
        assert wait_until(lambda: Visitor(site, 99).open("/readyz")[0] == 200, 40)
        refused = [one.heard for one, answer in zip(visitors, settled, strict=True) if not answer.result(120)]
        assert refused == [], "\n".join(map(str, refused))
    assert_nothing_lost_or_doubled(chaos, [one.visitor.email for one in visitors], ask, kills=1)


def test_a_restart_while_nobody_asks_is_noticed_by_nobody(chaos: Chaos, own_postgres: Postgres) -> None:
    """R20: every thread holds a connection of before, and no page is spent on finding that out."""
    _web, site = chaos.start_web(**PROXY)
    assert answers_at_once(site) == {200}
    crash(own_postgres)
    own_postgres.start()
    assert answers_at_once(site) == {200}
