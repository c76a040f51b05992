"""What is asked of the database reads as little after years as on the first day: by what it reads, never by time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from assessments import first_steps
from bookings.models import Booking
from portal.accounts import staff
from portal.accounts.models import User
from portal.common import admin, retention, times
from portal.mail import delivery, health
from portal.mail.models import OutboundEmail
from portal.operations import measures
from portal.tasks import clean_up
from tests.bench import years
from tests.bench.plans import Scan, asked
from tests.bookings.admin.conftest import browser_of
from tests.factories.assessments import UserFactory

SMALL = years.Practice("a call a day", coaches=1, visitors=2, scans=1, people=1, calls=1)
MOST = 200  # rows of one table, of the thousands that there are
# Of these a table is kept for so long and no longer, or it is as large as the practice: docs/decisions/0060.
BOUNDED = {
    "accounts_user", "leads_lead", "assessments_scan", "webhook_outboundevent", "bookings_busytime", "django_admin_log"
}  # fmt: skip
A_YEAR_OF_STEPS = 5000  # of the hundred thousand numbers of how far people come
CALLS, MAILS = "bookings_booking_changelist", "mail_outboundemail_changelist"
PAGES = {
    "the first page": "index",
    "calls to come": CALLS,
    "all calls": f"{CALLS}?when=all",
    "past calls": f"{CALLS}?when=past",
    "cancelled calls to come": f"{CALLS}?status__exact=cancelled",
    "calls nobody said a word about": f"{CALLS}?when=open",
    "a call searched": f"{CALLS}?q=voorbeeld777",
    "planned mail": MAILS,
    "all mail": f"{MAILS}?place=all",
    "mail that left": f"{MAILS}?place=left",
    "mail that came back": f"{MAILS}?place=failed",
    "a mail searched": f"{MAILS}?q=voorbeeld1777",
    "how far people come": "funnel_tally_changelist?month=2024-01",
}


def too_much(scans: list[Scan]) -> list[str]:
    return [
        f"{scan.rows} rows of {scan.table}: {scan.sql[:90]} … {scan.sql[scan.sql.rfind(' WHERE ') :][:200]}"
        for scan in scans
        if scan.rows > (A_YEAR_OF_STEPS if scan.table == "funnel_tally" else MOST)
        and scan.table not in BOUNDED
    ]


def reads(act: Callable[[], object]) -> list[str]:
    with transaction.atomic(), asked() as statements:
        act()
        transaction.set_rollback(True)
    return too_much(statements.explained())


@pytest.fixture
def after_years(clock: Any, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Small tables PostgreSQL reads whole, because that is quick; here it does so only when there is no other way."""
    years.fill(SMALL)
    monkeypatch.setattr(admin, "MOST_COUNTED", MOST)
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
    assert Booking.objects.count() > 1700
    assert OutboundEmail.objects.count() > 2500
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET enable_seqscan")


@pytest.mark.usefixtures("after_years")
def test_no_page_and_no_sweep_reads_more_after_years() -> None:
    coach = User.objects.filter(is_staff=True).earliest("pk")
    coach.groups.set([staff.ensure_practice_group()])
    browser = browser_of(coach)
    found = {words: opened(browser, name) for words, name in PAGES.items()}
    sweeps: dict[str, Callable[[], object]] = {
        "what is due": health.backlog,
        "the next mail": delivery.claim,
        "lapsed leases": delivery.free_lapsed,
        "expired mail": delivery.cancel_expired,
        "/metrics": lambda: measures.everything(times.now()),
        "somebody came by a link": lambda: first_steps.is_done(None),  # type: ignore[arg-type]
    }
    found |= {words: reads(sweep) for words, sweep in sweeps.items()}
    for rule in retention.rules():
        found[f"forget: {rule.name}"] = reads(
            lambda rule=rule: retention.next_batch(rule, times.now() - rule.period - years.BACKLOG)
        )
    assert {words: read for words, read in found.items() if read} == {}
    page = browser.get(reverse(f"admin:{CALLS}"), {"when": "all"}).content.decode()
    assert "200 rijen of meer" in page


def opened(browser: Client, name: str) -> list[str]:
    name, _mark, query = name.partition("?")
    path = f"{reverse(f'admin:{name}')}?{query}"
    assert browser.get(path).status_code == 200
    return reads(lambda: browser.get(path))


@pytest.mark.django_db
def test_many_accounts_go_a_few_in_a_run_and_what_is_done_stays_done(
    clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where an erasure takes a second, hundreds in one transaction would be stopped with the task, hour after hour."""
    for _number in range(3):
        UserFactory(proven_at=None)
    clock.shift(settings.RETENTION["unproven_accounts"] + timedelta(minutes=1))
    seconds = count()
    monkeypatch.setattr(retention, "monotonic", lambda: 6 * next(seconds))
    left = []
    for _run in range(3):
        clean_up()
        left.append(User.objects.count())
    assert left == [2, 1, 0]


@pytest.mark.django_db
def test_whoever_forgets_by_hand_hears_what_one_run_left(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said = StringIO()
    for _number in range(2):
        UserFactory(proven_at=None)
    clock.shift(settings.RETENTION["unproven_accounts"] + timedelta(minutes=1))
    seconds = count()
    monkeypatch.setattr(retention, "monotonic", lambda: 6 * next(seconds))
    for _run in range(2):
        call_command("forget", stdout=said)
    assert said.getvalue().count("stay for the next run") == 1
