"""Who is where: each run with its next mail and the day it leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.common import times
from portal.leads.sequences import registry
from portal.leads.sequences.models import Run, Step
from portal.leads.sequences.runs import mails_of
from portal.leads.sequences.sending import stopped_of
from portal.mail.outbox import OutboundEmail


@dataclass(frozen=True)
class Place:
    run: Run
    state: str
    step: Step | None  # that leaves next
    leaves_on: str

    @property
    def subject(self) -> str:
        """Of the mail that leaves next, in the language of who reads this page."""
        return self.step.subject(get_language() or "nl") if self.step else ""

    @property
    def is_open(self) -> bool:
        return self.run.ended_at is None and (self.step is not None or bool(self.run.held))


def places(runs: Iterable[Run]) -> list[Place]:
    """Of runs whose `lead` and `sequence` are at hand; three queries."""
    runs = list(runs)
    going = [run for run in runs if run.ended_at is None]
    stopped = stopped_of(going) if going else {}
    rows = mails_of(going).filter(status__in=[*OutboundEmail.WAITING, OutboundEmail.Status.LEASED])
    waiting = list(rows.order_by("send_after", "pk").values_list("data__run", "data__step", "send_after"))
    steps = {step.pk: step for step in Step.objects.filter(sequence__in={run.sequence_id for run in runs})}
    found = []
    for run in runs:
        for run_pk, step_pk, send_after in waiting:
            step = steps.get(step_pk)
            if run_pk == run.pk and step and (step.goes_on or run.pk not in stopped):
                on = times.short_moment(send_after, times.HOST_ZONE)
                found.append(Place(run, state(run, stopped.get(run.pk, ""), is_over=False), step, on))
                break
        else:
            found.append(Place(run, state(run, stopped.get(run.pk, ""), is_over=True), None, ""))
    return found


def state(run: Run, stopped: str, *, is_over: bool) -> str:
    if run.ended_at is not None:
        return str(run.get_ended_by_display())
    if run.held:
        return str(run.get_held_display())
    if stopped:
        return _("paused: %(event)s") % {"event": registry.event_words(stopped)}
    return str(Run.Ended.DONE.label) if is_over else _("goes on")
