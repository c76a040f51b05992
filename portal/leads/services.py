"""Contacts: what happened with whom, and who may be mailed about what."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction

from portal.leads import consent
from portal.leads.models import ConsentEvent, Lead, LeadEvent
from portal.mail import outbox

STAGE_ORDER = [Lead.Stage.NEW, Lead.Stage.SCANNED, Lead.Stage.PLANNED, Lead.Stage.SPOKEN, Lead.Stage.CLIENT]


def contact(
    email: str,
    *,
    name: str = "",
    language: str = "nl",
    user_id: int | None = None,
    stage: Lead.Stage = Lead.Stage.NEW,
) -> Lead:
    """The contact with this address, made when new. Fills in what was unknown, never overwrites a name.

    With a `stage` a contact that is less far is moved forward to it.
    """
    lead, made = Lead.objects.get_or_create(
        email=email.strip().lower(),
        defaults={"name": name, "language": language, "user_id": user_id, "stage": stage},
    )
    if made:
        return lead
    changed: list[str] = []
    if name and not lead.name:
        lead.name, changed = name, [*changed, "name"]
    if user_id is not None and lead.user_id is None:
        lead.user_id, changed = user_id, [*changed, "user"]
    if changed:
        lead.save(update_fields=changed)
    if stage != Lead.Stage.NEW:
        advance(lead, stage)
    return lead


def record(lead: Lead, kind: str, **data: Any) -> LeadEvent:
    """Write one line on the timeline, for instance `scan.completed` or `call.booked`."""
    return LeadEvent.objects.create(lead=lead, kind=kind, data=data)


def advance(lead: Lead, stage: Lead.Stage) -> None:
    """Move a contact forward, never back; 'not now' is moved too, because the person came back."""
    if lead.stage == Lead.Stage.NOT_NOW or STAGE_ORDER.index(stage) > STAGE_ORDER.index(
        Lead.Stage(lead.stage)
    ):
        lead.stage = stage
        lead.save(update_fields=["stage"])


@transaction.atomic
def give_consent(
    lead: Lead, *, purpose: str, language: str, method: str, source_path: str = ""
) -> ConsentEvent:
    """Keep the proof: the exact words, their version and hash, and how the mailbox was proven."""
    words = consent.text(purpose, language)
    return ConsentEvent.objects.create(
        lead=lead,
        purpose=purpose,
        action=ConsentEvent.Action.GIVEN,
        text_version=consent.CURRENT[purpose],
        text=words,
        text_sha256=hashlib.sha256(words.encode()).hexdigest(),
        language=language,
        method=method,
        source_path=source_path[:200],
    )


@transaction.atomic
def withdraw_consent(lead: Lead, *, purpose: str, method: str) -> None:
    """Stop at once: what was already queued is cancelled in the same transaction. Idempotent."""
    Lead.objects.select_for_update().get(pk=lead.pk)
    if has_consent(lead, purpose):
        ConsentEvent.objects.create(
            lead=lead,
            purpose=purpose,
            action=ConsentEvent.Action.WITHDRAWN,
            text_version=consent.CURRENT[purpose],
            text="",
            text_sha256=hashlib.sha256(b"").hexdigest(),
            language=lead.language,
            method=method,
        )
    stop_followup(lead)


def has_consent(lead: Lead, purpose: str) -> bool:
    """The last word counts."""
    last = ConsentEvent.objects.filter(lead=lead, purpose=purpose).order_by("-created_at", "-pk").first()
    return last is not None and last.action == ConsentEvent.Action.GIVEN


def stop_followup(lead: Lead) -> None:
    """Cancel every follow-up mail that has not left yet."""
    about = followup_key(lead)
    if outbox.OutboundEmail.objects.filter(about=about).exists():  # nearly always there is none
        outbox.cancel(about=about)


def followup_key(lead: Lead) -> str:
    """What follow-up rows in the outbox are about."""
    return f"followup:{lead.public_id}"
