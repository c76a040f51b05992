"""`make bench`: the coach's pages about people, with a hundred contacts and with a hundred thousand."""

from __future__ import annotations

import os
from time import perf_counter

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts import staff
from portal.accounts.models import User
from portal.common import times
from portal.leads.models import Lead
from tests.bench.people import fill_contacts, prepare
from tests.bench.report import table
from tests.bookings.admin.conftest import browser_of

pytestmark = pytest.mark.django_db(transaction=True)
FEW, MANY = 100, int(os.environ.get("CONTACTS", "100000"))
ROUNDS = 20
AIM = 150  # milliseconds, of 95 in a hundred


def pages() -> dict[str, str]:
    people, lead = reverse("admin:leads_lead_changelist"), Lead.objects.order_by("-pk").first()
    assert lead is not None
    number = lead.email.removeprefix("voorbeeld").partition("@")[0]
    search, funnel = reverse("admin:search"), reverse("admin:funnel_tally_changelist")
    month = f"{times.now():%Y-%m}"
    return {
        "contacts": people,
        "contacts, page 2": f"{people}?p=2",
        "contacts, of a stage": f"{people}?stage__exact=planned",
        "contacts, by a source": f"{people}?source=bron 7",
        "contacts, heard of in seven days": f"{people}?heard=7",
        "contacts, longer ago": f"{people}?heard=before",
        "contacts, by last contact": f"{people}?o=4",
        "contacts, by name": f"{people}?o=1",
        "contacts, a name searched": f"{people}?q=voorbeeld{number}",
        "one contact": reverse("admin:leads_lead_change", args=[lead.pk]),
        "search, one person": f"{search}?q=voorbeeld{number}",
        "search, two words": f"{search}?q=plaats {number}",
        "search, of everybody": f"{search}?q=voorbeeld",
        "search, of nobody": f"{search}?q=zeldzaam",
        "search, two letters": f"{search}?q=oo",
        "how far people come": funnel,
        "how far people come, by source": f"{funnel}?month={month}&by=source",
        "the first page": reverse("admin:index"),
    }


def measured(browser: Client, path: str) -> tuple[int, float, float]:
    """Queries, and the median and 95th percentile of some looks, in milliseconds."""
    browser.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200, path
    asked = len(queries)
    waits = []
    for _round in range(ROUNDS):
        began = perf_counter()
        browser.get(path)
        waits.append((perf_counter() - began) * 1000)
    waits.sort()
    return asked, waits[ROUNDS // 2], waits[int(0.95 * ROUNDS)]


@pytest.mark.usefixtures("kept_pages")
def test_pages_about_people() -> None:
    prepare()
    coach = User.objects.get(is_staff=True)
    coach.groups.add(staff.ensure_practice_group())
    assert Group.objects.exists()
    browser = browser_of(coach)
    fill_contacts(FEW)
    few = {name: measured(browser, path) for name, path in pages().items()}
    fill_contacts(MANY - FEW, first=FEW + 1)
    many = {name: measured(browser, path) for name, path in pages().items()}
    rows = [
        [name, few[name][0], many[name][0], *(round(value, 1) for value in (*few[name][1:], *many[name][1:]))]
        for name in many
    ]
    columns = ["page", f"queries, {FEW}", f"queries, {MANY:,}", f"median ms, {FEW}", f"p95 ms, {FEW}",
               f"median ms, {MANY:,}", f"p95 ms, {MANY:,}"]  # fmt: skip
    note = (
        f"In process, {ROUNDS} looks each, with an account, a scan, four lines and three mails for every contact, and a"
        f" call for every second. Aim: as many queries, and {AIM} ms for 95 in a hundred."
    )
    table("The coach’s pages about people", columns, rows, note)
    assert [row[0] for row in rows if row[1] != row[2]] == []
