"""Per step: how often it left, and what came after it. From the outbox and the runs; nobody is followed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.fields.json import KT

from portal.leads.sequences.models import Run, Sequence, Step
from portal.leads.sequences.runs import MESSAGE
from portal.mail.outbox import OutboundEmail


@dataclass(frozen=True)
class Numbers:
    sent: int
    goal: int
    withdrawn: int
    answered: int


def sent_mails(steps: Iterable[int]) -> QuerySet[Any]:
    """Those that left of these steps, annotated with `step`; found by the index on it, however many others are."""
    tips = OutboundEmail.objects.filter(
        kind=OutboundEmail.Kind.MARKETING, status=OutboundEmail.Status.SENT, message=MESSAGE
    )
    return tips.annotate(step=KT("data__step")).filter(step__in=[str(step) for step in steps])


def per_step(sequence: Sequence, steps: list[Step]) -> dict[int, Numbers]:
    """Two queries, whatever the data."""
    mails = sent_mails(step.pk for step in steps)
    sent = {int(step): n for step, n in mails.values_list("step").annotate(n=Count("pk")).order_by()}
    goals, withdrawn, answered = Counter[int](), Counter[int](), Counter[int]()
    runs = Run.objects.filter(sequence=sequence).order_by()
    for goal, ended, answer, n in runs.values_list("goal_step", "withdrawn_step", "answered_step").annotate(
        n=Count("pk")
    ):
        goals[goal] += n
        withdrawn[ended] += n
        answered[answer] += n
    return {
        step.pk: Numbers(sent.get(step.pk, 0), goals[step.pk], withdrawn[step.pk], answered[step.pk])
        for step in steps
    }
