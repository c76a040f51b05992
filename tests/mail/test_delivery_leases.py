"""Several workers, and one that dies: each mail is sent by one of them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from portal.common import times
from portal.mail import delivery, health, render
from portal.mail.models import OutboundEmail
from tests.chaos.harness import Sink, smtp_at
from tests.factories.mail import OutboundEmailFactory
from tests.mail.delivering import in_another_thread, in_threads, reloaded

pytestmark = pytest.mark.django_db(transaction=True)


def leased(**changed: Any) -> OutboundEmail:
    mail = OutboundEmailFactory(leased=True, **changed)
    OutboundEmail.objects.filter(pk=mail.pk).update(lease_until=Now() - timedelta(seconds=1))
    return mail


def test_a_lapsed_service_mail_goes_once_more_and_says_so(sink: Sink) -> None:
    mail = leased()
    delivery.deliver_due()
    sent = reloaded(mail)
    assert (sent.status, sent.maybe_duplicate, sent.own_errors) == ("sent", True, 1)


def test_a_lapsed_tip_is_uncertain_and_never_resent(sink: Sink) -> None:
    mail = leased(tips=True)
    delivery.deliver_due()
    assert (reloaded(mail).status, reloaded(mail).reason) == ("uncertain", delivery.LAPSED)
    assert sink.received == []


@pytest.mark.real_clock  # PostgreSQL's clock says whether it runs
def test_a_lease_that_runs_is_left_alone(sink: Sink) -> None:
    OutboundEmailFactory(leased=True)
    assert delivery.deliver_due() == 0


def test_a_row_that_keeps_killing_its_worker_is_given_up(sink: Sink) -> None:
    mail = leased(own_errors=7)
    delivery.deliver_due()
    assert (reloaded(mail).status, sink.received) == ("failed", [])


def test_a_worker_whose_lease_was_taken_changes_nothing() -> None:
    OutboundEmailFactory()
    slow = delivery.claim()
    assert slow is not None
    OutboundEmail.objects.update(lease_token=uuid.uuid4())
    delivery.mark(slow, delivery.smtp.Sent())
    assert reloaded(slow).status == "leased"


@pytest.mark.real_clock
def test_leases_use_the_clock_of_the_database_not_of_this_machine(
    monkeypatch: pytest.MonkeyPatch, sink: Sink
) -> None:
    leased = OutboundEmailFactory(leased=True, lease_until=timezone.now() + timedelta(seconds=45))
    real = timezone.now

    def fast() -> datetime:
        return real() + timedelta(minutes=10)

    monkeypatch.setattr(timezone, "now", fast)
    delivery.deliver_due()
    assert reloaded(leased).status == "leased"


@pytest.mark.race
def test_workers_at_once_never_claim_the_same_row() -> None:
    OutboundEmailFactory.create_batch(60)
    claimed: list[int] = []

    def work() -> None:
        while (mail := delivery.claim()) is not None:
            claimed.append(mail.pk)

    in_threads(6, work)
    assert len(claimed) == 60
    assert len(set(claimed)) == 60


@pytest.mark.race
def test_a_claim_does_not_wait_for_a_row_that_somebody_else_locked(sink: Sink) -> None:
    locked = OutboundEmailFactory()
    free = OutboundEmailFactory()
    with transaction.atomic():
        OutboundEmail.objects.select_for_update().get(pk=locked.pk)
        in_another_thread(delivery.deliver_due)
    assert (reloaded(locked).status, reloaded(free).status) == ("queued", "sent")


def test_a_server_away_for_six_hours_delays_what_still_holds_and_cancels_what_does_not(
    sink: Sink, settings: Any, tmp_path: Path, renderers: dict[str, render.Renderer], mail_templates: Path
) -> None:
    """R15: the confirmation leaves once, the passed reminder and the old code never, and the coach is told."""
    clock = tmp_path / "offset"
    settings.CLOCK_OFFSET_FILE, settings.LOCAL_MODE = str(clock), True
    renderers["tests/reminder"] = lambda mail: {"what": "je impactcall"}
    settings.SMTP = smtp_at(1)
    now = times.now()
    confirmation = OutboundEmailFactory()
    reminder = OutboundEmailFactory(later=True, due_at=now, expires_at=now + timedelta(hours=2))
    code = OutboundEmailFactory(erase_body=True, expires_at=now + timedelta(minutes=5))
    for minutes in range(0, 361, 10):
        clock.write_text(str(minutes * 60))
        delivery.deliver_due()
    assert reloaded(confirmation).status == "retry"
    assert reloaded(confirmation).attempts <= 15
    assert health.backlog() == health.Backlog(count=1, oldest_minutes=360)
    settings.SMTP = smtp_at(sink.port)
    clock.write_text(str(8 * 3600))
    delivery.deliver_due()
    assert [reloaded(mail).status for mail in (confirmation, reminder, code)] == [
        "sent",
        "cancelled",
        "cancelled",
    ]
    assert reloaded(code).text == ""
    assert sink.copies() == {str(confirmation.public_id): 1}
    assert sink.connections == 1
    assert health.backlog().count == 0
