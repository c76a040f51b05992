"""Contacts: what happened with whom, and who may be mailed about what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from portal.common import times
from portal.common.came_from import LIFE, source
from portal.leads import consent, hooks, stages, told
from portal.leads.models import ConsentEvent, Lead, LeadEvent
from portal.mail import outbox
from portal.webhook import retention as webhook

STAGE_CHANGED = "stage.changed"  # by hand
ERASED: dict[type[ConsentEvent], dict[str, Any]] = {ConsentEvent: {"about": ""}}
KEPT = {
    ConsentEvent: {
        "subject": "a digest of the address",
        "purpose": "what was asked",
        "text_version": "our words",
        "text": "our words",
        "text_sha256": "of our words",
        "language": "nl or en",
        "method": "how it was proven",
        "source_path": "the page of the form",
    },
}  # the proof, of nobody in particular; tests/portal/test_erased_and_kept.py holds it to the model


def contact(
    email: str,
    *,
    name: str = "",
    language: str = "nl",
    user_id: int | None = None,
    stage: str = stages.NEW,
) -> Lead:
    """The contact with this address, made when new. Fills in what was unknown, never overwrites a name.

    With a `stage` a contact that is less far is moved forward to it.
    """
    with transaction.atomic(savepoint=False):
        lead, made = Lead.objects.get_or_create(
            email=email.strip().lower(),
            defaults={"name": name, "language": language, "user_id": user_id, "stage": stage},
        )
        if made:
            told.created(lead, at=lead.created_at)
            return lead
    changed: list[str] = []
    if name and not lead.name and not lead.objected_at:
        lead.name, changed = name, [*changed, "name"]
    if user_id is not None and lead.user_id is None:
        lead.user_id, changed = user_id, [*changed, "user"]
    if changed:
        lead.save(update_fields=changed)
    if stage != stages.NEW:
        advance(lead, stage)
    return lead


@transaction.atomic
def touch(lead: Lead, came_from: Mapping[str, str], *, at: datetime) -> None:
    """Note how somebody who is known by now came here: the earliest and the latest time. Not of who objects."""
    row = Lead.objects.select_for_update().get(pk=lead.pk)
    if row.objected_at is not None or not came_from or is_same_coming(row.last_touch, came_from, at):
        return
    this = {**came_from, "at": at.isoformat()}
    if not row.first_touch or at < datetime.fromisoformat(row.first_touch["at"]):
        row.first_touch, row.source = this, source(this)
    if not row.last_touch or at >= datetime.fromisoformat(row.last_touch["at"]):
        row.last_touch = this
    row.save(update_fields=["first_touch", "last_touch", "source"])


def is_same_coming(last: Mapping[str, str], came_from: Mapping[str, str], at: datetime) -> bool:
    """What travels along is the same all the way, from a first page to a call that is booked a while later."""
    before = {name: words for name, words in last.items() if name != "at"}
    return before == came_from and abs(at - datetime.fromisoformat(last["at"])) <= LIFE


def record(lead: Lead, kind: str, **data: Any) -> None:
    """Write one line on the timeline, of a kind that `timeline` has words for; not of who objects."""
    if lead.objected_at is None:
        LeadEvent.objects.create(lead=lead, kind=kind, data=data)
        hooks.run_event(lead, kind, data)


def advance(lead: Lead, stage: str) -> None:
    """Move a contact forward, never back; 'not now' is moved too, because the person came back."""
    if lead.objected_at is None and stages.is_further(stage, lead.stage):
        lead.stage = stage
        lead.save(update_fields=["stage"])


@transaction.atomic
def take_back(lead: Lead, stage: str) -> None:
    """What put a contact at this stage was called off: back to where the rest of the timeline leads."""
    row = Lead.objects.select_for_update().get(pk=lead.pk)
    if row.stage != stage or row.objected_at is not None:
        return
    told = row.events.order_by("created_at", "pk").values_list("kind", "data")
    row.stage = stages.replay(told, by_hand=STAGE_CHANGED, taken_back=stage)
    row.save(update_fields=["stage"])


@transaction.atomic
def give_consent(
    lead: Lead, *, purpose: str, language: str, method: str, source_path: str = "", about: str = ""
) -> ConsentEvent:
    """Keep the proof: the exact words, their version and hash, and how the mailbox was proven. A yes to the very
    words that hold already is no second one."""
    _lock(lead)
    standing = standing_consent(lead, purpose, about)
    proof = proof_of(
        lead, purpose=purpose, language=language, method=method, source_path=source_path, about=about
    )
    if standing is not None and standing.text_version == proof.text_version:
        return standing
    proof.save()
    if purpose == consent.TIPS:
        hooks.run_consent(lead)
    return proof


def proof_of(
    lead: Lead, *, purpose: str, language: str, method: str, source_path: str = "", about: str = ""
) -> ConsentEvent:
    words = consent.text(purpose, language)
    return ConsentEvent(
        lead=lead,
        subject=consent.subject_of(lead.email),
        purpose=purpose,
        about=about,
        action=ConsentEvent.Action.GIVEN,
        text_version=consent.CURRENT[purpose],
        text=words,
        text_sha256=consent.digest(words),
        language=language,
        method=method,
        source_path=source_path[:200],
    )


@transaction.atomic
def withdraw_consent(lead: Lead, *, purpose: str, method: str, about: str = "") -> ConsentEvent | None:
    """Stop at once: tips that were already queued are cancelled in the same transaction. Idempotent; None when
    there was no yes to take back."""
    _lock(lead)
    proof = None
    if has_consent(lead, purpose, about):
        proof = _withdrawn(lead, purpose, method, about)
        proof.save()
    if purpose == consent.TIPS:
        hooks.run_withdrawal(lead)
        stop_followup(lead, reason=consent.NO_TIPS)
    return proof


def _withdrawn(lead: Lead, purpose: str, method: str, about: str = "") -> ConsentEvent:
    return ConsentEvent(
        lead=lead,
        subject=consent.subject_of(lead.email),
        purpose=purpose,
        about=about,
        action=ConsentEvent.Action.WITHDRAWN,
        text_version=consent.CURRENT[purpose],
        text_sha256=consent.digest(""),
        language=lead.language,
        method=method,
    )


def has_consent(lead: Lead, purpose: str, about: str = "") -> bool:
    """The last word counts."""
    return standing_consent(lead, purpose, about) is not None


def standing_consent(lead: Lead, purpose: str, about: str = "") -> ConsentEvent | None:
    """The proof that a person may be mailed or shown on the strength of now."""
    last = last_word(lead, purpose, about)
    return last if last is not None and last.is_given else None


def last_word(lead: Lead, purpose: str, about: str = "") -> ConsentEvent | None:
    return lead.consents.filter(purpose=purpose, about=about).order_by("-created_at", "-pk").first()


def _lock(lead: Lead) -> None:
    """One yes or no of a person at a time; rows that point at the contact need not wait."""
    Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)


# ---- who does not want to be a contact, or is one no longer ----------------------------------------------
@transaction.atomic
def object_to_contact(lead: Lead) -> None:
    """Somebody objects (GDPR 21): timeline, notes and name are erased, and nothing is recorded any more.

    The address stays with its objection, not shown to the coach, so that no new contact is made of it.
    """
    lead.name, lead.stage, lead.objected_at = "", stages.NEW, times.now()
    lead.first_touch, lead.last_touch, lead.source = {}, {}, ""
    lead.next_step, lead.next_step_on = "", None
    erased = ["name", "stage", "first_touch", "last_touch", "source", "next_step", "next_step_on"]
    lead.save(update_fields=["objected_at", *erased])
    lead.events.all().delete()
    lead.notes.all().delete()
    webhook.forget_people([lead.email])
    told.removed([lead], at=lead.objected_at)


@transaction.atomic
def take_back_objection(lead: Lead) -> None:
    if lead.objected_at is not None:
        lead.objected_at = None
        lead.save(update_fields=["objected_at"])
        told.created(lead, at=times.now())


@transaction.atomic
def forget(contacts: QuerySet[Lead], *, method: str) -> None:
    """Delete contacts with their timelines. Proof of consent stays without the person: a digest of the
    address, the words, the time, and that it ended now."""
    leads = list(contacts)
    abouts = [followup_key(lead) for lead in leads]
    for about in set(outbox.OutboundEmail.objects.filter(about__in=abouts).values_list("about", flat=True)):
        outbox.cancel(about=about)
    consents = ConsentEvent.objects.filter(lead__in=leads)
    given = [event for event in consents.last_words().select_related("lead") if event.is_given]
    ends = [_withdrawn(event.lead, event.purpose, method, event.about) for event in given if event.lead]
    ConsentEvent.objects.bulk_create(ends)
    consents.update(lead=None, **ERASED[ConsentEvent])
    webhook.forget_people(lead.email for lead in leads)
    followed = [lead for lead in leads if lead.objected_at is None]  # who objected was taken out then
    told.removed(followed, at=times.now())
    Lead.objects.filter(pk__in=[lead.pk for lead in leads]).delete()


def stop_followup(lead: Lead, *, reason: str = "") -> None:
    about = followup_key(lead)
    if outbox.OutboundEmail.objects.filter(about=about).exists():  # nearly always there is none
        outbox.cancel(about=about, reason=reason)


def followup_key(lead: Lead) -> str:
    return f"followup:{lead.public_id}"
