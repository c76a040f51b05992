"""Many at once: one run a person, and one mail of two."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import translation

from portal.leads import services as leads
from portal.leads.models import Lead
from portal.leads.sequences import sending
from portal.leads.sequences.editing import ChangedMeanwhileError, changing
from portal.leads.sequences.models import Run, Sequence, Step
from portal.mail import delivery
from portal.mail.models import OutboundEmail
from tests.factories.sequences import SequenceFactory, StepFactory
from tests.sequences.people import here, wants_tips

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def at_once(func: Any, each: Any) -> list[Any]:
    """On eight connections, all open before the first begins."""
    together = threading.Barrier(8)

    def run(one: Any) -> Any:
        try:
            connection.ensure_connection()
            together.wait(20)
            return func(one)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run, each))


def test_eight_events_at_once_begin_one_run() -> None:
    StepFactory()
    lead = wants_tips()

    def happen(number: int) -> None:
        with transaction.atomic():
            leads.record(Lead.objects.get(pk=lead.pk), "scan.completed", number=number)

    at_once(happen, range(8))
    assert (Run.objects.count(), OutboundEmail.objects.count()) == (1, 1)


def test_of_eight_mails_to_one_person_at_once_one_is_let_through(clock: Any) -> None:
    for _number in range(8):
        StepFactory()
    leads.record(wants_tips(), "scan.completed")
    clock.move_to(here("2026-11-25 08:30").timestamp())
    mails = [mail for _number in range(8) if (mail := delivery.claim())]

    def look(mail: OutboundEmail) -> bool:
        with translation.override("nl"):
            return isinstance(sending.fill_step(mail), dict)

    assert sorted(at_once(look, mails)) == [False] * 7 + [True]


def test_of_eight_coaches_at_once_one_saves_and_seven_hear_it() -> None:
    step = StepFactory(sequence=SequenceFactory())

    def save(number: int) -> bool:
        try:
            with changing(step.sequence_id, 1):
                Step.objects.filter(pk=step.pk).update(subject_nl=f"Van {number}")
        except ChangedMeanwhileError:
            return False
        return True

    assert sorted(at_once(save, range(8))) == [False] * 7 + [True]
    assert Sequence.objects.get().version == 2
