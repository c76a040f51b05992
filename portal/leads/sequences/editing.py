"""Changing a sequence: one at a time, and never over what somebody else changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from portal.common import times
from portal.leads.sequences.models import Sequence, Step
from portal.leads.sequences.runs import plan_again


class ChangedMeanwhileError(Exception):
    """The sequence has another version than the one that was looked at. `sequence` is how it is now."""

    def __init__(self, sequence: Sequence) -> None:
        super().__init__(f"Sequence {sequence.pk} changed meanwhile.")
        self.sequence = sequence


@transaction.atomic
def made_once(new: Sequence, *, by: Any) -> Sequence:
    """A new sequence, or the very same that is still empty: a double click makes no second one."""
    get_user_model().objects.select_for_update(no_key=True).get(pk=by.pk)
    same = Sequence.objects.filter(
        name=new.name, starts_on=new.starts_on, stops_on=new.stops_on, version=new.version, steps=None
    ).first()
    if same is not None:
        return same
    new.save()
    return new


@contextmanager
def changing(pk: int, version: int) -> Iterator[Sequence]:
    """Hold the sequence while it is changed; then its version is the next, and what has not left follows it.
    Raises ChangedMeanwhileError, Sequence.DoesNotExist."""
    with transaction.atomic():
        sequence = Sequence.objects.select_for_update().get(pk=pk)
        if sequence.version != version:
            raise ChangedMeanwhileError(sequence)
        yield sequence
        sequence.version += 1
        sequence.changed_at = times.now()
        sequence.save()
        plan_again(sequence)


def take_out(step: Step, version: int) -> None:
    """A step that goes takes its mails that have not left along. Raises what `changing` raises."""
    with changing(step.sequence_id, version):
        step.delete()
