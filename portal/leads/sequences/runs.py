"""Who is in which sequence: begun by an event, held and stopped by the coach, its mails planned in the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from portal.common import times
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import Lead
from portal.leads.sequences import registry, timing
from portal.leads.sequences.models import Run, Sequence, Step
from portal.mail import outbox
from portal.mail.outbox import OutboundEmail
from portal.practice.facts import practice

MESSAGE = "sequences/step"
LATEST = timing.DAY * 5  # what could not leave by then is of no use any more
LATE = timing.DAY * 14  # a yes so long after the event still begins what follows it
BATCH = 500  # runs that are planned anew at once

TAKEN_OUT = gettext_noop("You took this mail out of the sequence.")
STOPPED = gettext_noop("You stopped the sequence for this person.")
MAY_COME_BACK = (TAKEN_OUT, consent.NO_TIPS)  # what was cancelled for this, and had not left


# ---- what happens to a person ------------------------------------------------------------------------------
def follow(lead: Lead, kind: str, data: Mapping[str, Any]) -> None:
    """What a line on the timeline means: a run begins, goes on from here, or reached what was hoped for."""
    event = registry.event(kind)
    if event is None:
        return
    concerned = list(Sequence.objects.filter(Q(starts_on=kind, is_on=True) | Q(stops_on__contains=[kind])))
    if event.is_goal and any(kind in sequence.stops_on for sequence in concerned):
        note_goal(lead, kind)
    for sequence in concerned:
        if sequence.is_on and sequence.starts_on == kind:
            begin(sequence, lead, data)


def begin(sequence: Sequence, lead: Lead, context: Mapping[str, Any]) -> Run | None:
    """Put a person in a sequence, who is in it once: already there, the run goes on with what has not left,
    counted from now and with the new context. None for whoever does not want tips."""
    if not leads.has_consent(lead, consent.TIPS):
        return None
    with transaction.atomic():
        lock(lead)
        run = Run.objects.active().filter(sequence=sequence, lead=lead).first()
        if run is not None and is_over(run):
            end(run, Run.Ended.DONE)
            run = None
        if run is None:
            run = Run.objects.create(sequence=sequence, lead=lead, context=dict(context))
        else:
            run.context, run.anchor_at = dict(context), times.now()
            run.save(update_fields=["context", "anchor_at"])
        plan([run], [*sequence.steps.all()], is_on=sequence.is_on)
    return run


def take_in(lead: Lead) -> None:
    """Somebody says yes to tips after the event. One of these last days begins its sequences now, counted from the
    yes. Whoever had taken a yes back goes on in the same run by the days it had: what left never leaves again, and
    what fell in between is not caught up."""
    lock(lead)
    for sequence in Sequence.objects.filter(is_on=True):
        last = lead.events.filter(kind=sequence.starts_on).order_by("-created_at", "-pk").first()
        if last is None:
            continue
        before = Run.objects.filter(sequence=sequence, lead=lead, context=last.data).order_by("pk").last()
        if before is not None:
            go_on(before)
        elif last.created_at >= times.now() - LATE:
            begin(sequence, lead, last.data)


def go_on(run: Run) -> None:
    """Take up a run that a withdrawal ended, if one of its mails is still to come."""
    steps = list(run.sequence.steps.filter(is_on=True))
    is_ahead = any(timing.due_at(step.moment, run.anchor_at) >= times.now() for step in steps)
    if (
        run.ended_by != Run.Ended.WITHDRAWN
        or not is_ahead
        or run.sequence.runs.active().filter(lead=run.lead)
    ):
        return
    run.ended_at, run.ended_by = None, ""
    run.save(update_fields=["ended_at", "ended_by"])
    plan([run], steps, is_on=run.sequence.is_on)


def note_goal(lead: Lead, kind: str) -> None:
    """After which mail it came, if any had left."""
    runs = Run.objects.active().filter(lead=lead, sequence__stops_on__contains=[kind], goal_step=None)
    for run in runs:
        if step_id := last_sent_step(run):
            Run.objects.filter(pk=run.pk).update(goal_step_id=step_id)


def withdraw(lead: Lead) -> None:
    """Somebody wants no tips any more."""
    for run in Run.objects.active().filter(lead=lead):
        run.withdrawn_step_id = last_sent_step(run)
        run.save(update_fields=["withdrawn_step"])
        end(run, Run.Ended.WITHDRAWN)


# ---- by the coach's hand -----------------------------------------------------------------------------------
@transaction.atomic
def hold(run: Run, why: Run.Held) -> Run:
    """Nothing leaves until it is released. An answer is counted with the mail it came after."""
    run = locked(run)
    if run.ended_at is None and run.held != why:
        run.held, run.held_at = why, run.held_at or times.now()
        if why == Run.Held.ANSWERED and run.answered_step_id is None:
            run.answered_step_id = last_sent_step(run)
        run.save(update_fields=["held", "held_at", "answered_step"])
        mails_of([run]).filter(status__in=OutboundEmail.WAITING).update(expires_at=None)
    return run


@transaction.atomic
def release(run: Run) -> Run:
    """Go on where it was: what has not left comes later by as long as it was held."""
    run = locked(run)
    if run.ended_at is None and run.held_at is not None:
        run.anchor_at += times.now() - run.held_at
        run.held, run.held_at = "", None
        run.save(update_fields=["anchor_at", "held", "held_at"])
        plan([run], [*run.sequence.steps.all()], is_on=run.sequence.is_on)
    return run


@transaction.atomic
def stop(run: Run) -> Run:
    run = locked(run)
    if run.ended_at is None:
        end(run, Run.Ended.BY_COACH)
        keys = [mail.key for mail in mails_of([run])]
        outbox.cancel(about=leads.followup_key(run.lead), keys=keys, reason=STOPPED)
    return run


def lock(lead: Lead) -> None:
    """One at a time for a person: two events at once begin one run, and two mails do not leave together."""
    Lead.objects.select_for_update(no_key=True).filter(pk=lead.pk).first()


def locked(run: Run) -> Run:
    lock(run.lead)
    return Run.objects.select_related("lead", "sequence").get(pk=run.pk)


def end(run: Run, by: Run.Ended) -> None:
    run.ended_at, run.ended_by, run.held, run.held_at = times.now(), by, "", None
    run.save(update_fields=["ended_at", "ended_by", "held", "held_at"])


# ---- its mails ---------------------------------------------------------------------------------------------
def mails_of(runs: Iterable[Run]) -> QuerySet[OutboundEmail]:
    """Every row of these runs, whose `lead` is at hand, one query."""
    runs = list(runs)
    abouts = {leads.followup_key(run.lead) for run in runs}
    return OutboundEmail.objects.filter(
        about__in=abouts, message=MESSAGE, data__run__in=[run.pk for run in runs]
    )


def is_over(run: Run) -> bool:
    """Nothing of it is still to leave. It is not written down when the last mail leaves, but when asked."""
    open_states = [*OutboundEmail.WAITING, OutboundEmail.Status.LEASED]
    return not mails_of([run]).filter(status__in=open_states).exists()


def last_sent_step(run: Run) -> int | None:
    sent = mails_of([run]).filter(status=OutboundEmail.Status.SENT).order_by("-sent_at").first()
    step_id = (sent.data or {}).get("step") if sent else None
    return step_id if step_id and Step.objects.filter(pk=step_id).exists() else None


def plan_again(sequence: Sequence) -> None:
    """After a change: what has not left follows the steps as they are now. What left, or was cancelled for
    another reason, never leaves again: the outbox has its key. A step that is new does not catch up."""
    steps = list(sequence.steps.all())
    runs = Run.objects.active().filter(sequence=sequence).select_related("lead").order_by("pk")
    for some in batches(runs):
        plan(some, steps, is_on=sequence.is_on)


def batches(runs: QuerySet[Run]) -> Iterator[list[Run]]:
    last = 0
    while some := list(runs.filter(pk__gt=last)[:BATCH]):
        yield some
        last = some[-1].pk


def plan(runs: list[Run], steps: list[Step], *, is_on: bool) -> None:
    """Add, move and cancel rows, so that they are as these steps say. Four queries, however many there are."""
    now = times.now()
    wanted = {
        run.key(step.pk): (run, step, timing.due_at(step.moment, run.anchor_at))
        for run in runs
        for step in steps
        if step.is_on and is_on
    }
    there = {mail.key: mail for mail in mails_of(runs).select_for_update(of=("self",), no_key=True)}
    outbox.enqueue(
        *(
            planned(run, step, due_at)
            for key, (run, step, due_at) in wanted.items()
            if key not in there and due_at >= now
        )
    )
    moved = [mail for key, mail in there.items() if key in wanted and move(mail, *wanted[key][1:], now)]
    OutboundEmail.objects.bulk_update(
        moved, ["data", "status", "reason", "is_withdrawn", "send_after", "due_at", "expires_at"], BATCH
    )
    gone = [mail.pk for key, mail in there.items() if key not in wanted and mail.status == "queued"]
    OutboundEmail.objects.filter(pk__in=gone).finish(OutboundEmail.Status.CANCELLED, TAKEN_OUT)


def move(mail: OutboundEmail, step: Step, due_at: datetime, now: datetime) -> bool:
    """Set a row to another moment; False when it stays as it is. One that a switch had cancelled waits again,
    if its moment is still to come."""
    is_waiting = mail.status == OutboundEmail.Status.QUEUED and not mail.is_rendered
    is_back = mail.status == OutboundEmail.Status.CANCELLED and mail.reason in MAY_COME_BACK and due_at >= now
    was_held = mail.expires_at is None
    if not is_back and not (is_waiting and (was_held or (mail.data or {})["due"] != due_at.isoformat())):
        return False
    send_after = due_at if due_at >= now else timing.next_at(step.moment, now)
    mail.status, mail.reason, mail.is_withdrawn = OutboundEmail.Status.QUEUED, "", False
    mail.send_after = mail.due_at = send_after
    mail.expires_at = send_after + LATEST
    mail.data = {**(mail.data or {}), "due": due_at.isoformat()}
    return True


def planned(run: Run, step: Step, due_at: datetime) -> OutboundEmail:
    return outbox.planned(
        key=run.key(step.pk),
        kind=OutboundEmail.Kind.MARKETING,
        message=MESSAGE,
        names_people=False,
        to=run.lead.email,
        to_name=run.lead.name,
        reply_to=practice()["email"],
        language=run.lead.language,
        send_after=due_at,
        expires_at=due_at + LATEST,
        about=leads.followup_key(run.lead),
        data={"run": run.pk, "step": step.pk, "due": due_at.isoformat()},
    )


def waiting_of(step: Step) -> QuerySet[OutboundEmail]:
    return OutboundEmail.objects.filter(message=MESSAGE, data__step=step.pk, status__in=OutboundEmail.WAITING)
