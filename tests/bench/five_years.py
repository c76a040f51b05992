"""`make bench-years`: a practice after five years, one coach's and one of five coaches with ten times as much.

Which tables grow, what of them a page or a sweep reads, how long retention and a backup take. It asserts what is
read, never times. `PRACTICES=ONE` leaves the large one out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from assessments.counting import count_up
from bookings.availability import outside
from bookings.calls import holds
from bookings.models import Booking
from portal.accounts import staff
from portal.accounts.models import User
from portal.common import retention, times
from portal.leads.models import Lead
from portal.mail import delivery, health
from portal.mail.models import OutboundEmail
from portal.operations import backing_up, measures, restoring
from tests.bench import years
from tests.bench.plans import Asked, asked
from tests.bench.report import YEARS, table
from tests.bookings.admin.conftest import browser_of
from tests.browsers import as_member
from tests.portal.operations.places import empty_database

pytestmark = pytest.mark.django_db(transaction=True)
PRACTICES = [getattr(years, name) for name in os.environ.get("PRACTICES", "ONE FIVE").split()]
LOOKS, MAILS = 5, int(os.environ.get("MAILS", "1000000"))
MOST = retention.MOST_BATCHES
SIZES = """
    SELECT relname, n_live_tup, pg_table_size(relid), pg_indexes_size(relid) FROM pg_stat_user_tables
    ORDER BY pg_total_relation_size(relid) DESC LIMIT 12
"""
SENT = """
    INSERT INTO mail_outboundemail (public_id, key, kind, message, language, to_email, to_name, reply_to, from_email,
        subject, text, html, calendar, calendar_method, headers, about, erase_body, due_at, send_after, status, reason,
        attempts, own_errors, is_withdrawn, is_forgotten, maybe_duplicate, created_at, rendered_at, sent_at)
    SELECT md5('more ' || n)::uuid, 'more:' || n, 'service', 'bookings/confirmation', 'nl',
        'voorbeeld' || n || '@demo.voorbeeld.nl', '', '', 'agenda@voorbeeld.nl', '', '', '', '', '', '{}', '', false,
        at, at, 'sent', '', 1, 0, false, false, false, at, at, at
    FROM generate_series(1, %s::int) AS n, LATERAL (SELECT %s::timestamptz - n * interval '30 seconds' AS at) AS moment
"""
# Counted among all contacts once in a minute for everybody, and these are kept for two years.
KNOWN_WHOLE = {("contacts", "leads_lead"), ("contacts", "accounts_user")}
# Kept for so long and no longer, and looked through once an hour, in some tens of milliseconds at ten times a practice.
KNOWN_WHOLE |= {
    ("forget: admin_log", "django_admin_log"),
    ("forget: sequence_runs", "sequences_run"),
    ("forget: unproven_accounts", "accounts_user"),
    ("forget: webhook_bodies", "webhook_outboundevent"),
}
KNOWN_WHOLE |= {
    ("past calls", "bookings_booking")
}  # one after the other until ten thousand are counted, and no farther


@contextmanager
def timed(found: list[float]) -> Iterator[None]:
    began = perf_counter()
    yield
    found.append((perf_counter() - began) * 1000)


@pytest.mark.usefixtures("kept_pages")
@pytest.mark.parametrize("practice", PRACTICES, ids=lambda one: one.name)
def test_five_years_of(practice: years.Practice, tmp_path: Path) -> None:
    years.fill(practice)
    show_sizes(practice)
    read = show_pages(practice) + show_sweeps(practice)
    show_forgetting(practice)
    show_backup(practice, tmp_path)
    whole = {(page, scan.table) for page, scans in read for scan in scans if scan.is_whole} - KNOWN_WHOLE
    assert whole == set(), f"Read whole, however large they become: {sorted(whole)}"


# ---- rows --------------------------------------------------------------------------------------------------
def show_sizes(practice: years.Practice) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SIZES)
        rows = [
            [name, f"{rows:,}", mib(data), mib(indexes)] for name, rows, data, indexes in cursor.fetchall()
        ]
        cursor.execute("SELECT pg_database_size(current_database())")
        rows.append(["the whole database", "", mib(cursor.fetchone()[0]), ""])
    note = (
        f"On every day of five years {practice.visitors} visitors, {practice.scans} scans, {practice.people} people who"
        f" leave an address, {practice.calls} calls, {practice.mails} mails. What is past its time is gone, but for the"
        " last month."
    )
    table(f"Rows of {practice.name}", ["table", "rows", "MiB", "MiB of indexes"], rows, note, into=YEARS)


def mib(size: int) -> float:
    return round(size / 2**20, 1)


# ---- pages -------------------------------------------------------------------------------------------------
Read = list[tuple[str, list[Any]]]


def pages() -> Iterator[tuple[str, Client, str]]:
    """What a visitor, a member and who runs the practice open, by the name of the page."""
    user = User.objects.filter(is_staff=True).earliest("pk")
    user.groups.add(staff.ensure_practice_group())
    browser, member = browser_of(user), as_member(User.objects.filter(is_staff=False).latest("joined_at"))
    names = {
        "the coach’s first page": "index",
        "the week": "bookings_booking_week",
        "calls to come": "bookings_booking_changelist",
        "all calls": "bookings_booking_changelist?when=all",
        "past calls": "bookings_booking_changelist?when=past",
        "calls that were cancelled": "bookings_booking_changelist?when=all&status__exact=cancelled",
        "a call searched": "bookings_booking_changelist?q=voorbeeld77",
        "contacts": "leads_lead_changelist",
        "mail that is planned": "mail_outboundemail_changelist",
        "all mail": "mail_outboundemail_changelist?place=all",
        "mail that was stopped": "mail_outboundemail_changelist?place=stopped",
        "a mail searched": "mail_outboundemail_changelist?q=voorbeeld77",
        "how far people come": "funnel_tally_changelist",
        "what the figures are worth": "numbers_figures_changelist",
        "connected calendars": "bookings_calendarsource_changelist",
        "search": "search?q=voorbeeld77",
    }
    for words, name in names.items():
        name, _mark, query = name.partition("?")
        yield words, browser, f"{reverse(f'admin:{name}')}?{query}"
    yield "one contact", browser, reverse("admin:leads_lead_change", args=[Lead.objects.latest("pk").pk])
    yield (
        "one call",
        browser,
        reverse("admin:bookings_booking_change", args=[Booking.objects.latest("pk").pk]),
    )
    yield "the start page", Client(), reverse("assessments:landing")
    yield "free times", Client(), reverse("bookings:slots")
    yield "a member’s account", member, reverse("accounts:account")


def show_pages(practice: years.Practice) -> Read:
    rows, found = [], []
    for words, browser, path in pages():
        browser.get(path)
        with asked() as statements:
            assert browser.get(f"{path}&" if "?" in path else f"{path}?").status_code == 200, path
        waits: list[float] = []
        for look in range(LOOKS):
            with timed(waits):
                browser.get(f"{path}{'&' if '?' in path else '?'}look={look}" if browser.cookies else path)
        found.append((words, statements.explained()))
        rows.append(
            [words, len(statements.statements), *read_of(statements, found[-1][1]), round(min(waits), 1)]
        )
    rows.sort(key=lambda row: -row[-1])
    columns = ["page", "queries", "rows read", "the most of one table", "best ms"]
    note = f"In process, best of {LOOKS}. Lists are counted to ten thousand, and no farther."
    table(f"Pages of {practice.name}, the slowest first", columns, rows, note, into=YEARS)
    return found


def read_of(_statements: Asked, scans: list[Any]) -> tuple[str, str]:
    most = max(scans, key=lambda scan: scan.rows, default=None)
    return (
        f"{sum(scan.rows for scan in scans):,}",
        f"{most.table}: {most.rows:,}" if most and most.rows else "–",
    )


# ---- what happens by itself --------------------------------------------------------------------------------
def show_sweeps(practice: years.Practice) -> Read:
    """Of the largest practice with a million mails that were sent (`MAILS`)."""
    now = times.now()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        more = max(0, MAILS - OutboundEmail.objects.count()) if practice == PRACTICES[-1] else 0
        cursor.execute(SENT, [more, now])
        cursor.execute("VACUUM ANALYZE mail_outboundemail")
        cursor.execute("RESET statement_timeout")
    sweeps: dict[str, Callable[[], object]] = {
        "the outbox: what is due is claimed": delivery.claim,
        "the outbox: lapsed leases": delivery.free_lapsed,
        "the outbox: expired": delivery.cancel_expired,
        "/readyz": health.readiness,
        "/metrics": lambda: measures.everything(times.now()),
        "what is due, on every page of the coach": health.backlog,
        "scans counted up": count_up,
        "holds that lapsed": holds.release_lapsed_holds,
        "calls outside the hours": lambda: outside.calls_outside(times.now(), hosts=None),
    }
    sweeps |= {f"forget: {rule.name}": looking(rule) for rule in retention.rules()}
    rows, found = [], []
    for words, sweep in sweeps.items():
        waits: list[float] = []
        with asked() as statements, transaction.atomic(), timed(waits):
            sweep()
            transaction.set_rollback(True)
        found.append((words, statements.explained()))
        rows.append(
            [words, len(statements.statements), *read_of(statements, found[-1][1]), round(waits[0], 1)]
        )
    columns = ["what", "queries", "rows read", "the most of one table", "ms"]
    note = f"With {OutboundEmail.objects.count():,} mails in the outbox. ‘forget’ is how the next rows are found."
    table(f"By itself, {practice.name}", columns, rows, note, into=YEARS)
    OutboundEmail.objects.filter(key__startswith="more:")._raw_delete("default")  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE mail_outboundemail")
    return found


def looking(rule: retention.Rule) -> Callable[[], object]:
    return lambda: retention.next_batch(rule, times.now() - rule.period)


def show_forgetting(practice: years.Practice) -> None:
    """One run, of what a month without a worker left: a batch of each rule, accounts for as long as a run has."""
    batches: list[tuple[float, str]] = []

    def counted(rule: retention.Rule) -> retention.Rule:
        def forget(rows: Any) -> None:
            took: list[float] = []
            with timed(took):
                rule.forget(rows)
            batches.append((took[0], rule.name))

        return replace(rule, forget=forget)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retention, "_rules", [counted(rule) for rule in retention.rules()])
        patch.setattr(retention, "MOST_BATCHES", 1)
        done = {rule.name: count for rule, count in retention.carry_out(times.now())}
    longest, of = max(batches, default=(0, ""))
    accounts = [took for took, name in batches if name == "idle_accounts"] or [0]
    rows = [
        ["rows forgotten", f"{sum(done.values()):,}"],
        ["of them accounts, each with all that hangs on it", f"{done.get('idle_accounts', 0):,}"],
        ["the longest transaction, s", f"{longest / 1000:.2f} ({of})"],
        ["an erasure, s: middle and most", f"{median(accounts) / 1000:.2f}, {max(accounts) / 1000:.2f}"],
    ]
    note = f"A batch of each rule, {retention.BATCH} rows; a run, one an hour, takes {MOST}, and ten seconds a rule."
    table(f"Forgetting, {practice.name}", ["what", ""], rows, note, into=YEARS)


# ---- a backup ----------------------------------------------------------------------------------------------
def show_backup(practice: years.Practice, folder: Path) -> None:
    waits: list[float] = []
    with timed(waits):
        file, _manifest = backing_up.make(folder)
    with empty_database(), timed(waits):
        wishes = restoring.Wishes(erasures=None, other_key=False, stopped_at=None)
        restoring.restore(file, wishes, lambda _words: None)
    size = mib(file.stat().st_size)
    made, back = (round(one / 1000, 1) for one in waits)
    rows = [["the file, MiB", size], ["made in s", made], ["put back in s", back]]
    table(f"A backup of {practice.name}", ["what", ""], rows, into=YEARS)
