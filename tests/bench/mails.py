"""`make bench`: the outbox among very many mails that are planned, and how fast due ones leave.

It asserts what leaves and how often, never times.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.common import times
from portal.leads import consent
from portal.leads.models import ConsentEvent, Lead
from portal.leads.sequences import numbers, runs
from portal.leads.sequences.models import Run, Sequence, Step
from portal.leads.services import proof_of
from portal.local.processes import wait_until
from portal.mail import delivery, retention, smtp
from portal.mail.models import OutboundEmail
from tests.bench.report import best, table
from tests.chaos.harness import Chaos

pytestmark = pytest.mark.django_db(transaction=True)
PLANNED, DUE, WORKERS = 100_000, 1000, 2
TEXT = "Je spreekt Jet morgen om 11:00 uur. Wil je een andere tijd? Dat kan tot vier uur vooraf.\n\n" * 8
HTML = f"<!doctype html><html lang=nl><body>{'<p>' + TEXT + '</p>'}</body></html>"


def mails(number: int, first: int, **fields: object) -> Iterator[OutboundEmail]:
    later = times.now() + timedelta(days=30)
    facts = {
        "kind": "service", "message": "bookings/confirmation", "from_email": "Jet <jet@voorbeeld.nl>",
        "send_after": later, "due_at": later,
    }  # fmt: skip
    for n in range(first, first + number):
        yield OutboundEmail(
            **facts
            | {"key": f"bench:{n}", "about": f"bench:{n}", "to_email": f"v{n}@demo.voorbeeld.nl"}
            | fields
        )


def fill_planned(step: int) -> None:
    """Mails of sequences that leave in a month, and as many again of which a tenth left."""
    kinds = ({"data": {"run": 1, "step": step + n % 50}} for n in range(PLANNED))
    rows = zip(mails(PLANNED, 0), kinds, strict=True)
    while some := list(islice(rows, 5000)):
        made = []
        for row, fields in some:
            row.data, row.kind, row.message = fields["data"], "marketing", runs.MESSAGE
            row.about = f"followup:{row.about}"
            made.append(row)
        OutboundEmail.objects.bulk_create(made)
    at = times.now() - timedelta(days=1)
    sent = mails(
        PLANNED // 10, 10 * PLANNED, kind="marketing", message=runs.MESSAGE, status="sent", sent_at=at,
        about="followup:x", data={"run": 1, "step": step + 1}, send_after=at,
    )  # fmt: skip
    OutboundEmail.objects.bulk_create(sent, batch_size=5000)


def fill_due() -> None:
    written = {"text": TEXT, "html": HTML, "subject": "Bevestigd", "rendered_at": times.now()}
    OutboundEmail.objects.bulk_create(
        mails(DUE, 20 * PLANNED, send_after=times.now() - timedelta(minutes=1), **written), batch_size=1000
    )
    analyse()


def machines_now() -> datetime:
    """What the workers call now; the clock of the tests may stand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        found: datetime = cursor.fetchone()[0]
    return found


def analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def sweep() -> None:
    """All that a worker does with the table, as if the mail server took no time."""
    while (mail := delivery.claim()) is not None:
        delivery.mark(mail, smtp.Sent())


# ---- finding what is due -------------------------------------------------------------------------------
def test_a_sweep_among_very_many() -> None:
    sequence = Sequence.objects.create(name="Voorbeeld", starts_on="scan.completed")
    text = {"subject_nl": "a", "subject_en": "a", "body_nl": "a", "body_en": "a"}
    step = Step.objects.create(sequence=sequence, **text)
    fill_planned(step.pk)
    fill_due()
    first = [delivery.free_lapsed, delivery.cancel_expired, retention.delete_forgotten]
    rows: list[list[object]] = [
        ["what comes before: lapsed, expired, forgotten", round(sum(map(seconds, first)), 3)],
        [f"{DUE} claimed and marked as sent, one after the other", round(seconds(sweep), 2)],
        ["nothing is due any more, and asked once more", round(seconds(delivery.claim), 4)],
        [
            "how often each of 50 steps left",
            round(best(lambda: numbers.per_step(sequence, [step]), 5) / 1000, 4),
        ],
    ]
    assert (
        OutboundEmail.objects.filter(key__startswith="bench:2", subject="Bevestigd", status="sent").count()
        == DUE
    )
    with CaptureQueriesContext(connection) as queries:
        delivery.claim()
    table(
        f"A sweep of the outbox, {PLANNED} mails planned and {DUE} due (s)",
        ["what", "seconds"],
        rows,
        f"Aim: all of it within 5 s. {len(queries)} statements to see that nothing is due.",
    )


# ---- and away ------------------------------------------------------------------------------------------
def wait_for_all(parts: Chaos) -> float:
    """Seconds from the moment they are due until the last one arrived, each once."""
    for number in range(WORKERS):
        parts.run(f"drain{number}", "manage.py", "drain_outbox", "--loop", OUTBOX_SWEEP_SECONDS="0.2").says(
            "handled"
        )
    analyse()
    began = time.perf_counter()
    OutboundEmail.objects.filter(status="queued", key__startswith="due:").update(send_after=machines_now())
    assert wait_until(lambda: len(parts.sink.received) >= DUE, 180), len(parts.sink.received)
    took = time.perf_counter() - began
    assert wait_until(
        lambda: OutboundEmail.objects.filter(key__startswith="due:", status="sent").count() == DUE, 30
    )
    assert set(parts.sink.copies().values()) == {1}
    assert len(parts.sink.copies()) == DUE
    return took


def fill_steps() -> None:
    """People in a sequence of whom each has a mail due at this hour."""
    now = machines_now()
    at = times.local(now, times.HOST_ZONE)
    sequence = Sequence.objects.create(
        name="Voorbeeld", starts_on="scan.completed", stops_on=["call.booked"], is_on=True
    )
    body = "Hallo {voornaam},\n\n" + TEXT + "\n\nGroet van {coach}"
    words = {
        "subject_nl": "Voor {voornaam}",
        "subject_en": "For {voornaam}",
        "body_nl": body,
        "body_en": body,
    }
    step = Step.objects.create(
        sequence=sequence, at=(at - timedelta(minutes=5)).time(), delay_days=0, weekdays_only=False, **words
    )
    leads = Lead.objects.bulk_create(
        Lead(email=f"v{n}@demo.voorbeeld.nl", name="Voorbeeld") for n in range(DUE)
    )
    ConsentEvent.objects.bulk_create(
        proof_of(lead, purpose=consent.TIPS, language="nl", method="mailed code") for lead in leads
    )
    made = Run.objects.bulk_create(Run(sequence=sequence, lead=lead) for lead in leads)
    rows = [runs.planned(run, step, now + timedelta(days=1)) for run in made]
    for n, row in enumerate(rows):
        row.key = f"due:{n}"
    OutboundEmail.objects.bulk_create(rows)


@pytest.mark.parametrize("kind", ["written", "step"])
def test_due_mails_leave(parts: Chaos, kind: str) -> None:
    fill_planned(10)
    if kind == "step":
        fill_steps()
    else:
        written = {"text": TEXT, "html": HTML, "subject": "Bevestigd", "rendered_at": times.now()}
        rows = list(mails(DUE, 0, **written))
        for n, row in enumerate(rows):
            row.key = f"due:{n}"
        OutboundEmail.objects.bulk_create(rows)
    took = wait_for_all(parts)
    names = {
        "written": "written beforehand",
        "step": "steps of a sequence, checked and written as they leave",
    }
    table(
        f"{DUE} due mails to a local mail server, {WORKERS} workers: {names[kind]}",
        ["mails", "arrived", "copies", "seconds", "a second", "connections"],
        [[DUE, len(parts.sink.copies()), 0, round(took, 1), round(DUE / took), parts.sink.connections]],
        "Aim: at least 50 a second, each exactly once.",
    )
