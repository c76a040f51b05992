"""`make bench-scale`: what one machine carries, with gunicorn's two processes of four threads, a worker and beat.

It ends within four minutes. The programs that ask run on the same machine and take their part of it, so more than this
fits; it asserts that all was done, never how fast.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from time import monotonic, sleep

import psycopg
import pytest
from django.urls import reverse

from assessments.models import Instrument, Scan
from bookings.models import Booking, CallType
from portal.accounts.models import User
from portal.celery import app
from portal.local.processes import wait_until
from portal.mail.models import OutboundEmail
from tests.assessments import walk
from tests.bench import load, numbers
from tests.bench.mails import HTML, TEXT, machines_now, mails
from tests.bench.memory import family, share
from tests.bench.ratios import GZIP, Browser, form_of, start_portal, starts_on
from tests.bench.report import CARRIES, table
from tests.browsers import as_member
from tests.chaos import harness
from tests.chaos.harness import Chaos, Process
from tests.factories.assessments import CompletedScanFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE, SECONDS = 8, 12.0
DUE, SMTP_SECONDS = 400, 0.05
SCANS = 10_000
BUSY = 503  # waited three seconds for the calendar; people press once more
UNDER_LOAD = {"TRUSTED_PROXY_COUNT": "1", "LOG_LEVEL": "WARNING"}
ROWS: list[list[object]] = []


def per_minute(done: float, seconds: float) -> int:
    return round(done / seconds * 60)


def crowd(act: Callable[[int], bool], seconds: float = SECONDS) -> tuple[int, float]:
    """So many people at once, each again as soon as they are done: how often it was done, and in how long."""
    numbers_, done, began = count(), list[bool](), monotonic()

    def again() -> None:
        while monotonic() - began < seconds:
            done.append(act(next(numbers_)))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for one in [pool.submit(again) for _ in range(AT_ONCE)]:
            one.result()
    assert all(done)
    return len(done), monotonic() - began


def test_what_one_machine_carries(parts: Chaos) -> None:
    CallType.objects.update(
        needs_code=False,
        max_per_day=None,
        slot_interval_minutes=15,
        buffer_before_minutes=0,
        buffer_after_minutes=0,
    )
    _web, portal, _site = start_portal(parts, **UNDER_LOAD)
    before = connections()
    paths = [reverse("assessments:landing"), reverse("bookings:slots"), reverse("assessments:keys")]
    found = load.run(portal, [load.request_bytes(path, headers=GZIP) for path in paths * 3], SECONDS)
    assert set(found.statuses) == {200}
    row("pages: start, free times, keys", per_minute(found.rate, 1))
    row("scans, six pages saved and the result", per_minute(*crowd(lambda n: scans_through(portal, n))))
    assert Scan.objects.completed().exists()
    row("calls held and confirmed, their mails written", per_minute(*booked(portal)))
    with_web = connections() - before
    parts.sink.answers_after = SMTP_SECONDS
    row("mails through one worker of two children, to a server that takes 50 ms", mails_a_minute(parts))
    with_worker = connections() - before - with_web
    note = f"{AT_ONCE} people at once, each again as soon as they are done; load loop and people on the same machine."
    table("What one machine carries", ["what", "a minute"], ROWS, note, into=CARRIES)
    rows: list[list[object]] = [
        ["two web processes of four threads, under load", with_web],
        ["a worker with two children, and beat", with_worker],
    ]
    table("Connections to PostgreSQL", ["of", "connections"], rows, into=CARRIES)


def row(what: str, a_minute: int) -> None:
    ROWS.append([what, f"{a_minute:,}"])


def scans_through(portal: int, number: int) -> bool:
    browser = Browser(portal, number)
    _status, text, _waited = browser.send(reverse("assessments:landing"))
    browser.send(reverse("assessments:start"), form_of(text))
    for page in range(1, 7):
        path = reverse("assessments:scan", args=[page])
        _status, text, _waited = browser.send(path)
        status, _text, _waited = browser.send(path, form_of(text) | walk.page_data(page))
    return status == 302


def booked(portal: int) -> tuple[int, float]:
    """Calls, and the seconds that they took without the two that a form waits for a person."""
    browsers = [Browser(portal, number) for number in range(60)]
    _status, text, _waited = browsers[0].send(f"{reverse('bookings:slots')}?now")
    free = starts_on(text)[::2]  # half an hour each
    browsers = browsers[: len(free)]
    forms: dict[int, dict[str, str]] = {}

    def hold(number: int) -> bool:
        one = browsers[number]
        _status, text, _waited = one.send(f"{reverse('bookings:slots')}?{number}")
        status, _text, _waited = one.send(reverse("bookings:hold"), form_of(text) | {"start": free[number]})
        forms[number] = form_of(one.send(reverse("bookings:details"))[1])
        return status == 302

    def confirm(number: int) -> bool:
        person = {"name": "Voorbeeld", "email": f"voorbeeld{number}@demo.voorbeeld.nl"}
        while (
            status := browsers[number].send(reverse("bookings:confirm"), forms[number] | person)[0]
        ) == BUSY:
            again.append(number)
        return status == 302

    again: list[int] = []
    took = each(hold, len(browsers))
    sleep(2.1)  # the form knows that a person needs two seconds
    took += each(confirm, len(browsers))
    assert Booking.objects.filter(status="confirmed").count() == len(browsers)
    if again:
        row("of them told to try again, because others were at the calendar", len(again))
    return len(browsers), took


def each(act: Callable[[int], bool], number: int) -> float:
    began = monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert all(pool.map(act, range(number)))
    return monotonic() - began


def mails_a_minute(parts: Chaos) -> int:
    parts.start_worker(beats=True)
    written = {"text": TEXT, "html": HTML, "subject": "Bevestigd", "rendered_at": machines_now()}
    OutboundEmail.objects.bulk_create(mails(DUE, 0, **written))
    parts.sink.received.clear()
    began = monotonic()
    OutboundEmail.objects.filter(key__startswith="bench:").update(send_after=machines_now())
    assert wait_until(lambda: len(parts.sink.received) >= DUE, 120), len(parts.sink.received)
    return per_minute(DUE, monotonic() - began)


def connections() -> int:
    """To this database, by a connection that is not counted."""
    with psycopg.connect(harness.test_database_url()) as own:
        found = own.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    assert found
    return int(found[0])


# ---- memory at its most ------------------------------------------------------------------------------------
@contextmanager
def most_of(process: Process, found: list[float]) -> Iterator[None]:
    """The most MiB that this process and its children had together while the block lasted."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            try:
                found.append(sum(map(share, family(process.pid))))
            except (FileNotFoundError, ProcessLookupError, StopIteration):
                continue  # a child ended between two looks

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def test_memory_at_work(parts: Chaos) -> None:
    """PSS of the worker while the figures of the scan are worked out, and of web while a report is set."""
    numbers.fill(SCANS)
    worker = parts.start_worker()
    web, portal, _site = start_portal(parts, **UNDER_LOAD)
    member = UserFactory()
    scan = CompletedScanFactory(user=member, instrument=Instrument.objects.current())
    browser = signed_in(portal, member)
    assert browser.send(reverse("assessments:result", args=[scan.public_id]))[0] == 200
    rows: list[list[object]] = []
    quiet: list[float] = []
    at_work: list[float] = []
    with most_of(worker, quiet):
        sleep(1)
    with most_of(worker, at_work):
        app.send_task("assessments.work_out_numbers", connection=app.connection(parts.redis_server.url))
        worker.says("work_out_numbers[", 60)
        assert wait_until(lambda: "succeeded" in worker.output.rpartition("work_out_numbers[")[2], 60)
    rows.append([f"the worker, figures of {SCANS:,} scans", round(max(quiet)), round(max(at_work))])
    quiet, at_work = [], []
    with most_of(web, quiet):
        sleep(1)
    with most_of(web, at_work):
        answers = [browser.send(reverse("assessments:report", args=[scan.public_id]))[0] for _ in range(3)]
    assert answers == [200] * 3
    rows.append(["web, one report after the other", round(max(quiet)), round(max(at_work))])
    note = "PSS in MiB of the process with all its children, looked at every twentieth of a second."
    table("Memory at work", ["what", "before", "at most"], rows, note, into=CARRIES)


def signed_in(portal: int, member: User) -> Browser:
    browser = Browser(portal)
    browser.cookies["sessionid"] = as_member(member).cookies["sessionid"].value
    return browser
