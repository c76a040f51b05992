"""A step when it is due: whether it may leave, and its words as the coach has them at that moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from portal.common import times
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import LeadEvent
from portal.leads.sequences import registry, runs, stops, texts, timing
from portal.leads.sequences.models import Run, Sequence, Step
from portal.mail.outbox import BY_HAND, Foreseen, Later, OutboundEmail, Skip

Status = OutboundEmail.Status
LEFT = (Status.SENT, Status.UNCERTAIN, Status.BOUNCED)
BETWEEN = timedelta(hours=48)
SLACK = timedelta(minutes=5)  # a mail that left minutes after its hour does not push the next one a day away
EVENTS_READ = 200

GONE = gettext_noop("The contact or the sequence is gone.")
ENDED = gettext_noop("The sequence had ended for this person.")
OFF = gettext_noop("The sequence or this mail was switched off.")
OBJECTED = gettext_noop("The person does not want to be a contact.")
UNDONE = gettext_noop("What began the sequence was taken back.")
ONE_MAIL = gettext_noop("The person said yes to one tip, and has had it.")
STOPPED = gettext_noop("The sequence is paused by what the person did.")
HELD = gettext_noop("Waits until you let the sequence go on for this person.")
TOO_SOON = gettext_noop("Waits: another tip left less than 48 hours ago.")
OFF_HOURS = gettext_noop("Waits for its own hour.")


def fill_step(mail: OutboundEmail) -> dict[str, object] | Skip | Later:
    with transaction.atomic():
        found = run_and_step(mail)
        if found is None:
            return Skip(GONE)
        run, step = found
        runs.lock(run.lead)
        run.refresh_from_db(fields=["held", "ended_at"])
        if (answer := why_not_now(run, step, mail)) is not None:
            return answer
        keys = keys_in(step, mail.language)
        values = registry.values_for(keys, run.lead, run.context, mail.language)
        if isinstance(values, registry.Missing):
            return Skip(values.reason)
        let_through(mail)
    return words(step, mail.language, values).context


def foresee(mail: OutboundEmail) -> Foreseen:
    """What a planned mail would be now, for the coach. Nothing that only the person may know is asked for: an
    example stands in its place, as in the preview of the step."""
    found = run_and_step(mail)
    if found is None:
        return Foreseen(None, Skip(GONE))
    run, step = found
    keys = keys_in(step, mail.language)
    private = registry.private_in(keys)
    values = registry.values_for(keys - private, run.lead, run.context, mail.language)
    if isinstance(values, registry.Missing):
        return Foreseen(None, Skip(values.reason))
    filled = words(step, mail.language, registry.sample_values(private, mail.language) | values)
    return Foreseen(filled.context, why_not_now(run, step, mail), has_samples=bool(private))


def run_and_step(mail: OutboundEmail) -> tuple[Run, Step] | None:
    data = {"run": 0, "step": 0, **(mail.data or {})}
    run = Run.objects.select_related("lead", "sequence").filter(pk=data["run"]).first()
    step = Step.objects.filter(pk=data["step"]).first()
    return (run, step) if run and step and step.sequence_id == run.sequence_id else None


# ---- whether -----------------------------------------------------------------------------------------------
def why_not_now(run: Run, step: Step, mail: OutboundEmail) -> Skip | Later | None:
    reason = why_not(run, step, mail)
    return Skip(reason) if reason else not_yet(run, step, mail, times.now())


def why_not(run: Run, step: Step, mail: OutboundEmail) -> str:
    """Why this mail never leaves, or ''. Whether the address gets mail at all is asked before
    (`portal/mail/refused.py`)."""
    if run.lead.objected_at is not None:
        return OBJECTED
    proof = leads.standing_consent(run.lead, consent.TIPS)
    if proof is None:
        return consent.NO_TIPS
    if run.ended_at is not None:
        return ENDED
    if not step.is_on or not run.sequence.is_on:
        return OFF
    if was_undone(run):
        return UNDONE
    others = OutboundEmail.objects.filter(about=mail.about).exclude(pk=mail.pk)
    is_narrow = (proof.purpose, proof.text_version) in consent.ONE_MAIL
    if is_narrow and others.filter(data__run=run.pk, status__in=LEFT).exists():
        return ONE_MAIL
    if not step.goes_on and stopped_of([run]):
        return STOPPED
    return ""


def was_undone(run: Run) -> bool:
    """Whether what this run began with was taken back since: that very call, by all that is known of it."""
    event = registry.event(run.sequence.starts_on)
    if event is None or not event.undone_by or not run.context:
        return False
    since = run.lead.events.filter(kind__in=event.undone_by, created_at__gte=run.anchor_at)
    return since.filter(data__contains=run.context).exists()


def not_yet(run: Run, step: Step, mail: OutboundEmail, now: datetime) -> Later | None:
    """Until when it waits, if it does: postponed, not lost."""
    if run.held:
        return Later(timing.next_at(step.moment, now + timing.DAY), HELD)
    if (last_at := last_tip_at(mail)) is not None and now < last_at + BETWEEN:
        return Later(timing.next_at(step.moment, last_at + BETWEEN), TOO_SOON)
    if not timing.is_now(step.moment, now) and not (mail.data or {}).get(BY_HAND):
        return Later(timing.next_at(step.moment, now), OFF_HOURS, is_own_hour=True)
    return None


def stopped_of(some: list[Run]) -> dict[int, str]:
    """{run: the kind of event that pauses it}, of those that are; one query."""
    wanted = {run.pk: stops_of(run.sequence) for run in some}
    kinds = {
        kind
        for found in wanted.values()
        for one in found
        for kind in (one.kind, *one.undone_by, *one.ended_by)
    }
    events = LeadEvent.objects.filter(lead__in={run.lead_id for run in some}, kind__in=kinds)
    happened: dict[int, list[stops.Happened]] = {}
    for event in events.order_by("-created_at", "-pk")[: EVENTS_READ * max(1, len(some))]:
        happened.setdefault(event.lead_id, []).append(stops.Happened(event.kind, event.created_at))
    found = {
        run.pk: stops.stopped_by(wanted[run.pk], happened.get(run.lead_id, ()), run.started_at)
        for run in some
    }
    return {pk: kind for pk, kind in found.items() if kind}


def stops_of(sequence: Sequence) -> list[stops.Stop]:
    return [event.stop for kind in sequence.stops_on if (event := registry.event(kind))]


def last_tip_at(mail: OutboundEmail) -> datetime | None:
    """When another tip left to this person, or may be leaving now: one that was let through and waits for an
    answer of the mail server counts as well."""
    others = OutboundEmail.objects.filter(about=mail.about, kind=mail.kind).exclude(pk=mail.pk)
    left = (
        others.filter(status__in=(Status.SENT, Status.BOUNCED))
        .order_by("-sent_at")
        .values_list("sent_at", "due_at")
        .first()
    )
    ends = [max(left[1], left[0] - SLACK)] if left and left[0] else []
    maybe = others.filter(
        status__in=(Status.LEASED, Status.RETRY, Status.UNCERTAIN), data__has_key="let_through_at"
    )
    ends += [
        datetime.fromisoformat(data["let_through_at"])
        for data in maybe.values_list("data", flat=True)
        if data
    ]
    return max(ends, default=None)


def let_through(mail: OutboundEmail) -> None:
    """Written under the lock on the person, so that of two mails in two workers only one leaves now."""
    mail.data = {**(mail.data or {}), "let_through_at": times.now().isoformat()}
    OutboundEmail.objects.leased_as(mail).update(data=mail.data)


# ---- its words ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Words:
    """A mail of the coach with its variables filled in."""

    subject: str
    blocks: list[texts.Paragraph]

    @property
    def context(self) -> dict[str, object]:
        return {
            "filled_subject": self.subject,
            "blocks": self.blocks,
            "filled_text": texts.plain(self.blocks),
        }


def keys_in(step: Step, language: str) -> set[str]:
    known = registry.keys_by_name()
    return {known[name] for name in texts.names(step.subject(language)) | texts.names(step.body(language))}


def words(step: Step, language: str, values: Mapping[str, str]) -> Words:
    by_name = {name: values[key] for name, key in registry.keys_by_name().items() if key in values}
    subject = texts.fill(step.subject(language), by_name)
    body = texts.fill(step.body(language), by_name)
    return Words(" ".join(subject.split()), texts.paragraphs(body, registry.links_in(values)))
