"""Contacts and notes in the search of the admin."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from portal.common.search import MOST, Hit
from portal.common.sight import seen_by
from portal.leads.models import Lead, Note


def people(request: HttpRequest, wanted: Q) -> list[Hit]:
    found = seen_by(request.user, Lead.objects.shown()).filter(wanted)[: MOST + 1]
    return [
        Hit(
            str(lead),
            _page_of(lead.pk),
            ", ".join([*([lead.email] if lead.name else []), lead.get_stage_display()]),
        )
        for lead in found
    ]


def notes(request: HttpRequest, wanted: Q) -> list[Hit]:
    of_shown = Note.objects.filter(wanted, lead__in=seen_by(request.user, Lead.objects.shown()))
    found = seen_by(request.user, of_shown).select_related("lead")[: MOST + 1]
    return [
        Hit(
            str(note.lead),
            reverse("admin:leads_lead_note", args=[note.lead_id, note.public_id]),
            note.text[:200],
        )
        for note in found
    ]


def paths_of(viewer: Any, addresses: Collection[str]) -> dict[str, str]:
    """The pages of the contacts with these addresses; one query."""
    found = seen_by(viewer, Lead.objects.shown()).filter(email__in=[address.lower() for address in addresses])
    return {email: _page_of(pk) for pk, email in found.values_list("pk", "email")}


def _page_of(pk: int) -> str:
    return reverse("admin:leads_lead_change", args=[pk])
