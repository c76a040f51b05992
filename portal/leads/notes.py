"""What the coach adds to a contact: notes, the next step, a stage by hand. Whoever comes later than a colleague
hears it, and nothing is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from portal.common import times
from portal.common.seen import seen
from portal.leads import services, timeline
from portal.leads.models import Lead, Note


class ChangedMeanwhileError(Exception):
    """Somebody else saved something since this form was opened; nothing was written."""


# ---- notes -----------------------------------------------------------------------------------------------
@transaction.atomic
def write_note(lead: Lead, text: str, *, by: Any, key: str) -> Note:
    """Idempotent: the same form again makes no second note. `key` is of the form; one that was used for other
    words makes a note of its own, because nothing may be lost. Raises Lead.DoesNotExist for who was erased."""
    _locked(lead)
    facts = {"lead": lead, "text": text, "author": by}
    note, made = Note.objects.get_or_create(public_id=key, defaults=facts)
    if made or (note.lead_id, note.text) == (lead.pk, text):
        return note
    return Note.objects.create(**facts)


def change_note(note: Note, text: str, *, by: Any, version: int) -> None:
    """Raises ChangedMeanwhileError when `version` is not the newest."""
    changed = Note.objects.filter(pk=note.pk, version=version).update(
        text=text, changed_by=by, changed_at=times.now(), version=F("version") + 1
    )
    if not changed and not Note.objects.filter(pk=note.pk, text=text).exists():  # else a double click
        raise ChangedMeanwhileError


def erase_note(note: Note, *, version: int) -> None:
    """Raises ChangedMeanwhileError when `version` is not the newest."""
    gone, _by_model = Note.objects.filter(pk=note.pk, version=version).delete()
    if not gone:
        raise ChangedMeanwhileError


# ---- the contact itself ----------------------------------------------------------------------------------
def seen_step(lead: Lead) -> str:
    return seen(lead.next_step, lead.next_step_on)


def seen_facts(lead: Lead) -> str:
    return seen(lead.name, lead.stage)


@transaction.atomic
def plan_step(lead: Lead, step: str, on: date | None, *, was: str) -> None:
    """Both or neither. Raises ChangedMeanwhileError."""
    row = _locked(lead)
    if (row.next_step, row.next_step_on) == (step, on):  # a double click
        return
    _require(seen_step(row) == was)
    row.next_step, row.next_step_on = step, on
    row.save(update_fields=["next_step", "next_step_on"])


@transaction.atomic
def finish_step(lead: Lead, *, was: str) -> None:
    """The step that was shown is done, and stands on the timeline. Raises ChangedMeanwhileError."""
    row = _locked(lead)
    last = row.events.filter(kind=timeline.STEP_DONE).order_by("-created_at", "-pk").first()
    if not row.next_step and last and seen(last.data["step"], last.data.get("on")) == was:  # a double click
        return
    _require(bool(row.next_step) and seen_step(row) == was)
    services.record(row, timeline.STEP_DONE, step=row.next_step, on=str(row.next_step_on))
    row.next_step, row.next_step_on = "", None
    row.save(update_fields=["next_step", "next_step_on"])


@transaction.atomic
def set_facts(lead: Lead, *, name: str, stage: str, reason: str, by: str, was: str) -> None:
    """Name and stage by hand; a stage stays until something happens. Raises ChangedMeanwhileError."""
    row = _locked(lead)
    if (row.name, row.stage) == (name, stage):
        return
    _require(seen_facts(row) == was)
    if row.stage != stage:
        services.record(row, services.STAGE_CHANGED, stage=stage, reason=reason, by_name=by)
    row.name, row.stage = name, stage
    row.save(update_fields=["name", "stage"])


def _locked(lead: Lead) -> Lead:
    return Lead.objects.select_for_update().get(pk=lead.pk)


def _require(is_same: bool) -> None:
    if not is_same:
        raise ChangedMeanwhileError
