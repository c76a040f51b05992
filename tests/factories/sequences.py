from __future__ import annotations

import factory

from portal.leads.sequences.models import Sequence, Step


class SequenceFactory(factory.django.DjangoModelFactory[Sequence]):
    """On, after a scan, paused by a booked call; without mails."""

    class Meta:
        model = Sequence

    name = factory.Sequence(lambda n: f"Reeks {n}")
    starts_on = "scan.completed"
    stops_on = ["call.booked"]
    is_on = True


class StepFactory(factory.django.DjangoModelFactory[Step]):
    """Leaves two days later at 08:30, on a weekday."""

    class Meta:
        model = Step

    sequence = factory.SubFactory(SequenceFactory)
    delay_days = 2
    subject_nl = "Hallo {voornaam}"
    subject_en = "Hello {first_name}"
    body_nl = "Een vraag van {coach}."
    body_en = "A question from {coach}."
