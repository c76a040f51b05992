"""How often each mail left is counted without reading the others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from portal.common import times
from portal.leads.sequences import numbers
from portal.mail.models import OutboundEmail
from tests.factories.sequences import SequenceFactory, StepFactory

pytestmark = pytest.mark.django_db


def fill(step: int, number: int, status: str = "sent") -> None:
    at = times.now() - timedelta(days=1)
    OutboundEmail.objects.bulk_create(
        OutboundEmail(
            key=f"run:{step}-{n}-{status}:{step}",
            kind="marketing",
            message="sequences/step",
            to_email="voorbeeld@demo.voorbeeld.nl",
            from_email="jet@voorbeeld.nl",
            about=f"followup:{step}-{n}",
            data={"run": n, "step": step},
            send_after=at,
            due_at=at,
            status=status,
            sent_at=at if status == "sent" else None,
        )
        for n in range(number)
    )


def test_what_left_is_counted_by_step_and_nothing_else() -> None:
    sequence = SequenceFactory()
    first, second = StepFactory(sequence=sequence), StepFactory(sequence=sequence)
    fill(first.pk, 3)
    fill(first.pk, 2, "cancelled")
    fill(second.pk, 1)
    fill(second.pk + 1000, 4)
    found = numbers.per_step(sequence, [first, second])
    assert (found[first.pk].sent, found[second.pk].sent) == (3, 1)


def test_among_very_many_others_the_index_finds_them() -> None:
    fill(1, 5)
    fill(2, 5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mail_outboundemail")
    assert "mail_tips_by_step" in numbers.sent_mails([1]).explain()
